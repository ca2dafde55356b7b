/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Jobs: what becomes of them, who hears of it, and how many there can be. */
#include "core/jobs.h"

#include <unistd.h>

#define LIVE_MAX 3
#define TOTAL_LIVE_MAX 5
#define BURST 8
#define PER_SECOND 10
#define KEPT_MAX 2
#define KEEP_MS 300
#define PUBLISH_MS 50

static const BnJobLimits limits = { LIVE_MAX, TOTAL_LIVE_MAX, BURST,      PER_SECOND,
                                    KEPT_MAX, KEEP_MS,        PUBLISH_MS, { 65536, 65536, 4, 4 } };

typedef struct
{
  BnEventBus *bus;
  BnJobs *jobs;
  GObject *owner;
  guint changes; /* "changed" of all jobs */
  guint finished;
  guint removed;
  guint cancels;
  GString *unblocked; /* names */
} Fixture;

static void
changed_cb (BnJob *job, gpointer user_data)
{
  ((Fixture *)user_data)->changes++;
}

static void
finished_cb (BnJob *job, gpointer user_data)
{
  g_assert_true (bn_job_is_over (job));
  ((Fixture *)user_data)->finished++;
}

static void
added_cb (BnJobs *jobs, BnJob *job, gpointer user_data)
{
  g_signal_connect (job, "changed", G_CALLBACK (changed_cb), user_data);
  g_signal_connect (job, "finished", G_CALLBACK (finished_cb), user_data);
}

static void
removed_cb (BnJobs *jobs, BnJob *job, gpointer user_data)
{
  ((Fixture *)user_data)->removed++;
}

static void
cancel_cb (BnJobs *jobs, BnJob *job, gpointer user_data)
{
  g_assert_nonnull (bn_job_get_owner (job));
  ((Fixture *)user_data)->cancels++;
}

static void
unblocked_cb (BnJobs *jobs, const char *module, gpointer user_data)
{
  g_string_append_printf (((Fixture *)user_data)->unblocked, "%s ", module);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->bus = bn_event_bus_new (&bn_replay_default_limits);
  self->jobs = bn_jobs_new (self->bus, &limits);
  self->owner = g_object_new (G_TYPE_OBJECT, NULL);
  self->unblocked = g_string_new (NULL);
  g_signal_connect (self->jobs, "added", G_CALLBACK (added_cb), self);
  g_signal_connect (self->jobs, "removed", G_CALLBACK (removed_cb), self);
  g_signal_connect (self->jobs, "cancel", G_CALLBACK (cancel_cb), self);
  g_signal_connect (self->jobs, "unblocked", G_CALLBACK (unblocked_cb), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->jobs);
  g_object_unref (self->bus);
  g_object_unref (self->owner);
  g_string_free (self->unblocked, TRUE);
}

static BnJob *
create (Fixture *self, const char *module, const char *title, gboolean survives)
{
  const BnJobSpec spec = { .module = module,
                           .title = title,
                           .cancellable = TRUE,
                           .survives = survives,
                           .owner = self->owner };
  g_autoptr (GError) error = NULL;
  BnJob *job = bn_jobs_create (self->jobs, &spec, &error);

  g_assert_no_error (error);
  return job;
}

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

static void
update (Fixture *self, BnJob *job, const char *changes)
{
  g_autoptr (GVariant) value = parse (changes);
  g_autoptr (GError) error = NULL;

  g_assert_true (bn_jobs_update (self->jobs, job, value, &error));
  g_assert_no_error (error);
}

static void
refuse_update (Fixture *self, BnJob *job, const char *changes, BnError code)
{
  g_autoptr (GVariant) value = parse (changes);
  g_autoptr (GError) error = NULL;

  g_assert_false (bn_jobs_update (self->jobs, job, value, &error));
  g_assert_error (error, BN_ERROR, (int)code);
}

static void
finish (Fixture *self, BnJob *job, const char *result, const char *options)
{
  g_autoptr (GVariant) value = parse (result);
  g_autoptr (GVariant) said = parse (options);
  g_autoptr (GError) error = NULL;

  g_assert_true (bn_jobs_finish (self->jobs, job, value, said, &error));
  g_assert_no_error (error);
}

static guint64
get_statistic (Fixture *self, const char *name)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) statistics = NULL;
  guint64 value = G_MAXUINT64;

  bn_jobs_add_statistics (self->jobs, &builder);
  statistics = g_variant_ref_sink (g_variant_builder_end (&builder));
  g_assert_true (g_variant_lookup (statistics, name, "t", &value));
  return value;
}

static char *
describe (BnJob *job)
{
  g_autoptr (GVariant) row = g_variant_ref_sink (bn_job_describe (job, TRUE));
  GVariantDict dict;
  g_autoptr (GVariant) plain = NULL;

  g_variant_dict_init (&dict, row);
  g_variant_dict_remove (&dict, "started");
  g_variant_dict_remove (&dict, "finished");
  g_variant_dict_remove (&dict, "module");
  plain = g_variant_ref_sink (g_variant_dict_end (&dict));
  return g_variant_print (plain, FALSE);
}

/* The values of a row, whatever their order. */
static void
assert_row (BnJob *job, const char *const *parts)
{
  g_autofree char *row = describe (job);
  gsize length = 0;

  for (; *parts != NULL; parts++)
    {
      g_assert_nonnull (strstr (row, *parts));
      length += strlen (*parts) + strlen (", ");
    }
  g_assert_cmpuint (strlen (row), ==, length - strlen (", ") + strlen ("{}"));
}

static void
test_ends (Fixture *self, gconstpointer data)
{
  BnJob *job = create (self, "a", "  Installing\tnginx\n", FALSE);

  g_assert_cmpuint (bn_job_get_id (job), ==, 1);
  assert_row (job, (const char *[]){ "'id': <uint32 1>", "'title': <'Installing nginx'>",
                                     "'state': <'running'>", "'cancellable': <true>", NULL });
  update (self, job, "{'progress': <0.5>, 'message': <'half\\nway'>}");
  assert_row (job, (const char *[]){ "'id': <uint32 1>", "'title': <'Installing nginx'>",
                                     "'state': <'running'>", "'cancellable': <true>",
                                     "'progress': <0.5>", "'message': <'half way'>", NULL });
  update (self, job, "{'progress': <-1.0>}");
  g_assert_cmpfloat (bn_job_get_progress (job), ==, -1);
  finish (self, job, "{'files': <3>}", "{}");
  assert_row (job, (const char *[]){ "'id': <uint32 1>", "'title': <'Installing nginx'>",
                                     "'state': <'succeeded'>", "'cancellable': <false>",
                                     "'progress': <1.0>", "'message': <'half way'>",
                                     "'result': <{'files': <3>}>", NULL });
  g_assert_cmpstr (self->unblocked->str, ==, "a ");
  job = create (self, "a", "B", FALSE);
  finish (self, job, "{'ignored': <3>}", "{'error-code': <'timeout'>, 'error': <'It is\\nslow'>}");
  g_assert_cmpstr (bn_job_get_error (job), ==, "timeout: It is slow");
  g_assert_cmpuint (g_variant_n_children (bn_job_get_result (job)), ==, 0);
  job = create (self, "a", "C", FALSE);
  finish (self, job, "{}", "{'cancelled': <true>}");
  g_assert_cmpint (bn_job_get_state (job), ==, BN_JOB_CANCELLED);
  job = create (self, "a", "D", FALSE);
  finish (self, job, "{}", "{'error-code': <'no such code'>}");
  g_assert_true (g_str_has_prefix (bn_job_get_error (job), "internal: "));
  g_assert_cmpuint (self->finished, ==, 4);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  g_autofree char *long_text = g_strnfill (BN_JOB_MESSAGE_BYTES_MAX + 1, 'x');
  g_autofree char *long_message = g_strdup_printf ("{'message': <'%s'>}", long_text);
  g_autofree char *long_title = g_strdup_printf ("{'title': <'%s'>}", long_text);
  g_autoptr (GVariant) bytes = g_variant_ref_sink (g_variant_new_parsed (
      "{'x': <%@ay>}",
      g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, long_text, strlen (long_text), 1)));
  g_autoptr (GVariant) handle = parse ("{'x': <[<@h 0>]>}");
  g_autoptr (GVariant) options = parse ("{}");
  g_autoptr (GError) error = NULL;
  BnJob *job = create (self, "a", "A", FALSE);
  BnJobSpec spec = { .module = "a", .title = " \n", .owner = self->owner };

  g_assert_null (bn_jobs_create (self->jobs, &spec, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
  g_clear_error (&error);
  spec.title = long_text;
  g_assert_null (bn_jobs_create (self->jobs, &spec, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  refuse_update (self, job, "{'progress': <1.5>}", BN_ERROR_BAD_PAYLOAD);
  refuse_update (self, job, "{'progress': <-0.5>}", BN_ERROR_BAD_PAYLOAD);
  refuse_update (self, job, "{'progress': <nan>}", BN_ERROR_BAD_PAYLOAD);
  refuse_update (self, job, "{'progress': <'half'>}", BN_ERROR_BAD_PAYLOAD);
  refuse_update (self, job, "{'title': <''>}", BN_ERROR_BAD_PAYLOAD);
  refuse_update (self, job, long_message, BN_ERROR_TOO_LARGE);
  refuse_update (self, job, long_title, BN_ERROR_TOO_LARGE);
  g_assert_cmpfloat (bn_job_get_progress (job), ==, -1);
  g_assert_false (bn_jobs_finish (self->jobs, job, handle, options, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
  g_assert_false (bn_job_is_over (job));
  g_assert_true (bn_jobs_finish (self->jobs, job, bytes, options, NULL));
}

static void
test_late (Fixture *self, gconstpointer data)
{
  g_autoptr (GObject) other = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GError) error = NULL;
  BnJob *job = create (self, "a", "A", FALSE);
  guint id = bn_job_get_id (job);

  g_assert_true (bn_jobs_find_own (self->jobs, id, self->owner, &error) == job);
  g_assert_null (bn_jobs_find_own (self->jobs, id, other, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  finish (self, job, "{}", "{}");
  g_assert_null (bn_jobs_find_own (self->jobs, id, self->owner, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_null (bn_jobs_find_own (self->jobs, 99, self->owner, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_cmpuint (get_statistic (self, "jobs_late"), ==, 3);
  g_assert_false (bn_jobs_cancel (self->jobs, job, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  const BnJobSpec stubborn = { .module = "a", .title = "B", .owner = self->owner };
  g_autoptr (GError) error = NULL;
  BnJob *job = create (self, "a", "A", FALSE);

  g_assert_true (bn_jobs_cancel (self->jobs, job, &error));
  g_assert_true (bn_jobs_cancel (self->jobs, job, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (self->cancels, ==, 1);
  g_assert_cmpint (bn_job_get_state (job), ==, BN_JOB_CANCELLING);
  g_assert_false (bn_job_can_cancel (job));
  update (self, job, "{'message': <'Cleaning up'>}");
  finish (self, job, "{}", "{'cancelled': <true>}");
  job = bn_jobs_create (self->jobs, &stubborn, &error);
  g_assert_false (bn_jobs_cancel (self->jobs, job, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED);
}

static void
test_live_max (Fixture *self, gconstpointer data)
{
  BnJobSpec spec = { .module = "a", .title = "A", .owner = self->owner };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < LIVE_MAX; i++)
    create (self, "a", "A", FALSE);
  g_assert_null (bn_jobs_create (self->jobs, &spec, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BUSY);
  g_clear_error (&error);
  for (guint i = LIVE_MAX; i < TOTAL_LIVE_MAX; i++)
    create (self, "b", "B", FALSE);
  spec.module = "c";
  g_assert_null (bn_jobs_create (self->jobs, &spec, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BUSY);
  g_assert_cmpuint (get_statistic (self, "jobs_limited"), ==, 2);
  g_assert_cmpuint (get_statistic (self, "jobs_live"), ==, TOTAL_LIVE_MAX);
}

/* Not even those that end at once. */
static void
test_rate (Fixture *self, gconstpointer data)
{
  const BnJobSpec spec = { .module = "a", .title = "A", .owner = self->owner };
  gint64 began_usec = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  guint made = 0;
  guint most;
  BnJob *job;

  while ((job = bn_jobs_create (self->jobs, &spec, &error)) != NULL)
    {
      finish (self, job, "{}", "{}");
      made++;
    }
  g_assert_error (error, BN_ERROR, BN_ERROR_RATE_LIMITED);
  most = BURST + (guint)((g_get_monotonic_time () - began_usec) * PER_SECOND / G_USEC_PER_SEC) + 1;
  g_assert_cmpuint (made, >=, BURST);
  g_assert_cmpuint (made, <=, most);
  g_assert_cmpuint (get_statistic (self, "jobs_limited"), ==, 1);
  finish (self, create (self, "b", "B", FALSE), "{}", "{}");
}

/* Too many that are over push out the oldest; time does the rest. */
static void
test_kept (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BnJob) last = NULL;
  gint64 began_usec = g_get_monotonic_time ();

  /* Of the module that has most: b's stays. */
  finish (self, create (self, "b", "B", FALSE), "{}", "{}");
  for (guint i = 0; i < KEPT_MAX + 1; i++)
    finish (self, create (self, "a", "A", FALSE), "{}", "{}");
  g_assert_cmpuint (self->removed, ==, 2);
  g_assert_cmpuint (get_statistic (self, "jobs_evicted"), ==, 2);
  g_assert_cmpuint (get_statistic (self, "jobs_kept"), ==, KEPT_MAX);
  g_assert_null (bn_jobs_find (self->jobs, 2, NULL));
  g_assert_null (bn_jobs_find (self->jobs, 3, NULL));
  g_assert_nonnull (bn_jobs_find (self->jobs, 1, NULL));
  g_assert_nonnull (bn_jobs_find (self->jobs, 4, NULL));
  last = g_object_ref (bn_jobs_find (self->jobs, 4, NULL));
  while (self->removed < KEPT_MAX + 2)
    g_main_context_iteration (NULL, TRUE);
  /* Who asked before and is judged only now. */
  g_assert_cmpint (bn_job_open_log (last, &error), ==, -1);
  g_assert_error (error, BN_ERROR, BN_ERROR_NOT_FOUND);
  g_assert_cmpint (g_get_monotonic_time () - began_usec, >=, KEEP_MS * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpuint (get_statistic (self, "jobs_evicted"), ==, 2);
}

static gboolean
stop_cb (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* However often a module reports, others hear of it now and then, and of the last. */
static void
test_coalesced (Fixture *self, gconstpointer data)
{
  BnJob *job = create (self, "a", "A", FALSE);
  gint64 began_usec = g_get_monotonic_time ();
  const guint64 samples = bn_event_bus_get_counters (self->bus)->samples;
  guint updates = 0;
  gboolean over = FALSE;
  guint most;

  self->changes = 0;
  g_timeout_add (4 * PUBLISH_MS, stop_cb, &over);
  while (!over)
    {
      update (self, job, updates % 2 == 0 ? "{'progress': <0.25>}" : "{'progress': <0.75>}");
      updates++;
      g_main_context_iteration (NULL, FALSE);
    }
  most = (guint)((g_get_monotonic_time () - began_usec) / G_TIME_SPAN_MILLISECOND / PUBLISH_MS) + 2;
  g_test_message ("%u updates, told %u times", updates, self->changes);
  g_assert_cmpuint (updates, >, 10 * most);
  g_assert_cmpuint (self->changes, <=, most);
  g_assert_cmpuint (bn_event_bus_get_counters (self->bus)->samples - samples, <=, most);
  g_assert_cmpuint (get_statistic (self, "jobs_coalesced"), >=, updates - self->changes - 1);
  /* The last one is told, then nothing more. */
  update (self, job, "{'progress': <0.9>}");
  over = FALSE;
  g_timeout_add (3 * PUBLISH_MS, stop_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->changes, <=, most + 1);
  g_assert_false (g_main_context_pending (NULL));
  {
    g_autoptr (GPtrArray) retained = bn_event_bus_get_retained (
        self->bus, (const char *[]){ "job.progress", NULL }, BN_ACCESS_OBSERVE);
    BnEvent *event = g_ptr_array_index (retained, 0);
    double progress;

    g_assert_cmpuint (retained->len, ==, 1);
    g_assert_true (g_variant_lookup (event->payload, "progress", "d", &progress));
    g_assert_cmpfloat (progress, ==, 0.9);
  }
  finish (self, job, "{}", "{}");
  {
    g_autoptr (GPtrArray) retained = bn_event_bus_get_retained (
        self->bus, (const char *[]){ "job.progress", NULL }, BN_ACCESS_OBSERVE);

    g_assert_cmpuint (retained->len, ==, 0);
  }
}

static void
test_owner_gone (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) reason = g_error_new (BN_ERROR, BN_ERROR_INTERNAL, "It was killed");
  g_autoptr (GError) error = NULL;
  BnJob *job = create (self, "a", "A", FALSE);
  int log = bn_jobs_open_log (self->jobs, job, &error);
  char text[64];
  int reader;

  g_assert_cmpint (write (log, "last words\n", 11), ==, 11);
  close (log);
  bn_jobs_owner_gone (self->jobs, self->owner, reason);
  g_assert_cmpint (bn_job_get_state (job), ==, BN_JOB_FAILED);
  g_assert_cmpstr (bn_job_get_error (job), ==, "unavailable: The module a ended: It was killed");
  reader = bn_job_open_log (job, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (reader, text, sizeof text), ==, 11);
  g_assert_cmpint (read (reader, text, sizeof text), ==, 0);
  close (reader);
}

static void
test_reload (Fixture *self, gconstpointer data)
{
  g_autoptr (GObject) heir = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GObject) other = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GError) error = NULL;
  BnJob *plain = create (self, "a", "Plain", FALSE);
  BnJob *lasting = create (self, "a", "Lasting", TRUE);
  BnJob *forgotten = create (self, "a", "Forgotten", TRUE);
  g_auto (GStrv) blocking = bn_jobs_list_blocking (self->jobs, self->owner);
  g_auto (GStrv) of_heir = bn_jobs_list_blocking (self->jobs, heir);

  g_assert_cmpuint (g_strv_length (blocking), ==, 1);
  g_assert_cmpstr (blocking[0], ==, "Plain");
  g_assert_cmpuint (g_strv_length (of_heir), ==, 0);
  g_assert_false (bn_jobs_adopt (self->jobs, plain, heir, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (bn_jobs_adopt (self->jobs, lasting, heir, &error));
  /* Both may speak of it until the switch. */
  g_assert_nonnull (bn_jobs_find_own (self->jobs, 2, self->owner, NULL));
  g_assert_nonnull (bn_jobs_find_own (self->jobs, 2, heir, NULL));
  /* An heir that fails leaves everything as it was. */
  g_assert_true (bn_jobs_adopt (self->jobs, forgotten, other, &error));
  bn_jobs_owner_gone (self->jobs, other, NULL);
  g_assert_null (bn_jobs_find_own (self->jobs, 3, other, NULL));
  g_assert_true (bn_job_get_owner (forgotten) == self->owner);
  bn_jobs_hand_over (self->jobs, plain, heir);
  g_assert_cmpstr (bn_job_get_error (plain), ==, "unavailable: The module a was reloaded");
  g_assert_cmpstr (self->unblocked->str, ==, "a ");
  bn_jobs_hand_over (self->jobs, lasting, heir);
  g_assert_true (bn_job_get_owner (lasting) == heir);
  bn_jobs_hand_over (self->jobs, forgotten, heir);
  g_assert_cmpint (bn_job_get_state (forgotten), ==, BN_JOB_FAILED);
  g_assert_cmpuint (self->cancels, ==, 2);
  bn_jobs_owner_gone (self->jobs, self->owner, NULL);
  g_assert_false (bn_job_is_over (lasting));
  bn_jobs_owner_gone (self->jobs, heir, NULL);
  g_assert_cmpstr (bn_job_get_error (lasting), ==, "unavailable: The module a ended");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/jobs/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("ends", test_ends);
  ADD ("refused", test_refused);
  ADD ("late", test_late);
  ADD ("cancel", test_cancel);
  ADD ("live-max", test_live_max);
  ADD ("rate", test_rate);
  ADD ("kept", test_kept);
  ADD ("coalesced", test_coalesced);
  ADD ("owner-gone", test_owner_gone);
  ADD ("reload", test_reload);
  return g_test_run ();
}
