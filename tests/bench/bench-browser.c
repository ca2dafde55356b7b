/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What it costs to watch a machine with a browser: CPU time, memory and wake-ups of hub,
 * system_info and bridge, with nobody there, with the page's overview, and with a page in a hidden
 * tab. All are real; the browser is a WebSocket in this process, which is not counted.
 *
 * bench-browser [SECONDS]: of each phase, 20 by default. Prints a line a figure. */
#include <stdlib.h>

#include "process-cost.h"
#include "tests/web-bridge/bridge-process.h"
#include "tests/web-bridge/web-client.h"

#define SETTLE_MS 6000
#define N_PROCESSES 3

/* What the cards of the overview show, as the page asks for it: a subscription a type. */
static const char *const overview[] = { "cpu", "memory", "filesystem", "network" };

typedef struct
{
  const char *name;
  GPid pid;
} Process;

typedef struct
{
  HubFixture hub;
  BridgeProcess bridge;
  Process processes[N_PROCESSES];
  guint seconds;
} Bench;

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
print_figures (const char *phase, const char *name, const BnProcessCost *cost, guint64 pss_kib,
               double elapsed_sec)
{
  g_print ("%s, %s: %.4f CPU s a minute, %.1f MB, %.1f wake-ups/s\n", phase, name,
           (double)cost->cpu_nsec * 1e-9 * 60 / elapsed_sec, (double)pss_kib / 1024,
           (double)cost->wakeups / elapsed_sec);
}

static void
measure (Bench *self, const char *phase)
{
  BnProcessCost before[N_PROCESSES], together = { 0 };
  guint64 pss_kib = 0;
  gint64 begin;

  wait_ms (SETTLE_MS);
  for (guint i = 0; i < N_PROCESSES; i++)
    bn_process_cost_read (self->processes[i].pid, &before[i]);
  begin = g_get_monotonic_time ();
  wait_ms (self->seconds * 1000);
  for (guint i = 0; i < N_PROCESSES; i++)
    {
      const Process *process = &self->processes[i];
      double elapsed_sec = (double)(g_get_monotonic_time () - begin) * 1e-6;
      guint64 own_pss_kib = bn_process_pss_kib (process->pid);
      BnProcessCost after, used = { 0 };

      bn_process_cost_read (process->pid, &after);
      bn_process_cost_add (&used, &before[i], &after);
      bn_process_cost_add (&together, &before[i], &after);
      pss_kib += own_pss_kib;
      print_figures (phase, process->name, &used, own_pss_kib, elapsed_sec);
    }
  print_figures (phase, "together", &together, pss_kib,
                 (double)(g_get_monotonic_time () - begin) * 1e-6);
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

  bridge_process_stop (&self.bridge);
  hub_fixture_tear_down (&self.hub, NULL);
  return EXIT_SUCCESS;
}
