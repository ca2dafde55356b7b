/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Calls of a module, whichever process answers them.
 *
 * While the module starts or is being replaced a call is held. Its deadline runs meanwhile, and its
 * caller may go: then it ends here, and no process hears of it. */
#include "core/hosted-module-private.h"

#include "introspection/error.h"

#define HELD_MAX 1024

typedef struct
{
  GDBusMessage *message; /* (owned) */
  gint64 deadline_usec;  /* monotonic */
  GSource *held;         /* (owned) (nullable): ends the wait of a held call */
} Call;

static void
end_wait (Call *call)
{
  if (call->held == NULL)
    return;
  g_source_destroy (call->held);
  g_clear_pointer (&call->held, g_source_unref);
}

static void
call_free (Call *call)
{
  end_wait (call);
  g_object_unref (call->message);
  g_free (call);
}

static void
call_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GDBusMessage *reply = bn_module_process_call_finish (BN_MODULE_PROCESS (object), result, &error);

  if (reply != NULL)
    g_task_return_pointer (task, reply, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
return_not_running (BnHostedModule *self, GTask *task)
{
  gboolean failed = self->state == BN_MODULE_BACKOFF || self->state == BN_MODULE_QUARANTINED;

  g_task_return_new_error (
      task, BN_ERROR, BN_ERROR_UNAVAILABLE, "The module %s does not run now: it is %s%s%s",
      bn_hosted_module_get_name (self), bn_module_state_to_string (self->state),
      failed ? ", because: " : "", failed ? self->last_error : "");
}

/* No process takes calls now, but one is about to. */
static gboolean
must_wait (BnHostedModule *self)
{
  return self->state == BN_MODULE_STARTING
         || (self->replacement != NULL && self->replacement->frozen);
}

/* Gives the call of @task (taken) to the current process. */
static void
forward (BnHostedModule *self, GTask *task)
{
  Call *call = g_task_get_task_data (task);
  gint64 left_usec = call->deadline_usec - g_get_monotonic_time ();

  if (self->process == NULL || bn_module_process_get_state (self->process) != BN_PROCESS_READY)
    {
      return_not_running (self, task);
      g_object_unref (task);
      return;
    }
  bn_module_process_call_async (self->process, call->message, (guint)(MAX (left_usec, 0) / 1000),
                                g_task_get_cancellable (task), call_done_cb, task);
}

/* The deadline of a held call ran out, or its caller has gone. */
static gboolean
held_cb (gpointer user_data)
{
  g_autoptr (GTask) task = user_data; /* from the queue */
  BnHostedModule *self = g_task_get_source_object (task);

  g_queue_remove (&self->held, task);
  end_wait (g_task_get_task_data (task));
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_new_error (task, BN_ERROR, BN_ERROR_TIMEOUT,
                             "The module %s was not ready in time; try again",
                             bn_hosted_module_get_name (self));
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  return G_SOURCE_CONTINUE; /* a child of the source that calls held_cb() */
}

static void
hold (BnHostedModule *self, GTask *task)
{
  Call *call = g_task_get_task_data (task);

  call->held = g_timeout_source_new (0);
  g_source_set_ready_time (call->held, call->deadline_usec);
  g_source_set_callback (call->held, held_cb, task, NULL);
  if (g_task_get_cancellable (task) != NULL)
    {
      g_autoptr (GSource) child = g_cancellable_source_new (g_task_get_cancellable (task));

      g_source_set_callback (child, G_SOURCE_FUNC (cancelled_cb), NULL, NULL);
      g_source_add_child_source (call->held, child);
    }
  g_source_attach (call->held, g_main_context_get_thread_default ());
  g_queue_push_tail (&self->held, task);
}

void
bn_hosted_module_release_held (BnHostedModule *self)
{
  GTask *task;

  while (!must_wait (self) && (task = g_queue_pop_head (&self->held)) != NULL)
    {
      end_wait (g_task_get_task_data (task));
      forward (self, task);
    }
}

void
bn_hosted_module_call_async (BnHostedModule *self, GDBusMessage *message, guint timeout_ms,
                             GCancellable *cancellable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  call->message = g_object_ref (message);
  call->deadline_usec = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  g_task_set_source_tag (task, bn_hosted_module_call_async);
  g_task_set_task_data (task, call, (GDestroyNotify)call_free);
  if (!must_wait (self))
    forward (self, task);
  else if (self->held.length < HELD_MAX)
    hold (self, task);
  else
    {
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_BUSY,
                               "%d calls wait until the module %s is ready; try again", HELD_MAX,
                               bn_hosted_module_get_name (self));
      g_object_unref (task);
    }
}

GDBusMessage *
bn_hosted_module_call_finish (BnHostedModule *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
