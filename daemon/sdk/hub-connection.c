/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Opens the connection to the hub that started this process. */
#include "sdk/hub-connection.h"

#include <fcntl.h>

#include "introspection/error.h"
#include "introspection/names.h"
#include "sdk/version.h"

/* The hub gives a module 3 s from its start to Ready. */
#define HELLO_TIMEOUT_MS 3000

/* -1 with an error if the environment names no descriptor that is open. */
static int
take_descriptor (GError **error)
{
  g_autofree char *text = g_strdup (g_getenv (BN_ENV_MODULE_FD));
  guint64 descriptor = 0;

  if (text == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE,
                   "this is a module of Binnacle and is started by the hub, not by hand: put its "
                   "folder into %s, then run \"binnacle module load NAME\"",
                   BN_ENV_MODULE_PATH);
      return -1;
    }
  g_unsetenv (BN_ENV_MODULE_FD);
  if (!g_ascii_string_to_unsigned (text, 10, 3, G_MAXINT, &descriptor, NULL)
      || fcntl ((int)descriptor, F_SETFD, FD_CLOEXEC) != 0)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE,
                   "%s is \"%s\", which is not an open descriptor: a module is started by the hub",
                   BN_ENV_MODULE_FD, text);
      return -1;
    }
  return (int)descriptor;
}

GDBusConnection *
bn_hub_connection_open (GError **error)
{
  int descriptor = take_descriptor (error);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  GDBusConnection *connection = NULL;

  if (descriptor < 0)
    return NULL;
  socket = g_socket_new_from_fd (descriptor, error);
  if (socket != NULL)
    {
      stream = g_socket_connection_factory_create_connection (socket);
      connection = g_dbus_connection_new_sync (G_IO_STREAM (stream), NULL,
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                               NULL, error);
    }
  if (connection == NULL)
    g_prefix_error (error, "%s is not a connection to the hub; a module is started by the hub: ",
                    BN_ENV_MODULE_FD);
  return connection;
}

GVariant *
bn_hub_connection_hello (GDBusConnection *connection, GError **error)
{
  g_autoptr (GVariant) reply = NULL;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "sdk", "s", "libbinnacle-module " BN_SDK_VERSION);
  reply = g_dbus_connection_call_sync (
      connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "Hello",
      g_variant_new ("(u@a{sv})", BN_MODULE_PROTOCOL, g_variant_dict_end (&options)),
      G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, HELLO_TIMEOUT_MS, NULL, error);
  if (reply == NULL)
    {
      if (error != NULL)
        g_dbus_error_strip_remote_error (*error);
      g_prefix_error (error, "the hub did not answer Hello: ");
      return NULL;
    }
  return g_variant_get_child_value (reply, 0);
}
