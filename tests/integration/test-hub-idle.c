/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Nobody is interested: nothing of ours wakes up. */
#include <string.h>

#include "hub-fixture.h"
#include "introspection/names.h"

/* Longer than it takes until a module that is overdue is pinged. */
#define QUIET_MS 4000

static guint64
find_number (const char *text, const char *key)
{
  const char *at = strstr (text, key);

  g_assert_nonnull (at);
  return g_ascii_strtoull (at + strlen (key), NULL, 10);
}

/* The voluntary context switches of a process, without those of GLib's pool: a thread in it wakes
 * up once more, to end itself. */
static guint64
count_wakeups (GPid pid)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%d/task", pid);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) tasks = g_dir_open (folder, 0, &error);
  const char *task;
  guint64 sum = 0;

  g_assert_no_error (error);
  while ((task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, task, "status", NULL);
      g_autofree char *text = NULL;

      if (g_file_get_contents (path, &text, NULL, NULL) && !g_str_has_prefix (text, "Name:\tpool"))
        sum += find_number (text, "\nvoluntary_ctxt_switches:");
    }
  return sum;
}

static gboolean
over_cb (gpointer over)
{
  *(gboolean *)over = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_over (HubFixture *self, gpointer over)
{
  return *(gboolean *)over;
}

static void
pass (HubFixture *self, guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, over_cb, &over);
  hub_fixture_wait (self, is_over, &over);
}

static void
count_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
  ++*(guint *)user_data;
}

static gboolean
has_three (HubFixture *self, gpointer count)
{
  return *(guint *)count >= 3;
}

static void
assert_quiet (HubFixture *self)
{
  g_autoptr (GVariant) module = hub_fixture_module_property (self, "Pid");
  GPid module_pid = (GPid)g_variant_get_uint32 (module);
  guint64 of_hub;
  guint64 of_module;

  pass (self, 500); /* answers are on their way, threads go back to sleep */
  of_hub = count_wakeups (self->pid);
  of_module = count_wakeups (module_pid);
  pass (self, QUIET_MS);
  g_assert_cmpuint (count_wakeups (self->pid), ==, of_hub);
  g_assert_cmpuint (count_wakeups (module_pid), ==, of_module);
}

/* Before anybody subscribed. */
static void
test_before (HubFixture *self, gconstpointer data)
{
  hub_fixture_load_echo (self);
  assert_quiet (self);
}

/* Subscribes to @type until three messages have come, and ends the subscription. */
static void
look_for_a_while (HubFixture *self, const char *type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) lease = NULL;
  g_autoptr (GVariant) ended = NULL;
  guint count = 0;
  guint32 id;
  guint watch;

  watch = g_dbus_connection_signal_subscribe (self->connection, BN_BUS_NAME, BN_IFACE_EVENT_BUS,
                                              "Samples", BN_HUB_PATH, NULL,
                                              G_DBUS_SIGNAL_FLAGS_NONE, count_cb, &count, NULL);
  lease = hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Subscribe",
                            g_variant_new_parsed ("([%s], {'interval-ms': <uint32 100>})", type),
                            &error);
  g_assert_no_error (error);
  g_variant_get (lease, "(u)", &id);
  hub_fixture_wait (self, has_three, &count);
  ended = hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Unsubscribe",
                            g_variant_new ("(u)", id), &error);
  g_assert_no_error (error);
  g_dbus_connection_signal_unsubscribe (self->connection, watch);
}

/* After the last subscription ended: the module owes no word any more, so it is not pinged. */
static void
test_after (HubFixture *self, gconstpointer data)
{
  hub_fixture_load_echo (self);
  look_for_a_while (self, "echo.tick");
  assert_quiet (self);
}

/* What the hub measures of itself rests too. */
static void
test_metrics (HubFixture *self, gconstpointer data)
{
  hub_fixture_load_echo (self);
  look_for_a_while (self, "hub.statistics");
  look_for_a_while (self, "event.statistics");
  look_for_a_while (self, "module.statistics");
  look_for_a_while (self, "worker.statistics");
  look_for_a_while (self, "link.statistics");
  assert_quiet (self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/idle/" path, HubFixture, NULL, hub_fixture_set_up, func, hub_fixture_tear_down)
  ADD ("before", test_before);
  ADD ("after", test_after);
  ADD ("metrics", test_metrics);
  return g_test_run ();
}
