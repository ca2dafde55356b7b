/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The calls that a module's process is to answer.
 *
 * A call ends with its answer, with its deadline, or when its caller has gone. Of the last two the
 * module is told with ModulePeer1.Cancel, so that it need not go on for nobody; what it answers all
 * the same is dropped by the link. */
#include "core/module-process-private.h"

#include "introspection/error.h"
#include "introspection/names.h"

/* What the caller is told instead of what the link knows. Takes @error. A process that is ended
 * because it owes an answer owes it to its callers too. */
static GError *
explain_no_answer (BnModuleProcess *self, GError *error)
{
  const char *name = bn_manifest_get_name (self->manifest);
  g_autoptr (GError) owned = error;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_steal_pointer (&owned);
  if (bn_error_is (error, BN_ERROR_TIMEOUT))
    return g_error_new (BN_ERROR, BN_ERROR_TIMEOUT,
                        "The module %s did not answer in time; it may still do what was asked",
                        name);
  if (bn_error_is (error, BN_ERROR_UNAVAILABLE) && bn_error_is (self->reason, BN_ERROR_TIMEOUT))
    return g_error_new (BN_ERROR, BN_ERROR_TIMEOUT,
                        "The module %s did not answer and was ended, because: %s", name,
                        self->reason->message);
  if (bn_error_is (error, BN_ERROR_UNAVAILABLE))
    return g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE,
                        "The module %s ended before it answered; try again", name);
  return g_steal_pointer (&owned);
}

/* Nobody waits for the answer any more: the module may spare itself the work. */
static void
tell_given_up (BnModuleProcess *self, guint32 serial, gboolean timed_out)
{
  g_autoptr (GDBusMessage) message =
      bn_module_process_new_peer_call (self, "Cancel", g_variant_new ("(u)", serial));

  bn_module_process_send (self, message);
  g_signal_emit_by_name (self, "call-given-up", timed_out);
}

/* One call; the data of its task. */
typedef struct
{
  gpointer liveness;     /* its place there */
  GDBusMessage *message; /* (owned): has the serial */
} Call;

static void
call_free (Call *call)
{
  g_object_unref (call->message);
  g_free (call);
}

static void
call_done_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BnModuleProcess *self = g_task_get_source_object (task);
  Call *call = g_task_get_task_data (task);
  GError *error = NULL;
  GDBusMessage *reply = bn_link_call_finish (BN_LINK (object), result, &error);
  gboolean timed_out;

  if (reply == NULL)
    error = explain_no_answer (self, error);
  timed_out = bn_error_is (error, BN_ERROR_TIMEOUT);
  if (timed_out || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      bn_liveness_call_given_up (self->liveness, call->liveness);
      tell_given_up (self, g_dbus_message_get_serial (call->message), timed_out);
    }
  else
    bn_liveness_call_ended (self->liveness, call->liveness);
  if (reply != NULL)
    g_task_return_pointer (task, reply, g_object_unref);
  else
    g_task_return_error (task, error);
  if (self->state == BN_PROCESS_DRAINING && !bn_liveness_has_calls (self->liveness))
    bn_module_process_stop (self);
}

void
bn_module_process_call_async (BnModuleProcess *self, GDBusMessage *message, guint timeout_ms,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Call *call;

  g_task_set_source_tag (task, bn_module_process_call_async);
  if (g_cancellable_is_cancelled (cancellable))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The caller left");
      return;
    }
  if (self->debugged)
    timeout_ms = G_MAXUINT; /* its caller may give up, we do not */
  call = g_new0 (Call, 1);
  call->liveness = bn_liveness_call_began (self->liveness);
  call->message = g_object_ref (message);
  g_task_set_task_data (task, call, (GDestroyNotify)call_free);
  bn_link_call_async (self->link, message, timeout_ms, cancellable, call_done_cb,
                      g_steal_pointer (&task));
}

GDBusMessage *
bn_module_process_call_finish (BnModuleProcess *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
bn_module_process_send (BnModuleProcess *self, GDBusMessage *message)
{
  g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  return bn_link_send (self->link, message, NULL);
}

GDBusMessage *
bn_module_process_new_peer_call (BnModuleProcess *self, const char *member, GVariant *arguments)
{
  GDBusMessage *message =
      g_dbus_message_new_method_call (NULL, self->path, BN_IFACE_MODULE_PEER, member);

  if (arguments != NULL)
    g_dbus_message_set_body (message, arguments);
  return message;
}

void
bn_module_process_set_demand (BnModuleProcess *self, GVariant *intervals)
{
  g_autoptr (GDBusMessage) message =
      bn_module_process_new_peer_call (self, "SetDemand", g_variant_new ("(@a{su})", intervals));

  if (self->said_hello)
    bn_module_process_send (self, message);
}

/* The peer at the event bus */

GVariant *
bn_module_process_read_handled (const char *name, GDBusMessage *reply, GError **error)
{
  GVariant *body = g_dbus_message_get_body (reply);

  if (g_dbus_message_to_gerror (reply, error))
    {
      if (error != NULL)
        bn_error_normalise (error);
      return NULL;
    }
  if (body != NULL && g_variant_is_of_type (body, G_VARIANT_TYPE ("(a{sv})")))
    return g_variant_get_child_value (body, 0);
  g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL,
               "The module %s answered Handle with a wrong type", name);
  return NULL;
}

static void
handled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BnModuleProcess *self = BN_MODULE_PROCESS (object);
  GError *error = NULL;
  g_autoptr (GDBusMessage) reply = bn_module_process_call_finish (self, result, &error);
  GVariant *value = NULL;

  if (reply != NULL)
    value = bn_module_process_read_handled (bn_manifest_get_name (self->manifest), reply, &error);
  if (value != NULL)
    g_task_return_pointer (task, value, (GDestroyNotify)g_variant_unref);
  else
    g_task_return_error (task, error);
}

void
bn_module_process_handle_async (BnPeer *peer, const char *handler, GVariant *arguments,
                                guint timeout_ms, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data)
{
  BnModuleProcess *self = BN_MODULE_PROCESS (peer);
  g_autoptr (GDBusMessage) message = bn_module_process_new_peer_call (self, "Handle", arguments);
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, bn_module_process_handle_async);
  bn_module_process_call_async (self, message, timeout_ms, cancellable, handled_cb, task);
}

GVariant *
bn_module_process_handle_finish (BnPeer *peer, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
