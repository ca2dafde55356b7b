/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The parts of the model that need no hub: conditions, arguments, payloads, rows, the event log. */
#include "introspection/error.h"
#include "model/argument.h"
#include "model/condition.h"
#include "model/event-log.h"
#include "model/job-item.h"
#include "model/payload-text.h"
#include "model/row-list.h"
#include "wait-for.h"

static GVariant *
parse (const char *type, const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE (type), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
test_condition (void)
{
  static const struct
  {
    const char *text;
    gboolean holds;
  } rows[] = {
    { "charge exists", TRUE },       { "fans exists", FALSE },
    { "charge > 50", TRUE },         { "charge >= 80.0", TRUE },
    { "charge < 80", FALSE },        { "charge <= 80", TRUE },
    { "state = on", TRUE },          { "state != on", FALSE },
    { "state=on; charge>79", TRUE }, { "state = on; fans = 1", FALSE },
    { "fans != 1", FALSE },          { "count = 12", TRUE },
  };
  g_autoptr (GVariant) values =
      parse ("a{sv}", "{'charge': <80.0>, 'state': <'on'>, 'count': <uint64 12>}");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BnCondition) condition = bn_condition_new (rows[i].text, &error);

      g_assert_no_error (error);
      g_assert_cmpint (bn_condition_holds (condition, values), ==, rows[i].holds);
    }
}

static void
test_bad_condition (void)
{
  static const char *const texts[] = { "charge", "charge ~ 3", "Charge = 3", "charge =", "= 3" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (bn_condition_new (texts[i], &error));
      g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
      g_assert_nonnull (strstr (error->message, texts[i]));
    }
}

static void
test_argument (void)
{
  static const struct
  {
    const char *type, *text, *printed; /* NULL: refused */
  } rows[] = {
    { "s", " a b ", "' a b '" },
    { "u", " 7 ", "uint32 7" },
    { "u", "-1", NULL },
    { "u", "4294967296", NULL },
    { "y", "255", "byte 0xff" },
    { "y", "256", NULL },
    { "n", "-5", "int16 -5" },
    { "x", "-9223372036854775808", "int64 -9223372036854775808" },
    { "t", "18446744073709551615", "uint64 18446744073709551615" },
    { "i", "1.5", NULL },
    { "i", "", NULL },
    { "d", "1,5", "1.5" },
    { "d", "x", NULL },
    { "b", "true", "true" },
    { "b", "yes", NULL },
    { "as", "a, b,,c", "['a', 'b', 'c']" },
    { "o", "/a", "objectpath '/a'" },
    { "o", "a", NULL },
    { "a{sv}", "{\"a\": 1}", "'{\"a\": 1}'" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = bn_argument_parse (rows[i].type, rows[i].text, &error);
      g_autofree char *printed = NULL;

      if (rows[i].printed == NULL)
        {
          g_assert_null (value);
          g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
          continue;
        }
      g_assert_no_error (error);
      g_variant_ref_sink (value);
      printed = g_variant_print (value, TRUE);
      g_assert_cmpstr (printed, ==, rows[i].printed);
    }
}

static void
test_payload_text (void)
{
  g_autoptr (GVariant) payload = parse (
      "a{sv}", "{'name': <'a\nb'>, 'n': <uint32 3>, 'list': <['x', 'y']>, 'rows': <[{'k': <1>}]>}");
  g_autofree char *pretty = bn_payload_text_pretty (payload);
  g_autofree char *brief = bn_payload_text_brief (payload, NULL, 12);

  g_assert_cmpstr (pretty, ==, "name: 'a\\nb'\nn: 3\nlist: ['x', 'y']\nrows: \n  - \n    k: 1");
  g_assert_cmpint (g_utf8_strlen (brief, -1), ==, 12);
  g_assert_true (g_str_has_suffix (brief, "…"));
  g_assert_null (strchr (brief, '\n'));
}

static void
test_rows (void)
{
  g_autoptr (BnRowList) list = bn_row_list_new ("id", TRUE);
  g_autoptr (GVariant) first =
      parse ("aa{sv}", "[{'id': <'a'>, 'n': <1>}, {'id': <'b'>, 'n': <2>}]");
  g_autoptr (GVariant) second =
      parse ("aa{sv}", "[{'id': <'b'>, 'n': <5>}, {'id': <'c'>, 'n': <3>}]");
  g_autoptr (GVariant) measured = parse ("a{sv}", "{'id': <'c'>, 'cpu': <9.5>}");
  g_autoptr (BnRow) kept = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) cpu = NULL;

  bn_row_list_set_rows (list, first);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 2);
  kept = g_object_ref (bn_row_list_find (list, "b"));
  /* Measured before it is listed: it waits for its row. */
  bn_row_list_set_measured (list, "c", measured);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 2);
  bn_row_list_set_rows (list, second);
  g_assert_null (bn_row_list_find (list, "a"));
  g_assert_true (bn_row_list_find (list, "b") == kept);
  value = bn_row_lookup (kept, "n");
  g_assert_cmpint (g_variant_get_int32 (value), ==, 5);
  cpu = bn_row_lookup (bn_row_list_find (list, "c"), "cpu");
  g_assert_cmpfloat (g_variant_get_double (cpu), ==, 9.5);
}

static void
test_measured_rows (void)
{
  g_autoptr (BnRowList) list = bn_row_list_new ("id", FALSE);
  g_autoptr (GVariant) values = parse ("a{sv}", "{'id': <'a'>}");

  bn_row_list_set_measured (list, "a", values);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);
  bn_row_list_set_measured (list, "a", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  for (guint i = 0; i < BN_ROW_LIST_MAX + 3; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      bn_row_list_set_measured (list, key, values);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, BN_ROW_LIST_MAX);
  g_assert_cmpuint (bn_row_list_get_n_refused (list), ==, 3);
}

static void
add_events (BnEventLog *log, guint from, guint n_events)
{
  g_autoptr (GVariant) payload = g_variant_ref_sink (parse ("a{sv}", "{}"));

  for (guint i = from; i < from + n_events; i++)
    {
      g_autofree char *text = g_strdup_printf ("{'sequence': <uint64 %u>}", i);
      g_autoptr (GVariant) meta = parse ("a{sv}", text);
      g_autoptr (BnEventItem) item = bn_event_item_new ("a.b", payload, meta);

      bn_event_log_add (log, item);
    }
}

static guint64
sequence_at (BnEventLog *log, guint position)
{
  g_autoptr (BnEventItem) item = g_list_model_get_item (G_LIST_MODEL (log), position);

  return bn_event_item_get_sequence (item);
}

static void
test_event_log (void)
{
  g_autoptr (BnEventLog) log = bn_event_log_new ();

  add_events (log, 1, 3);
  WAIT_FOR (g_list_model_get_n_items (G_LIST_MODEL (log)) == 3);
  g_assert_cmpuint (sequence_at (log, 0), ==, 3);
  bn_event_log_set_paused (log, TRUE);
  add_events (log, 4, BN_EVENT_LOG_MAX + 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 3);
  g_assert_cmpuint (bn_event_log_get_n_waiting (log), ==, BN_EVENT_LOG_MAX);
  bn_event_log_set_paused (log, FALSE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, BN_EVENT_LOG_MAX);
  g_assert_cmpuint (sequence_at (log, 0), ==, BN_EVENT_LOG_MAX + 5);
  g_assert_cmpuint (bn_event_log_get_n_dropped (log), ==, 5);
  bn_event_log_clear (log);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (log)), ==, 0);
}

/* What a person reads of a job; what is not known is not 0. */
static void
test_job (void)
{
  g_autoptr (BnJobItem) job = bn_job_item_new (7);
  g_autoptr (GVariant) listed =
      parse ("a{sv}", "{'id': <uint32 7>, 'title': <'Pull'>, 'state': <'running'>, 'method': "
                      "<'docker.pull'>, 'started': <int64 1000000>, 'finished': <int64 0>, "
                      "'cancellable': <true>}");
  g_autoptr (GVariant) progress = parse ("a{sv}", "{'id': <uint32 7>, 'title': <'Pull'>, 'state': "
                                                  "<'running'>, 'progress': <1.5>}");
  g_autoptr (GVariant) failed =
      parse ("a{sv}", "{'id': <uint32 7>, 'title': <'Pull'>, 'state': <'failed'>, 'error': "
                      "<'timeout: The server: it is silent'>, 'started': <int64 1000000>, "
                      "'finished': <int64 4000000>}");
  g_autoptr (GVariant) plain = parse ("a{sv}", "{'state': <'failed'>, 'error': <'Note: odd'>}");

  g_assert_false (bn_job_item_is_over (job));
  bn_job_item_set_listed (job, listed);
  g_assert_cmpfloat (bn_job_item_get_fraction (job), ==, -1);
  g_assert_true (bn_job_item_is_cancellable (job));
  g_assert_cmpint (bn_job_item_get_elapsed (job), >, 1000000);
  bn_job_item_set_progress (job, progress);
  g_assert_cmpfloat (bn_job_item_get_fraction (job), ==, 1);
  bn_job_item_set_listed (job, failed);
  g_assert_true (bn_job_item_is_over (job));
  g_assert_cmpstr (bn_job_item_get_error (job), ==, "The server: it is silent");
  g_assert_cmpint (bn_job_item_get_elapsed (job), ==, 3000000);
  /* What was on its way comes too late. */
  bn_job_item_set_progress (job, progress);
  g_assert_cmpstr (bn_job_item_get_state (job), ==, "failed");
  bn_job_item_set_listed (job, plain);
  g_assert_cmpstr (bn_job_item_get_error (job), ==, "Note: odd");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-parts/condition", test_condition);
  g_test_add_func ("/model-parts/bad-condition", test_bad_condition);
  g_test_add_func ("/model-parts/argument", test_argument);
  g_test_add_func ("/model-parts/payload-text", test_payload_text);
  g_test_add_func ("/model-parts/rows", test_rows);
  g_test_add_func ("/model-parts/measured-rows", test_measured_rows);
  g_test_add_func ("/model-parts/event-log", test_event_log);
  g_test_add_func ("/model/job", test_job);
  return g_test_run ();
}
