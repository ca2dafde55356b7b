/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a broken peer costs: counted, while a healthy link beside it goes on. */
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "introspection/error.h"
#include "pair.h"

#define N_EVENTS 300000

/* A peer in a process of its own. */
typedef struct
{
  BnLink *link;
  GSubprocess *process;
  guint n_events;
  guint n_drained;
  gboolean ready;
  gboolean flooded;
} Child;

static void
on_ready (BnLink *link, Child *child)
{
  child->ready = TRUE;
}

static void
on_drained (BnLink *link, Child *child)
{
  child->n_drained++;
}

/* Nothing lost, nothing twice, all in order. */
static void
on_event (BnLink *link, GDBusMessage *message, Child *child)
{
  guint n;

  g_variant_get (g_dbus_message_get_body (message), "(u&s)", &n, NULL);
  g_assert_cmpuint (n, ==, child->n_events);
  child->n_events++;
}

static void
child_start (Child *child, const BnLinkLimits *limits)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "link", "link-peer", NULL);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  g_subprocess_launcher_take_fd (launcher, fds[1], 3);
  child->process = g_subprocess_launcher_spawn (launcher, &error, program, NULL);
  g_assert_no_error (error);
  child->link = bn_link_new (fds[0], limits);
  g_signal_connect (child->link, "ready", G_CALLBACK (on_ready), child);
  g_signal_connect (child->link, "message", G_CALLBACK (on_event), child);
  g_signal_connect (child->link, "drained", G_CALLBACK (on_drained), child);
  pair_await (child->ready);
}

static void
child_stop (Child *child)
{
  g_autoptr (GError) error = NULL;

  bn_link_close (child->link);
  g_subprocess_wait (child->process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (child->process));
  g_clear_object (&child->process);
  g_clear_object (&child->link);
}

static void
on_flooded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) reply = bn_link_call_finish (BN_LINK (source), result, &error);

  g_assert_no_error (error);
  ((Child *)user_data)->flooded = TRUE;
}

static void
child_flood (Child *child, guint n)
{
  g_autoptr (GDBusMessage) call = pair_call_new ("Flood", g_variant_new ("(u)", n));

  child->n_events = 0;
  child->flooded = FALSE;
  bn_link_call_async (child->link, call, 120000, NULL, on_flooded, child);
}

/* What stands in a link's queue and what it buffers is bounded, so a flood stays with its sender.
 */
static void
test_flood (void)
{
  g_autoptr (Pair) healthy = pair_new (&bn_link_default_limits);
  Child child = { NULL };
  guint n_calls = 0;
  gint64 longest_usec = 0;
  gint64 start_usec;
  gsize before;

  child_start (&child, &bn_link_default_limits);
  child_flood (&child, 2000);
  pair_await (child.flooded);
  pair_assert_works (healthy);
  before = pair_get_resident_bytes ();
  start_usec = g_get_monotonic_time ();
  child_flood (&child, N_EVENTS);
  while (!child.flooded)
    {
      gint64 call_usec = g_get_monotonic_time ();

      pair_assert_works (healthy);
      longest_usec = MAX (longest_usec, g_get_monotonic_time () - call_usec);
      n_calls++;
    }
  g_assert_cmpuint (child.n_events, ==, N_EVENTS);
  g_test_message ("%d events in %.1f s; %u calls beside them, the slowest %.1f ms", N_EVENTS,
                  (g_get_monotonic_time () - start_usec) / 1e6, n_calls, longest_usec / 1e3);
  g_assert_cmpuint (n_calls, >, 10);
  g_assert_cmpint (longest_usec, <, G_TIME_SPAN_SECOND);
  pair_assert_memory (before, 8 << 20);
  child_stop (&child);
}

static void
on_echo (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) reply = bn_link_call_finish (BN_LINK (source), result, &error);

  g_assert_no_error (error);
  *(gboolean *)user_data = TRUE;
}

static void
test_stopped_reader (void)
{
  g_autoptr (Pair) healthy = pair_new (&bn_link_default_limits);
  g_autofree char *text = g_strnfill (900, 'x');
  g_autoptr (GDBusMessage) signal = g_dbus_message_new_signal ("/", PAIR_INTERFACE, "Event");
  g_autoptr (GDBusMessage) call = pair_call_new ("Echo", g_variant_new ("(s)", "x"));
  Child child = { NULL };
  BnLinkStatistics statistics;
  guint n_refused = 0;
  gboolean answered = FALSE;
  gsize before;

  g_dbus_message_set_body (signal, g_variant_new ("(s)", text));
  child_start (&child, &bn_link_default_limits);
  g_subprocess_send_signal (child.process, SIGSTOP);
  before = pair_get_resident_bytes ();
  for (guint i = 0; i < 100; i++)
    {
      for (guint k = 0; k < 1000; k++)
        {
          g_autoptr (GError) error = NULL;

          if (bn_link_send (child.link, signal, &error))
            continue;
          g_assert_error (error, BN_ERROR, BN_ERROR_BUSY);
          n_refused++;
        }
      pair_assert_works (healthy);
    }
  bn_link_get_statistics (child.link, &statistics);
  g_test_message ("%u sent, %u refused, %zu bytes queued", 100000 - n_refused, n_refused,
                  bn_link_get_queued (child.link));
  g_assert_cmpuint (n_refused, >, 90000);
  g_assert_cmpuint (statistics.refused_queue, ==, n_refused);
  g_assert_cmpuint (bn_link_get_queued (child.link), <=, 4 << 20);
  g_assert_cmpuint (child.n_drained, ==, 0);
  pair_assert_memory (before, 8 << 20);
  g_subprocess_send_signal (child.process, SIGCONT);
  pair_await (child.n_drained == 1);
  bn_link_call_async (child.link, call, 5000, NULL, on_echo, &answered);
  pair_await (answered);
  child_stop (&child);
}

/* 64 MiB are announced: nothing is allocated for them. */
static void
test_oversized (void)
{
  static const guint8 header[16] = { 'l', 4, 0, 1, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0 };
  g_autoptr (Pair) healthy = pair_new (&bn_link_default_limits);
  g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
  gsize before = pair_get_resident_bytes ();

  pair_write (pair, header, sizeof header);
  pair_await (pair->n_closed == 1);
  g_assert_error (pair->reason, BN_ERROR, BN_ERROR_TOO_LARGE);
  pair_assert_memory (before, 256 << 10);
  pair_assert_works (healthy);
}

#define N_SILENT 400

/* Half of them say nothing, the others never come to an end. */
static void
test_silent_handshake (void)
{
  BnLinkLimits limits = bn_link_default_limits;
  g_autoptr (Pair) healthy = pair_new (&bn_link_default_limits);
  g_autoptr (GPtrArray) silent = g_ptr_array_new_with_free_func ((GDestroyNotify)pair_free);
  guint threads = pair_count_threads ();
  guint descriptors = pair_count_descriptors ();
  gint64 start_usec = g_get_monotonic_time ();
  gsize before = pair_get_resident_bytes ();

  limits.handshake_ms = 300;
  for (guint i = 0; i < N_SILENT; i++)
    {
      Pair *pair = pair_new_raw (&limits);

      if (i % 2 == 1)
        pair_write (pair, "\0AUTH EXTERNAL\r\nDA", 18);
      g_ptr_array_add (silent, pair);
    }
  for (guint i = 0; i < N_SILENT; i++)
    {
      Pair *pair = silent->pdata[i];

      pair_assert_works (healthy);
      g_assert_cmpuint (pair_count_threads (), <=, threads);
      pair_await (pair->n_closed == 1);
      g_assert_error (pair->reason, BN_ERROR, BN_ERROR_TIMEOUT);
    }
  g_assert_cmpint (g_get_monotonic_time () - start_usec, >=, 300000);
  /* Their own ends only. Not "==": what GDBus had open when it was counted may be gone. */
  g_assert_cmpuint (pair_count_descriptors (), <=, descriptors + N_SILENT);
  pair_assert_memory (before, 8 << 20);
}

static void
fill_random (guint8 *bytes, gsize size)
{
  for (gsize i = 0; i < size; i++)
    bytes[i] = g_test_rand_int_range (0, 256);
}

/* Noise, before and after the handshake. All of it is refused or waited for; none is kept. */
static void
test_garbage (void)
{
  g_autoptr (Pair) healthy = pair_new (&bn_link_default_limits);
  guint before = pair_count_descriptors ();
  guint n_closed = 0;

  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (Pair) pair = i % 3 == 0 ? pair_new_raw (&bn_link_default_limits)
                                         : pair_new_open (&bn_link_default_limits);
      guint8 bytes[4096];
      gsize size = g_test_rand_int_range (1, sizeof bytes);

      fill_random (bytes, size);
      if (i % 3 == 2)
        memcpy (bytes, (guint8[16]){ 'l', 1, 0, 1, 8, 0, 0, 0, 1, 0, 0, 0, 64, 0, 0, 0 },
                MIN (size, 16));
      pair_write (pair, bytes, size);
      shutdown (pair->raw, SHUT_WR);
      pair_await (pair->n_closed == 1);
      n_closed += !bn_error_is (pair->reason, BN_ERROR_UNAVAILABLE);
      pair_assert_works (healthy);
    }
  g_test_message ("%u of 300 were refused, the others were incomplete", n_closed);
  g_assert_cmpuint (n_closed, >, 200);
  g_assert_cmpuint (pair_count_descriptors (), ==, before);
}

/* A good message with a few wrong bytes: read, refused or waited for, never a crash. */
static void
test_damaged (void)
{
  g_autoptr (Pair) healthy = pair_new (&bn_link_default_limits);
  g_autoptr (GDBusMessage) call = pair_call_new (
      "Echo", g_variant_new_parsed ("('a', {'k': <[1, 2]>, 'm': <('x', true)>}, @as [])"));
  g_autofree guint8 *good = NULL;
  guint n_read = 0;
  gsize size;

  good = pair_encode (call, 1, &size);
  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (Pair) pair = pair_new_open (&bn_link_default_limits);
      g_autofree guint8 *bytes = g_memdup2 (good, size);

      for (guint k = 0; k <= i % 3; k++)
        bytes[g_test_rand_int_range (0, size)] = g_test_rand_int_range (0, 256);
      pair->answers = TRUE;
      pair_write (pair, bytes, size);
      shutdown (pair->raw, SHUT_WR);
      pair_await (pair->n_closed == 1);
      n_read += pair->messages->len;
    }
  g_test_message ("%u of 500 damaged messages could be read", n_read);
  g_assert_cmpuint (n_read, <, 400);
  pair_assert_works (healthy);
}

static void
test_slow_drip (void)
{
  static const char hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n";
  g_autoptr (Pair) healthy = pair_new (&bn_link_default_limits);
  g_autoptr (Pair) pair = pair_new_raw (&bn_link_default_limits);
  g_autoptr (GDBusMessage) call = pair_call_new ("Echo", g_variant_new ("(s)", "drip"));
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree guint8 *message = NULL;
  gsize size;

  message = pair_encode (call, 1, &size);
  g_byte_array_append (bytes, (const guint8 *)hello, sizeof hello - 1);
  g_byte_array_append (bytes, message, size);
  for (guint i = 0; i < bytes->len; i++)
    {
      g_assert_cmpuint (pair->messages->len, ==, 0);
      pair_write (pair, bytes->data + i, 1);
      pair_assert_works (healthy);
    }
  pair_await (pair->messages->len == 1);
  g_assert_cmpuint (pair->n_closed, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link-faults/flood", test_flood);
  g_test_add_func ("/link-faults/stopped-reader", test_stopped_reader);
  g_test_add_func ("/link-faults/oversized", test_oversized);
  g_test_add_func ("/link-faults/silent-handshake", test_silent_handshake);
  g_test_add_func ("/link-faults/garbage", test_garbage);
  g_test_add_func ("/link-faults/damaged", test_damaged);
  g_test_add_func ("/link-faults/slow-drip", test_slow_drip);
  return g_test_run ();
}
