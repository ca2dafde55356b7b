/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Calls of a module, whichever process answers them.
 *
 * While the module starts, waits for its next start or is being replaced, a call is held. Its
 * deadline runs meanwhile, and its caller may go: then it ends here, and no process hears of it. */
#include "core/hosted-module-private.h"

#include "core/interface-check.h"
#include "introspection/error.h"
#include "introspection/names.h"

#define HELD_MAX 1024
#define HELD_BYTES_MAX (1 << 20)

typedef struct
{
  GDBusMessage *message; /* (owned) */
  gint64 deadline_usec;  /* monotonic */
  GSource *held;         /* (owned) (nullable): ends the wait of a held call */
  gsize *held_bytes;     /* not owned: of all that are held; what this one adds is size */
  gsize size;
} Call;

static void
end_wait (Call *call)
{
  if (call->held == NULL)
    return;
  g_source_destroy (call->held);
  g_clear_pointer (&call->held, g_source_unref);
  *call->held_bytes -= call->size;
}

static void
call_free (Call *call)
{
  end_wait (call);
  g_object_unref (call->message);
  g_free (call);
}

/* What GDBus and others answer for what they do not have. */
static gboolean
says_it_is_not_served (GDBusMessage *reply)
{
  static const char *const names[] = { "org.freedesktop.DBus.Error.UnknownMethod",
                                       "org.freedesktop.DBus.Error.UnknownInterface",
                                       "org.freedesktop.DBus.Error.UnknownObject", NULL };
  const char *name = g_dbus_message_get_error_name (reply);

  return name != NULL && g_strv_contains (names, name);
}

/* A module that does not answer as its interface says is at fault, not its caller. */
static gboolean
check_reply (BnModuleProcess *process, const Call *call, GDBusMessage *reply, GError **error)
{
  BnManifest *manifest = bn_module_process_get_manifest (process);
  const char *member = g_dbus_message_get_member (call->message);
  const BnMethodSpec *method = bn_manifest_lookup_member (manifest, member);
  GVariant *body = g_dbus_message_get_body (reply);

  if (method == NULL
      || g_strcmp0 (g_dbus_message_get_interface (call->message),
                    bn_manifest_get_interface (manifest))
             != 0)
    return TRUE;
  if (g_dbus_message_get_message_type (reply) == G_DBUS_MESSAGE_TYPE_ERROR)
    {
      if (!says_it_is_not_served (reply))
        return TRUE;
      g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL,
                   "The module %s does not serve the method %s of its own interface",
                   bn_manifest_get_name (manifest), member);
      return FALSE;
    }
  if (bn_interface_check_reply (method->info, body))
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL,
               "The module %s answered %s with the wrong type %s: see its interface",
               bn_manifest_get_name (manifest), member,
               body != NULL ? g_variant_get_type_string (body) : "()");
  return FALSE;
}

static void
call_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BnHostedModule *self = g_task_get_source_object (task);
  BnModuleProcess *process = BN_MODULE_PROCESS (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) reply = bn_module_process_call_finish (process, result, &error);

  if (reply != NULL && !check_reply (process, g_task_get_task_data (task), reply, &error))
    {
      self->counters.bad_replies++;
      if (bn_hosted_module_note_fault (self, process, error))
        g_message ("%s", error->message);
    }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    {
      bn_hosted_module_note_alive (self, process);
      g_task_return_pointer (task, g_steal_pointer (&reply), g_object_unref);
    }
}

char *
bn_hosted_module_explain_state (BnHostedModule *self)
{
  switch (self->state)
    {
    case BN_MODULE_QUARANTINED:
      return g_strdup_printf ("it failed too often and was stopped. %s. Reset its failures to "
                              "try again",
                              self->reason);
    case BN_MODULE_BACKOFF:
      return g_strdup_printf (
          "it failed and is started again in %d s. %s",
          (int)MAX ((self->next_start_usec - g_get_real_time ()) / G_USEC_PER_SEC, 1),
          self->reason);
    case BN_MODULE_DISABLED:
      return g_strdup_printf ("it is disabled. %s", self->reason);
    case BN_MODULE_DRAINING:
      return g_strdup ("it is being stopped");
    case BN_MODULE_STARTING:
    case BN_MODULE_READY:
      return g_strdup ("it is starting");
    case BN_MODULE_STOPPED:
      break;
    }
  return g_strdup ("it is not loaded");
}

static void
return_not_running (BnHostedModule *self, GTask *task)
{
  g_autofree char *state = bn_hosted_module_explain_state (self);

  g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNAVAILABLE,
                           "The module %s does not answer now: %s",
                           bn_hosted_module_get_name (self), state);
}

/* It failed, and is not gone yet. */
static gboolean
is_ending (BnHostedModule *self)
{
  return self->state == BN_MODULE_READY && self->process != NULL
         && bn_module_process_get_state (self->process) != BN_PROCESS_READY;
}

/* No process takes calls now, but one is about to, before the deadline. A version that was never
 * ready is not waited for once it failed: it may never be. */
static gboolean
must_wait (BnHostedModule *self, gint64 deadline_usec)
{
  gint64 wait_usec;

  if (self->state == BN_MODULE_STARTING
      || (self->replacement != NULL && self->replacement->frozen_usec != 0))
    return TRUE;
  if (g_strcmp0 (self->checked, self->hash) != 0)
    return FALSE;
  if (is_ending (self))
    return TRUE;
  if (self->state != BN_MODULE_BACKOFF)
    return FALSE;
  wait_usec = self->next_start_usec - g_get_real_time ();
  return g_get_monotonic_time () + wait_usec < deadline_usec;
}

gboolean
bn_hosted_module_takes_calls (BnHostedModule *self, guint timeout_ms)
{
  return self->state == BN_MODULE_READY
         || must_wait (self, g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND);
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
    g_task_return_new_error (
        task, BN_ERROR, BN_ERROR_TIMEOUT, "The module %s was not ready in time; try again%s%s",
        bn_hosted_module_get_name (self), *self->reason != '\0' ? ". " : "", self->reason);
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  return G_SOURCE_CONTINUE; /* a child of the source that calls held_cb() */
}

static gsize
get_size (Call *call)
{
  GVariant *body = g_dbus_message_get_body (call->message);

  return body != NULL ? g_variant_get_size (body) : 0;
}

/* One of any size is. */
static gboolean
can_hold (BnHostedModule *self, Call *call)
{
  return self->held.length == 0
         || (self->held.length < HELD_MAX && self->held_bytes + get_size (call) <= HELD_BYTES_MAX);
}

static void
hold (BnHostedModule *self, GTask *task)
{
  Call *call = g_task_get_task_data (task);

  call->held_bytes = &self->held_bytes;
  call->size = get_size (call);
  self->held_bytes += call->size;
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

guint
bn_hosted_module_get_held (BnHostedModule *self)
{
  return self->held.length;
}

void
bn_hosted_module_release_held (BnHostedModule *self)
{
  GTask *task;

  while ((task = g_queue_peek_head (&self->held)) != NULL
         && !must_wait (self, ((Call *)g_task_get_task_data (task))->deadline_usec))
    {
      g_queue_pop_head (&self->held);
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
  if (!must_wait (self, call->deadline_usec))
    forward (self, task);
  else if (can_hold (self, call))
    hold (self, task);
  else
    {
      self->counters.calls_refused++;
      g_task_return_new_error (
          task, BN_ERROR, BN_ERROR_BUSY,
          "Too many calls wait until the module %s is ready (%u, of %" G_GSIZE_FORMAT
          " bytes); try again",
          bn_hosted_module_get_name (self), self->held.length, self->held_bytes);
      g_object_unref (task);
    }
}

GDBusMessage *
bn_hosted_module_call_finish (BnHostedModule *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
handled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BnHostedModule *self = BN_HOSTED_MODULE (object);
  g_autoptr (GDBusMessage) reply = NULL;
  GVariant *value = NULL;
  GError *error = NULL;

  reply = bn_hosted_module_call_finish (self, result, &error);
  if (reply != NULL)
    value = bn_module_process_read_handled (bn_hosted_module_get_name (self), reply, &error);
  if (value != NULL)
    g_task_return_pointer (task, value, (GDestroyNotify)g_variant_unref);
  else
    g_task_return_error (task, error);
}

void
bn_hosted_module_handle_async (BnHostedModule *self, GVariant *arguments, guint timeout_ms,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *path = g_strconcat (BN_MODULES_PATH "/", bn_hosted_module_get_name (self), NULL);
  g_autoptr (GDBusMessage) message =
      g_dbus_message_new_method_call (NULL, path, BN_IFACE_MODULE_PEER, "Handle");

  g_task_set_source_tag (task, bn_hosted_module_handle_async);
  g_dbus_message_set_body (message, arguments);
  bn_hosted_module_call_async (self, message, timeout_ms, cancellable, handled_cb, task);
}

GVariant *
bn_hosted_module_handle_finish (BnHostedModule *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
