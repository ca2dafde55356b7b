/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What becomes of jobs: their progress, their end, their next generation. */
#include "core/jobs-private.h"

#include <string.h>

#include "core/coerce.h"
#include "core/options.h"
#include "introspection/names.h"
#include "introspection/value-depth.h"

/* What modules write */

char *
bn_job_make_line (const char *text)
{
  g_autoptr (GString) line = g_string_new (NULL);

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      g_string_append_unichar (line, g_unichar_iscntrl (c) ? ' ' : c);
    }
  return g_strstrip (g_string_free (g_steal_pointer (&line), FALSE));
}

static gboolean
check_text (const char *name, const char *text, gsize max, GError **error)
{
  if (strlen (text) <= max)
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
               "The %s of a job has %" G_GSIZE_FORMAT " bytes, at most %" G_GSIZE_FORMAT
               " are allowed; what is longer belongs into its log",
               name, strlen (text), max);
  return FALSE;
}

gboolean
bn_job_check_title (const char *title, GError **error)
{
  g_autofree char *line = bn_job_make_line (title);

  if (*line == '\0')
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "A job needs a title: one line for people that says what is being done");
      return FALSE;
    }
  return check_text ("title", title, BN_JOB_TITLE_BYTES_MAX, error);
}

gboolean
bn_jobs_update (BnJobs *self, BnJob *job, GVariant *changes, GError **error)
{
  static const BnOption known[] = {
    { "progress", "d" },
    { "message", "s" },
    { "title", "s" },
    { NULL },
  };
  double progress = job->progress;
  const char *message = NULL;
  const char *title = NULL;

  if (!bn_options_check (changes, known, error))
    return FALSE;
  g_variant_lookup (changes, "progress", "d", &progress);
  g_variant_lookup (changes, "message", "&s", &message);
  g_variant_lookup (changes, "title", "&s", &title);
  if (!(progress >= 0 && progress <= 1) && progress != -1)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "The progress of a job is from 0 to 1, or -1 if it is not known; not %g",
                   progress);
      return FALSE;
    }
  if ((message != NULL && !check_text ("message", message, BN_JOB_MESSAGE_BYTES_MAX, error))
      || (title != NULL && !bn_job_check_title (title, error)))
    return FALSE;
  job->progress = progress;
  if (message != NULL)
    {
      g_free (job->message);
      job->message = bn_job_make_line (message);
    }
  if (title != NULL)
    {
      g_free (job->title);
      job->title = bn_job_make_line (title);
    }
  bn_jobs_note_change (self, job);
  return TRUE;
}

/* The end */

static gboolean
blocks (BnJob *job, const char *module)
{
  return !bn_job_is_over (job) && !job->survives && g_str_equal (job->module, module);
}

static gboolean
is_blocked (BnJobs *self, const char *module)
{
  for (guint i = 0; i < self->jobs->len; i++)
    if (blocks (g_ptr_array_index (self->jobs, i), module))
      return TRUE;
  return FALSE;
}

/* @job may be dropped by this. */
static void
end (BnJobs *self, BnJob *job, BnJobState state, GVariant *result, const GError *error)
{
  g_autoptr (BnJob) held = g_object_ref (job);

  bn_job_end (job, state, result, error);
  bn_jobs_tell_end (self, job);
  bn_jobs_drop_old (self);
  if (!job->survives && !is_blocked (self, job->module))
    g_signal_emit_by_name (self, "unblocked", job->module);
}

static gboolean
check_result (GVariant *result, GError **error)
{
  if (g_variant_get_size (result) > BN_JOB_RESULT_BYTES_MAX)
    g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
                 "The result of a job has %" G_GSIZE_FORMAT
                 " bytes, at most %d are allowed; put bytes into its log or a file",
                 g_variant_get_size (result), BN_JOB_RESULT_BYTES_MAX);
  else if (!bn_value_depth_check (result, BN_VALUE_DEPTH_MAX))
    g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                 "The result of a job is nested too deeply; at most %d containers may be inside "
                 "one another",
                 BN_VALUE_DEPTH_MAX);
  else if (bn_value_has_handle (result))
    g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                 "The result of a job cannot have descriptors in it; put bytes into its log or a "
                 "file");
  else
    return TRUE;
  return FALSE;
}

/* What failed it, as FinishJob's options say; NULL if they do not. */
static GError *
read_failure (GVariant *options)
{
  const char *code = NULL;
  const char *text = NULL;
  g_autofree char *line = NULL;
  g_autofree char *name = NULL;

  g_variant_lookup (options, "error-code", "&s", &code);
  g_variant_lookup (options, "error", "&s", &text);
  if (code == NULL && text == NULL)
    return NULL;
  name = g_strconcat (BN_ERROR_PREFIX, code, NULL);
  line = bn_job_make_line (text != NULL ? text : "It failed; its module does not say why");
  if (strlen (line) > BN_JOB_MESSAGE_BYTES_MAX)
    {
      char *end = g_utf8_find_prev_char (line, line + BN_JOB_MESSAGE_BYTES_MAX + 1);

      *end = '\0';
    }
  return g_error_new_literal (BN_ERROR, bn_error_from_dbus_name (name), line);
}

gboolean
bn_jobs_finish (BnJobs *self, BnJob *job, GVariant *result, GVariant *options, GError **error)
{
  static const BnOption known[] = {
    { "error-code", "s" },
    { "error", "s" },
    { "cancelled", "b" },
    { NULL },
  };
  g_autoptr (GError) failure = NULL;
  gboolean cancelled = FALSE;

  if (!bn_options_check (options, known, error) || !check_result (result, error))
    return FALSE;
  g_variant_lookup (options, "cancelled", "b", &cancelled);
  failure = read_failure (options);
  if (failure != NULL)
    end (self, job, BN_JOB_FAILED, NULL, failure);
  else if (cancelled)
    end (self, job, BN_JOB_CANCELLED, NULL, NULL);
  else
    end (self, job, BN_JOB_SUCCEEDED, result, NULL);
  return TRUE;
}

gboolean
bn_jobs_cancel (BnJobs *self, BnJob *job, GError **error)
{
  if (bn_job_is_over (job))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT, "The job %u is over: it is %s", job->id,
                   bn_job_state_to_string (job->state));
      return FALSE;
    }
  if (!job->cancellable)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED, "The job %u cannot be cancelled",
                   job->id);
      return FALSE;
    }
  if (job->state == BN_JOB_CANCELLING)
    return TRUE;
  job->state = BN_JOB_CANCELLING;
  bn_jobs_tell (self, job);
  g_signal_emit_by_name (self, "cancel", job);
  return TRUE;
}

void
bn_jobs_owner_gone (BnJobs *self, GObject *owner, const GError *reason)
{
  g_autoptr (GPtrArray) jobs = bn_jobs_list (self);

  for (guint i = 0; i < jobs->len; i++)
    {
      BnJob *job = g_ptr_array_index (jobs, i);
      g_autoptr (GError) error = NULL;

      if (job->heir == owner)
        g_clear_object (&job->heir);
      if (job->owner != owner)
        continue;
      error = g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "The module %s ended%s%s", job->module,
                           reason != NULL ? ": " : "", reason != NULL ? reason->message : "");
      end (self, job, BN_JOB_FAILED, NULL, error);
    }
}

/* Hot reload */

gboolean
bn_jobs_adopt (BnJobs *self, BnJob *job, GObject *heir, GError **error)
{
  const char *why = NULL;

  if (bn_job_is_over (job))
    why = "is over";
  else if (!job->survives)
    why = "is not to survive its generation";
  else if (job->owner == heir || job->heir == heir)
    why = "is this generation's already";
  if (why != NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT, "The job %u %s", job->id, why);
      return FALSE;
    }
  g_set_object (&job->heir, heir);
  return TRUE;
}

void
bn_jobs_hand_over (BnJobs *self, BnJob *job, GObject *owner)
{
  g_autoptr (GError) error = NULL;

  if (job->heir == owner)
    {
      g_set_object (&job->owner, owner);
      g_clear_object (&job->heir);
      return;
    }
  error = g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE,
                       job->survives ? "The new version of the module %s did not go on with it"
                                     : "The module %s was reloaded",
                       job->module);
  g_signal_emit_by_name (self, "cancel", job);
  end (self, job, BN_JOB_FAILED, NULL, error);
}

char **
bn_jobs_list_blocking (BnJobs *self, GObject *owner)
{
  g_autoptr (GStrvBuilder) titles = g_strv_builder_new ();

  for (guint i = 0; i < self->jobs->len; i++)
    {
      BnJob *job = g_ptr_array_index (self->jobs, i);

      if (job->owner == owner && !job->survives)
        g_strv_builder_add (titles, job->title);
    }
  return g_strv_builder_end (titles);
}
