/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What it costs to watch this machine: hub and system_info, with one subscriber on the bus, with
 * none, and with ten modules more. A line a figure.
 *
 * Beside it runs the floor: a process that reads five files of /proc each second and emits one
 * GDBus signal of eight values. Machines differ, and so do minutes; the ratio of the two does so
 * much less. */
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "introspection/names.h"
#include "process-cost.h"
#include "tests/integration/hub-fixture.h"

#define WARM_UP_SECONDS 4
#define MODULES 10

static const char *const floor_files[] = { "/proc/stat", "/proc/meminfo", "/proc/diskstats",
                                           "/proc/net/dev", "/proc/loadavg" };

typedef struct
{
  GDBusConnection *connection;
  int fds[G_N_ELEMENTS (floor_files)];
} Floor;

static gboolean
floor_tick (gpointer user_data)
{
  static char buffer[64 * 1024];
  Floor *self = user_data;
  GVariantBuilder payload;

  for (guint i = 0; i < G_N_ELEMENTS (floor_files); i++)
    g_assert_cmpint (pread (self->fds[i], buffer, sizeof buffer, 0), >, 0);
  g_variant_builder_init (&payload, G_VARIANT_TYPE_VARDICT);
  for (guint i = 0; i < 8; i++)
    {
      char name[16];

      g_snprintf (name, sizeof name, "value_%u", i);
      g_variant_builder_add (&payload, "{sv}", name, g_variant_new_double (i * 1.5));
    }
  g_dbus_connection_emit_signal (self->connection, NULL, "/floor", "org.binnacle.Floor", "Sample",
                                 g_variant_new ("(sa{sv})", "floor.sample", &payload), NULL);
  return G_SOURCE_CONTINUE;
}

static int
run_floor (const char *address)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  Floor self = { 0 };

  self.connection =
      g_dbus_connection_new_for_address_sync (address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (floor_files); i++)
    self.fds[i] = open (floor_files[i], O_RDONLY | O_CLOEXEC);
  g_timeout_add_seconds (1, floor_tick, &self);
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}

static GPid
start_floor (HubFixture *hub)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  const char *argv[] = { self, "--floor", hub->bus_address, NULL };
  g_autoptr (GError) error = NULL;
  GPid pid;

  g_spawn_async (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  return pid;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
pass_seconds (guint seconds)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_timeout_add_seconds (seconds, quit, loop);
  g_main_loop_run (loop);
}

static void
count_samples (GDBusConnection *connection, const char *sender, const char *path,
               const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  g_autoptr (GVariant) samples = g_variant_get_child_value (parameters, 0);

  *(guint64 *)user_data += g_variant_n_children (samples);
}

static void
load (HubFixture *hub, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) loaded = hub_fixture_call (hub, BN_HUB_PATH, BN_IFACE_MODULES, "Load",
                                                  g_variant_new ("(s)", name), &error);

  g_assert_no_error (error);
}

/* What hub, modules and @floor use in @seconds. */
static void
measure (HubFixture *hub, GPid floor, guint seconds, BnProcessCost *ours, BnProcessCost *lowest)
{
  g_autoptr (GArray) pids = bn_process_children (hub->pid);
  g_autofree BnProcessCost *before = NULL;
  BnProcessCost after;

  g_array_append_val (pids, hub->pid);
  g_array_append_val (pids, floor);
  before = g_new0 (BnProcessCost, pids->len);
  for (guint i = 0; i < pids->len; i++)
    bn_process_cost_read (g_array_index (pids, GPid, i), &before[i]);
  pass_seconds (seconds);
  *ours = *lowest = (BnProcessCost){ 0 };
  for (guint i = 0; i < pids->len; i++)
    {
      bn_process_cost_read (g_array_index (pids, GPid, i), &after);
      bn_process_cost_add (i == pids->len - 1 ? lowest : ours, &before[i], &after);
    }
}

static guint64
get_pss_kib (HubFixture *hub)
{
  g_autoptr (GArray) pids = bn_process_children (hub->pid);
  guint64 sum = bn_process_pss_kib (hub->pid);

  for (guint i = 0; i < pids->len; i++)
    sum += bn_process_pss_kib (g_array_index (pids, GPid, i));
  return sum;
}

static void
measure_watched (HubFixture *hub, GPid floor, const char *patterns, const char *options,
                 const char *label, guint seconds)
{
  g_autofree char *arguments = g_strdup_printf ("(%s, %s)", patterns, options);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) lease = NULL;
  g_autoptr (GVariant) ended = NULL;
  BnProcessCost ours, lowest;
  guint64 samples = 0;
  guint32 id;
  guint watch = g_dbus_connection_signal_subscribe (
      hub->connection, BN_BUS_NAME, BN_IFACE_EVENT_BUS, "Samples", BN_HUB_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, count_samples, &samples, NULL);

  lease = hub_fixture_call (hub, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Subscribe",
                            g_variant_new_parsed (arguments), &error);
  g_assert_no_error (error);
  g_variant_get (lease, "(u)", &id);
  pass_seconds (WARM_UP_SECONDS);
  samples = 0;
  measure (hub, floor, seconds, &ours, &lowest);
  g_print ("%-34s %7.4f CPU s/min (floor %.4f, ratio %.2f) %6.1f wake-ups/s (floor %.1f) "
           "%5" G_GUINT64_FORMAT " KiB PSS %5.1f samples/s\n",
           label, (double)ours.cpu_nsec / 1e9 / seconds * 60,
           (double)lowest.cpu_nsec / 1e9 / seconds * 60,
           (double)ours.cpu_nsec / (double)lowest.cpu_nsec, (double)ours.wakeups / seconds,
           (double)lowest.wakeups / seconds, get_pss_kib (hub), (double)samples / seconds);
  ended = hub_fixture_call (hub, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Unsubscribe",
                            g_variant_new ("(u)", id), &error);
  g_assert_no_error (error);
  g_dbus_connection_signal_unsubscribe (hub->connection, watch);
}

static void
measure_idle (HubFixture *hub, GPid floor, guint seconds)
{
  BnProcessCost ours, lowest;

  pass_seconds (WARM_UP_SECONDS);
  measure (hub, floor, seconds, &ours, &lowest);
  g_print ("%-34s %7.4f CPU s/min, %" G_GUINT64_FORMAT " wake-ups in %u s\n", "nobody subscribed",
           (double)ours.cpu_nsec / 1e9 / seconds * 60, ours.wakeups, seconds);
}

/* The module echo under another name. */
static void
install_copy (HubFixture *hub, guint number)
{
  g_autofree char *name = g_strdup_printf ("copy%u", number);
  g_autofree char *folder = g_build_filename (hub->module_folder, name, NULL);
  g_autofree char *program = g_build_filename (ECHO_FOLDER, "binnacle-echo", NULL);
  g_autofree char *link = g_build_filename (folder, "binnacle-echo", NULL);
  g_autofree char *manifest = g_strdup_printf ("%s/%s.module", folder, name);
  g_autofree char *text =
      g_strdup_printf ("[Module]\nName=%s\nVersion=1.0\nSummary=A copy\n"
                       "Exec=binnacle-echo\nBus=session\n[Worker tick]\n"
                       "Interval=1000\nDemand=true\n[Event tick]\nClass=sample\n"
                       "Fields=count:t;monotonic:x:usec\nWorker=tick\n",
                       name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) from = g_file_new_for_path (program);
  g_autoptr (GFile) to = g_file_new_for_path (link);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_file_set_contents (manifest, text, -1, &error);
  g_assert_no_error (error);
  load (hub, name);
}

int
main (int argc, char *argv[])
{
  HubFixture hub = { 0 };
  GPid floor;
  guint seconds = 30;

  if (argc == 3 && g_str_equal (argv[1], "--floor"))
    return run_floor (argv[2]);
  if (argc == 2)
    seconds = (guint)MAX (1, atoi (argv[1]));
  hub_fixture_set_up (&hub, NULL);
  hub_fixture_install (&hub, SYSTEM_INFO_FOLDER);
  load (&hub, "system_info");
  floor = start_floor (&hub);
  measure_watched (&hub, floor, "['system_info.*']", "@a{sv} {}", "all of system_info", seconds);
  measure_watched (&hub, floor,
                   "['system_info.cpu', 'system_info.memory', 'system_info.disk', "
                   "'system_info.network', 'system_info.filesystem']",
                   "@a{sv} {}", "CPU, memory, disks, network, mounts", seconds);
  measure_idle (&hub, floor, seconds);
  for (guint i = 1; i < MODULES; i++)
    install_copy (&hub, i);
  pass_seconds (1);
  g_print ("%-34s %5" G_GUINT64_FORMAT " KiB PSS\n", "hub and ten modules", get_pss_kib (&hub));
  measure_watched (&hub, floor,
                   "['hub.statistics', 'event.statistics', 'module.statistics', "
                   "'worker.statistics', 'link.statistics']",
                   "{'interval-ms': <uint32 1000>}", "the hub itself, ten modules, 1 Hz", seconds);
  kill (floor, SIGTERM);
  g_spawn_close_pid (floor);
  hub_fixture_tear_down (&hub, NULL);
  return EXIT_SUCCESS;
}
