/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The model against a hub on a stage: what is subscribed, what is kept, and what happens when the
 * hub goes and comes. */
#include "model/catalog.h"
#include "model/event-log.h"
#include "model/lease.h"
#include "stage-hub.h"
#include "wait-for.h"

#include "introspection/error.h"

typedef struct
{
  GTestDBus *bus;
  BnStageHub *stage;
  BnHub *hub;
  BnSampleStore *samples;
  BnCatalog *catalog;
} Fixture;

static BnStageHub *
new_stage (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "client-gtk", "data", NULL);

  return bn_stage_hub_new (folder);
}

static BnDescription *
description_of (Fixture *f, const char *name)
{
  BnModuleItem *item = bn_catalog_find (f->catalog, name);

  return item != NULL ? bn_module_item_get_description (item) : NULL;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (f->bus);
  f->stage = new_stage ();
  f->hub = bn_hub_new (G_BUS_TYPE_SESSION);
  f->samples = bn_sample_store_new ();
  f->catalog = bn_catalog_new (f->hub, f->samples);
  g_signal_connect_swapped (f->hub, "samples", G_CALLBACK (bn_sample_store_add), f->samples);
  bn_hub_open (f->hub);
  WAIT_FOR (description_of (f, "system_info") != NULL && description_of (f, "chat") != NULL
            && description_of (f, "hub") != NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_assert_finalize_object (f->catalog);
  g_assert_finalize_object (f->samples);
  /* Calls that were cancelled hold the hub until their answer is thrown away. */
  WAIT_FOR (G_OBJECT (f->hub)->ref_count == 1);
  g_assert_finalize_object (f->hub);
  g_clear_pointer (&f->stage, bn_stage_hub_free);
  g_test_dbus_down (f->bus);
  g_clear_object (&f->bus);
}

static gboolean
interest_is (Fixture *f, const char *patterns)
{
  g_autofree char *interest = bn_stage_hub_get_interest (f->stage);

  return g_str_equal (interest, patterns);
}

static void
test_catalog (Fixture *f, gconstpointer data)
{
  BnModuleItem *item = bn_catalog_find (f->catalog, "containers");
  BnDescription *description = description_of (f, "system_info");
  const BnEventInfo *event = bn_description_find_event (description, "system_info.cpu");
  const BnCardInfo *card = bn_description_find_card (description, "cpu");

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->catalog)), ==, 6);
  g_assert_cmpuint (bn_module_item_get_restarts (item), ==, 1);
  g_assert_cmpstr (bn_module_item_get_group (item), ==, "control");
  g_assert_nonnull (event);
  g_assert_true (event->sample);
  g_assert_cmpuint (event->interval_ms, ==, 1000);
  g_assert_cmpstr (bn_event_info_find_field (event, "usage")->unit, ==, "percent");
  g_assert_cmpint (card->kind, ==, BN_CARD_CHART);
  g_assert_true (card->stacked);
  g_assert_cmpuint (g_strv_length (card->series), ==, 4);
}

static void
test_state_change (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) list = NULL;
  GVariantDict dict;

  /* The event tells that something changed; the list tells what. */
  list = g_variant_ref_sink (g_variant_parse (
      G_VARIANT_TYPE_VARDICT,
      "{'modules': <@aa{sv} [{'name': <'chat'>, 'title': <'Chat'>, 'state': <'backoff'>}]>}", NULL,
      NULL, NULL));
  bn_stage_hub_set_reply (f->stage, "module.list", list);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "name", "s", "chat");
  bn_stage_hub_emit (f->stage, "module.state_changed", g_variant_dict_end (&dict));
  WAIT_FOR (g_list_model_get_n_items (G_LIST_MODEL (f->catalog)) == 1);
  g_assert_cmpstr (bn_module_item_get_state (bn_catalog_find (f->catalog, "chat")), ==, "backoff");
  g_assert_false (bn_module_item_is_ready (bn_catalog_find (f->catalog, "chat")));
}

static void
test_samples (Fixture *f, gconstpointer data)
{
  static const char *const patterns[] = { "system_info.cpu", "system_info.core", NULL };
  g_autoptr (BnLease) lease = bn_lease_new (f->hub, patterns, 0, BN_LEASE_SAMPLES);
  g_autoptr (GVariant) payload = NULL;
  g_auto (GStrv) keys = NULL;
  gint64 time_usec;

  WAIT_FOR (interest_is (f, "module.state_changed system_info.core system_info.cpu"));
  bn_stage_hub_measure (f->stage, 1000 * G_USEC_PER_SEC);
  WAIT_FOR ((payload = bn_sample_store_get_latest (f->samples, "system_info.cpu", "", &time_usec))
            != NULL);
  g_assert_cmpint (time_usec, ==, 1000 * G_USEC_PER_SEC);
  keys = bn_sample_store_get_keys (f->samples, "system_info.core");
  g_assert_cmpuint (g_strv_length (keys), ==, 8);
  g_assert_cmpstr (keys[7], ==, "7");
  g_assert_cmpint (bn_sample_store_get_column (f->samples, "system_info.cpu", "user"), >=, 0);
  /* No card draws it: no points are kept. */
  g_assert_cmpint (bn_sample_store_get_column (f->samples, "system_info.cpu", "frequency"), ==, -1);
}

static void
test_suspend (Fixture *f, gconstpointer data)
{
  static const char *const patterns[] = { "system_info.cpu", NULL };
  g_autoptr (BnLease) lease = bn_lease_new (f->hub, patterns, 0, BN_LEASE_SAMPLES);

  WAIT_FOR (interest_is (f, "module.state_changed system_info.cpu"));
  bn_hub_set_suspended (f->hub, TRUE);
  WAIT_FOR (interest_is (f, ""));
  bn_hub_set_suspended (f->hub, FALSE);
  WAIT_FOR (interest_is (f, "module.state_changed system_info.cpu"));
  g_clear_object (&lease);
  WAIT_FOR (interest_is (f, "module.state_changed"));
}

static void
count_cb (BnLease *lease, const char *type, GVariant *payload, GVariant *meta, gpointer user_data)
{
  (*(guint *)user_data)++;
}

static void
flag_cb (BnLease *lease, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

static void
emit_word (Fixture *f, const char *word)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "text", "s", word);
  bn_stage_hub_emit (f->stage, "chat.message", g_variant_dict_end (&dict));
}

static void
test_replay (Fixture *f, gconstpointer data)
{
  static const char *const patterns[] = { "chat.*", "chat.message", NULL };
  g_autoptr (BnLease) lease = NULL;
  guint n_events = 0;
  gboolean caught_up = FALSE;

  emit_word (f, "before");
  emit_word (f, "before, too");
  lease = bn_lease_new (f->hub, patterns, 0, BN_LEASE_EVENTS | BN_LEASE_REPLAY);
  g_signal_connect (lease, "event", G_CALLBACK (count_cb), &n_events);
  g_signal_connect (lease, "caught-up", G_CALLBACK (flag_cb), &caught_up);
  WAIT_FOR (caught_up);
  g_assert_cmpuint (n_events, ==, 2);
  emit_word (f, "now");
  WAIT_FOR (n_events == 3);
  /* What happens while nobody looks is read afterwards, once. */
  bn_hub_set_suspended (f->hub, TRUE);
  WAIT_FOR (interest_is (f, ""));
  emit_word (f, "meanwhile");
  caught_up = FALSE;
  bn_hub_set_suspended (f->hub, FALSE);
  WAIT_FOR (caught_up);
  g_assert_cmpuint (n_events, ==, 4);
}

static void
test_reconnect (Fixture *f, gconstpointer data)
{
  static const char *const patterns[] = { "chat.message", NULL };
  g_autoptr (BnLease) lease =
      bn_lease_new (f->hub, patterns, 0, BN_LEASE_EVENTS | BN_LEASE_REPLAY | BN_LEASE_SAMPLES);
  guint n_events = 0;
  gboolean lost = FALSE;

  g_signal_connect (lease, "event", G_CALLBACK (count_cb), &n_events);
  g_signal_connect (lease, "lost", G_CALLBACK (flag_cb), &lost);
  WAIT_FOR (interest_is (f, "chat.message module.state_changed"));
  emit_word (f, "one");
  WAIT_FOR (n_events == 1);
  g_clear_pointer (&f->stage, bn_stage_hub_free);
  WAIT_FOR (bn_hub_get_state (f->hub) == BN_HUB_ABSENT);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (f->catalog)), ==, 6);
  f->stage = new_stage ();
  WAIT_FOR (lost && interest_is (f, "chat.message module.state_changed"));
  /* It counts from 1 again. */
  emit_word (f, "two");
  WAIT_FOR (n_events == 2);
  g_assert_cmpint (bn_hub_get_state (f->hub), ==, BN_HUB_READY);
}

static void
store_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static void
test_request_error (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  bn_stage_hub_set_error (f->stage, "chat.send", "the text is empty");
  bn_hub_request_async (f->hub, "chat.send", NULL, NULL, store_result_cb, &result);
  WAIT_FOR (result != NULL);
  g_assert_null (bn_hub_request_finish (f->hub, result, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE);
  g_assert_cmpstr (error->message, ==, "the text is empty");
}

static void
test_request_absent (Fixture *f, gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&f->stage, bn_stage_hub_free);
  WAIT_FOR (bn_hub_get_state (f->hub) == BN_HUB_ABSENT);
  bn_hub_request_async (f->hub, "module.list", NULL, NULL, store_result_cb, &result);
  WAIT_FOR (result != NULL);
  g_assert_null (bn_hub_request_finish (f->hub, result, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE);
  /* Nothing can start it here: it says so, and stays absent. */
  bn_hub_activate (f->hub);
  g_assert_cmpint (bn_hub_get_state (f->hub), ==, BN_HUB_STARTING);
  WAIT_FOR (bn_hub_get_state (f->hub) == BN_HUB_ABSENT);
  g_assert_nonnull (bn_hub_get_message (f->hub));
}

#define ADD(name, func) g_test_add ("/model/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("catalog", test_catalog);
  ADD ("state-change", test_state_change);
  ADD ("samples", test_samples);
  ADD ("suspend", test_suspend);
  ADD ("replay", test_replay);
  ADD ("reconnect", test_reconnect);
  ADD ("request-error", test_request_error);
  ADD ("request-absent", test_request_absent);
  return g_test_run ();
}
