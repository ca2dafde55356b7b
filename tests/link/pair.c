/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Both ends of a link for tests. */
#include "pair.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char xml[] =
    "<node><interface name='" PAIR_INTERFACE "'>"
    "<method name='Echo'><arg type='s' direction='in'/><arg type='s' direction='out'/></method>"
    "<method name='Swap'><arg type='h' direction='in'/><arg type='h' direction='out'/></method>"
    "<method name='Fail'/>"
    "<method name='Never'/>"
    "<method name='Large'><arg type='u' direction='in'/><arg type='ay' direction='out'/></method>"
    "</interface></node>";

static void
serve (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
       const char *method, GVariant *arguments, GDBusMethodInvocation *invocation,
       gpointer user_data)
{
  if (g_str_equal (method, "Echo"))
    g_dbus_method_invocation_return_value (invocation, arguments);
  else if (g_str_equal (method, "Swap"))
    {
      GDBusMessage *call = g_dbus_method_invocation_get_message (invocation);

      g_dbus_method_invocation_return_value_with_unix_fd_list (
          invocation, arguments, g_dbus_message_get_unix_fd_list (call));
    }
  else if (g_str_equal (method, "Fail"))
    g_dbus_method_invocation_return_dbus_error (invocation, "org.binnacle.Test.Failed",
                                                "on purpose");
  else if (g_str_equal (method, "Never"))
    g_object_unref (invocation);
  else
    {
      guint32 size;
      g_autofree guint8 *bytes = NULL;

      g_variant_get (arguments, "(u)", &size);
      bytes = g_malloc0 (size);
      g_dbus_method_invocation_return_value (
          invocation,
          g_variant_new ("(@ay)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, size, 1)));
    }
}

static void
on_ready (BnLink *link, Pair *pair)
{
  pair->n_ready++;
}

static void
on_message (BnLink *link, GDBusMessage *message, Pair *pair)
{
  g_ptr_array_add (pair->messages, g_object_ref (message));
  if (pair->answers)
    bn_link_reply (link, message, g_dbus_message_get_body (message),
                   g_dbus_message_get_unix_fd_list (message));
}

static void
on_drained (BnLink *link, Pair *pair)
{
  pair->n_drained++;
}

static void
on_closed (BnLink *link, GError *reason, Pair *pair)
{
  pair->n_closed++;
  g_clear_error (&pair->reason);
  pair->reason = g_error_copy (reason);
}

static Pair *
pair_new_with_socket (const BnLinkLimits *limits)
{
  Pair *pair = g_new0 (Pair, 1);
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  pair->messages = g_ptr_array_new_with_free_func (g_object_unref);
  pair->raw = fds[1];
  pair->link = bn_link_new (fds[0], limits);
  g_signal_connect (pair->link, "ready", G_CALLBACK (on_ready), pair);
  g_signal_connect (pair->link, "message", G_CALLBACK (on_message), pair);
  g_signal_connect (pair->link, "drained", G_CALLBACK (on_drained), pair);
  g_signal_connect (pair->link, "closed", G_CALLBACK (on_closed), pair);
  return pair;
}

Pair *
pair_new_raw (const BnLinkLimits *limits)
{
  return pair_new_with_socket (limits);
}

Pair *
pair_new_open (const BnLinkLimits *limits)
{
  static const char hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n";
  char answer[256];
  Pair *pair = pair_new_with_socket (limits);
  gssize n;

  pair_write (pair, hello, sizeof hello - 1);
  pair_await (pair->n_ready == 1);
  n = read (pair->raw, answer, sizeof answer - 1);
  g_assert_cmpint (n, >, 0);
  answer[n] = '\0';
  g_assert_true (g_str_has_prefix (answer, "DATA\r\nOK "));
  g_assert_true (g_str_has_suffix (answer, "\r\nAGREE_UNIX_FD\r\n"));
  return pair;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Pair *pair = user_data;
  g_autoptr (GError) error = NULL;

  pair->peer = g_dbus_connection_new_finish (result, &error);
  g_assert_no_error (error);
}

Pair *
pair_new (const BnLinkLimits *limits)
{
  static const GDBusInterfaceVTable vtable = { .method_call = serve };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (xml, NULL);
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  Pair *pair = pair_new_with_socket (limits);

  socket = g_socket_new_from_fd (pair->raw, &error);
  g_assert_no_error (error);
  pair->raw = -1;
  stream = g_socket_connection_factory_create_connection (socket);
  g_dbus_connection_new (G_IO_STREAM (stream), NULL, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                         NULL, NULL, on_connected, pair);
  pair_await (pair->peer != NULL && pair->n_ready == 1);
  pair->registration = g_dbus_connection_register_object (
      pair->peer, PAIR_PATH, node->interfaces[0], &vtable, pair, NULL, &error);
  g_assert_no_error (error);
  return pair;
}

static void
on_peer_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

void
pair_free (Pair *pair)
{
  gboolean peer_closed = pair->peer == NULL;

  if (pair->link != NULL)
    {
      g_signal_handlers_disconnect_by_data (pair->link, pair);
      bn_link_close (pair->link);
      g_object_unref (pair->link);
    }
  if (pair->peer != NULL)
    g_dbus_connection_close (pair->peer, NULL, on_peer_closed, &peer_closed);
  pair_await (peer_closed);
  g_clear_object (&pair->peer);
  if (pair->raw != -1)
    close (pair->raw);
  g_ptr_array_unref (pair->messages);
  g_clear_error (&pair->reason);
  g_free (pair);
}

static gboolean
on_turn_over (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
pair_turn (void)
{
  guint id = g_timeout_add (100, on_turn_over, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

GDBusMessage *
pair_call_new (const char *method, GVariant *body)
{
  GDBusMessage *call = g_dbus_message_new_method_call (NULL, PAIR_PATH, PAIR_INTERFACE, method);

  if (body != NULL)
    g_dbus_message_set_body (call, body);
  return call;
}

static void
on_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

GDBusMessage *
pair_call (Pair *pair, GDBusMessage *call, guint timeout_ms, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  bn_link_call_async (pair->link, call, timeout_ms, NULL, on_result, &result);
  pair_await (result != NULL);
  return bn_link_call_finish (pair->link, result, error);
}

void
pair_assert_works (Pair *pair)
{
  g_autoptr (GDBusMessage) call = pair_call_new ("Echo", g_variant_new ("(s)", "still here"));
  g_autoptr (GDBusMessage) reply = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;

  reply = pair_call (pair, call, 5000, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_dbus_message_get_message_type (reply), ==, G_DBUS_MESSAGE_TYPE_METHOD_RETURN);
  g_variant_get (g_dbus_message_get_body (reply), "(&s)", &text);
  g_assert_cmpstr (text, ==, "still here");
}

void
pair_write (Pair *pair, gconstpointer bytes, gsize size)
{
  g_assert_cmpint (send (pair->raw, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT), ==, size);
}

guint8 *
pair_encode (GDBusMessage *message, guint32 serial, gsize *size)
{
  g_autoptr (GError) error = NULL;
  guint8 *bytes;

  g_dbus_message_set_serial (message, serial);
  bytes = g_dbus_message_to_blob (message, size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &error);
  g_assert_no_error (error);
  return bytes;
}

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

guint
pair_count_descriptors (void)
{
  return count_entries ("/proc/self/fd");
}

guint
pair_count_threads (void)
{
  return count_entries ("/proc/self/task");
}

gsize
pair_get_resident_bytes (void)
{
  g_autofree char *text = NULL;
  gsize total;
  gsize resident;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%zu %zu", &total, &resident), ==, 2);
  return resident * sysconf (_SC_PAGESIZE);
}

#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_IS_REAL FALSE /* what is freed stays in quarantine */
#else
#define MEMORY_IS_REAL TRUE
#endif

void
pair_assert_memory (gsize before, gsize bytes)
{
  gsize now = pair_get_resident_bytes ();
  gsize grown = now > before ? now - before : 0;

  g_test_message ("resident memory grew by %zu KiB", grown >> 10);
  if (MEMORY_IS_REAL)
    g_assert_cmpuint (grown, <=, bytes);
}
