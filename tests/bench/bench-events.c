/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the hub adds to D-Bus, a line a figure: events of a module to a subscriber on the bus, and
 * requests of a script to a module, each against the same way through a process that does nothing
 * but pass it on with plain GDBus. In alternation, so that both have the same machine. */
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "introspection/names.h"
#include "process-cost.h"
#include "tests/integration/hub-fixture.h"

#define ROUNDS 5
#define EVENTS 20000
#define STEP 2000
#define REQUESTS 3000

#define PLAIN_NAME "org.binnacle.Plain"
#define PLAIN_PATH "/plain"
#define PLAIN_IFACE "org.binnacle.Plain1"

static const char plain_xml[] = "<node><interface name='" PLAIN_IFACE "'>"
                                "<method name='Echo'><arg type='s' direction='in'/>"
                                "<arg type='s' direction='out'/></method>"
                                "<method name='Tell'><arg type='u' direction='in'/></method>"
                                "</interface></node>";

/* The far process of the plain chain: it emits and answers on its peer-to-peer connection. */

static void
far_call (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
          gpointer user_data)
{
  guint count;

  if (g_str_equal (method, "Echo"))
    {
      g_dbus_method_invocation_return_value (invocation, parameters);
      return;
    }
  g_variant_get (parameters, "(u)", &count);
  for (guint i = 0; i < count; i++)
    {
      GVariantDict payload;

      g_variant_dict_init (&payload, NULL);
      g_variant_dict_insert (&payload, "text", "s", "bench");
      g_variant_dict_insert (&payload, "number", "u", i);
      g_dbus_connection_emit_signal (
          connection, NULL, PLAIN_PATH, PLAIN_IFACE, "Event",
          g_variant_new ("(s@a{sv}a{sv})", "plain.told", g_variant_dict_end (&payload), NULL),
          NULL);
    }
  g_dbus_method_invocation_return_value (invocation, NULL);
}

/* The process in the middle passes on, as the hub does. */

static void
answered (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (reply == NULL)
    g_dbus_method_invocation_return_gerror (invocation, error);
  else
    {
      g_dbus_method_invocation_return_value (invocation, reply);
      g_variant_unref (reply);
    }
}

static void
middle_call (GDBusConnection *connection, const char *sender, const char *path,
             const char *interface, const char *method, GVariant *parameters,
             GDBusMethodInvocation *invocation, gpointer far)
{
  g_dbus_connection_call (far, NULL, PLAIN_PATH, PLAIN_IFACE, method, parameters, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, answered, invocation);
}

static void
middle_signal (GDBusConnection *far, const char *sender, const char *path, const char *interface,
               const char *signal, GVariant *parameters, gpointer bus)
{
  g_dbus_connection_emit_signal (bus, NULL, PLAIN_PATH, PLAIN_IFACE, signal, parameters, NULL);
}

static void export(GDBusConnection *connection, GDBusInterfaceMethodCallFunc func,
                   gpointer user_data)
{
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (plain_xml, NULL);
  const GDBusInterfaceVTable vtable = { .method_call = func };
  g_autoptr (GError) error = NULL;

  g_dbus_connection_register_object (connection, PLAIN_PATH, node->interfaces[0], &vtable,
                                     user_data, NULL, &error);
  g_assert_no_error (error);
}

static GDBusConnection *
open_end (int fd, gboolean is_server)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);
  g_autoptr (GSocketConnection) stream = g_socket_connection_factory_create_connection (socket);
  g_autofree char *guid = g_dbus_generate_guid ();
  GDBusConnection *connection =
      g_dbus_connection_new_sync (G_IO_STREAM (stream), is_server ? guid : NULL,
                                  is_server ? G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_SERVER
                                            : G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT,
                                  NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static int
run_far (int fd)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GDBusConnection *connection = open_end (fd, FALSE);

  export(connection, far_call, NULL);
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}

static GPid
spawn_self (const char *what, const char *argument, int fd)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { self, what, argument, NULL };
  g_autoptr (GError) error = NULL;
  const int targets[] = { 3 };
  GPid pid;

  g_spawn_async_with_pipes_and_fds (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, -1, -1,
                                    -1, &fd, targets, fd >= 0 ? 1 : 0, &pid, NULL, NULL, NULL,
                                    &error);
  g_assert_no_error (error);
  return pid;
}

static int
run_middle (const char *address)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  GDBusConnection *far;
  GDBusConnection *bus;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  spawn_self ("--far", "3", ends[1]);
  close (ends[1]);
  far = open_end (ends[0], TRUE);
  bus =
      g_dbus_connection_new_for_address_sync (address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  export(bus, middle_call, far);
  g_dbus_connection_signal_subscribe (far, NULL, PLAIN_IFACE, NULL, PLAIN_PATH, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, middle_signal, bus, NULL);
  g_signal_connect_swapped (far, "closed", G_CALLBACK (g_main_loop_quit), loop);
  g_bus_own_name_on_connection (bus, PLAIN_NAME, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL,
                                NULL);
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}

/* The subscriber and the script: this process. */

typedef struct
{
  const char *label;
  const char *name;
  const char *path;
  const char *interface;
  const char *signal_interface;
  const char *signal_path;
  GPid pid; /* of the one in the middle; its children are the far ones */
  double event_seconds[ROUNDS];
  double event_cpu[ROUNDS]; /* of middle and far, in seconds */
  double request_usec[ROUNDS];
} Chain;

typedef struct
{
  guint count;
  guint wanted;
} Progress;

static void
count_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
  ((Progress *)user_data)->count++;
}

static gboolean
have_all (HubFixture *hub, gpointer user_data)
{
  Progress *progress = user_data;

  return progress->count >= progress->wanted;
}

static double
read_cpu_seconds (const Chain *chain)
{
  g_autoptr (GArray) pids = bn_process_children (chain->pid);
  guint64 sum = 0;

  g_array_append_val (pids, chain->pid);
  for (guint i = 0; i < pids->len; i++)
    {
      BnProcessCost cost;

      bn_process_cost_read (g_array_index (pids, GPid, i), &cost);
      sum += cost.cpu_nsec;
    }
  return (double)sum / 1e9;
}

static void
measure_events (HubFixture *hub, Chain *chain, guint round)
{
  Progress progress = { 0 };
  guint id = g_dbus_connection_signal_subscribe (
      hub->connection, chain->name, chain->signal_interface, "Event", chain->signal_path, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, count_cb, &progress, NULL);
  double cpu = read_cpu_seconds (chain);
  gint64 began_usec = g_get_monotonic_time ();

  /* In steps: past 1 MiB that the bus has not taken the hub announces a gap instead. */
  for (progress.wanted = STEP; progress.wanted <= EVENTS; progress.wanted += STEP)
    {
      g_dbus_connection_call (hub->connection, chain->name, chain->path, chain->interface, "Tell",
                              g_str_equal (chain->interface, PLAIN_IFACE)
                                  ? g_variant_new ("(u)", STEP)
                                  : g_variant_new ("(su)", "bench", STEP),
                              NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
      hub_fixture_wait (hub, have_all, &progress);
    }
  chain->event_seconds[round] = (double)(g_get_monotonic_time () - began_usec) / G_USEC_PER_SEC;
  chain->event_cpu[round] = read_cpu_seconds (chain) - cpu;
  g_dbus_connection_signal_unsubscribe (hub->connection, id);
}

static void
measure_requests (HubFixture *hub, Chain *chain, guint round)
{
  gint64 began_usec = g_get_monotonic_time ();

  for (guint i = 0; i < REQUESTS; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
          hub->connection, chain->name, chain->path, chain->interface, "Echo",
          g_variant_new ("(s)", "bench"), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

      g_assert_no_error (error);
    }
  chain->request_usec[round] = (double)(g_get_monotonic_time () - began_usec) / REQUESTS;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double left = *(const double *)a;
  double right = *(const double *)b;

  return (left > right) - (left < right);
}

static double
median (double *values)
{
  qsort (values, ROUNDS, sizeof *values, compare);
  return values[ROUNDS / 2];
}

static void
report (Chain *ours, Chain *plain)
{
  double our_seconds = median (ours->event_seconds);
  double plain_seconds = median (plain->event_seconds);
  double our_usec = median (ours->request_usec);
  double plain_usec = median (plain->request_usec);
  double our_cpu = median (ours->event_cpu);
  double plain_cpu = median (plain->event_cpu);

  g_print ("events to a bus subscriber: hub %.0f/s, plain GDBus %.0f/s, ratio %.2f (goal >= 0.8)\n",
           EVENTS / our_seconds, EVENTS / plain_seconds, plain_seconds / our_seconds);
  g_print ("  CPU of hub and module, of the two plain processes: %.1f, %.1f us an event\n",
           our_cpu / EVENTS * 1e6, plain_cpu / EVENTS * 1e6);
  g_print ("request, script to module and back: hub %.0f us, plain GDBus %.0f us, ratio %.2f "
           "(goal <= 1.2)\n",
           our_usec, plain_usec, our_usec / plain_usec);
}

static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer appeared)
{
  *(gboolean *)appeared = TRUE;
}

static gboolean
is_set (HubFixture *hub, gpointer flag)
{
  return *(gboolean *)flag;
}

static void
wait_for_plain (HubFixture *hub)
{
  gboolean appeared = FALSE;
  guint id =
      g_bus_watch_name_on_connection (hub->connection, PLAIN_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                      appeared_cb, NULL, &appeared, NULL);

  hub_fixture_wait (hub, is_set, &appeared);
  g_bus_unwatch_name (id);
}

int
main (int argc, char *argv[])
{
  HubFixture hub = { 0 };
  Chain ours = { .name = BN_BUS_NAME,
                 .path = BN_MODULES_PATH "/echo",
                 .interface = "org.binnacle.Echo1",
                 .signal_interface = BN_IFACE_EVENT_BUS,
                 .signal_path = BN_HUB_PATH };
  Chain plain = { .name = PLAIN_NAME,
                  .path = PLAIN_PATH,
                  .interface = PLAIN_IFACE,
                  .signal_interface = PLAIN_IFACE,
                  .signal_path = PLAIN_PATH };

  if (argc == 3 && g_str_equal (argv[1], "--far"))
    return run_far (atoi (argv[2]));
  if (argc == 3 && g_str_equal (argv[1], "--middle"))
    return run_middle (argv[2]);
  hub_fixture_set_up (&hub, NULL);
  hub_fixture_load_echo (&hub);
  g_dbus_connection_signal_unsubscribe (hub.connection, hub.subscription_id);
  hub.subscription_id = 0;
  ours.pid = hub.pid;
  plain.pid = spawn_self ("--middle", hub.bus_address, -1);
  wait_for_plain (&hub);
  for (guint round = 0; round < ROUNDS; round++)
    {
      measure_events (&hub, &ours, round);
      measure_events (&hub, &plain, round);
      measure_requests (&hub, &ours, round);
      measure_requests (&hub, &plain, round);
    }
  report (&ours, &plain);
  kill (plain.pid, SIGTERM); /* the far one ends with its connection */
  g_spawn_close_pid (plain.pid);
  hub_fixture_tear_down (&hub, NULL);
  return EXIT_SUCCESS;
}
