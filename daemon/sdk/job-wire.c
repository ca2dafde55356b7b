/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is sent of a job.
 *
 * What the module says is kept under a lock, from whatever thread it comes, and sent from the
 * module's own: the first change at once, then at most one message in 50 ms with all that changed
 * meanwhile. Nothing is sent until the hub has answered with the job's number, and its end not
 * before what was printed is in its log. */
#include "sdk/job-private.h"

#include <string.h>

#include "introspection/names.h"

#define UPDATE_MS 50
#define CALL_TIMEOUT_MS 5000

/* A copy of at most @max bytes, whole characters. */
char *
bn_job_shorten (const char *text, gsize max)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  if (strlen (valid) > max)
    *g_utf8_find_prev_char (valid, valid + max + 1) = '\0';
  return g_steal_pointer (&valid);
}

void
bn_job_call_hub (BnJob *self, const char *method, GVariant *parameters, const char *reply_type,
                 GAsyncReadyCallback callback)
{
  g_dbus_connection_call_with_unix_fd_list (
      self->connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, method, parameters,
      reply_type != NULL ? G_VARIANT_TYPE (reply_type) : NULL, G_DBUS_CALL_FLAGS_NONE,
      CALL_TIMEOUT_MS, NULL, NULL, callback, callback != NULL ? g_object_ref (self) : NULL);
}

GVariant *
bn_job_make_failure (BnError code, const char *message)
{
  g_autofree char *text = bn_job_shorten (message, BN_JOB_MESSAGE_BYTES_MAX);
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "error-code", "s", bn_error_code (code));
  g_variant_dict_insert (&options, "error", "s", text);
  return g_variant_ref_sink (g_variant_new ("(a{sv}@a{sv})", NULL, g_variant_dict_end (&options)));
}

/* The end, with the id before it. */
GVariant *
bn_job_add_id (BnJob *self, GVariant *end)
{
  g_autoptr (GVariant) result = g_variant_get_child_value (end, 0);
  g_autoptr (GVariant) options = g_variant_get_child_value (end, 1);

  return g_variant_new ("(u@a{sv}@a{sv})", self->id, result, options);
}

/* The hub did not take the end, such as a result that is too large: it has failed then. */
static void
finished_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnJob) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &error);
  g_autoptr (GVariant) end = NULL;

  if (reply != NULL
      || (!bn_error_is (error, BN_ERROR_TOO_LARGE) && !bn_error_is (error, BN_ERROR_BAD_PAYLOAD)))
    return;
  g_dbus_error_strip_remote_error (error);
  end = bn_job_make_failure (BN_ERROR_INTERNAL, error->message);
  bn_job_call_hub (self, "FinishJob", bn_job_add_id (self, end), NULL, NULL);
}

/* Sending; with the lock held */

/* TRUE if there is time until the next update, and then it is scheduled. */
static gboolean
is_too_early (BnJob *self)
{
  return self->sent_usec != 0
         && g_get_monotonic_time () < self->sent_usec + UPDATE_MS * G_TIME_SPAN_MILLISECOND;
}

static void
send_news (BnJob *self)
{
  if (self->news == NULL)
    return;
  if (is_too_early (self) && !self->over)
    {
      bn_job_schedule (self);
      return;
    }
  self->sent_usec = g_get_monotonic_time ();
  bn_job_call_hub (self, "UpdateJob",
                   g_variant_new ("(u@a{sv})", self->id, g_variant_dict_end (self->news)), NULL,
                   NULL);
  g_clear_pointer (&self->news, g_variant_dict_unref);
}

void
bn_job_send (BnJob *self)
{
  if (self->id == 0 || self->refused != NULL)
    return;
  send_news (self);
  if (self->printed->len > 0 && !self->log_failed)
    bn_job_ask_for_log (self);
  if (self->end == NULL || (self->printed->len > 0 && !self->log_failed))
    return;
  g_clear_pointer (&self->news, g_variant_dict_unref);
  bn_job_call_hub (self, "FinishJob", bn_job_add_id (self, self->end), NULL, finished_cb);
  g_clear_pointer (&self->end, g_variant_unref);
}

static gboolean
flush_cb (gpointer user_data)
{
  BnJob *self = user_data;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->flush, g_source_unref);
  bn_job_send (self);
  g_mutex_unlock (&self->lock);
  return G_SOURCE_REMOVE;
}

/* Sends in the module's thread: at once, or when an update is due. The source keeps the job: one
 * that is dropped has failed when all else was said. */
void
bn_job_schedule (BnJob *self)
{
  gint64 due_usec = 0;

  if (self->flush != NULL && self->end == NULL)
    return;
  if (self->flush != NULL)
    {
      g_source_destroy (self->flush);
      g_clear_pointer (&self->flush, g_source_unref);
    }
  if (self->end == NULL && is_too_early (self))
    due_usec = self->sent_usec + UPDATE_MS * G_TIME_SPAN_MILLISECOND;
  self->flush = g_timeout_source_new (0);
  g_source_set_priority (self->flush, G_PRIORITY_DEFAULT);
  g_source_set_static_name (self->flush, "binnacle job");
  g_source_set_ready_time (self->flush, due_usec);
  g_source_set_callback (self->flush, flush_cb, g_object_ref (self), g_object_unref);
  g_source_attach (self->flush, self->context);
}

/* Making */

void
bn_job_answer_waiting (BnJob *self)
{
  GTask *task;

  while ((task = g_queue_pop_head (&self->waiting)) != NULL)
    {
      if (self->refused != NULL)
        g_task_return_error (task, g_error_copy (self->refused));
      else
        g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

/* The hub has answered: @id is the number, or @error (taken) says why there is none. */
static void
set_created (BnJob *self, guint32 id, GError *error)
{
  gboolean over;

  if (error != NULL)
    bn_error_normalise (&error);
  g_mutex_lock (&self->lock);
  self->id = id;
  self->refused = error;
  if (error == NULL)
    self->path = g_strdup_printf (BN_JOBS_PATH "/%u", id);
  else
    self->over = TRUE;
  over = self->over;
  bn_job_send (self);
  if (!g_queue_is_empty (&self->logs) && error == NULL)
    bn_job_ask_for_log (self);
  g_mutex_unlock (&self->lock);
  if (!over)
    bn_job_set_add (self->set, id, self->cancellable);
  if (error != NULL)
    {
      bn_job_answer_logs (self, -1, error);
      g_cancellable_cancel (self->cancellable);
    }
  bn_job_answer_waiting (self);
}

static void
created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnJob) self = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &error);
  guint32 id = 0;

  if (reply != NULL)
    g_variant_get (reply, "(uo)", &id, NULL);
  set_created (self, id, error);
}

static gboolean
refuse_cb (gpointer user_data)
{
  set_created (
      user_data, 0,
      g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "the module is not connected to the hub"));
  return G_SOURCE_REMOVE;
}

/* TRUE if there is a hub to be asked; else the job is refused soon. */
static gboolean
can_ask (BnJob *self)
{
  if (self->connection == NULL)
    {
      GSource *source = g_idle_source_new ();

      g_source_set_callback (source, G_SOURCE_FUNC (refuse_cb), g_object_ref (self),
                             g_object_unref);
      g_source_attach (source, self->context);
      g_source_unref (source);
    }
  return self->connection != NULL;
}

void
bn_job_create (BnJob *self, const char *method, const char *title, BnJobFlags flags)
{
  g_autofree char *line = bn_job_shorten (title, BN_JOB_TITLE_BYTES_MAX);
  GVariantDict options;

  if (!can_ask (self))
    return;
  g_variant_dict_init (&options, NULL);
  if (method != NULL)
    g_variant_dict_insert (&options, "method", "s", method);
  g_variant_dict_insert (&options, "cancellable", "b", (flags & BN_JOB_NOT_CANCELLABLE) == 0);
  g_variant_dict_insert (&options, "survives", "b", (flags & BN_JOB_SURVIVES) != 0);
  bn_job_call_hub (self, "CreateJob",
                   g_variant_new ("(s@a{sv})", line, g_variant_dict_end (&options)), "(uo)",
                   created_cb);
}

static void
adopted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnJob) self = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &error);
  gboolean cancelling = FALSE;

  set_created (self, error == NULL ? self->adopting : 0, error);
  if (reply == NULL)
    return;
  {
    g_autoptr (GVariant) job = g_variant_get_child_value (reply, 0);

    g_variant_lookup (job, "cancelling", "b", &cancelling);
  }
  if (cancelling)
    g_cancellable_cancel (self->cancellable);
}

void
bn_job_adopt (BnJob *self, guint id)
{
  self->adopting = id;
  if (can_ask (self))
    bn_job_call_hub (self, "AdoptJob", g_variant_new ("(u)", id), "(a{sv})", adopted_cb);
}
