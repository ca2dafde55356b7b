/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The link against a real GDBusConnection: calls both ways, descriptors, errors, deadlines. */
#include <string.h>
#include <unistd.h>

#include "introspection/error.h"
#include "pair.h"

static void
test_call (void)
{
  g_autoptr (Pair) pair = pair_new (&bn_link_default_limits);
  BnLinkStatistics statistics;

  for (guint i = 0; i < 100; i++)
    pair_assert_works (pair);
  bn_link_get_statistics (pair->link, &statistics);
  g_assert_cmpuint (statistics.messages_in, ==, 100);
  g_assert_cmpuint (statistics.messages_out, ==, 100);
  g_assert_cmpuint (statistics.bytes_in, >, 100 * 16);
  g_assert_cmpuint (statistics.bytes_out, >, 100 * 16);
  g_assert_cmpuint (bn_link_get_queued (pair->link), ==, 0);
}

static void
test_large_reply (void)
{
  g_autoptr (Pair) pair = pair_new (&bn_link_default_limits);
  g_autoptr (GDBusMessage) call = pair_call_new ("Large", g_variant_new ("(u)", 1000000));
  g_autoptr (GDBusMessage) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = pair_call (pair, call, 5000, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_get_size (g_dbus_message_get_body (reply)), ==, 1000000);
  pair_assert_works (pair);
}

static void
test_error_reply (void)
{
  g_autoptr (Pair) pair = pair_new (&bn_link_default_limits);
  g_autoptr (GDBusMessage) call = pair_call_new ("Fail", NULL);
  g_autoptr (GDBusMessage) reply = NULL;
  g_autoptr (GError) error = NULL;

  reply = pair_call (pair, call, 5000, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_dbus_message_get_message_type (reply), ==, G_DBUS_MESSAGE_TYPE_ERROR);
  g_assert_cmpstr (g_dbus_message_get_error_name (reply), ==, "org.binnacle.Test.Failed");
}

static void
test_descriptors (void)
{
  g_autoptr (Pair) pair = pair_new (&bn_link_default_limits);
  guint before = pair_count_descriptors ();
  int fds[2];
  char text[8] = { 0 };

  g_assert_no_errno (pipe (fds));
  {
    g_autoptr (GDBusMessage) call = pair_call_new ("Swap", g_variant_new ("(h)", 0));
    g_autoptr (GUnixFDList) list = g_unix_fd_list_new_from_array (fds, 1);
    g_autoptr (GDBusMessage) reply = NULL;
    g_autoptr (GError) error = NULL;
    int fd;

    g_dbus_message_set_unix_fd_list (call, list);
    reply = pair_call (pair, call, 5000, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (g_dbus_message_get_num_unix_fds (reply), ==, 1);
    fd = g_unix_fd_list_get (g_dbus_message_get_unix_fd_list (reply), 0, &error);
    g_assert_no_error (error);
    g_assert_cmpint (write (fds[1], "stream", 6), ==, 6);
    g_assert_cmpint (read (fd, text, sizeof text), ==, 6);
    g_assert_cmpstr (text, ==, "stream");
    close (fd);
    close (fds[1]);
  }
  pair_await (pair_count_descriptors () == before);
}

static void
on_peer_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

/* The peer calls us: Echo, answered by the pair itself, or by the test. */
static void
peer_call (Pair *pair, GAsyncResult **result)
{
  g_dbus_connection_call (pair->peer, NULL, "/", PAIR_INTERFACE, "Echo",
                          g_variant_new ("(s)", "hello"), NULL, 0, 5000, NULL, on_peer_result,
                          result);
}

static void
test_serve (void)
{
  g_autoptr (Pair) pair = pair_new (&bn_link_default_limits);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;

  peer_call (pair, &result);
  pair_await (pair->messages->len == 1);
  g_assert_cmpuint (bn_link_get_served (pair->link), ==, 1);
  bn_link_reply (pair->link, pair->messages->pdata[0], g_variant_new ("(s)", "world"), NULL);
  g_assert_cmpuint (bn_link_get_served (pair->link), ==, 0);
  pair_await (result != NULL);
  reply = g_dbus_connection_call_finish (pair->peer, result, &error);
  g_assert_no_error (error);
  g_variant_get (reply, "(&s)", &text);
  g_assert_cmpstr (text, ==, "world");
}

static void
test_serve_error (void)
{
  static const struct
  {
    BnError code;
    const char *name;
  } row = { BN_ERROR_CONFLICT, "org.binnacle.Error.conflict" };
  g_autoptr (Pair) pair = pair_new (&bn_link_default_limits);
  g_autoptr (GError) reason = g_error_new (BN_ERROR, row.code, "not now");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  peer_call (pair, &result);
  pair_await (pair->messages->len == 1);
  bn_link_reply_error (pair->link, pair->messages->pdata[0], reason);
  pair_await (result != NULL);
  reply = g_dbus_connection_call_finish (pair->peer, result, &error);
  g_assert_null (reply);
  name = g_dbus_error_get_remote_error (error);
  g_assert_cmpstr (name, ==, row.name);
  g_dbus_error_strip_remote_error (error);
  g_assert_cmpstr (error->message, ==, "not now");
}

/* A reply of one connection is copied to another, with its error name. */
static void
test_serve_copy (void)
{
  g_autoptr (Pair) front = pair_new (&bn_link_default_limits);
  g_autoptr (Pair) back = pair_new (&bn_link_default_limits);
  g_autoptr (GDBusMessage) call = pair_call_new ("Fail", NULL);
  g_autoptr (GDBusMessage) reply = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) nothing = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  peer_call (front, &result);
  pair_await (front->messages->len == 1);
  reply = pair_call (back, call, 5000, &error);
  g_assert_no_error (error);
  bn_link_reply_copy (front->link, front->messages->pdata[0], reply);
  pair_await (result != NULL);
  nothing = g_dbus_connection_call_finish (front->peer, result, &error);
  g_assert_null (nothing);
  name = g_dbus_error_get_remote_error (error);
  g_assert_cmpstr (name, ==, "org.binnacle.Test.Failed");
}

/* An answer that is too large is answered all the same: with the error. */
static void
test_serve_too_large (void)
{
  BnLinkLimits limits = bn_link_default_limits;
  g_autoptr (Pair) pair = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strnfill (5000, 'x');

  limits.message_bytes = 4096;
  pair = pair_new (&limits);
  peer_call (pair, &result);
  pair_await (pair->messages->len == 1);
  bn_link_reply (pair->link, pair->messages->pdata[0], g_variant_new ("(s)", text), NULL);
  g_assert_cmpuint (bn_link_get_served (pair->link), ==, 0);
  pair_await (result != NULL);
  reply = g_dbus_connection_call_finish (pair->peer, result, &error);
  g_assert_null (reply);
  g_assert_true (bn_error_is (error, BN_ERROR_TOO_LARGE));
  pair_assert_works (pair);
}

static void
test_answer_twice (void)
{
  g_autoptr (Pair) pair = pair_new (&bn_link_default_limits);
  g_autoptr (GAsyncResult) result = NULL;
  BnLinkStatistics before;
  BnLinkStatistics after;

  peer_call (pair, &result);
  pair_await (pair->messages->len == 1);
  bn_link_reply (pair->link, pair->messages->pdata[0], NULL, NULL);
  bn_link_get_statistics (pair->link, &before);
  bn_link_reply (pair->link, pair->messages->pdata[0], NULL, NULL);
  bn_link_get_statistics (pair->link, &after);
  g_assert_cmpuint (before.messages_out, ==, 1);
  g_assert_cmpuint (after.messages_out, ==, 1);
  pair_await (result != NULL);
}

static void
test_signal (void)
{
  g_autoptr (Pair) pair = pair_new (&bn_link_default_limits);
  g_autoptr (GError) error = NULL;
  GDBusMessage *message;

  g_dbus_connection_emit_signal (pair->peer, NULL, PAIR_PATH, PAIR_INTERFACE, "Changed",
                                 g_variant_new ("(u)", 7), &error);
  g_assert_no_error (error);
  pair_await (pair->messages->len == 1);
  message = pair->messages->pdata[0];
  g_assert_cmpstr (g_dbus_message_get_member (message), ==, "Changed");
  g_assert_cmpuint (bn_link_get_served (pair->link), ==, 0);
  bn_link_reply (pair->link, message, NULL, NULL);
  pair_assert_works (pair);
}

/* Nothing that is sent before the peer is ready is lost, and its order is kept. */
static void
test_early_send (void)
{
  static const char hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
  g_autoptr (Pair) pair = pair_new_raw (&bn_link_default_limits);
  g_autoptr (GDBusMessage) signal = g_dbus_message_new_signal (PAIR_PATH, PAIR_INTERFACE, "Early");
  g_autoptr (GError) error = NULL;
  char bytes[512];
  gssize n;

  g_assert_true (bn_link_send (pair->link, signal, &error));
  g_assert_cmpuint (bn_link_get_queued (pair->link), >, 0);
  pair_write (pair, hello, sizeof hello - 1);
  pair_await (pair->n_ready == 1);
  g_assert_cmpuint (bn_link_get_queued (pair->link), ==, 0);
  n = read (pair->raw, bytes, sizeof bytes);
  g_assert_cmpint (n, >, 0);
  g_assert_true (g_str_has_prefix (bytes, "DATA\r\nOK "));
  g_assert_nonnull (memmem (bytes, n, "Early", 5));
}

static void
test_peer_credentials (void)
{
  g_autoptr (Pair) pair = pair_new (&bn_link_default_limits);
  pid_t pid;
  uid_t uid;

  g_assert_true (bn_link_get_peer (pair->link, &pid, &uid));
  g_assert_cmpint (pid, ==, getpid ());
  g_assert_cmpint (uid, ==, getuid ());
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/call", test_call);
  g_test_add_func ("/link/large-reply", test_large_reply);
  g_test_add_func ("/link/error-reply", test_error_reply);
  g_test_add_func ("/link/descriptors", test_descriptors);
  g_test_add_func ("/link/serve", test_serve);
  g_test_add_func ("/link/serve-error", test_serve_error);
  g_test_add_func ("/link/serve-copy", test_serve_copy);
  g_test_add_func ("/link/serve-too-large", test_serve_too_large);
  g_test_add_func ("/link/answer-twice", test_answer_twice);
  g_test_add_func ("/link/signal", test_signal);
  g_test_add_func ("/link/early-send", test_early_send);
  g_test_add_func ("/link/peer-credentials", test_peer_credentials);
  return g_test_run ();
}
