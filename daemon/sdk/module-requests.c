/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module asks of the hub: requests and subscriptions. */
#include "sdk/module-private.h"

#include "introspection/names.h"

/* The hub keeps the deadline of a request; this is for a hub that keeps none. */
#define REQUEST_TIMEOUT_MS_DEFAULT 5000
#define REPLY_GRACE_MS 1000
#define SUBSCRIBE_TIMEOUT_MS 5000

/* The hub need not go on with a request whose answer nobody reads. */
static void
tell_cancelled (GDBusConnection *connection, guint32 serial)
{
  /* Without a callback GDBus asks for no reply. */
  g_dbus_connection_call (connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "Cancel",
                          g_variant_new ("(u)", serial), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                          NULL, NULL);
}

static void
host_call_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        tell_cancelled (G_DBUS_CONNECTION (source), GPOINTER_TO_UINT (g_task_get_task_data (task)));
      g_dbus_error_strip_remote_error (error);
      if (error->domain != BN_ERROR && error->domain != G_IO_ERROR)
        g_task_return_new_error (task, BN_ERROR, bn_error_from_gerror (error), "%s",
                                 error->message);
      else
        g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_task_return_pointer (task, reply, (GDestroyNotify)g_variant_unref);
}

/* Calls a method of ModuleHost1 and lets @task return the tuple that it answers. */
static void
host_call (BnModule *self, GTask *task, const char *method, GVariant *parameters,
           const char *reply_type, guint timeout_ms)
{
  GDBusConnection *connection = bn_module_get_connection (self);

  if (connection == NULL)
    {
      g_variant_unref (g_variant_ref_sink (parameters));
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNAVAILABLE,
                               "the module is not connected to the hub");
      g_object_unref (task);
      return;
    }
  if (g_task_return_error_if_cancelled (task))
    {
      g_variant_unref (g_variant_ref_sink (parameters));
      g_object_unref (task);
      return;
    }
  bn_error_quark (); /* registers the errors that the hub answers with */
  g_dbus_connection_call (connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, method, parameters,
                          G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NONE, (int)timeout_ms,
                          g_task_get_cancellable (task), host_call_done, task);
  /* The message was numbered in this thread just now. */
  g_task_set_task_data (task, GUINT_TO_POINTER (g_dbus_connection_get_last_serial (connection)),
                        NULL);
}

/**
 * bn_module_request_async:
 * @self: the module
 * @type: `MODULE.METHOD`, or one of the hub's own requests
 * @payload: (nullable): the arguments by name, an `a{sv}`; sunk if it is floating
 * @timeout_ms: the deadline in milliseconds, at most 600000; 0 for the default
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called with the answer
 * @user_data: given to @callback
 *
 * Asks the hub or another module. The hub allows what needs the level `observe`, and what the
 * manifest's `Requests` grants. If @cancellable is cancelled, the module that was asked is told:
 * give it [method@Binnacle.Call.get_cancellable] when the request is made for a call.
 */
void
bn_module_request_async (BnModule *self, const char *type, GVariant *payload, guint timeout_ms,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GVariant) arguments = NULL;
  GVariantDict options;
  GTask *task;

  g_return_if_fail (BN_IS_MODULE (self));
  g_return_if_fail (type != NULL);
  g_return_if_fail (payload == NULL || g_variant_is_of_type (payload, G_VARIANT_TYPE_VARDICT));
  g_return_if_fail (timeout_ms <= 600000);

  arguments = g_variant_ref_sink (payload != NULL ? payload : g_variant_new ("a{sv}", NULL));
  g_variant_dict_init (&options, NULL);
  if (timeout_ms > 0)
    g_variant_dict_insert (&options, "timeout-ms", "u", timeout_ms);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, bn_module_request_async);
  host_call (self, task, "Request",
             g_variant_new ("(s@a{sv}@a{sv})", type, arguments, g_variant_dict_end (&options)),
             "(a{sv})",
             (timeout_ms > 0 ? timeout_ms : REQUEST_TIMEOUT_MS_DEFAULT) + REPLY_GRACE_MS);
}

/**
 * bn_module_request_finish:
 * @self: the module
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the answer to a request. The error is of the domain %BN_ERROR: what the hub or the other
 * module answered, `timeout` or `unavailable` if nobody did; or %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the out arguments by name, an `a{sv}`
 */
GVariant *
bn_module_request_finish (BnModule *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  reply = g_task_propagate_pointer (G_TASK (result), error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/**
 * bn_module_subscribe_async:
 * @self: the module
 * @patterns: (array zero-terminated=1): 1 to 64 patterns of event types
 * @options: (nullable): as `Subscribe` of `org.binnacle.EventBus1`, an `a{sv}`: `interval-ms` (u),
 *   `priority` (i), `responder` (b), `retained` (b); sunk if it is floating
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when the hub has answered
 * @user_data: given to @callback
 *
 * Declares interest in events. They come to [vfunc@Binnacle.Module.event]; ordered events, with a
 * `priority`, and requests, as a `responder`, come to [vfunc@Binnacle.Module.handle_event].
 */
void
bn_module_subscribe_async (BnModule *self, const char *const *patterns, GVariant *options,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task;

  g_return_if_fail (BN_IS_MODULE (self));
  g_return_if_fail (patterns != NULL && patterns[0] != NULL);
  g_return_if_fail (options == NULL || g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, bn_module_subscribe_async);
  if (options == NULL)
    options = g_variant_new ("a{sv}", NULL);
  host_call (self, task, "Subscribe", g_variant_new ("(^as@a{sv})", patterns, options), "(u)",
             SUBSCRIBE_TIMEOUT_MS);
}

/**
 * bn_module_subscribe_finish:
 * @self: the module
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the number of a new subscription.
 *
 * Returns: the number, for [method@Binnacle.Module.unsubscribe]; 0 on an error
 */
guint
bn_module_subscribe_finish (BnModule *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  guint id = 0;

  g_return_val_if_fail (g_task_is_valid (result, self), 0);

  reply = g_task_propagate_pointer (G_TASK (result), error);
  if (reply != NULL)
    g_variant_get (reply, "(u)", &id);
  return id;
}

/**
 * bn_module_unsubscribe:
 * @self: the module
 * @id: the number of a subscription
 *
 * Ends a subscription.
 */
void
bn_module_unsubscribe (BnModule *self, guint id)
{
  GDBusConnection *connection;

  g_return_if_fail (BN_IS_MODULE (self));
  connection = bn_module_get_connection (self);
  g_return_if_fail (connection != NULL);

  g_dbus_connection_call (connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "Unsubscribe",
                          g_variant_new ("(u)", id), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL,
                          NULL);
}
