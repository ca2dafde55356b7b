/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One job.
 *
 * Everybody who may observe sees that it runs and how far it is. Its result and its log may say
 * more than that, and to cancel it is to act: these need what its method needs, judged under that
 * method's name. So whoever may start such a job may cancel it, and nobody else. */
#include "core/job-private.h"

enum
{
  SIGNAL_CHANGED,
  SIGNAL_FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnJob, bn_job, G_TYPE_OBJECT)

static const char *const state_names[] = {
  [BN_JOB_RUNNING] = "running",     [BN_JOB_CANCELLING] = "cancelling",
  [BN_JOB_SUCCEEDED] = "succeeded", [BN_JOB_FAILED] = "failed",
  [BN_JOB_CANCELLED] = "cancelled",
};

const char *
bn_job_state_to_string (BnJobState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}

static void
bn_job_dispose (GObject *object)
{
  BnJob *self = BN_JOB (object);

  g_clear_pointer (&self->log, bn_job_log_free);
  g_clear_object (&self->owner);
  g_clear_object (&self->heir);
  G_OBJECT_CLASS (bn_job_parent_class)->dispose (object);
}

static void
bn_job_finalize (GObject *object)
{
  BnJob *self = BN_JOB (object);

  g_free (self->module);
  g_free (self->method);
  g_free (self->title);
  g_free (self->message);
  g_free (self->error);
  g_variant_unref (self->result);
  G_OBJECT_CLASS (bn_job_parent_class)->finalize (object);
}

static void
bn_job_class_init (BnJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bn_job_dispose;
  object_class->finalize = bn_job_finalize;

  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FINISHED] =
      g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_job_init (BnJob *self)
{
  self->progress = -1;
  self->message = g_strdup ("");
  self->error = g_strdup ("");
  self->result = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0));
  self->started_usec = g_get_real_time ();
}

BnJob *
bn_job_new (guint id, const BnJobSpec *spec, BnJobLogPool *logs)
{
  BnJob *self = g_object_new (BN_TYPE_JOB, NULL);

  self->id = id;
  self->module = g_strdup (spec->module);
  self->method = g_strdup (spec->method);
  self->level = spec->level;
  self->title = g_strdup (spec->title);
  self->cancellable = spec->cancellable;
  self->survives = spec->survives;
  self->owner = g_object_ref (spec->owner);
  self->log = bn_job_log_new (logs);
  return self;
}

void
bn_job_end (BnJob *self, BnJobState state, GVariant *result, const GError *error)
{
  g_assert (!bn_job_is_over (self));

  bn_job_log_end (self->log);
  self->state = state;
  self->finished_usec = g_get_real_time ();
  self->finished_monotonic_usec = g_get_monotonic_time ();
  if (state == BN_JOB_SUCCEEDED)
    self->progress = 1;
  if (result != NULL)
    {
      g_variant_unref (self->result);
      self->result = g_variant_ref (result);
    }
  if (error != NULL)
    {
      g_free (self->error);
      self->error =
          g_strdup_printf ("%s: %s", bn_error_code (bn_error_from_gerror (error)), error->message);
    }
  self->dirty = FALSE;
  g_clear_object (&self->owner);
  g_clear_object (&self->heir);
}

void
bn_job_emit_changed (BnJob *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
bn_job_emit_finished (BnJob *self)
{
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
}

guint
bn_job_get_id (BnJob *self)
{
  return self->id;
}

char *
bn_job_make_path (BnJob *self)
{
  return g_strdup_printf (BN_JOBS_PATH "/%u", self->id);
}

const char *
bn_job_get_module (BnJob *self)
{
  return self->module;
}

const char *
bn_job_get_method (BnJob *self)
{
  return self->method != NULL ? self->method : "";
}

const char *
bn_job_get_title (BnJob *self)
{
  return self->title;
}

BnJobState
bn_job_get_state (BnJob *self)
{
  return self->state;
}

gboolean
bn_job_is_over (BnJob *self)
{
  return self->state != BN_JOB_RUNNING && self->state != BN_JOB_CANCELLING;
}

gboolean
bn_job_can_cancel (BnJob *self)
{
  return self->cancellable && self->state == BN_JOB_RUNNING;
}

gboolean
bn_job_survives (BnJob *self)
{
  return self->survives;
}

double
bn_job_get_progress (BnJob *self)
{
  return self->progress;
}

const char *
bn_job_get_message (BnJob *self)
{
  return self->message;
}

const char *
bn_job_get_error (BnJob *self)
{
  return self->error;
}

GVariant *
bn_job_get_result (BnJob *self)
{
  return self->result;
}

gint64
bn_job_get_started (BnJob *self)
{
  return self->started_usec;
}

gint64
bn_job_get_finished (BnJob *self)
{
  return self->finished_usec;
}

GObject *
bn_job_get_owner (BnJob *self)
{
  return self->owner;
}

static void
add (GVariantBuilder *row, const char *key, GVariant *value)
{
  g_variant_builder_add (row, "{sv}", key, value);
}

static void
add_text (GVariantBuilder *row, const char *key, const char *text)
{
  if (text != NULL && *text != '\0')
    add (row, key, g_variant_new_string (text));
}

GVariant *
bn_job_describe (BnJob *self, gboolean result)
{
  g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  add (&row, "id", g_variant_new_uint32 (self->id));
  add_text (&row, "module", self->module);
  add_text (&row, "method", self->method);
  add_text (&row, "title", self->title);
  add_text (&row, "state", state_names[self->state]);
  if (self->progress >= 0)
    add (&row, "progress", g_variant_new_double (self->progress));
  add_text (&row, "message", self->message);
  add_text (&row, "error", self->error);
  if (result && self->state == BN_JOB_SUCCEEDED)
    add (&row, "result", self->result);
  add (&row, "started", g_variant_new_int64 (self->started_usec));
  if (self->finished_usec != 0)
    add (&row, "finished", g_variant_new_int64 (self->finished_usec));
  add (&row, "cancellable", g_variant_new_boolean (bn_job_can_cancel (self)));
  return g_variant_builder_end (&row);
}

BnAccessLevel
bn_job_get_level (BnJob *self, BnJobAct act, const char **what)
{
  static const struct
  {
    const char *what;
    BnAccessLevel level;
  } without_method[] = {
    [BN_JOB_ACT_CANCEL] = { "job.cancel", BN_ACCESS_CONTROL },
    [BN_JOB_ACT_OPEN_LOG] = { "job.open_log", BN_ACCESS_OBSERVE },
    [BN_JOB_ACT_READ_RESULT] = { "job.get", BN_ACCESS_OBSERVE },
  };

  *what = self->method != NULL ? self->method : without_method[act].what;
  return self->method != NULL ? self->level : without_method[act].level;
}

int
bn_job_open_log (BnJob *self, GError **error)
{
  if (self->log != NULL)
    return bn_job_log_open_reader (self->log, error);
  g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "The job %u is not kept any more", self->id);
  return -1;
}
