/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Workers under a real hub: the verbs, and statistics against known runs. */
#include "bus-client.h"
#include "introspection/names.h"

#define WORKER_PATH BN_WORKERS_PATH "/echo/tick"

static void
set_up (HubFixture *self, gconstpointer data)
{
  hub_fixture_set_up (self, data);
  hub_fixture_load_echo (self);
}

static void
act (HubFixture *self, const char *verb, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_WORKERS, verb,
                                                 g_variant_new ("(s)", name), &error);

  g_assert_no_error (error);
}

static void
set_interval (HubFixture *self, guint interval_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_WORKERS, "SetInterval",
                        g_variant_new ("(su)", "echo.tick", interval_ms), &error);

  g_assert_no_error (error);
}

static void
refuse (HubFixture *self, const char *verb, GVariant *arguments, BnError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_WORKERS, verb, arguments, &error);

  g_assert_null (reply);
  g_test_message ("%s: %s", verb, error->message);
  if (!bn_error_is (error, code))
    g_error ("%s: expected %s, got: %s", verb, bn_error_code (code), error->message);
}

static void
assert_worker (HubFixture *self, const char *state, guint interval_ms)
{
  g_autoptr (GVariant) is = hub_fixture_property (self, WORKER_PATH, BN_IFACE_WORKER, "State");
  g_autoptr (GVariant) interval =
      hub_fixture_property (self, WORKER_PATH, BN_IFACE_WORKER, "Interval");

  g_assert_cmpstr (g_variant_get_string (is, NULL), ==, state);
  g_assert_cmpuint (g_variant_get_uint32 (interval), ==, interval_ms);
}

static GVariant *
get_statistics (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, WORKER_PATH, BN_IFACE_WORKER, "GetStatistics", NULL, &error);

  g_assert_no_error (error);
  return g_variant_get_child_value (reply, 0);
}

static guint64
read_number (GVariant *statistics, const char *name)
{
  guint64 value = 0;

  if (!g_variant_lookup (statistics, name, "t", &value))
    g_error ("there is no “%s”", name);
  return value;
}

static guint64
get_number (HubFixture *self, const char *name)
{
  g_autoptr (GVariant) statistics = get_statistics (self);

  return read_number (statistics, name);
}

static void
work (HubFixture *self, guint busy_ms, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_echo (self, "Work", g_variant_new ("(us)", busy_ms, message), &error);

  g_assert_no_error (error);
}

/* Each verb, and the state after it. */
static void
test_verbs (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (GVariant) name = hub_fixture_property (self, WORKER_PATH, BN_IFACE_WORKER, "Name");
  g_autoptr (GVariant) demand = hub_fixture_property (self, WORKER_PATH, BN_IFACE_WORKER, "Demand");
  guint seen;

  g_assert_cmpstr (g_variant_get_string (name, NULL), ==, "echo.tick");
  g_assert_true (g_variant_get_boolean (demand));
  assert_worker (self, "sleeping", 1000);
  bus_client_subscribe (client, "['echo.tick']", "{}");
  bus_client_wait (client, client->samples, 1);
  assert_worker (self, "running", 1000);
  act (self, "Stop", "echo.tick");
  assert_worker (self, "stopped", 1000);
  hub_fixture_wait_event (self, "worker.state_changed", "'stopped'");
  act (self, "Stop", "tick");
  seen = client->samples->len;
  act (self, "RunNow", "tick"); /* also if it is stopped */
  bus_client_wait (client, client->samples, seen + 1);
  assert_worker (self, "stopped", 1000);
  act (self, "Start", "echo.tick");
  assert_worker (self, "running", 1000);
  bus_client_wait (client, client->samples, seen + 3);
  set_interval (self, 150);
  assert_worker (self, "running", 150);
  bus_client_wait (client, client->samples, seen + 6);
  set_interval (self, 0);
  assert_worker (self, "running", 1000);
  act (self, "Restart", "echo.tick");
  act (self, "Restart", "echo.tick");
  assert_worker (self, "running", 1000);
  g_assert_cmpuint (get_number (self, "restarts"), ==, 2);
}

/* Stop holds over a reload of the module. */
static void
test_stopped_over_reload (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  bus_client_subscribe (client, "['echo.tick']", "{}");
  bus_client_wait (client, client->samples, 1);
  act (self, "Stop", "echo.tick");
  set_interval (self, 200);
  reply = hub_fixture_request (self, "module.reload", "{'name': <'echo'>}", &error);
  g_assert_no_error (error);
  assert_worker (self, "stopped", 200);
  act (self, "Start", "echo.tick");
  assert_worker (self, "running", 200); /* who asked for no interval gets the worker's own */
}

/* The bare name of two workers is no name, and a module that does not run has no workers. */
static void
test_errors (HubFixture *self, gconstpointer data)
{
  static const char *const verbs[] = { "Start", "Stop", "Restart", "RunNow" };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) unloaded = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      refuse (self, verbs[i], g_variant_new ("(s)", "echo.nothing"), BN_ERROR_NOT_FOUND);
      refuse (self, verbs[i], g_variant_new ("(s)", ""), BN_ERROR_NOT_FOUND);
    }
  refuse (self, "SetInterval", g_variant_new ("(su)", "nobody.x", 1000), BN_ERROR_NOT_FOUND);
  refuse (self, "SetInterval", g_variant_new ("(su)", "echo.tick", 99), BN_ERROR_BAD_PAYLOAD);
  refuse (self, "SetInterval", g_variant_new ("(su)", "echo.tick", 86400001), BN_ERROR_BAD_PAYLOAD);
  refuse (self, "SetInterval", g_variant_new ("(s)", "echo.tick"), BN_ERROR_BAD_PAYLOAD);
  assert_worker (self, "sleeping", 1000);

  hub_fixture_load_twin (self);
  refuse (self, "Stop", g_variant_new ("(s)", "tick"), BN_ERROR_CONFLICT);
  act (self, "Stop", "twin.tick");
  assert_worker (self, "sleeping", 1000);

  unloaded = hub_fixture_request (self, "module.unload", "{'name': <'echo'>}", &error);
  g_assert_no_error (error);
  assert_worker (self, "unavailable", 1000);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    refuse (self, verbs[i], g_variant_new ("(s)", "echo.tick"), BN_ERROR_UNAVAILABLE);
  refuse (self, "SetInterval", g_variant_new ("(su)", "echo.tick", 1000), BN_ERROR_UNAVAILABLE);
}

/* A run of tick that has ended: its sample and its report come in one message. */
static void
run (BusClient *client)
{
  guint seen = client->samples->len;

  act (client->hub, "RunNow", "echo.tick");
  bus_client_wait (client, client->samples, seen + 1);
}

/* Runs, errors and durations are those of the runs that were. */
static void
test_failing (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (GVariant) statistics = NULL;
  const char *last_error;
  gint64 last_run;
  guint64 before;

  bus_client_subscribe (client, "['echo.tick']", "{'interval-ms': <uint32 3600000>}");
  bus_client_wait (client, client->samples, 1);
  before = get_number (self, "runs");
  g_assert_cmpuint (before, ==, 1);
  run (client);
  work (self, 30, "the sensor is gone");
  run (client);
  hub_fixture_wait_event (self, "worker.failed", "'the sensor is gone'");
  hub_fixture_wait_event (self, "worker.failed", "'consecutive_errors': <uint64 1>");
  run (client);
  hub_fixture_wait_event (self, "worker.failed", "'consecutive_errors': <uint64 2>");
  statistics = get_statistics (self);
  g_assert_cmpuint (read_number (statistics, "runs"), ==, 4);
  g_assert_cmpuint (read_number (statistics, "errors"), ==, 2);
  g_assert_cmpuint (read_number (statistics, "consecutive_errors"), ==, 2);
  g_assert_cmpuint (read_number (statistics, "overruns"), ==, 0);
  g_assert_cmpuint (read_number (statistics, "last_usec"), >=, 30000);
  g_assert_cmpuint (read_number (statistics, "max_usec"), >=,
                    read_number (statistics, "last_usec"));
  g_assert_cmpuint (read_number (statistics, "p99_usec"), ==, read_number (statistics, "max_usec"));
  g_assert_cmpuint (read_number (statistics, "mean_usec"), >=, 15000);
  g_assert_cmpuint (read_number (statistics, "mean_usec"), <=,
                    read_number (statistics, "max_usec"));
  g_assert_true (g_variant_lookup (statistics, "last_error", "&s", &last_error));
  g_assert_cmpstr (last_error, ==, "the sensor is gone");
  g_assert_true (g_variant_lookup (statistics, "last_run", "x", &last_run));
  g_assert_cmpint (ABS (last_run - g_get_real_time ()), <, 30 * G_USEC_PER_SEC);

  work (self, 0, "");
  run (client);
  g_assert_cmpuint (get_number (self, "consecutive_errors"), ==, 0);
  g_assert_cmpuint (get_number (self, "errors"), ==, 2);
  work (self, 0, "again");
  run (client);
  run (client);
  hub_fixture_wait_event (self, "worker.failed",
                          "'error': <'again'>, 'consecutive_errors': <uint64 2>");
  g_ptr_array_set_size (self->events, 0);
  act (self, "Restart", "echo.tick"); /* forgets consecutive errors, and runs at once */
  hub_fixture_wait_event (self, "worker.failed", "'consecutive_errors': <uint64 1>");
  g_assert_cmpuint (get_number (self, "errors"), ==, 5);
}

/* A run that takes longer than the interval is counted once, and told with what it left out. */
static void
test_overrun (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, "worker");
  guint64 overruns;
  guint64 duration_usec;
  guint32 missed;
  g_autoptr (GVariant) duration_value = NULL;
  g_autoptr (GVariant) missed_value = NULL;
  g_autoptr (GVariant) interval = NULL;

  work (self, 250, "");
  bus_client_subscribe (client, "['echo.tick']", "{'interval-ms': <uint32 100>}");
  while (client->events->len == 0
         || !g_str_equal (bus_client_get_type (client->events, client->events->len - 1),
                          "worker.overrun"))
    bus_client_wait (client, client->events, client->events->len + 1);
  duration_value = bus_client_get_field (client->events, client->events->len - 1, "duration_usec");
  missed_value = bus_client_get_field (client->events, client->events->len - 1, "missed");
  interval = bus_client_get_field (client->events, client->events->len - 1, "interval");
  duration_usec = g_variant_get_uint64 (duration_value);
  missed = g_variant_get_uint32 (missed_value);
  g_test_message ("%" G_GUINT64_FORMAT " µs, %u missed", duration_usec, missed);
  g_assert_cmpuint (duration_usec, >=, 250000);
  g_assert_cmpuint (missed, >=, 1);
  g_assert_cmpuint (missed, <=, duration_usec / 100000 + 1); /* it may have begun late */
  g_assert_cmpuint (g_variant_get_uint32 (interval), ==, 100);
  overruns = get_number (self, "overruns");
  g_assert_cmpuint (overruns, >=, 1);
  g_assert_cmpuint (overruns, <=, get_number (self, "runs"));
}

/* The hub's own worker is one like the others. */
static void
test_heartbeat (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (GVariant) state = NULL;
  const char *path = BN_WORKERS_PATH "/hub/heartbeat";

  bus_client_subscribe (client, "['system.heartbeat']", "{'interval-ms': <uint32 100>}");
  bus_client_wait (client, client->samples, 3);
  g_assert_cmpstr (bus_client_get_type (client->samples, 0), ==, "system.heartbeat");
  act (self, "Stop", "hub.heartbeat");
  state = hub_fixture_property (self, path, BN_IFACE_WORKER, "State");
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "stopped");
  bus_client_sync (client);
  g_ptr_array_set_size (client->samples, 0);
  act (self, "RunNow", "heartbeat");
  bus_client_wait (client, client->samples, 1);
  act (self, "Start", "hub.heartbeat");
  bus_client_wait (client, client->samples, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/workers/" path, HubFixture, NULL, set_up, func, hub_fixture_tear_down)
  ADD ("verbs", test_verbs);
  ADD ("stopped-over-reload", test_stopped_over_reload);
  ADD ("errors", test_errors);
  ADD ("failing", test_failing);
  ADD ("overrun", test_overrun);
  ADD ("heartbeat", test_heartbeat);
  return g_test_run ();
}
