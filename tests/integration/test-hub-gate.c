/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The gate on a session bus: the calls of one caller, their order and their limit. */
#include "bus-client.h"
#include "introspection/names.h"

#define IN_FLIGHT 64
#define CALLS 60

typedef struct
{
  guint sent;
  guint answered;
  guint busy;
  guint64 last; /* of the counts that came */
  gboolean in_order;
} Calls;

static void
set_up (HubFixture *self, gconstpointer data)
{
  hub_fixture_set_up (self, data);
  hub_fixture_load_echo (self);
}

static void
slept_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Calls *calls = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (bn_error_is (error, BN_ERROR_BUSY))
    calls->busy++;
  else
    g_assert_no_error (error);
  calls->answered++;
}

static gboolean
all_answered (HubFixture *self, gpointer user_data)
{
  const Calls *calls = user_data;

  return calls->answered == calls->sent;
}

/* Directly, or as a request: each is one call in flight. */
static void
begin_sleep (BusClient *client, gboolean directly, Calls *calls)
{
  calls->sent++;
  if (directly)
    g_dbus_connection_call (client->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo",
                            "org.binnacle.Echo1", "Sleep", g_variant_new ("(u)", 500), NULL, 0,
                            20000, NULL, slept_cb, calls);
  else
    g_dbus_connection_call (client->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_EVENT_BUS,
                            "Request",
                            g_variant_new_parsed ("('echo.sleep', {'duration_ms': <uint32 500>}, "
                                                  "@a{sv} {})"),
                            NULL, 0, 20000, NULL, slept_cb, calls);
}

/* A caller may have 64 calls in flight; the next is refused and counted, others notice nothing. */
static void
test_in_flight (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  Calls calls = { 0 };
  Calls more = { 0 };

  for (guint i = 0; i < IN_FLIGHT + 3; i++)
    begin_sleep (client, i % 2 == 0, &calls);
  g_assert_cmpuint (hub_fixture_statistic (self, "calls_limited"), <=, 3); /* another caller */
  hub_fixture_wait (self, all_answered, &calls);
  g_assert_cmpuint (calls.busy, ==, 3);
  g_assert_cmpuint (hub_fixture_statistic (self, "calls_limited"), ==, 3);
  for (guint i = 0; i < IN_FLIGHT; i++)
    begin_sleep (client, i % 2 == 0, &more);
  hub_fixture_wait (self, all_answered, &more);
  g_assert_cmpuint (more.busy, ==, 0);
}

static void
counted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Calls *calls = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  g_autoptr (GVariant) dict = NULL;
  guint64 count = 0;

  g_assert_no_error (error);
  if (g_variant_is_of_type (reply, G_VARIANT_TYPE ("(t)")))
    g_variant_get (reply, "(t)", &count);
  else
    {
      dict = g_variant_get_child_value (reply, 0);
      g_assert_true (g_variant_lookup (dict, "count", "t", &count));
    }
  calls->in_order = calls->in_order && count == calls->last + 1;
  calls->last = count;
  calls->answered++;
}

/* The calls of one caller pass in the order in which they came, whichever way they take. */
static void
test_order (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  Calls calls = { .in_order = TRUE };

  for (guint i = 0; i < CALLS; i++, calls.sent++)
    {
      if (i % 2 == 0)
        g_dbus_connection_call (client->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo",
                                "org.binnacle.Echo1", "Count", NULL, NULL, 0, 20000, NULL,
                                counted_cb, &calls);
      else
        g_dbus_connection_call (client->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_EVENT_BUS,
                                "Request",
                                g_variant_new_parsed ("('echo.count', @a{sv} {}, @a{sv} {})"), NULL,
                                0, 20000, NULL, counted_cb, &calls);
    }
  hub_fixture_wait (self, all_answered, &calls);
  g_assert_true (calls.in_order);
  g_assert_cmpuint (calls.last, ==, CALLS);
}

/* A call that wants no answer is in flight until the module has done it, and no longer. */
static void
test_no_reply (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  Calls calls = { .in_order = TRUE };

  for (guint round = 1; round <= 3; round++)
    {
      for (guint i = 1; i < CALLS; i++) /* without a callback GDBus asks for no answer */
        g_dbus_connection_call (client->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo",
                                "org.binnacle.Echo1", "Count", NULL, NULL, 0, -1, NULL, NULL, NULL);
      calls.sent++;
      calls.last = round * CALLS - 1;
      g_dbus_connection_call (client->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo",
                              "org.binnacle.Echo1", "Count", NULL, NULL, 0, 20000, NULL, counted_cb,
                              &calls);
      hub_fixture_wait (self, all_answered, &calls);
      g_assert_true (calls.in_order);
    }
  g_assert_cmpuint (hub_fixture_statistic (self, "calls_limited"), ==, 0);
}

/* A caller that leaves with calls in flight leaves nothing behind. */
static void
test_leaving (HubFixture *self, gconstpointer data)
{
  Calls calls = { 0 };
  BusClient *client = bus_client_new (self, NULL);
  g_autoptr (BusClient) other = bus_client_new (self, NULL);
  Calls others = { 0 };

  for (guint i = 0; i < IN_FLIGHT; i++)
    g_dbus_connection_call (client->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo",
                            "org.binnacle.Echo1", "Sleep", g_variant_new ("(u)", 300), NULL, 0, -1,
                            NULL, NULL, NULL);
  bus_client_sync (other);
  bus_client_free (client);
  for (guint i = 0; i < IN_FLIGHT; i++)
    begin_sleep (other, TRUE, &others);
  hub_fixture_wait (self, all_answered, &others);
  g_assert_cmpuint (others.busy, ==, 0);
  g_assert_cmpuint (calls.answered, ==, 0);
}

/* There is nothing to write and nothing hidden: properties are read only, objects are listed. */
static void
test_properties (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) set = hub_fixture_call (
      self, BN_MODULES_PATH "/echo", "org.freedesktop.DBus.Properties", "Set",
      g_variant_new ("(ssv)", BN_IFACE_MODULE, "State", g_variant_new_string ("ready")), &error);
  g_autoptr (GVariant) objects = NULL;

  g_assert_null (set);
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS);
  g_clear_error (&error);
  objects = hub_fixture_call (self, BN_HUB_PATH, "org.freedesktop.DBus.ObjectManager",
                              "GetManagedObjects", NULL, &error);
  g_assert_no_error (error);
  {
    g_autoptr (GVariant) dict = g_variant_get_child_value (objects, 0);
    g_autoptr (GVariant) echo = g_variant_lookup_value (dict, BN_MODULES_PATH "/echo", NULL);
    g_autoptr (GVariant) tick = g_variant_lookup_value (dict, BN_WORKERS_PATH "/echo/tick", NULL);

    g_assert_nonnull (echo);
    g_assert_nonnull (tick);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/gate/" path, HubFixture, NULL, set_up, func, hub_fixture_tear_down)
  ADD ("in-flight", test_in_flight);
  ADD ("order", test_order);
  ADD ("no-reply", test_no_reply);
  ADD ("leaving", test_leaving);
  ADD ("properties", test_properties);
  return g_test_run ();
}
