/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A peer in a process of its own: GDBus on descriptor 3. It ends with the connection. */
#include <gio/gio.h>

#include "pair.h"

static const char xml[] =
    "<node><interface name='" PAIR_INTERFACE "'>"
    "<method name='Echo'><arg type='s' direction='in'/><arg type='s' direction='out'/></method>"
    "<method name='Flood'><arg type='u' direction='in'/></method>"
    "</interface></node>";

/* Signals as fast as GDBus writes them; only its own queue is kept from growing. */
static void
flood (GDBusConnection *connection, guint n)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      g_dbus_connection_emit_signal (connection, NULL, PAIR_PATH, PAIR_INTERFACE, "Event",
                                     g_variant_new ("(us)", i, "something happened somewhere"),
                                     &error);
      g_assert_no_error (error);
      if (i % 1000 == 999)
        g_dbus_connection_flush_sync (connection, NULL, NULL);
    }
}

static void
serve (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
       const char *method, GVariant *arguments, GDBusMethodInvocation *invocation,
       gpointer user_data)
{
  guint n;

  if (g_str_equal (method, "Echo"))
    {
      g_dbus_method_invocation_return_value (invocation, arguments);
      return;
    }
  g_variant_get (arguments, "(u)", &n);
  flood (connection, n);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

int
main (void)
{
  static const GDBusInterfaceVTable vtable = { .method_call = serve };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  socket = g_socket_new_from_fd (3, &error);
  g_assert_no_error (error);
  stream = g_socket_connection_factory_create_connection (socket);
  connection = g_dbus_connection_new_sync (G_IO_STREAM (stream), NULL,
                                           G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                               | G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                                           NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_register_object (connection, PAIR_PATH, node->interfaces[0], &vtable, NULL,
                                     NULL, &error);
  g_assert_no_error (error);
  g_signal_connect_swapped (connection, "closed", G_CALLBACK (g_main_loop_quit), loop);
  g_dbus_connection_start_message_processing (connection);
  g_main_loop_run (loop);
  return 0;
}
