/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Calls that do not end well, and callbacks that close the link. */
#include <sys/socket.h>
#include <unistd.h>

#include "introspection/error.h"
#include "pair.h"

typedef struct
{
  Pair *pair;
  guint n_done;
  guint n_replies;
  GError *error; /* of the last */
} Calls;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Calls *calls = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) reply = bn_link_call_finish (BN_LINK (source), result, &error);

  calls->n_done++;
  calls->n_replies += reply != NULL;
  g_clear_error (&calls->error);
  calls->error = g_steal_pointer (&error);
}

static void
start_call (Calls *calls, const char *method, guint timeout_ms, GCancellable *cancellable)
{
  g_autoptr (GDBusMessage) call =
      pair_call_new (method, g_str_equal (method, "Echo") ? g_variant_new ("(s)", "x") : NULL);

  bn_link_call_async (calls->pair->link, call, timeout_ms, cancellable, on_done, calls);
}

/* Deadlines expire in their own order, not in that of the calls. */
static void
test_timeout (void)
{
  g_autoptr (Pair) pair = pair_new (&bn_link_default_limits);
  Calls late = { pair };
  Calls soon = { pair };
  gint64 start_usec = g_get_monotonic_time ();

  start_call (&late, "Never", 200, NULL);
  start_call (&soon, "Never", 50, NULL);
  pair_await (soon.n_done == 1);
  g_assert_cmpint (g_get_monotonic_time () - start_usec, >=, 50000);
  g_assert_cmpuint (late.n_done, ==, 0);
  g_assert_error (soon.error, BN_ERROR, BN_ERROR_TIMEOUT);
  pair_await (late.n_done == 1);
  g_assert_cmpint (g_get_monotonic_time () - start_usec, >=, 200000);
  g_assert_error (late.error, BN_ERROR, BN_ERROR_TIMEOUT);
  pair_assert_works (pair);
  g_clear_error (&late.error);
  g_clear_error (&soon.error);
}

/* The bare peer answers call @serial. */
static void
write_reply (Pair *pair, guint32 serial)
{
  g_autoptr (GDBusMessage) reply = g_dbus_message_new ();
  g_autofree guint8 *bytes = NULL;
  gsize size;

  g_dbus_message_set_message_type (reply, G_DBUS_MESSAGE_TYPE_METHOD_RETURN);
  g_dbus_message_set_reply_serial (reply, serial);
  bytes = pair_encode (reply, 1000 + serial, &size);
  pair_write (pair, bytes, size);
}

static guint64
count_late (Pair *pair)
{
  BnLinkStatistics statistics;

  bn_link_get_statistics (pair->link, &statistics);
  return statistics.late_replies;
}

static void
test_late_reply (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  Calls calls = { pair };

  start_call (&calls, "Echo", 1, NULL);
  pair_await (calls.n_done == 1);
  g_assert_error (calls.error, BN_ERROR, BN_ERROR_TIMEOUT);
  write_reply (pair, 1);
  pair_await (count_late (pair) == 1);
  start_call (&calls, "Echo", 5000, NULL);
  write_reply (pair, 2);
  pair_await (calls.n_done == 2);
  g_assert_no_error (calls.error);
  write_reply (pair, 2);
  pair_await (count_late (pair) == 2);
  g_assert_cmpuint (calls.n_done, ==, 2);
  g_assert_cmpuint (pair->messages->len, ==, 0);
}

static gpointer
cancel_in_thread (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  Calls calls = { pair };
  Calls other = { pair };

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      if (i == 2)
        g_cancellable_cancel (cancellable);
      start_call (&calls, "Never", 60000, cancellable);
      start_call (&other, "Never", 60000, NULL);
      if (i == 0)
        g_cancellable_cancel (cancellable);
      else if (i == 1)
        g_thread_join (g_thread_new ("cancel", cancel_in_thread, cancellable));
      g_assert_cmpuint (calls.n_done, ==, i);
      pair_await (calls.n_done == i + 1);
      g_assert_error (calls.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  g_assert_cmpuint (other.n_done, ==, 0);
  write_reply (pair, 1);
  pair_await (count_late (pair) == 1);
  g_clear_error (&calls.error);
  bn_link_close (pair->link);
  pair_await (other.n_done == 3);
  g_clear_error (&other.error);
}

static void
test_too_many_calls (void)
{
  BnLinkLimits limits = bn_link_default_limits;
  g_autoptr (Pair) pair = NULL;
  Calls waiting = { NULL };
  Calls refused = { NULL };
  BnLinkStatistics statistics;

  limits.pending_calls = 3;
  pair = pair_new (&limits);
  waiting.pair = pair;
  refused.pair = pair;
  for (guint i = 0; i < 3; i++)
    start_call (&waiting, "Never", 60000, NULL);
  start_call (&refused, "Echo", 60000, NULL);
  g_assert_cmpuint (refused.n_done, ==, 0);
  pair_await (refused.n_done == 1);
  g_assert_error (refused.error, BN_ERROR, BN_ERROR_BUSY);
  bn_link_get_statistics (pair->link, &statistics);
  g_assert_cmpuint (statistics.refused_pending, ==, 1);
  g_clear_error (&refused.error);
  bn_link_close (pair->link);
  g_assert_cmpuint (waiting.n_done, ==, 0);
  pair_await (waiting.n_done == 3);
  g_assert_error (waiting.error, BN_ERROR, BN_ERROR_UNAVAILABLE);
  g_clear_error (&waiting.error);
}

static void
test_peer_closes (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  g_autoptr (GDBusMessage) signal = g_dbus_message_new_signal ("/", PAIR_INTERFACE, "Changed");
  g_autofree guint8 *last_words = NULL;
  g_autoptr (GError) error = NULL;
  Calls calls = { pair };
  gsize size;

  start_call (&calls, "Never", 60000, NULL);
  last_words = pair_encode (signal, 1, &size);
  pair_write (pair, last_words, size);
  close (pair->raw);
  pair->raw = -1;
  /* Writing fails now, yet what was said before is read. */
  g_assert_true (bn_link_send (pair->link, signal, NULL));
  g_assert_false (bn_link_send (pair->link, signal, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE);
  g_assert_cmpuint (pair->n_closed, ==, 0);
  pair_await (pair->n_closed == 1);
  g_assert_error (pair->reason, BN_ERROR, BN_ERROR_UNAVAILABLE);
  g_assert_cmpuint (pair->messages->len, ==, 1);
  g_assert_cmpuint (calls.n_done, ==, 1);
  g_assert_error (calls.error, BN_ERROR, BN_ERROR_UNAVAILABLE);
  g_assert_true (bn_link_is_closed (pair->link));
  start_call (&calls, "Echo", 1000, NULL);
  pair_await (calls.n_done == 2);
  g_assert_error (calls.error, BN_ERROR, BN_ERROR_UNAVAILABLE);
  g_assert_cmpuint (pair->n_closed, ==, 1);
  g_clear_error (&calls.error);
}

/* A peer that only stops to read is of no use either. */
static void
test_peer_stops_reading (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  g_autoptr (GDBusMessage) signal = g_dbus_message_new_signal ("/", PAIR_INTERFACE, "Changed");

  g_assert_no_errno (shutdown (pair->raw, SHUT_RD));
  g_assert_true (bn_link_send (pair->link, signal, NULL));
  pair_await (pair->n_closed == 1);
  g_assert_error (pair->reason, BN_ERROR, BN_ERROR_UNAVAILABLE);
}

static void
close_link (BnLink *link)
{
  bn_link_close (link);
}

static void
drop_link (BnLink *link, gpointer unused, Pair *pair)
{
  g_signal_handlers_disconnect_by_data (link, pair);
  g_clear_object (&pair->link);
}

/* Whoever is told of a message may close the link; nothing comes after that. */
static void
test_close_in_message (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  g_autoptr (GDBusMessage) signal = g_dbus_message_new_signal ("/", PAIR_INTERFACE, "Changed");
  g_autofree guint8 *bytes = NULL;
  Calls calls = { pair };
  gsize size;

  start_call (&calls, "Never", 60000, NULL);
  g_signal_connect (pair->link, "message", G_CALLBACK (close_link), NULL);
  bytes = pair_encode (signal, 1, &size);
  for (guint i = 0; i < 3; i++)
    pair_write (pair, bytes, size);
  pair_await (calls.n_done == 1);
  g_assert_error (calls.error, BN_ERROR, BN_ERROR_UNAVAILABLE);
  g_assert_cmpuint (pair->messages->len, ==, 1);
  g_assert_cmpuint (pair->n_closed, ==, 0);
  g_clear_error (&calls.error);
}

static void
test_drop_in_message (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  g_autoptr (GDBusMessage) signal = g_dbus_message_new_signal ("/", PAIR_INTERFACE, "Changed");
  g_autofree guint8 *bytes = NULL;
  gpointer link = pair->link;
  gsize size;

  g_object_add_weak_pointer (G_OBJECT (pair->link), &link);
  g_signal_connect (pair->link, "message", G_CALLBACK (drop_link), pair);
  bytes = pair_encode (signal, 1, &size);
  for (guint i = 0; i < 3; i++)
    pair_write (pair, bytes, size);
  pair_await (link == NULL);
  g_assert_cmpuint (pair->messages->len, ==, 1);
}

static void
test_drop_in_closed (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  gpointer link = pair->link;

  g_object_add_weak_pointer (G_OBJECT (pair->link), &link);
  g_signal_connect (pair->link, "closed", G_CALLBACK (drop_link), pair);
  close (pair->raw);
  pair->raw = -1;
  pair_await (link == NULL);
  g_assert_cmpuint (pair->n_closed, ==, 1);
}

static void
close_in_callback (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Calls *calls = user_data;

  on_done (source, result, calls);
  bn_link_close (BN_LINK (source));
  start_call (calls, "Echo", 1000, NULL);
}

/* A reply's callback closes the link and calls again, with other calls waiting. */
static void
test_close_in_callback (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  g_autoptr (GDBusMessage) call = pair_call_new ("Never", NULL);
  Calls calls = { pair };

  bn_link_call_async (pair->link, call, 60000, NULL, close_in_callback, &calls);
  start_call (&calls, "Never", 60000, NULL);
  start_call (&calls, "Never", 60000, NULL);
  write_reply (pair, 1);
  pair_await (calls.n_done == 4);
  g_assert_cmpuint (calls.n_replies, ==, 1);
  g_assert_error (calls.error, BN_ERROR, BN_ERROR_UNAVAILABLE);
  g_assert_cmpuint (pair->n_closed, ==, 0);
  g_clear_error (&calls.error);
}

/* A link that nobody refers to any more leaves no source, descriptor or memory behind. */
static void
test_drop (void)
{
  g_autoptr (Pair) pair = NULL;
  guint before = pair_count_descriptors ();

  pair = pair_new_open (&bn_link_default_limits);
  g_assert_cmpuint (pair_count_descriptors (), ==, before + 2);
  g_signal_handlers_disconnect_by_data (pair->link, pair);
  g_clear_object (&pair->link);
  g_assert_cmpuint (pair_count_descriptors (), ==, before + 1);
}

static int n_polls;
static int last_timeout_ms;

static int
spy_poll (GPollFD *fds, guint n, int timeout_ms)
{
  n_polls++;
  last_timeout_ms = timeout_ms;
  return 0;
}

/* With nothing to wait for, the loop is told to sleep for ever. */
static void
test_idle (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  GPollFunc poll_func = g_main_context_get_poll_func (NULL);
  Calls calls = { pair };

  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_main_context_set_poll_func (NULL, spy_poll);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (last_timeout_ms, ==, -1);
  start_call (&calls, "Never", 5000, NULL);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (last_timeout_ms, >, 4000);
  g_assert_cmpint (last_timeout_ms, <=, 5000);
  g_assert_cmpint (n_polls, ==, 2);
  g_main_context_set_poll_func (NULL, poll_func);
  bn_link_close (pair->link);
  pair_await (calls.n_done == 1);
  g_clear_error (&calls.error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/timeout", test_timeout);
  g_test_add_func ("/link/late-reply", test_late_reply);
  g_test_add_func ("/link/cancel", test_cancel);
  g_test_add_func ("/link/too-many-calls", test_too_many_calls);
  g_test_add_func ("/link/peer-closes", test_peer_closes);
  g_test_add_func ("/link/peer-stops-reading", test_peer_stops_reading);
  g_test_add_func ("/link/close-in-message", test_close_in_message);
  g_test_add_func ("/link/drop-in-message", test_drop_in_message);
  g_test_add_func ("/link/drop-in-closed", test_drop_in_closed);
  g_test_add_func ("/link/close-in-callback", test_close_in_callback);
  g_test_add_func ("/link/drop", test_drop);
  g_test_add_func ("/link/idle", test_idle);
  return g_test_run ();
}
