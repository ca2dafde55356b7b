/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a call from the hub to a module costs: over the link, and with GDBus on both ends.
 *
 * The same peer, a GDBus process, answers in both cases. The rounds alternate, so that both see the
 * same machine. CPU is that of both processes; a target is the ratio. */
#include <gio/gio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/link/pair.h"

#define ROUNDS 5
#define CALLS 4000
#define WARM_UP 200

typedef struct
{
  GPid pid;
  BnLink *link;                /* one of the two */
  GDBusConnection *connection; /* one of the two */
  GMainLoop *loop;
  guint left;
  gint64 began_usec;
  GArray *latencies_usec; /* gint64 */
} Side;

static int
spawn_peer (const char *program, GPid *pid)
{
  const char *argv[] = { program, NULL };
  g_autoptr (GError) error = NULL;
  int sockets[2];
  int target = 3;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets) != 0
      || !g_spawn_async_with_pipes_and_fds (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                            -1, -1, -1, &sockets[1], &target, 1, pid, NULL, NULL,
                                            NULL, &error))
    g_error ("The peer did not start: %s", error != NULL ? error->message : "no socket");
  close (sockets[1]);
  return sockets[0];
}

static void
got_connection_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Side *side = user_data;
  g_autoptr (GError) error = NULL;

  side->connection = g_dbus_connection_new_finish (result, &error);
  if (side->connection == NULL)
    g_error ("No connection: %s", error->message);
  g_main_loop_quit (side->loop);
}

static void
open_gdbus (Side *side, const char *program)
{
  int fd = spawn_peer (program, &side->pid);
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  g_autofree char *guid = g_dbus_generate_guid ();

  g_dbus_connection_new (G_IO_STREAM (stream), guid, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER,
                         NULL, NULL, got_connection_cb, side);
  g_main_loop_run (side->loop);
}

static void
open_link (Side *side, const char *program)
{
  side->link = bn_link_new (spawn_peer (program, &side->pid), &bn_link_default_limits);
}

static void call_next (Side *side);

static void
answered (Side *side, gboolean ok)
{
  gint64 usec = g_get_monotonic_time () - side->began_usec;

  if (!ok)
    g_error ("The peer did not answer");
  g_array_append_val (side->latencies_usec, usec);
  if (--side->left == 0)
    g_main_loop_quit (side->loop);
  else
    call_next (side);
}

static void
link_answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GDBusMessage) reply = bn_link_call_finish (BN_LINK (object), result, NULL);

  answered (user_data, reply != NULL);
}

static void
gdbus_answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GDBusMessage) reply =
      g_dbus_connection_send_message_with_reply_finish (G_DBUS_CONNECTION (object), result, NULL);

  answered (user_data, reply != NULL);
}

static void
call_next (Side *side)
{
  g_autoptr (GDBusMessage) call =
      pair_call_new ("Echo", g_variant_new ("(s)", "a text of a usual length for an argument"));

  side->began_usec = g_get_monotonic_time ();
  if (side->link != NULL)
    bn_link_call_async (side->link, call, 10000, NULL, link_answered_cb, side);
  else
    g_dbus_connection_send_message_with_reply (side->connection, call,
                                               G_DBUS_SEND_MESSAGE_FLAGS_NONE, 10000, NULL, NULL,
                                               gdbus_answered_cb, side);
}

static double
get_cpu_usec (clockid_t clock)
{
  struct timespec time;

  clock_gettime (clock, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

/* The CPU time of both processes for a call, in microseconds. */
static double
run (Side *side, guint calls)
{
  clockid_t peer_clock;
  double before;

  clock_getcpuclockid (side->pid, &peer_clock);
  before = get_cpu_usec (CLOCK_PROCESS_CPUTIME_ID) + get_cpu_usec (peer_clock);
  side->left = calls;
  call_next (side);
  g_main_loop_run (side->loop);
  return (get_cpu_usec (CLOCK_PROCESS_CPUTIME_ID) + get_cpu_usec (peer_clock) - before) / calls;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

static int
compare_int64 (gconstpointer a, gconstpointer b)
{
  return (*(const gint64 *)a > *(const gint64 *)b) - (*(const gint64 *)a < *(const gint64 *)b);
}

static gint64
get_median_usec (Side *side)
{
  g_array_sort (side->latencies_usec, compare_int64);
  return g_array_index (side->latencies_usec, gint64, side->latencies_usec->len / 2);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Side link = { .loop = loop, .latencies_usec = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  Side gdbus = { .loop = loop, .latencies_usec = g_array_new (FALSE, FALSE, sizeof (gint64)) };
  double link_usec[ROUNDS];
  double gdbus_usec[ROUNDS];

  if (argc != 2)
    {
      g_printerr ("Usage: bench-link PEER\n");
      return 2;
    }
  open_link (&link, argv[1]);
  open_gdbus (&gdbus, argv[1]);
  run (&link, WARM_UP);
  run (&gdbus, WARM_UP);
  g_array_set_size (link.latencies_usec, 0);
  g_array_set_size (gdbus.latencies_usec, 0);
  for (guint i = 0; i < ROUNDS; i++)
    {
      link_usec[i] = run (&link, CALLS);
      gdbus_usec[i] = run (&gdbus, CALLS);
    }
  qsort (link_usec, ROUNDS, sizeof (double), compare_doubles);
  qsort (gdbus_usec, ROUNDS, sizeof (double), compare_doubles);
  g_print ("call over the link, CPU of both ends: %.1f us\n", link_usec[ROUNDS / 2]);
  g_print ("call with GDBus on both ends, CPU: %.1f us\n", gdbus_usec[ROUNDS / 2]);
  g_print ("ratio of CPU: %.2f (target: at most 0.75)\n",
           link_usec[ROUNDS / 2] / gdbus_usec[ROUNDS / 2]);
  g_print ("p50 over the link: %" G_GINT64_FORMAT " us, with GDBus: %" G_GINT64_FORMAT " us\n",
           get_median_usec (&link), get_median_usec (&gdbus));
  return 0;
}
