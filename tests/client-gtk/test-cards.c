/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Cards in a window, with a hub on a stage: their states, what they subscribe to, what they do. */
#include "pages/method-form.h"
#include "pages/method-run.h"
#include "window-fixture.h"

static void
test_live_and_stale (WindowFixture *f, gconstpointer data)
{
  WAIT_FOR (window_fixture_find_card (f, "cpu_now") != NULL
            && window_fixture_is_interested (f, "system_info.cpu"));
  g_assert_true (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_LOADING));
  bn_stage_hub_measure (f->stage, g_get_real_time ());
  WAIT_FOR (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_LIVE));
  g_clear_pointer (&f->stage, bn_stage_hub_free);
  WAIT_FOR (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_STALE));
  g_assert_true (g_str_has_prefix (window_fixture_get_message (f, "cpu_now"), "as of "));
  /* It comes back: no page is built anew, the values live again. */
  f->stage = window_fixture_new_stage ();
  WAIT_FOR (window_fixture_is_interested (f, "system_info.cpu"));
  bn_stage_hub_measure (f->stage, g_get_real_time ());
  WAIT_FOR (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_LIVE));
}

static void
test_old_values (WindowFixture *f, gconstpointer data)
{
  WAIT_FOR (window_fixture_is_interested (f, "system_info.cpu")
            && window_fixture_find_card (f, "cpu_now") != NULL);
  /* The hub is there and the module ready, but it has not measured for a minute. */
  bn_stage_hub_measure (f->stage, g_get_real_time () - 60 * G_USEC_PER_SEC);
  WAIT_FOR (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_STALE));
}

static void
test_interest_follows_page (WindowFixture *f, gconstpointer data)
{
  WAIT_FOR (window_fixture_is_interested (f, "system_info.cpu"));
  g_assert_false (window_fixture_is_interested (f, "system_info.disk"));
  g_assert_true (bn_window_show_page (f->window, "system_info"));
  WAIT_FOR (window_fixture_is_interested (f, "system_info.disk"));
  g_assert_true (bn_window_show_page (f->window, "modules"));
  /* What remains is the value in the sidebar. */
  WAIT_FOR (!window_fixture_is_interested (f, "system_info.disk")
            && !window_fixture_is_interested (f, "system_info.memory"));
  g_assert_true (window_fixture_is_interested (f, "system_info.cpu"));
  g_assert_false (bn_window_show_page (f->window, "no_such_page"));
}

static void
test_suspended (WindowFixture *f, gconstpointer data)
{
  g_autofree char *interest = NULL;

  WAIT_FOR (window_fixture_is_interested (f, "system_info.cpu"));
  bn_hub_set_suspended (bn_session_get_hub (f->session), TRUE);
  WAIT_FOR (!window_fixture_is_interested (f, "system_info.cpu")
            && !window_fixture_is_interested (f, "module.state_changed"));
  interest = bn_stage_hub_get_interest (f->stage);
  /* A person who looks elsewhere is told that a job is over. */
  g_assert_cmpstr (
      interest, ==,
      "access.confirmation_ended access.confirmation_requested job.finished job.started");
  bn_hub_set_suspended (bn_session_get_hub (f->session), FALSE);
  WAIT_FOR (window_fixture_is_interested (f, "system_info.cpu"));
}

static void
test_condition (WindowFixture *f, gconstpointer data)
{
  bn_window_show_page (f->window, "system_info");
  WAIT_FOR (window_fixture_is_interested (f, "system_info.temperature")
            && window_fixture_find_card (f, "cpu") != NULL);
  /* This machine has sensors but no battery. */
  g_assert_null (window_fixture_find_card (f, "temperatures"));
  bn_stage_hub_measure (f->stage, g_get_real_time ());
  WAIT_FOR (window_fixture_find_card (f, "temperatures") != NULL);
  g_assert_null (window_fixture_find_card (f, "battery"));
}

static void
test_error_and_retry (WindowFixture *f, gconstpointer data)
{
  bn_stage_hub_set_error (f->stage, "containers.list_containers", "the engine does not answer");
  bn_window_show_page (f->window, "containers");
  WAIT_FOR (window_fixture_state_is (f, "containers", BN_CARD_STATE_MESSAGE));
  g_assert_cmpstr (window_fixture_get_message (f, "containers"), ==, "the engine does not answer");
  bn_stage_hub_set_error (f->stage, "containers.list_containers", NULL);
  g_signal_emit_by_name (bn_card_view_get_frame (window_fixture_find_card (f, "containers")),
                         "action");
  WAIT_FOR (window_fixture_state_is (f, "containers", BN_CARD_STATE_LIVE));
}

static void
test_refresh_event (WindowFixture *f, gconstpointer data)
{
  GVariantDict payload;
  guint before;

  bn_window_show_page (f->window, "containers");
  WAIT_FOR (window_fixture_state_is (f, "containers", BN_CARD_STATE_LIVE)
            && window_fixture_is_interested (f, "containers.changed"));
  before = bn_stage_hub_get_n_requests (f->stage, "containers.list_containers");
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "id", "s", "a1");
  bn_stage_hub_emit (f->stage, "containers.changed", g_variant_dict_end (&payload));
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "containers.list_containers") == before + 1);
}

static void
test_empty_list (WindowFixture *f, gconstpointer data)
{
  bn_window_show_page (f->window, "system_info");
  WAIT_FOR (window_fixture_state_is (f, "users", BN_CARD_STATE_MESSAGE));
  g_assert_cmpstr (window_fixture_get_message (f, "users"), ==, "The list is empty.");
  WAIT_FOR (window_fixture_state_is (f, "identity", BN_CARD_STATE_LIVE));
}

static void
test_stopped_module (WindowFixture *f, gconstpointer data)
{
  WAIT_FOR (window_fixture_find_card (f, "cpu_now") != NULL);
  window_fixture_set_state (f, "'quarantined'");
  WAIT_FOR (window_fixture_state_is (f, "cpu_now", BN_CARD_STATE_MESSAGE));
  g_assert_cmpstr (window_fixture_get_message (f, "cpu_now"), ==,
                   "System failed too often and was stopped.");
  g_signal_emit_by_name (bn_card_view_get_frame (window_fixture_find_card (f, "cpu_now")),
                         "action");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "module.reset_failures") == 1);
}

static const BnMethodInfo *
find_method (WindowFixture *f, const char *name)
{
  BnModuleItem *module = bn_catalog_find (bn_session_get_catalog (f->session), "containers");

  return bn_description_find_method (bn_module_item_get_description (module), name);
}

/* The arguments come from the row; what else the row has stays here. */
static void
test_row_action (WindowFixture *f, gconstpointer data)
{
  BnModuleItem *module = bn_catalog_find (bn_session_get_catalog (f->session), "containers");
  g_autoptr (GVariant) row = g_variant_ref_sink (
      g_variant_parse (G_VARIANT_TYPE_VARDICT, "{'id': <'a1'>, 'name': <'x'>}", NULL, NULL, NULL));
  GVariant *payload;

  bn_method_run (GTK_WIDGET (f->window), f->session, module, find_method (f, "start_container"),
                 row);
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "containers.start_container") == 1);
  payload = bn_stage_hub_get_last_payload (f->stage, "containers.start_container");
  g_assert_cmpuint (g_variant_n_children (payload), ==, 1);
  g_assert_true (g_variant_lookup (payload, "id", "&s", NULL));
}

static void
test_destructive_action (WindowFixture *f, gconstpointer data)
{
  BnModuleItem *module = bn_catalog_find (bn_session_get_catalog (f->session), "containers");
  g_autoptr (GVariant) row = g_variant_ref_sink (g_variant_parse (
      G_VARIANT_TYPE_VARDICT, "{'id': <'a1'>, 'name': <'postgres'>}", NULL, NULL, NULL));
  const BnMethodInfo *method = find_method (f, "remove_container");
  GtkWindow *dialog;

  bn_method_run (GTK_WIDGET (f->window), f->session, module, method, row);
  dialog = window_fixture_find_window (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_cmpstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (dialog)), ==,
                   "Remove: postgres?");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  gtk_window_destroy (dialog);
  bn_method_run (GTK_WIDGET (f->window), f->session, module, method, row);
  dialog = window_fixture_find_window (ADW_TYPE_MESSAGE_DIALOG);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "run");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "containers.remove_container") > 0);
  gtk_window_destroy (dialog);
  /* Cancelled once, done once. */
  g_assert_cmpuint (bn_stage_hub_get_n_requests (f->stage, "containers.remove_container"), ==, 1);
}

static void
test_form (WindowFixture *f, gconstpointer data)
{
  BnModuleItem *module = bn_catalog_find (bn_session_get_catalog (f->session), "containers");
  GtkWindow *form;

  bn_method_run (GTK_WIDGET (f->window), f->session, module, find_method (f, "pull_image"), NULL);
  form = window_fixture_find_window (BN_TYPE_METHOD_FORM);
  g_assert_nonnull (form);
  g_assert_cmpstr (gtk_window_get_title (form), ==, "Pull image");
  g_assert_cmpuint (bn_stage_hub_get_n_requests (f->stage, "containers.pull_image"), ==, 0);
  gtk_window_destroy (form);
}

static void
test_accessible (WindowFixture *f, gconstpointer data)
{
  BnCardFrame *frame;

  WAIT_FOR (window_fixture_find_card (f, "cpu_now") != NULL);
  frame = bn_card_view_get_frame (window_fixture_find_card (f, "cpu_now"));
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Processor");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       window_fixture_get_message (f, "cpu_now"));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = NULL;

  gtk_test_init (&argc, &argv, NULL);
  application = window_fixture_new_application ();
  window_fixture_add ("/cards/live-and-stale", test_live_and_stale);
  window_fixture_add ("/cards/old-values", test_old_values);
  window_fixture_add ("/cards/interest-follows-page", test_interest_follows_page);
  window_fixture_add ("/cards/suspended", test_suspended);
  window_fixture_add ("/cards/condition", test_condition);
  window_fixture_add ("/cards/error-and-retry", test_error_and_retry);
  window_fixture_add ("/cards/refresh-event", test_refresh_event);
  window_fixture_add ("/cards/empty-list", test_empty_list);
  window_fixture_add ("/cards/stopped-module", test_stopped_module);
  window_fixture_add ("/cards/row-action", test_row_action);
  window_fixture_add ("/cards/destructive-action", test_destructive_action);
  window_fixture_add ("/cards/form", test_form);
  window_fixture_add ("/cards/accessible", test_accessible);
  return g_test_run ();
}
