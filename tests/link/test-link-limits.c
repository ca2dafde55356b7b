/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Each limit of a link, hit by a peer that is a bare socket. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "introspection/error.h"
#include "pair.h"

static GDBusMessage *
signal_new (gsize size)
{
  g_autofree char *text = g_strnfill (size, 'x');
  GDBusMessage *message = g_dbus_message_new_signal (PAIR_PATH, PAIR_INTERFACE, "Changed");

  g_dbus_message_set_body (message, g_variant_new ("(s)", text));
  return message;
}

static void
write_call (Pair *pair, guint32 serial)
{
  g_autoptr (GDBusMessage) call = pair_call_new ("Echo", NULL);
  gsize size;
  g_autofree guint8 *bytes = pair_encode (call, serial, &size);

  pair_write (pair, bytes, size);
}

/* Turns the loop until it has nothing to do. */
static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_pause (void)
{
  BnLinkLimits limits = bn_link_default_limits;
  g_autoptr (Pair) pair = NULL;
  BnLinkStatistics statistics;

  limits.pending_served = 4;
  pair = pair_new_open (&limits);
  for (guint32 serial = 1; serial <= 10; serial++)
    write_call (pair, serial);
  settle ();
  g_assert_cmpuint (pair->messages->len, ==, 4);
  g_assert_cmpuint (bn_link_get_served (pair->link), ==, 4);
  bn_link_reply (pair->link, pair->messages->pdata[1], NULL, NULL);
  settle ();
  g_assert_cmpuint (pair->messages->len, ==, 5);
  pair->answers = TRUE;
  for (guint i = 0; i < 5; i++)
    bn_link_reply (pair->link, pair->messages->pdata[i], NULL, NULL);
  settle ();
  g_assert_cmpuint (pair->messages->len, ==, 10);
  g_assert_cmpuint (bn_link_get_served (pair->link), ==, 0);
  bn_link_get_statistics (pair->link, &statistics);
  g_assert_cmpuint (statistics.pauses, ==, 2);
  g_assert_cmpuint (statistics.messages_out, ==, 10);
}

/* A pause does not hide that the peer has gone, nor what it said before, and does not spin. */
static void
test_hang_up_while_paused (void)
{
  BnLinkLimits limits = bn_link_default_limits;
  g_autoptr (Pair) pair = NULL;

  limits.pending_served = 2;
  pair = pair_new_open (&limits);
  for (guint32 serial = 1; serial <= 5; serial++)
    write_call (pair, serial);
  settle ();
  g_assert_cmpuint (pair->messages->len, ==, 2);
  close (pair->raw);
  pair->raw = -1;
  pair_await (pair->n_closed == 1);
  g_assert_cmpuint (pair->messages->len, ==, 5);
  g_assert_error (pair->reason, BN_ERROR, BN_ERROR_UNAVAILABLE);
  settle ();
}

static void
test_same_serial (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);

  write_call (pair, 7);
  write_call (pair, 7);
  pair_await (pair->n_closed == 1);
  g_assert_error (pair->reason, BN_ERROR, BN_ERROR_BAD_MESSAGE);
  g_assert_cmpuint (pair->messages->len, ==, 1);
}

/* Reads all that stands in the peer's socket; returns how much. */
static gsize
read_all (Pair *pair)
{
  g_autofree char *bytes = g_malloc (1 << 20);
  gsize total = 0;
  gssize n;

  while ((n = recv (pair->raw, bytes, 1 << 20, MSG_DONTWAIT)) > 0)
    total += n;
  g_assert_cmpint (errno, ==, EAGAIN);
  return total;
}

static void
test_queue (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  g_autoptr (GDBusMessage) signal = signal_new (900);
  g_autoptr (GError) error = NULL;
  BnLinkStatistics statistics;
  guint n_sent = 0;
  gsize received = 0;

  while (bn_link_send (pair->link, signal, &error))
    n_sent++;
  g_assert_error (error, BN_ERROR, BN_ERROR_BUSY);
  g_assert_cmpuint (bn_link_get_queued (pair->link), <=, 4 << 20);
  g_assert_cmpuint (bn_link_get_queued (pair->link), >, (4 << 20) - 2000);
  g_assert_false (bn_link_send (pair->link, signal, NULL));
  settle ();
  g_assert_cmpuint (pair->n_drained, ==, 0);
  bn_link_get_statistics (pair->link, &statistics);
  g_assert_cmpuint (statistics.refused_queue, ==, 2);
  g_assert_cmpuint (statistics.messages_out, ==, n_sent);
  while (bn_link_get_queued (pair->link) > 0)
    {
      received += read_all (pair);
      g_assert_cmpint (pair->n_drained, ==, bn_link_get_queued (pair->link) < 1 << 20);
      settle ();
    }
  received += read_all (pair);
  g_assert_cmpuint (pair->n_drained, ==, 1);
  bn_link_get_statistics (pair->link, &statistics);
  g_assert_cmpuint (statistics.bytes_out, ==,
                    received + strlen ("DATA\r\nOK \r\nAGREE_UNIX_FD\r\n") + 32);
  g_assert_true (bn_link_send (pair->link, signal, NULL));
}

/* The memory of a full queue is what its byte count says, also with the smallest messages. */
static void
test_queue_memory (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  g_autoptr (GDBusMessage) signal = g_dbus_message_new_signal ("/", "a.b", "c");
  gsize before = pair_get_resident_bytes ();

  while (bn_link_send (pair->link, signal, NULL))
    continue;
  pair_assert_memory (before, 6 << 20);
}

/* Replies are not refused; but past twice the limit the link closes, not from inside the reply. */
static void
test_unread_replies (void)
{
  BnLinkLimits limits = bn_link_default_limits;
  g_autoptr (Pair) pair = NULL;
  g_autofree char *text = g_strnfill (1000, 'x');
  gsize most = 0;

  limits.queue_bytes = 100000;
  pair = pair_new_open (&limits);
  for (guint32 serial = 1; !bn_link_is_closed (pair->link); serial++)
    {
      write_call (pair, serial);
      pair_await (pair->messages->len == serial);
      bn_link_reply (pair->link, pair->messages->pdata[serial - 1], g_variant_new ("(s)", text),
                     NULL);
      most = MAX (most, bn_link_get_queued (pair->link));
    }
  g_assert_cmpuint (pair->n_closed, ==, 0);
  pair_await (pair->n_closed == 1);
  g_assert_error (pair->reason, BN_ERROR, BN_ERROR_BUSY);
  g_assert_cmpuint (most, <=, 200000);
  g_assert_cmpuint (most, >, 198000);
}

static void
test_size_out (void)
{
  BnLinkLimits limits = bn_link_default_limits;
  g_autoptr (Pair) pair = NULL;
  g_autoptr (GError) error = NULL;
  BnLinkStatistics statistics;

  limits.message_bytes = 2000;
  pair = pair_new (&limits);
  for (gsize size = 1850; size < 10000; size += 50)
    {
      g_autoptr (GDBusMessage) signal = signal_new (size);

      if (!bn_link_send (pair->link, signal, &error))
        break;
    }
  g_assert_error (error, BN_ERROR, BN_ERROR_TOO_LARGE);
  bn_link_get_statistics (pair->link, &statistics);
  g_assert_cmpuint (statistics.refused_size, ==, 1);
  g_assert_cmpuint (statistics.messages_out, >, 0);
  pair_assert_works (pair);
}

/* Sends @bytes with @n descriptors to the link. */
static void
write_descriptors (Pair *pair, const guint8 *bytes, gsize size, guint n)
{
  union
  {
    struct cmsghdr header;
    char bytes[CMSG_SPACE (64 * sizeof (int))];
  } control = { 0 };
  struct iovec vector = { (guint8 *)bytes, size };
  struct msghdr message = { .msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = &control,
                            .msg_controllen = CMSG_SPACE (n * sizeof (int)) };

  g_assert_cmpuint (n, <=, 64);
  control.header.cmsg_level = SOL_SOCKET;
  control.header.cmsg_type = SCM_RIGHTS;
  control.header.cmsg_len = CMSG_LEN (n * sizeof (int));
  for (guint i = 0; i < n; i++)
    memcpy (CMSG_DATA (&control.header) + i * sizeof (int), &pair->raw, sizeof (int));
  g_assert_cmpint (sendmsg (pair->raw, &message, MSG_NOSIGNAL), ==, size);
}

/* A signal whose header announces @announced descriptors is sent with @sent. */
static void
check_descriptors (guint announced, guint sent, gboolean negotiated, gboolean good)
{
  static const char plain_hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
  g_autoptr (Pair) pair = NULL;
  g_autoptr (GDBusMessage) signal = signal_new (10);
  g_autofree guint8 *bytes = NULL;
  guint before;
  gsize size;

  if (negotiated)
    pair = pair_new_open (&bn_link_default_limits);
  else
    {
      pair = pair_new_raw (&bn_link_default_limits);
      pair_write (pair, plain_hello, sizeof plain_hello - 1);
      pair_await (pair->n_ready == 1);
    }
  if (announced > 0)
    {
      g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();

      for (guint i = 0; i < announced; i++)
        g_unix_fd_list_append (list, pair->raw, NULL);
      g_dbus_message_set_unix_fd_list (signal, list);
    }
  bytes = pair_encode (signal, 1, &size);
  g_dbus_message_set_unix_fd_list (signal, NULL);
  before = pair_count_descriptors ();
  write_descriptors (pair, bytes, size, sent);
  g_test_message ("%u announced, %u sent", announced, sent);
  if (good)
    {
      pair_await (pair->messages->len == 1);
      g_assert_cmpuint (pair_count_descriptors (), ==, before + announced);
      g_ptr_array_set_size (pair->messages, 0);
      g_assert_cmpuint (pair_count_descriptors (), ==, before);
    }
  else
    {
      pair_await (pair->n_closed == 1);
      g_assert_cmpuint (pair->messages->len, ==, 0);
      g_assert_cmpuint (pair_count_descriptors (), ==, before - 1);
    }
}

static void
test_descriptors_in (void)
{
  check_descriptors (1, 1, TRUE, TRUE);
  check_descriptors (16, 16, TRUE, TRUE);
  check_descriptors (17, 17, TRUE, FALSE);
  check_descriptors (64, 64, TRUE, FALSE);
  check_descriptors (1, 0, TRUE, FALSE);
  check_descriptors (2, 1, TRUE, FALSE);
  check_descriptors (1, 2, TRUE, FALSE);
  check_descriptors (0, 3, TRUE, FALSE);
  check_descriptors (1, 1, FALSE, FALSE);
}

/* Descriptors with half a message, then no more: they go when the link goes. */
static void
test_descriptors_of_half_a_message (void)
{
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  g_autoptr (GDBusMessage) signal = signal_new (10);
  guint before = pair_count_descriptors ();
  g_autofree guint8 *bytes = NULL;
  gsize size;

  bytes = pair_encode (signal, 1, &size);
  write_descriptors (pair, bytes, size / 2, 5);
  pair_await (pair_count_descriptors () == before + 5);
  bn_link_close (pair->link);
  g_assert_cmpuint (pair_count_descriptors (), ==, before - 1);
}

static void
test_descriptors_out (void)
{
  static const char plain_hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
  g_autoptr (Pair) plain = pair_new_raw (&bn_link_default_limits);
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  g_autoptr (GDBusMessage) signal = signal_new (10);
  g_autoptr (GUnixFDList) list = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;

  g_dbus_message_set_unix_fd_list (signal, list);
  for (guint i = 0; i < 17; i++)
    {
      g_assert_true (bn_link_send (pair->link, signal, &error));
      g_unix_fd_list_append (list, 0, NULL);
      g_dbus_message_set_unix_fd_list (signal, list);
    }
  g_assert_false (bn_link_send (pair->link, signal, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  pair_write (plain, plain_hello, sizeof plain_hello - 1);
  pair_await (plain->n_ready == 1);
  g_dbus_message_set_unix_fd_list (signal, NULL);
  g_clear_object (&list);
  list = g_unix_fd_list_new ();
  g_unix_fd_list_append (list, 0, NULL);
  g_dbus_message_set_unix_fd_list (signal, list);
  g_assert_false (bn_link_send (plain->link, signal, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED);
  g_assert_false (bn_link_is_closed (plain->link));
}

/* One turn of the loop takes its share only. */
static void
test_turn (void)
{
  BnLinkLimits limits = bn_link_default_limits;
  g_autoptr (Pair) pair = NULL;
  g_autoptr (GDBusMessage) signal = signal_new (10);
  g_autofree guint8 *bytes = NULL;
  gsize size;

  limits.turn_messages = 5;
  pair = pair_new_open (&limits);
  settle ();
  bytes = pair_encode (signal, 1, &size);
  for (guint i = 0; i < 23; i++)
    pair_write (pair, bytes, size);
  for (guint turn = 1; turn <= 5; turn++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (pair->messages->len, ==, MIN (5 * turn, 23));
    }
}

/* What a peer that is gone has said is there at once, however much a turn reads; if somebody else
 * has its end, what was said so far. */
static void
test_rest (void)
{
  for (guint held = 0; held < 2; held++)
    {
      BnLinkLimits limits = bn_link_default_limits;
      g_autoptr (Pair) pair = NULL;
      g_autoptr (GDBusMessage) signal = signal_new (10);
      g_autofree guint8 *bytes = NULL;
      gsize size;

      limits.turn_messages = 5;
      pair = pair_new_open (&limits);
      settle ();
      bytes = pair_encode (signal, 1, &size);
      for (guint i = 0; i < 23; i++)
        pair_write (pair, bytes, size);
      if (!held)
        {
          close (pair->raw);
          pair->raw = -1;
        }
      bn_link_read_rest (pair->link);
      g_assert_cmpuint (pair->messages->len, ==, 23);
      g_assert_cmpint (bn_link_is_closed (pair->link), ==, !held);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link-limits/queue-memory", test_queue_memory);
  g_test_add_func ("/link-limits/pause", test_pause);
  g_test_add_func ("/link-limits/hang-up-while-paused", test_hang_up_while_paused);
  g_test_add_func ("/link-limits/same-serial", test_same_serial);
  g_test_add_func ("/link-limits/queue", test_queue);
  g_test_add_func ("/link-limits/unread-replies", test_unread_replies);
  g_test_add_func ("/link-limits/size-out", test_size_out);
  g_test_add_func ("/link-limits/descriptors-in", test_descriptors_in);
  g_test_add_func ("/link-limits/descriptors-of-half-a-message",
                   test_descriptors_of_half_a_message);
  g_test_add_func ("/link-limits/descriptors-out", test_descriptors_out);
  g_test_add_func ("/link-limits/turn", test_turn);
  g_test_add_func ("/link-limits/rest", test_rest);
  return g_test_run ();
}
