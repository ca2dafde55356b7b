/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Programs that a module lets the hub start. */
#include "sdk/module-private.h"

#include "introspection/names.h"

/* systemd has to answer; the program need not. */
#define LAUNCH_TIMEOUT_MS 25000

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &error);
  char *unit;

  if (reply != NULL)
    {
      g_variant_get (reply, "(s)", &unit);
      g_task_return_pointer (task, unit, g_free);
      return;
    }
  g_dbus_error_strip_remote_error (error);
  if (error->domain != BN_ERROR && error->domain != G_IO_ERROR)
    g_task_return_new_error (task, BN_ERROR, bn_error_from_gerror (error), "%s", error->message);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * bn_module_launch_async:
 * @self: the module
 * @argv: (array zero-terminated=1): the program, a name or an absolute path, and its arguments
 * @options: (nullable): an `a{sv}`, sunk if it is floating: `description` (s), `environment` (as),
 *   `folder` (s), `terminal` (s), and `stdin`, `stdout`, `stderr` (h), which are indices into
 *   @descriptors
 * @descriptors: (nullable): the descriptors that the handles in @options name; duplicated
 * @cancellable: (nullable): a cancellable; a program that was started stays
 * @callback: (scope async): called when the program runs, or cannot
 * @user_data: given to @callback
 *
 * Starts a program for the person, as `Launch` of `org.binnacle.ModuleHost1` says: as a service of
 * the user's systemd, outside all that confines the module. It goes on when the module ends. The
 * manifest has to have `Launch=true`.
 */
void
bn_module_launch_async (BnModule *self, const char *const *argv, GVariant *options,
                        GUnixFDList *descriptors, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  GDBusConnection *connection;
  GTask *task;

  g_return_if_fail (BN_IS_MODULE (self));
  g_return_if_fail (argv != NULL && argv[0] != NULL);
  g_return_if_fail (options == NULL || g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT));
  connection = bn_module_get_connection (self);
  g_return_if_fail (connection != NULL);

  if (options == NULL)
    options = g_variant_new ("a{sv}", NULL);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, bn_module_launch_async);
  bn_error_quark (); /* registers the errors that the hub answers with */
  g_dbus_connection_call_with_unix_fd_list (
      connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "Launch",
      g_variant_new ("(^as@a{sv})", argv, options), G_VARIANT_TYPE ("(s)"), G_DBUS_CALL_FLAGS_NONE,
      LAUNCH_TIMEOUT_MS, descriptors, cancellable, launched_cb, task);
}

/**
 * bn_module_launch_finish:
 * @self: the module
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets what became of a launch. The error is of the domain %BN_ERROR: `forbidden` without
 * `Launch=true`, `unsupported` where there is no systemd of a user, `not_found` if there is no such
 * program, `unavailable` if it could not be started, `busy` if 16 are being started; or
 * %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): the name of the service, such as
 *   `app-binnacle-apps-1f3a5c7e.service`
 */
char *
bn_module_launch_finish (BnModule *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
