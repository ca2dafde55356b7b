/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Cards in a window, with a hub on a stage: their states, what they subscribe to, what they do. */
#include "client-gtk/window.h"
#include "pages/card-view.h"
#include "pages/method-form.h"
#include "pages/method-run.h"
#include "stage-hub.h"
#include "wait-for.h"

typedef struct
{
  BnStageHub *stage;
  BnSession *session;
  BnWindow *window;
} Fixture;

static BnStageHub *
new_stage (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "client-gtk", "data", NULL);

  return bn_stage_hub_new (folder);
}

/* Depth first; NULL if there is none. */
static BnCardView *
find_card (GtkWidget *widget, const char *id)
{
  if (BN_IS_CARD_VIEW (widget)
      && g_str_equal (bn_card_view_get_card (BN_CARD_VIEW (widget))->id, id)
      && gtk_widget_get_mapped (widget))
    return BN_CARD_VIEW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      BnCardView *found = find_card (child, id);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static BnCardView *
card (Fixture *f, const char *id)
{
  return find_card (GTK_WIDGET (f->window), id);
}

static gboolean
state_is (Fixture *f, const char *id, BnCardState state)
{
  BnCardView *view = card (f, id);

  return view != NULL && bn_card_frame_get_state (bn_card_view_get_frame (view)) == state;
}

static const char *
message_of (Fixture *f, const char *id)
{
  return bn_card_frame_get_message (bn_card_view_get_frame (card (f, id)));
}

static gboolean
is_interested (Fixture *f, const char *type)
{
  g_autofree char *interest = bn_stage_hub_get_interest (f->stage);
  g_auto (GStrv) words = g_strsplit (interest, " ", -1);

  return g_strv_contains ((const char *const *)words, type);
}

static gboolean
described (Fixture *f, const char *name)
{
  BnModuleItem *item = bn_catalog_find (bn_session_get_catalog (f->session), name);

  return item != NULL && bn_module_item_get_description (item) != NULL;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->stage = new_stage ();
  f->session = bn_session_new (G_BUS_TYPE_SESSION);
  f->window = bn_window_new (ADW_APPLICATION (g_application_get_default ()), f->session);
  bn_hub_open (bn_session_get_hub (f->session));
  gtk_window_present (GTK_WINDOW (f->window));
  WAIT_FOR (described (f, "system_info") && described (f, "chat") && described (f, "containers"));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  WAIT_FOR (G_OBJECT (f->session)->ref_count == 1);
  g_assert_finalize_object (f->session);
  g_clear_pointer (&f->stage, bn_stage_hub_free);
}

static void
test_live_and_stale (Fixture *f, gconstpointer data)
{
  WAIT_FOR (card (f, "cpu_now") != NULL && is_interested (f, "system_info.cpu"));
  g_assert_true (state_is (f, "cpu_now", BN_CARD_STATE_LOADING));
  bn_stage_hub_measure (f->stage, g_get_real_time ());
  WAIT_FOR (state_is (f, "cpu_now", BN_CARD_STATE_LIVE));
  g_clear_pointer (&f->stage, bn_stage_hub_free);
  WAIT_FOR (state_is (f, "cpu_now", BN_CARD_STATE_STALE));
  g_assert_true (g_str_has_prefix (message_of (f, "cpu_now"), "as of "));
  /* It comes back: no page is built anew, the values live again. */
  f->stage = new_stage ();
  WAIT_FOR (is_interested (f, "system_info.cpu"));
  bn_stage_hub_measure (f->stage, g_get_real_time ());
  WAIT_FOR (state_is (f, "cpu_now", BN_CARD_STATE_LIVE));
}

static void
test_old_values (Fixture *f, gconstpointer data)
{
  WAIT_FOR (is_interested (f, "system_info.cpu") && card (f, "cpu_now") != NULL);
  /* The hub is there and the module ready, but it has not measured for a minute. */
  bn_stage_hub_measure (f->stage, g_get_real_time () - 60 * G_USEC_PER_SEC);
  WAIT_FOR (state_is (f, "cpu_now", BN_CARD_STATE_STALE));
}

static void
test_interest_follows_page (Fixture *f, gconstpointer data)
{
  WAIT_FOR (is_interested (f, "system_info.cpu"));
  g_assert_false (is_interested (f, "system_info.disk"));
  g_assert_true (bn_window_show_page (f->window, "system_info"));
  WAIT_FOR (is_interested (f, "system_info.disk"));
  g_assert_true (bn_window_show_page (f->window, "modules"));
  WAIT_FOR (!is_interested (f, "system_info.disk") && !is_interested (f, "system_info.cpu"));
  g_assert_false (bn_window_show_page (f->window, "no_such_page"));
}

static void
test_suspended (Fixture *f, gconstpointer data)
{
  g_autofree char *interest = NULL;

  WAIT_FOR (is_interested (f, "system_info.cpu"));
  bn_hub_set_suspended (bn_session_get_hub (f->session), TRUE);
  WAIT_FOR (!is_interested (f, "system_info.cpu") && !is_interested (f, "module.state_changed"));
  interest = bn_stage_hub_get_interest (f->stage);
  g_assert_cmpstr (interest, ==, "");
  bn_hub_set_suspended (bn_session_get_hub (f->session), FALSE);
  WAIT_FOR (is_interested (f, "system_info.cpu"));
}

static void
test_condition (Fixture *f, gconstpointer data)
{
  bn_window_show_page (f->window, "system_info");
  WAIT_FOR (is_interested (f, "system_info.temperature") && card (f, "cpu") != NULL);
  /* This machine has sensors but no battery. */
  g_assert_null (card (f, "temperatures"));
  bn_stage_hub_measure (f->stage, g_get_real_time ());
  WAIT_FOR (card (f, "temperatures") != NULL);
  g_assert_null (card (f, "battery"));
}

static void
test_error_and_retry (Fixture *f, gconstpointer data)
{
  bn_stage_hub_set_error (f->stage, "containers.list_containers", "the engine does not answer");
  bn_window_show_page (f->window, "containers");
  WAIT_FOR (state_is (f, "containers", BN_CARD_STATE_MESSAGE));
  g_assert_cmpstr (message_of (f, "containers"), ==, "the engine does not answer");
  bn_stage_hub_set_error (f->stage, "containers.list_containers", NULL);
  g_signal_emit_by_name (bn_card_view_get_frame (card (f, "containers")), "action");
  WAIT_FOR (state_is (f, "containers", BN_CARD_STATE_LIVE));
}

static void
test_refresh_event (Fixture *f, gconstpointer data)
{
  GVariantDict payload;
  guint before;

  bn_window_show_page (f->window, "containers");
  WAIT_FOR (state_is (f, "containers", BN_CARD_STATE_LIVE)
            && is_interested (f, "containers.changed"));
  before = bn_stage_hub_get_n_requests (f->stage, "containers.list_containers");
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "id", "s", "a1");
  bn_stage_hub_emit (f->stage, "containers.changed", g_variant_dict_end (&payload));
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "containers.list_containers") == before + 1);
}

static void
test_empty_list (Fixture *f, gconstpointer data)
{
  bn_window_show_page (f->window, "system_info");
  WAIT_FOR (state_is (f, "users", BN_CARD_STATE_MESSAGE));
  g_assert_cmpstr (message_of (f, "users"), ==, "The list is empty.");
  WAIT_FOR (state_is (f, "identity", BN_CARD_STATE_LIVE));
}

static void
test_stopped_module (Fixture *f, gconstpointer data)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "client-gtk", "data", "module.list.gvariant", NULL);
  g_autofree char *text = NULL;
  g_autofree char *stopped = NULL;
  g_auto (GStrv) parts = NULL;
  GVariantDict payload;

  WAIT_FOR (card (f, "cpu_now") != NULL);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  parts = g_strsplit (text, "'ready'", 2); /* the first one is system_info */
  stopped = g_strjoinv ("'quarantined'", parts);
  bn_stage_hub_set_reply (f->stage, "module.list",
                          g_variant_parse (G_VARIANT_TYPE_VARDICT, stopped, NULL, NULL, NULL));
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "name", "s", "system_info");
  bn_stage_hub_emit (f->stage, "module.state_changed", g_variant_dict_end (&payload));
  WAIT_FOR (state_is (f, "cpu_now", BN_CARD_STATE_MESSAGE));
  g_assert_cmpstr (message_of (f, "cpu_now"), ==, "System is not running.");
  g_signal_emit_by_name (bn_card_view_get_frame (card (f, "cpu_now")), "action");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "module.reset_failures") == 1);
}

static const BnMethodInfo *
find_method (Fixture *f, const char *name)
{
  BnModuleItem *module = bn_catalog_find (bn_session_get_catalog (f->session), "containers");

  return bn_description_find_method (bn_module_item_get_description (module), name);
}

static GtkWindow *
find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (g_type_is_a (G_OBJECT_TYPE (window), type))
        return window;
    }
  return NULL;
}

/* The arguments come from the row; what else the row has stays here. */
static void
test_row_action (Fixture *f, gconstpointer data)
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
test_destructive_action (Fixture *f, gconstpointer data)
{
  BnModuleItem *module = bn_catalog_find (bn_session_get_catalog (f->session), "containers");
  g_autoptr (GVariant) row = g_variant_ref_sink (g_variant_parse (
      G_VARIANT_TYPE_VARDICT, "{'id': <'a1'>, 'name': <'postgres'>}", NULL, NULL, NULL));
  const BnMethodInfo *method = find_method (f, "remove_container");
  GtkWindow *dialog;

  bn_method_run (GTK_WIDGET (f->window), f->session, module, method, row);
  dialog = find_window (ADW_TYPE_MESSAGE_DIALOG);
  g_assert_nonnull (dialog);
  g_assert_cmpstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (dialog)), ==,
                   "Remove: postgres?");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  gtk_window_destroy (dialog);
  bn_method_run (GTK_WIDGET (f->window), f->session, module, method, row);
  dialog = find_window (ADW_TYPE_MESSAGE_DIALOG);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "run");
  WAIT_FOR (bn_stage_hub_get_n_requests (f->stage, "containers.remove_container") > 0);
  gtk_window_destroy (dialog);
  /* Cancelled once, done once. */
  g_assert_cmpuint (bn_stage_hub_get_n_requests (f->stage, "containers.remove_container"), ==, 1);
}

static void
test_form (Fixture *f, gconstpointer data)
{
  BnModuleItem *module = bn_catalog_find (bn_session_get_catalog (f->session), "containers");
  GtkWindow *form;

  bn_method_run (GTK_WIDGET (f->window), f->session, module, find_method (f, "pull_image"), NULL);
  form = find_window (BN_TYPE_METHOD_FORM);
  g_assert_nonnull (form);
  g_assert_cmpstr (gtk_window_get_title (form), ==, "Pull image");
  g_assert_cmpuint (bn_stage_hub_get_n_requests (f->stage, "containers.pull_image"), ==, 0);
  gtk_window_destroy (form);
}

static void
test_accessible (Fixture *f, gconstpointer data)
{
  BnCardFrame *frame;

  WAIT_FOR (card (f, "cpu_now") != NULL);
  frame = bn_card_view_get_frame (card (f, "cpu_now"));
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Processor");
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (frame), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       message_of (f, "cpu_now"));
}

#define ADD(name, func) g_test_add ("/cards/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application = NULL;

  gtk_test_init (&argc, &argv, NULL);
  application = adw_application_new ("org.binnacle.Test", G_APPLICATION_NON_UNIQUE);
  g_object_set (application, "resource-base-path", "/org/binnacle/Binnacle", NULL);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  ADD ("live-and-stale", test_live_and_stale);
  ADD ("old-values", test_old_values);
  ADD ("interest-follows-page", test_interest_follows_page);
  ADD ("suspended", test_suspended);
  ADD ("condition", test_condition);
  ADD ("error-and-retry", test_error_and_retry);
  ADD ("refresh-event", test_refresh_event);
  ADD ("empty-list", test_empty_list);
  ADD ("stopped-module", test_stopped_module);
  ADD ("row-action", test_row_action);
  ADD ("destructive-action", test_destructive_action);
  ADD ("form", test_form);
  ADD ("accessible", test_accessible);
  return g_test_run ();
}
