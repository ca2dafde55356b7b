/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The end of the hub, wanted or not: F8 and F32. */
#include <signal.h>
#include <sys/wait.h>

#include "bounds.h"
#include "durable-writer.h"
#include "hostile-module.h"
#include "introspection/names.h"

#define KILLS_SHORT 10
#define KILLS_LONG 100
#define KILL_MS_MAX                                                                                \
  150 /* the writer has begun by then, and goes on; more if the machine is busy                    \
       */
#define READY_USEC_MAX (1 * G_USEC_PER_SEC)
#define STARTS 3 /* without a fault, to compare with */
#define EXIT_USEC_MAX (5 * G_USEC_PER_SEC)
#define CHILDREN 50

static gboolean
set_cb (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_set (HubFixture *hub, gpointer user_data)
{
  return *(gboolean *)user_data;
}

/* From the start of the hub until it and its modules serve. */
static gint64
start_hub (HubFixture *hub)
{
  gint64 began_usec = g_get_monotonic_time ();

  hub_fixture_start (hub);
  fault_module_wait_state (hub, "echo", "ready");
  return g_get_monotonic_time () - began_usec;
}

/* F8: killed at any moment of its writing, it is back at once and has forgotten nothing. */
static void
test_killed (HubFixture *hub, gconstpointer data)
{
  guint kills = g_test_thorough () ? KILLS_LONG : KILLS_SHORT;
  g_autofree gint64 *times_usec = g_new (gint64, kills);
  g_autoptr (DurableWriter) writer = durable_writer_new (hub, "twin");
  int kill_ms_max;
  gint64 start_usec = 0;
  gint64 ready_usec;
  guint answered = 0;

  hub_fixture_load_echo (hub);
  hub_fixture_load_twin (hub);
  for (guint i = 0; i < STARTS; i++)
    {
      gint64 took_usec;

      hub_fixture_stop (hub, SIGTERM);
      took_usec = start_hub (hub);
      start_usec = MAX (start_usec, took_usec);
    }
  kill_ms_max = MAX (KILL_MS_MAX, (int)(2 * start_usec / 1000));
  for (guint i = 0; i < kills; i++)
    {
      gboolean due = FALSE;

      g_timeout_add ((guint)g_test_rand_int_range (0, kill_ms_max), set_cb, &due);
      durable_writer_begin (writer);
      hub_fixture_wait (hub, is_set, &due);
      hub_fixture_stop (hub, SIGKILL);
      answered += durable_writer_wait (writer);
      times_usec[i] = start_hub (hub);
      durable_writer_check (writer);
    }
  ready_usec = fault_most (times_usec, kills);
  g_test_message ("F8 ready again within %" G_GINT64_FORMAT
                  " ms (99 %% of %u kills; half within %" G_GINT64_FORMAT
                  " ms); a start takes up to %" G_GINT64_FORMAT
                  " ms; %u writes were answered, and all of them held",
                  ready_usec / 1000, kills, times_usec[kills / 2] / 1000, start_usec / 1000,
                  answered);
  g_assert_cmpuint (answered, >, kills / 2);
  if (TIME_IS_REAL)
    g_assert_cmpint (ready_usec, <=, MAX (READY_USEC_MAX, 3 * start_usec));
}

/* F32 */

static void
ignore_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);
}

static void
begin_call (HubFixture *hub, const char *path, const char *interface, const char *method,
            GVariant *arguments)
{
  g_dbus_connection_call (hub->connection, BN_BUS_NAME, path, interface, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 20000, NULL, ignore_cb, NULL);
}

/* What was killed with the hub takes a moment to be gone. */
static gboolean
is_alone (HubFixture *hub, gpointer user_data)
{
  return fault_count_in_folder (hub) == 0;
}

/* Sends SIGTERM and checks how the hub ended: soon, well, and with everything that it started. */
static void
shut_down (HubFixture *hub, const char *what)
{
  gint64 began_usec = g_get_monotonic_time ();
  gint64 took_usec;

  hub_fixture_stop (hub, SIGTERM);
  fault_wait (hub, is_alone, NULL);
  took_usec = g_get_monotonic_time () - began_usec;
  g_test_message ("F32 %s: the hub ended after %" G_GINT64_FORMAT " ms", what, took_usec / 1000);
  g_assert_true (WIFEXITED (hub->status));
  g_assert_cmpint (WEXITSTATUS (hub->status), ==, 0);
  g_assert_cmpint (took_usec, <=, EXIT_USEC_MAX);
}

static gboolean
has_children (HubFixture *hub, gpointer user_data)
{
  return fault_count_group (*(GPid *)user_data) > CHILDREN;
}

/* While calls run, one module floods, one is being replaced, and one starts for ever. */
static void
test_busy (HubFixture *hub, gconstpointer data)
{
  GPid pid;

  hub_fixture_load_echo (hub);
  hub_fixture_load_twin (hub);
  hostile_load (hub, "");
  pid = (GPid)fault_module_number (hub, "hostile", "Pid");
  hostile_do (hub, "fork", CHILDREN);
  fault_wait (hub, has_children, &pid);
  hostile_do (hub, "flood-events", G_MAXUINT32);
  begin_call (hub, BN_MODULES_PATH "/echo", "org.binnacle.Echo1", "RestoreSlowly",
              g_variant_new ("(u)", 2900));
  for (guint i = 0; i < 20; i++)
    begin_call (hub, BN_MODULES_PATH "/echo", "org.binnacle.Echo1", "Wait", NULL);
  begin_call (hub, BN_HUB_PATH, BN_IFACE_MODULES, "Reload", g_variant_new ("(s)", "echo"));
  fault_module_verb (hub, "disable", "twin");
  shut_down (hub, "a flood, waiting calls, a replacement, a change that was answered");
  hub_fixture_start (hub);
  g_assert_true (fault_module_is (hub, "twin", "disabled"));
}

/* While a module does not heed anything that it is told. */
static void
test_deaf (HubFixture *hub, gconstpointer data)
{
  hub_fixture_load_echo (hub);
  hostile_load (hub, "");
  hostile_do (hub, "fork", CHILDREN);
  hostile_do (hub, "ignore-signals", 0);
  shut_down (hub, "a module that ignores signals");
}

/* While a module starts that never says a word, and another one that fails again and again. */
static void
test_starting (HubFixture *hub, gconstpointer data)
{
  hub_fixture_load_echo (hub);
  hostile_install (hub, "hello=never");
  begin_call (hub, BN_HUB_PATH, BN_IFACE_MODULES, "Load", g_variant_new ("(s)", "hostile"));
  fault_module_wait_told (hub, "hostile", "starting");
  shut_down (hub, "a module that starts for ever");
  hostile_install (hub, "start=abort");
  hub_fixture_start (hub);
  fault_module_wait_told (hub, "hostile", "backoff");
  shut_down (hub, "a module in its backoff");
}

/* While somebody writes. */
static void
test_writing (HubFixture *hub, gconstpointer data)
{
  g_autoptr (DurableWriter) writer = durable_writer_new (hub, "twin");

  hub_fixture_load_echo (hub);
  hub_fixture_load_twin (hub);
  for (guint i = 0; i < 3; i++)
    {
      gboolean due = FALSE;

      g_timeout_add ((guint)g_test_rand_int_range (0, KILL_MS_MAX), set_cb, &due);
      durable_writer_begin (writer);
      hub_fixture_wait (hub, is_set, &due);
      shut_down (hub, "writes");
      durable_writer_wait (writer);
      start_hub (hub);
      durable_writer_check (writer);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/deaths/" path, HubFixture, NULL, hub_fixture_set_up, func,                     \
              hub_fixture_tear_down)
  ADD ("killed", test_killed);
  ADD ("busy", test_busy);
  ADD ("deaf", test_deaf);
  ADD ("starting", test_starting);
  ADD ("writing", test_writing);
  return g_test_run ();
}
