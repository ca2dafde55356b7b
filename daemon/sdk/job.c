/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Something that takes long. */
#include "sdk/job-private.h"

#include <unistd.h>

#include "introspection/names.h"

/**
 * BnJob:
 *
 * Something that takes long: it outlives the call that began it, and its caller.
 *
 * A job is made with [method@Binnacle.Call.start_job], which answers the call, or with
 * [method@Binnacle.Module.create_job]. It is there at once; what the hub has to say of it (such as
 * that too many jobs run) is learnt with [method@Binnacle.Job.wait_created_async]: if it refuses,
 * the job is over, and its cancellable cancelled.
 *
 * The module reports progress and prints into the log as often as it likes, and ends the job with
 * [method@Binnacle.Job.succeed], [method@Binnacle.Job.fail] or [method@Binnacle.Job.cancelled]. A
 * job that is dropped without an end has failed, and so has one whose module ends.
 *
 * When somebody asks to cancel it, [method@Binnacle.Job.get_cancellable] is cancelled in the thread
 * that runs [method@Binnacle.Module.run]; stop working then, and say `cancelled`.
 *
 * Its methods may be called from any thread, except for those that end with `_async` and `_finish`.
 */
G_DEFINE_FINAL_TYPE (BnJob, bn_job, G_TYPE_OBJECT)

static void
bn_job_dispose (GObject *object)
{
  BnJob *self = BN_JOB (object);

  /* Nothing waits to be sent, or it would have kept the job. This may be any thread. */
  if (!self->over && self->id != 0)
    {
      self->over = TRUE;
      self->end =
          bn_job_make_failure (BN_ERROR_INTERNAL, "The module dropped the job before its end");
      bn_job_set_remove (self->set, self->id);
      bn_job_call_hub (self, "FinishJob", bn_job_add_id (self, self->end), NULL, NULL);
    }

  G_OBJECT_CLASS (bn_job_parent_class)->dispose (object);
}

static void
bn_job_finalize (GObject *object)
{
  BnJob *self = BN_JOB (object);

  if (self->log >= 0)
    close (self->log);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->set, bn_job_set_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->path, g_free);
  g_clear_error (&self->refused);
  g_clear_pointer (&self->end, g_variant_unref);
  g_clear_pointer (&self->news, g_variant_dict_unref);
  g_string_free (self->printed, TRUE);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (bn_job_parent_class)->finalize (object);
}

static void
bn_job_class_init (BnJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_job_dispose;
  object_class->finalize = bn_job_finalize;
}

static void
bn_job_init (BnJob *self)
{
  g_mutex_init (&self->lock);
  g_queue_init (&self->waiting);
  g_queue_init (&self->logs);
  self->context = g_main_context_ref_thread_default ();
  self->cancellable = g_cancellable_new ();
  self->printed = g_string_new (NULL);
  self->log = -1;
}

BnJob *
bn_job_new (GDBusConnection *connection, BnJobSet *set)
{
  BnJob *self = g_object_new (BN_TYPE_JOB, NULL);

  self->connection = connection != NULL ? g_object_ref (connection) : NULL;
  self->set = bn_job_set_ref (set);
  bn_error_quark (); /* registers the errors that the hub answers with */
  return self;
}

/**
 * bn_job_get_id:
 * @self: the job
 *
 * Gets the number of the job, which is what a state that is handed over names it by.
 *
 * Returns: the number; 0 until the hub has answered
 */
guint
bn_job_get_id (BnJob *self)
{
  guint id;

  g_return_val_if_fail (BN_IS_JOB (self), 0);

  g_mutex_lock (&self->lock);
  id = self->id;
  g_mutex_unlock (&self->lock);
  return id;
}

/**
 * bn_job_get_path:
 * @self: the job
 *
 * Gets the path of the job's object on the bus, which a method with the annotation
 * `org.binnacle.Job` returns.
 *
 * Returns: (nullable): the path; %NULL until the hub has answered
 */
const char *
bn_job_get_path (BnJob *self)
{
  const char *path;

  g_return_val_if_fail (BN_IS_JOB (self), NULL);

  g_mutex_lock (&self->lock);
  path = self->path;
  g_mutex_unlock (&self->lock);
  return path;
}

/**
 * bn_job_wait_created_async:
 * @self: the job
 * @callback: (scope async): called when the hub has answered
 * @user_data: given to @callback
 *
 * Waits until the hub has made the job, or refused to.
 */
void
bn_job_wait_created_async (BnJob *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (BN_IS_JOB (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, bn_job_wait_created_async);
  g_queue_push_tail (&self->waiting, task);
  if (self->id != 0 || self->refused != NULL)
    bn_job_answer_waiting (self);
}

/**
 * bn_job_wait_created_finish:
 * @self: the job
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the path of the job that the hub has made. The error is of the domain %BN_ERROR: `busy` if
 * too many jobs run, `bad_payload` if the interface has no such method, and so on.
 *
 * Returns: (nullable): the path
 */
const char *
bn_job_wait_created_finish (BnJob *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_boolean (G_TASK (result), error) ? self->path : NULL;
}

/**
 * bn_job_get_cancellable:
 * @self: the job
 *
 * Gets what is cancelled when somebody asks to cancel the job, or the hub does not make it. Give it
 * to what takes time; work of one's own looks at it or connects to it. The job goes on until the
 * module says how it ended.
 *
 * Returns: (transfer none): a cancellable
 */
GCancellable *
bn_job_get_cancellable (BnJob *self)
{
  g_return_val_if_fail (BN_IS_JOB (self), NULL);

  return self->cancellable;
}

/**
 * bn_job_is_over:
 * @self: the job
 *
 * Looks whether the job's end was said, or the hub did not make it.
 *
 * Returns: true if it is over
 */
gboolean
bn_job_is_over (BnJob *self)
{
  gboolean over;

  g_return_val_if_fail (BN_IS_JOB (self), TRUE);

  g_mutex_lock (&self->lock);
  over = self->over;
  g_mutex_unlock (&self->lock);
  return over;
}

/* Takes @value. */
static void
add_news (BnJob *self, const char *key, GVariant *value)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (value);

  g_mutex_lock (&self->lock);
  if (!self->over)
    {
      if (self->news == NULL)
        self->news = g_variant_dict_new (NULL);
      g_variant_dict_insert_value (self->news, key, sunk);
      bn_job_schedule (self);
    }
  g_mutex_unlock (&self->lock);
}

/**
 * bn_job_set_title:
 * @self: the job
 * @title: one line for people, at most 256 bytes; what is longer is cut
 *
 * Changes what the job is called.
 */
void
bn_job_set_title (BnJob *self, const char *title)
{
  g_return_if_fail (BN_IS_JOB (self));
  g_return_if_fail (title != NULL && *title != '\0');

  add_news (self, "title",
            g_variant_new_take_string (bn_job_shorten (title, BN_JOB_TITLE_BYTES_MAX)));
}

/**
 * bn_job_set_progress:
 * @self: the job
 * @progress: the part that is done, from 0 to 1, or -1 if it is not known
 *
 * Says how far the job is. May be called as often as one likes: of what comes within 50 ms the last
 * one counts.
 */
void
bn_job_set_progress (BnJob *self, double progress)
{
  g_return_if_fail (BN_IS_JOB (self));
  g_return_if_fail (progress == -1 || (progress >= 0 && progress <= 1));

  add_news (self, "progress", g_variant_new_double (progress));
}

/**
 * bn_job_set_message:
 * @self: the job
 * @message: one line for people, at most 1024 bytes; what is longer is cut
 *
 * Says what is done just now.
 */
void
bn_job_set_message (BnJob *self, const char *message)
{
  g_return_if_fail (BN_IS_JOB (self));
  g_return_if_fail (message != NULL);

  add_news (self, "message",
            g_variant_new_take_string (bn_job_shorten (message, BN_JOB_MESSAGE_BYTES_MAX)));
}

/* Takes @end, that of FinishJob without the id. In the module's own thread it is sent at once: the
 * loop may not turn again. */
static void
say_end (BnJob *self, GVariant *end)
{
  g_mutex_lock (&self->lock);
  if (self->over)
    g_variant_unref (end);
  else
    {
      self->over = TRUE;
      self->end = end;
      bn_job_set_remove (self->set, self->id);
      if (g_main_context_is_owner (self->context))
        bn_job_send (self);
      else
        bn_job_schedule (self);
    }
  g_mutex_unlock (&self->lock);
}

/**
 * bn_job_succeed:
 * @self: the job
 * @result: (nullable): what it brought, an `a{sv}` of at most 64 KiB; sunk if it is floating
 *
 * Ends the job. Does nothing if it is over.
 */
void
bn_job_succeed (BnJob *self, GVariant *result)
{
  g_autoptr (GVariant) sunk = NULL;

  g_return_if_fail (BN_IS_JOB (self));
  g_return_if_fail (result == NULL || g_variant_is_of_type (result, G_VARIANT_TYPE_VARDICT));

  sunk = g_variant_ref_sink (result != NULL ? result : g_variant_new ("a{sv}", NULL));
  say_end (self, g_variant_ref_sink (g_variant_new ("(@a{sv}a{sv})", sunk, NULL)));
}

/**
 * bn_job_fail:
 * @self: the job
 * @code: what went wrong
 * @message: one sentence for people that says what to do, at most 1024 bytes
 *
 * Ends the job as failed. Does nothing if it is over.
 */
void
bn_job_fail (BnJob *self, BnError code, const char *message)
{
  g_return_if_fail (BN_IS_JOB (self));
  g_return_if_fail (code < BN_N_ERRORS);
  g_return_if_fail (message != NULL);

  say_end (self, bn_job_make_failure (code, message));
}

/**
 * bn_job_fail_gerror:
 * @self: the job
 * @error: an error of any domain
 *
 * Ends the job as failed, or as cancelled if the error is %G_IO_ERROR_CANCELLED and somebody asked
 * to cancel it. Errors are translated as by [method@Binnacle.Call.reply_gerror].
 */
void
bn_job_fail_gerror (BnJob *self, const GError *error)
{
  g_autoptr (GError) plain = NULL;

  g_return_if_fail (BN_IS_JOB (self));
  g_return_if_fail (error != NULL);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      && g_cancellable_is_cancelled (self->cancellable))
    {
      bn_job_cancelled (self);
      return;
    }
  plain = g_error_copy (error);
  g_dbus_error_strip_remote_error (plain);
  bn_job_fail (self, bn_error_from_gerror (error), plain->message);
}

/**
 * bn_job_cancelled:
 * @self: the job
 *
 * Ends the job as cancelled. Does nothing if it is over.
 */
void
bn_job_cancelled (BnJob *self)
{
  g_return_if_fail (BN_IS_JOB (self));

  say_end (self, g_variant_ref_sink (g_variant_new_parsed ("(@a{sv} {}, {'cancelled': <true>})")));
}
