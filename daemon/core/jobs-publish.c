/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is told of jobs.
 *
 * A module may report progress as often as it likes: others are told at once of the first change,
 * and then at most every 100 ms of how it is by then. The timer for that runs while there is
 * something to tell. */
#include "core/jobs-private.h"

static void
add_text (GVariantBuilder *payload, const char *key, const char *text)
{
  if (*text != '\0')
    g_variant_builder_add (payload, "{sv}", key, g_variant_new_string (text));
}

static void
publish (BnJobs *self, const char *type, BnEventClass class, GVariant *payload, gboolean gone)
{
  g_autoptr (BnEvent) event = bn_event_new (type, class, BN_ACCESS_OBSERVE, payload, "hub",
                                            class == BN_EVENT_CLASS_SAMPLE ? "id" : NULL);

  event->gone = gone;
  bn_event_bus_publish (self->bus, event);
}

static GVariantBuilder *
begin_payload (BnJob *job)
{
  GVariantBuilder *payload = g_variant_builder_new (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (payload, "{sv}", "id", g_variant_new_uint32 (job->id));
  return payload;
}

static GVariant *
end_payload (GVariantBuilder *payload)
{
  GVariant *end = g_variant_builder_end (payload);

  g_variant_builder_unref (payload);
  return end;
}

void
bn_jobs_publish_event (BnJobs *self, BnJob *job, const char *type)
{
  GVariantBuilder *payload = begin_payload (job);

  add_text (payload, "module", job->module);
  add_text (payload, "method", bn_job_get_method (job));
  add_text (payload, "title", job->title);
  if (bn_job_is_over (job))
    {
      add_text (payload, "state", bn_job_state_to_string (job->state));
      add_text (payload, "error", job->error);
    }
  publish (self, type, BN_EVENT_CLASS_EVENT, end_payload (payload), FALSE);
}

void
bn_jobs_tell (BnJobs *self, BnJob *job)
{
  GVariantBuilder *payload = begin_payload (job);

  job->dirty = FALSE;
  add_text (payload, "module", job->module);
  add_text (payload, "title", job->title);
  add_text (payload, "state", bn_job_state_to_string (job->state));
  if (job->progress >= 0)
    g_variant_builder_add (payload, "{sv}", "progress", g_variant_new_double (job->progress));
  add_text (payload, "message", job->message);
  publish (self, "job.progress", BN_EVENT_CLASS_SAMPLE, end_payload (payload), FALSE);
  bn_job_emit_changed (job);
}

static gboolean
publish_cb (gpointer user_data)
{
  BnJobs *self = user_data;
  gboolean any = FALSE;

  for (guint i = 0; i < self->jobs->len; i++)
    {
      BnJob *job = g_ptr_array_index (self->jobs, i);

      if (!job->dirty)
        continue;
      any = TRUE;
      bn_jobs_tell (self, job);
    }
  if (any)
    return G_SOURCE_CONTINUE;
  self->publish_id = 0;
  return G_SOURCE_REMOVE;
}

void
bn_jobs_note_change (BnJobs *self, BnJob *job)
{
  if (job->dirty)
    self->coalesced++;
  job->dirty = TRUE;
  if (self->publish_id != 0)
    return;
  bn_jobs_tell (self, job);
  self->publish_id = g_timeout_add (self->limits.publish_ms, publish_cb, self);
}

void
bn_jobs_tell_end (BnJobs *self, BnJob *job)
{
  publish (self, "job.progress", BN_EVENT_CLASS_SAMPLE, end_payload (begin_payload (job)), TRUE);
  bn_job_emit_changed (job);
  bn_job_emit_finished (job);
  bn_jobs_publish_event (self, job, "job.finished");
}
