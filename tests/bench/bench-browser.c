/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What it costs to watch a machine with a browser: CPU time, memory and wake-ups of hub,
 * system_info and bridge, with nobody there, with the page's overview, and with a page in a hidden
 * tab. All are real; the browser is a WebSocket in this process, which is not counted.
 *
 * bench-browser [SECONDS]: of each phase, 20 by default. Prints a line a figure. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/web-bridge/bridge-process.h"
#include "tests/web-bridge/web-client.h"

#define SETTLE_MS 6000

/* What the cards of the overview show, as the page asks for it: a subscription a type. */
static const char *const overview[] = { "cpu", "memory", "filesystem", "network" };

typedef struct
{
  const char *name;
  GPid pid;
  double cpu_sec;
  GHashTable *switches; /* thread -> how often it had waited */
} Process;

typedef struct
{
  HubFixture hub;
  BridgeProcess bridge;
  Process processes[3];
  guint seconds;
} Bench;

static char *
read_proc (GPid pid, const char *file)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int)pid, file);
  char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    g_error ("%s is gone", path);
  return text;
}

static guint64
number_behind (const char *text, const char *label)
{
  const char *at = strstr (text, label);

  return at != NULL ? g_ascii_strtoull (at + strlen (label), NULL, 10) : 0;
}

static double
measure_cpu (GPid pid)
{
  clockid_t clock;
  struct timespec time;

  if (clock_getcpuclockid (pid, &clock) != 0 || clock_gettime (clock, &time) != 0)
    g_error ("The process %d is gone", (int)pid);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

/* How often its threads have waited since the last time. Those that came and went are not seen. */
static guint64
measure_wakeups (Process *process)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%d/task", (int)process->pid);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GHashTable) before = g_steal_pointer (&process->switches);
  const char *thread;
  guint64 wakeups = 0;

  process->switches = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while (dir != NULL && (thread = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename ("task", thread, "status", NULL);
      g_autofree char *status = read_proc (process->pid, file);
      guint64 switches = number_behind (status, "\nvoluntary_ctxt_switches:");
      gpointer known = before != NULL ? g_hash_table_lookup (before, thread) : NULL;

      wakeups += switches - GPOINTER_TO_SIZE (known);
      g_hash_table_insert (process->switches, g_strdup (thread), GSIZE_TO_POINTER (switches));
    }
  return wakeups;
}

static double
measure_pss_mb (GPid pid)
{
  g_autofree char *rollup = read_proc (pid, "smaps_rollup");

  return number_behind (rollup, "\nPss:") / 1024.0;
}

static void
wait_ms (guint ms)
{
  gint64 until = g_get_monotonic_time () + ms * G_GINT64_CONSTANT (1000);
  gboolean over = FALSE;

  while (!over)
    {
      guint left = MAX ((until - g_get_monotonic_time ()) / 1000, 1);
      guint id = g_timeout_add (left, web_client_wake, NULL);

      g_main_context_iteration (NULL, TRUE);
      g_source_remove (id);
      over = g_get_monotonic_time () >= until;
    }
}

static void
measure (Bench *self, const char *phase)
{
  double cpu_sum = 0, pss_sum = 0, wakeups_sum = 0;
  gint64 begin;

  wait_ms (SETTLE_MS);
  for (guint i = 0; i < G_N_ELEMENTS (self->processes); i++)
    {
      self->processes[i].cpu_sec = measure_cpu (self->processes[i].pid);
      measure_wakeups (&self->processes[i]);
    }
  begin = g_get_monotonic_time ();
  wait_ms (self->seconds * 1000);
  for (guint i = 0; i < G_N_ELEMENTS (self->processes); i++)
    {
      Process *process = &self->processes[i];
      double elapsed = (g_get_monotonic_time () - begin) * 1e-6;
      double cpu_sec = (measure_cpu (process->pid) - process->cpu_sec) * 60 / elapsed;
      double wakeups = measure_wakeups (process) / elapsed;
      double pss = measure_pss_mb (process->pid);

      cpu_sum += cpu_sec;
      pss_sum += pss;
      wakeups_sum += wakeups;
      g_print ("%s, %s: %.4f CPU s a minute, %.1f MB, %.1f wake-ups/s\n", phase, process->name,
               cpu_sec, pss, wakeups);
    }
  g_print ("%s, together: %.4f CPU s a minute, %.1f MB, %.1f wake-ups/s\n", phase, cpu_sum, pss_sum,
           wakeups_sum);
}

/* The page's own messages when it connects. */
static WebClient *
open_page (Bench *self)
{
  WebClient *client = web_client_new (self->bridge.port);

  web_client_join (client, self->bridge.token);
  web_client_say (client, "{\"type\":\"system.hello\",\"id\":1,\"payload\":{\"protocol\":2,"
                          "\"client\":{\"name\":\"bench\"},\"capabilities\":[\"coalesce\"]}}");
  g_free (web_client_hear_with (client, "system.hello.result"));
  return client;
}

static void
subscribe (WebClient *client)
{
  for (guint i = 0; i < G_N_ELEMENTS (overview); i++)
    {
      g_autofree char *message = g_strdup_printf (
          "{\"type\":\"websocket.subscribe\",\"id\":%u,\"payload\":{\"sub\":\"s:system_info.%s\","
          "\"patterns\":[\"system_info.%s\"],\"rate\":1}}",
          i + 2, overview[i], overview[i]);

      web_client_say (client, message);
      g_free (web_client_hear_with (client, "\"ok\":true"));
    }
}

static void
unsubscribe (WebClient *client)
{
  for (guint i = 0; i < G_N_ELEMENTS (overview); i++)
    {
      g_autofree char *message = g_strdup_printf (
          "{\"type\":\"websocket.unsubscribe\",\"id\":%u,\"payload\":{\"sub\":\"s:system_info.%s\"}"
          "}",
          i + 20, overview[i]);

      web_client_say (client, message);
      g_free (web_client_hear_with (client, "websocket.unsubscribe.result"));
    }
}

static GPid
find_module (Bench *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) value = NULL;

  hub_fixture_install (&self->hub, SYSTEM_INFO_FOLDER);
  reply = hub_fixture_request (&self->hub, "module.load", "{'name': <'system_info'>}", &error);
  g_assert_no_error (error);
  g_clear_pointer (&reply, g_variant_unref);
  reply = hub_fixture_call (&self->hub, "/org/binnacle/Hub1/modules/system_info",
                            "org.freedesktop.DBus.Properties", "Get",
                            g_variant_new ("(ss)", "org.binnacle.Module1", "Pid"), &error);
  g_assert_no_error (error);
  g_variant_get (reply, "(v)", &value);
  return g_variant_get_uint32 (value);
}

int
main (int argc, char **argv)
{
  Bench self = { .seconds = argc > 1 ? MAX (atoi (argv[1]), 1) : 20 };
  WebClient *client;

  hub_fixture_set_up (&self.hub, NULL);
  self.processes[1] = (Process){ "system_info", find_module (&self) };
  bridge_process_start (&self.bridge, &self.hub);
  self.processes[0] = (Process){ "hub", self.hub.pid };
  self.processes[2] = (Process){ "bridge", self.bridge.pid };

  measure (&self, "nobody");
  client = open_page (&self);
  subscribe (client);
  measure (&self, "overview");
  unsubscribe (client);
  measure (&self, "hidden tab");
  web_client_free (client);
  measure (&self, "nobody again");

  for (guint i = 0; i < G_N_ELEMENTS (self.processes); i++)
    g_hash_table_unref (self.processes[i].switches);
  bridge_process_stop (&self.bridge);
  hub_fixture_tear_down (&self.hub, NULL);
  return EXIT_SUCCESS;
}
