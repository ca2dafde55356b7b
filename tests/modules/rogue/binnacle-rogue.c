/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module that breaks the contract. Its arguments:
 *
 * value=N            what it answers, and hands over as its state
 * protocol=N         says Hello in that version
 * serves=none        exports its interface without GetRestored
 * serves=other       exports GetValue with another type
 * serves=undescribed answers no Introspect
 * reply=type         answers GetValue with a string
 * reply=unknown      answers GetValue with UnknownMethod
 * state=large        hands over more than it may
 * state=type         hands over something else
 * state=silent       never answers Freeze
 * state=exit         exits when it is to freeze
 * state=refuse       refuses a state
 * state=complain     likewise, with a very long reason
 * emit=TYPE          emits that event when it is ready
 * stop=TYPE          emits that event when it is told to stop
 * files=N            opens so many descriptors
 * dies=MS            exits so long after Ready
 * lingers=MS         has closed its link so long before it exits
 */
#include <fcntl.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>

#include "introspection/error.h"
#include "introspection/names.h"

#define INTERFACE "org.binnacle.Rogue1"
#define STATE_BYTES (257 * 1024)
#define COMPLAINT_BYTES (512 * 1024)

typedef struct
{
  char **arguments;
  GDBusConnection *connection;
  GMainLoop *loop;
  char *path;
  guint32 restored;
} Rogue;

/* "" if it is not given. */
static const char *
get_argument (Rogue *self, const char *name)
{
  gsize length = strlen (name);

  for (char **argument = self->arguments; *argument != NULL; argument++)
    if (strncmp (*argument, name, length) == 0 && (*argument)[length] == '=')
      return *argument + length + 1;
  return "";
}

static gboolean
is (Rogue *self, const char *name, const char *value)
{
  return g_str_equal (get_argument (self, name), value);
}

static guint32
get_value (Rogue *self)
{
  return (guint32)strtoul (get_argument (self, "value"), NULL, 10);
}

/* GDBus itself would not send what does not fit. */
static void
reply_raw (Rogue *self, GDBusMethodInvocation *invocation, GVariant *body)
{
  g_autoptr (GDBusMessage) reply =
      g_dbus_message_new_method_reply (g_dbus_method_invocation_get_message (invocation));

  g_dbus_message_set_body (reply, body);
  g_dbus_connection_send_message (self->connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL,
                                  NULL);
  g_object_unref (invocation);
}

static gboolean
exit_cb (gpointer user_data)
{
  exit (3);
}

/* Its last words come after its link is closed, as those of an interpreter may. */
static gboolean
die_cb (gpointer user_data)
{
  Rogue *self = user_data;
  const char *lingers = get_argument (self, "lingers");

  if (*lingers == '\0')
    exit (3);
  g_dbus_connection_set_exit_on_close (self->connection, FALSE);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_timeout_add ((guint)strtoul (lingers, NULL, 10), exit_cb, NULL);
  return G_SOURCE_REMOVE;
}

static void
emit (Rogue *self, const char *event)
{
  if (*event != '\0')
    g_dbus_connection_call (self->connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "Emit",
                            g_variant_new_parsed ("(%s, {'text': <'x'>}, @a{sv} {})", event), NULL,
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

static void
say_ready (Rogue *self)
{
  const char *dies = get_argument (self, "dies");

  g_dbus_connection_call (self->connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "Ready", NULL,
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  emit (self, get_argument (self, "emit"));
  if (*dies != '\0')
    g_timeout_add ((guint)strtoul (dies, NULL, 10), die_cb, self);
}

static void
freeze (Rogue *self, GDBusMethodInvocation *invocation)
{
  g_autofree char *large = g_strnfill (STATE_BYTES, 'x');

  if (is (self, "state", "exit"))
    exit (3);
  else if (is (self, "state", "silent"))
    g_object_unref (invocation);
  else if (is (self, "state", "type"))
    reply_raw (self, invocation, g_variant_new ("(s)", "not a state"));
  else if (is (self, "state", "large"))
    g_dbus_method_invocation_return_value (
        invocation, g_variant_new_parsed ("({'value': <%s>}, @ah [])", large));
  else
    g_dbus_method_invocation_return_value (
        invocation, g_variant_new_parsed ("({'value': <%u>}, @ah [])", get_value (self)));
}

static void
restore (Rogue *self, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) state = g_variant_get_child_value (parameters, 0);

  if (is (self, "state", "refuse") && g_variant_n_children (state) > 0)
    {
      g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_UNSUPPORTED,
                                             "the state is of version 7");
      return;
    }
  if (is (self, "state", "complain") && g_variant_n_children (state) > 0)
    {
      g_autofree char *text = g_strnfill (COMPLAINT_BYTES, 'x');

      g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_UNSUPPORTED, "%s",
                                             text);
      return;
    }
  g_variant_lookup (state, "value", "u", &self->restored);
  g_dbus_method_invocation_return_value (invocation, NULL);
  say_ready (self);
}

static void
answer_value (Rogue *self, GDBusMethodInvocation *invocation)
{
  if (is (self, "reply", "type"))
    reply_raw (self, invocation, g_variant_new ("(s)", "not a number"));
  else if (is (self, "reply", "unknown"))
    g_dbus_method_invocation_return_error (invocation, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD,
                                           "No such method");
  else
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", get_value (self)));
}

static void
method_call_cb (GDBusConnection *connection, const char *sender, const char *path,
                const char *interface, const char *member, GVariant *parameters,
                GDBusMethodInvocation *invocation, gpointer user_data)
{
  Rogue *self = user_data;

  if (g_str_equal (member, "Freeze"))
    freeze (self, invocation);
  else if (g_str_equal (member, "Restore"))
    restore (self, parameters, invocation);
  else if (g_str_equal (member, "GetValue"))
    answer_value (self, invocation);
  else if (g_str_equal (member, "GetRestored"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", self->restored));
  else
    {
      g_dbus_method_invocation_return_value (invocation, NULL);
      if (!g_str_equal (member, "Stop"))
        return;
      emit (self, get_argument (self, "stop"));
      g_main_loop_quit (self->loop);
    }
}

static const GDBusInterfaceVTable vtable = { method_call_cb, NULL, NULL, { 0 } };

static const char peer_xml[] =
    "<node><interface name='" BN_IFACE_MODULE_PEER "'>"
    "<method name='Ping'/><method name='Thaw'/><method name='Stop'/>"
    "<method name='Cancel'><arg type='u' direction='in'/></method>"
    "<method name='SetDemand'><arg type='a{su}' direction='in'/></method>"
    "<method name='Freeze'><arg type='a{sv}' direction='out'/>"
    "<arg type='ah' direction='out'/></method>"
    "<method name='Restore'><arg type='a{sv}' direction='in'/>"
    "<arg type='ah' direction='in'/></method>"
    "</interface></node>";

static void export(Rogue *self, const char *xml)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, &error);

  g_assert_no_error (error);
  g_dbus_connection_register_object (self->connection, self->path, node->interfaces[0], &vtable,
                                     self, NULL, &error);
  g_assert_no_error (error);
}

static void
export_own (Rogue *self)
{
  g_autofree char *xml = g_strdup_printf (
      "<node><interface name='" INTERFACE "'>"
      "<method name='GetValue'><arg name='value' type='%s' direction='out'/></method>%s"
      "</interface></node>",
      is (self, "serves", "other") ? "s" : "u",
      is (self, "serves", "none")
          ? ""
          : "<method name='GetRestored'><arg name='value' type='u' direction='out'/></method>");

  export(self, xml);
}

/* In the thread of the connection. */
static GDBusMessage *
hide_cb (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  g_autoptr (GDBusMessage) reply = NULL;

  if (!incoming
      || g_strcmp0 (g_dbus_message_get_interface (message), "org.freedesktop.DBus.Introspectable")
             != 0)
    return message;
  reply = g_dbus_message_new_method_error_literal (
      message, "org.freedesktop.DBus.Error.UnknownInterface", "No such interface");
  g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
  g_object_unref (message);
  return NULL;
}

static void
connect_to_hub (Rogue *self)
{
  int descriptor = atoi (g_getenv (BN_ENV_MODULE_FD));
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (descriptor, &error);
  g_autoptr (GSocketConnection) stream = NULL;

  g_assert_no_error (error);
  stream = g_socket_connection_factory_create_connection (socket);
  self->connection = g_dbus_connection_new_sync (G_IO_STREAM (stream), NULL,
                                                 G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                                                 NULL, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (self->connection, TRUE);
}

static void
open_files (gulong count)
{
  for (gulong i = 0; i < count; i++)
    g_assert_cmpint (open ("/dev/null", O_RDONLY | O_CLOEXEC), >=, 0);
}

int
main (int argc, char **argv)
{
  Rogue self = { .arguments = argv };
  const char *protocol;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) welcome = NULL;
  gboolean must_restore = FALSE;

  bn_error_quark ();
  self.loop = g_main_loop_new (NULL, FALSE);
  self.path = g_strdup (BN_MODULES_PATH "/rogue");
  protocol = get_argument (&self, "protocol");
  open_files (strtoul (get_argument (&self, "files"), NULL, 10));
  connect_to_hub (&self);
  if (is (&self, "serves", "undescribed"))
    g_dbus_connection_add_filter (self.connection, hide_cb, NULL, NULL);
  export(&self, peer_xml);
  export_own (&self);
  reply = g_dbus_connection_call_sync (
      self.connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "Hello",
      g_variant_new_parsed ("(%u, @a{sv} {})", *protocol != '\0'
                                                   ? (guint32)strtoul (protocol, NULL, 10)
                                                   : BN_MODULE_PROTOCOL),
      G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  if (reply == NULL)
    return EXIT_FAILURE;
  welcome = g_variant_get_child_value (reply, 0);
  g_variant_lookup (welcome, "restore", "b", &must_restore);
  if (!must_restore)
    say_ready (&self);
  g_main_loop_run (self.loop);
  g_dbus_connection_flush_sync (self.connection, NULL, NULL);
  g_object_unref (self.connection);
  g_main_loop_unref (self.loop);
  g_free (self.path);
  return EXIT_SUCCESS;
}
