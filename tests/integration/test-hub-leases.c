/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Subscriptions on the bus: what they wake, what they bring, when they end. */
#include <string.h>

#include "bus-client.h"
#include "introspection/names.h"

#define TICK_PATH BN_WORKERS_PATH "/echo/tick"
#define SUBSCRIPTIONS 128 /* of one connection */
#define CALLERS 256       /* with subscriptions */

static void
set_up (HubFixture *self, gconstpointer data)
{
  hub_fixture_set_up (self, data);
  hub_fixture_load_echo (self);
}

typedef struct
{
  const char *state;
  guint interval_ms;
} Wanted;

static gboolean
is_so (HubFixture *self, gpointer user_data)
{
  const Wanted *wanted = user_data;
  g_autoptr (GVariant) state = hub_fixture_property (self, TICK_PATH, BN_IFACE_WORKER, "State");
  g_autoptr (GVariant) interval =
      hub_fixture_property (self, TICK_PATH, BN_IFACE_WORKER, "Interval");

  return g_str_equal (g_variant_get_string (state, NULL), wanted->state)
         && g_variant_get_uint32 (interval) == wanted->interval_ms;
}

/* A change of the worker is signalled, which wakes the loop; it is then read. */
static void
wait_tick (HubFixture *self, const char *state, guint interval_ms)
{
  Wanted wanted = { state, interval_ms };

  hub_fixture_wait (self, is_so, &wanted);
}

static void
changed_cb (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
}

static void
watch_workers (HubFixture *self)
{
  g_dbus_connection_signal_subscribe (
      self->connection, BN_BUS_NAME, "org.freedesktop.DBus.Properties", "PropertiesChanged", NULL,
      BN_IFACE_WORKER, G_DBUS_SIGNAL_FLAGS_NONE, changed_cb, NULL, NULL);
}

/* A demand-driven worker runs while somebody is interested, and sleeps when the last one leaves,
 * whether it says so or not. */
static void
test_lease (HubFixture *self, gconstpointer data)
{
  BusClient *client = bus_client_new (self, NULL);
  guint32 id;

  watch_workers (self);
  wait_tick (self, "sleeping", 1000);
  id = bus_client_subscribe (client, "['echo.tick']", "{}");
  wait_tick (self, "running", 1000);
  bus_client_wait (client, client->samples, 2);
  g_assert_cmpstr (bus_client_get_type (client->samples, 0), ==, "echo.tick");
  bus_client_unsubscribe (client, id);
  wait_tick (self, "sleeping", 1000);
  bus_client_subscribe (client, "['echo.*']", "{}");
  wait_tick (self, "running", 1000);
  g_assert_cmpuint (hub_fixture_statistic (self, "subscriptions"), ==, 1);
  bus_client_free (client);
  wait_tick (self, "sleeping", 1000);
  g_assert_cmpuint (hub_fixture_statistic (self, "subscriptions"), ==, 0);
  g_assert_cmpuint (hub_fixture_statistic (self, "patterns"), ==, 0);
}

/* The finest live lease decides, and on the bus everybody sees that pace. */
static void
test_interval (HubFixture *self, gconstpointer data)
{
  BusClient *slow = bus_client_new (self, NULL);
  BusClient *fast = bus_client_new (self, NULL);
  BusClient *fastest = bus_client_new (self, NULL);
  guint seen;

  watch_workers (self);
  bus_client_subscribe (slow, "['echo.tick']", "{'interval-ms': <uint32 5000>}");
  wait_tick (self, "running", 5000);
  bus_client_subscribe (fast, "['echo.tick']", "{}"); /* the worker's own */
  wait_tick (self, "running", 1000);
  bus_client_subscribe (fastest, "['*.tick']", "{'interval-ms': <uint32 100>}");
  wait_tick (self, "running", 100);
  seen = slow->samples->len;
  bus_client_wait (slow, slow->samples, seen + 5);
  bus_client_free (fastest);
  wait_tick (self, "running", 1000);
  bus_client_free (fast);
  wait_tick (self, "running", 5000);
  bus_client_free (slow);
  wait_tick (self, "sleeping", 1000);
}

/* Who listens to events only, answers or handles, wakes no worker. */
static void
test_no_interest (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);

  bus_client_export_handler (client);
  bus_client_subscribe (client, "['echo.*']", "{'class': <'event'>}");
  bus_client_subscribe (client, "['echo.*']",
                        "{'priority': <1>, 'handler': <objectpath '/handler'>}");
  bus_client_subscribe (client, "['user.*']",
                        "{'responder': <true>, 'handler': <objectpath '/handler'>}");
  bus_client_sync (client);
  wait_tick (self, "sleeping", 1000);
  g_assert_cmpuint (client->samples->len, ==, 0);
  bus_client_subscribe (client, "['echo.*']", "{'class': <'sample'>}");
  wait_tick (self, "running", 1000);
}

/* What came is from runs that somebody woke, and nothing is kept from before. */
static void
assert_live (BusClient *client)
{
  for (guint i = 0; i < client->samples->len; i++)
    {
      g_autoptr (GVariant) retained = bus_client_get_meta (client->samples, i, "retained");

      g_assert_null (retained);
    }
}

/* The last value goes to the new subscriber, at once and alone; not to who did not ask for it. */
static void
test_retained (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) first = bus_client_new (self, NULL);
  g_autoptr (BusClient) second = bus_client_new (self, NULL);
  g_autoptr (BusClient) third = bus_client_new (self, NULL);
  g_autoptr (GVariant) retained = NULL;
  g_autoptr (GVariant) time = NULL;
  guint32 id = bus_client_subscribe (first, "['echo.tick']", "{}");

  bus_client_wait (first, first->samples, 1);
  bus_client_unsubscribe (first, id);
  bus_client_sync (first);
  bus_client_sync (second);
  bus_client_sync (third);
  g_ptr_array_set_size (first->samples, 0);
  g_ptr_array_set_size (second->samples, 0); /* it heard what the first one asked for */
  g_ptr_array_set_size (third->samples, 0);

  bus_client_subscribe (second, "['echo.*']", "{'interval-ms': <uint32 3600000>}");
  bus_client_subscribe (third, "['echo.tick']",
                        "{'retained': <false>, 'interval-ms': <uint32 3600000>}");
  bus_client_wait (second, second->samples, 1);
  g_assert_cmpstr (bus_client_get_type (second->samples, 0), ==, "echo.tick");
  retained = bus_client_get_meta (second->samples, 0, "retained");
  g_assert_true (retained != NULL && g_variant_get_boolean (retained));
  time = bus_client_get_meta (second->samples, 0, "time");
  g_assert_cmpint (ABS (g_variant_get_int64 (time) - g_get_real_time ()), <, 60 * G_USEC_PER_SEC);
  bus_client_sync (first);
  bus_client_sync (third);
  assert_live (first);
  assert_live (third);
}

static GVariant *
get_retained (BusClient *client, const char *patterns)
{
  g_autofree char *arguments = g_strdup_printf ("(%s, @a{sv} {})", patterns);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bus_client_call (client, "GetRetained", arguments, &error);

  g_assert_no_error (error);
  return g_variant_get_child_value (reply, 0);
}

/* The last values can be read without a subscription, and go with their module. */
static void
test_get_retained (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (GVariant) none = get_retained (client, "['echo.tick']");
  g_autoptr (GVariant) one = NULL;
  g_autoptr (GVariant) other = NULL;
  g_autoptr (GVariant) after = NULL;
  g_autoptr (GVariant) unloaded = NULL;
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint64 count;

  g_assert_cmpuint (g_variant_n_children (none), ==, 0);
  bus_client_subscribe (client, "['echo.tick']", "{}");
  bus_client_wait (client, client->samples, 1);
  one = get_retained (client, "['nobody.x', 'echo.*']");
  g_assert_cmpuint (g_variant_n_children (one), ==, 1);
  text = g_variant_print (one, FALSE);
  g_assert_nonnull (strstr (text, "'retained': <true>"));
  payload = g_variant_get_child_value (one, 0);
  g_variant_get (payload, "(&s@a{sv}@a{sv})", NULL, &after, NULL);
  g_assert_true (g_variant_lookup (after, "count", "t", &count));
  g_assert_cmpuint (count, >=, 1);
  other = get_retained (client, "['echo.slow', 'user.*']");
  g_assert_cmpuint (g_variant_n_children (other), ==, 0);
  unloaded = hub_fixture_request (self, "module.unload", "{'name': <'echo'>}", &error);
  g_assert_no_error (error);
  g_clear_pointer (&other, g_variant_unref);
  other = get_retained (client, "['echo.*']");
  g_assert_cmpuint (g_variant_n_children (other), ==, 0);
}

/* A subscription belongs to its connection. */
static void
test_ownership (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (BusClient) other = bus_client_new (self, NULL);
  guint32 id;

  bus_client_refuse (client, "Unsubscribe", "(uint32 1,)", BN_ERROR_NOT_FOUND);
  id = bus_client_subscribe (client, "['echo.told']", "{}");
  bus_client_subscribe (other, "['user.*']", "{}");
  g_assert_cmpuint (id, ==, 1);
  bus_client_refuse (other, "Unsubscribe", "(uint32 2,)", BN_ERROR_NOT_FOUND);
  bus_client_unsubscribe (client, id);
  bus_client_refuse (client, "Unsubscribe", "(uint32 1,)", BN_ERROR_NOT_FOUND);
  g_assert_cmpuint (hub_fixture_statistic (self, "subscriptions"), ==, 1);
}

/* Each limit refuses with "busy", is counted, and gives way when something ends. */
static void
test_limits (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (GPtrArray) callers = g_ptr_array_new_with_free_func ((GDestroyNotify)bus_client_free);

  for (guint i = 0; i < SUBSCRIPTIONS; i++)
    bus_client_subscribe (client, "['user.a']", "{'class': <'event'>}");
  bus_client_refuse (client, "Subscribe", "(['user.a'], @a{sv} {})", BN_ERROR_BUSY);
  g_assert_cmpuint (hub_fixture_statistic (self, "subscriptions_limited"), ==, 1);
  g_assert_cmpuint (hub_fixture_statistic (self, "subscriptions"), ==, SUBSCRIPTIONS);
  bus_client_unsubscribe (client, 1);
  bus_client_subscribe (client, "['user.a']", "{'class': <'event'>}");

  for (guint i = 1; i <= CALLERS; i++)
    g_ptr_array_add (callers, bus_client_new (self, "user"));
  for (guint i = 1; i < CALLERS; i++)
    bus_client_subscribe (g_ptr_array_index (callers, i), "['user.a']", "{'class': <'event'>}");
  bus_client_refuse (g_ptr_array_index (callers, 0), "Subscribe", "(['user.a'], @a{sv} {})",
                     BN_ERROR_BUSY);
  g_assert_cmpuint (hub_fixture_statistic (self, "subscriptions_limited"), ==, 2);
  bus_client_unsubscribe (g_ptr_array_index (callers, 1), 1); /* who has none takes no place */
  bus_client_subscribe (g_ptr_array_index (callers, 0), "['user.a']", "{}");
}

/* Each wrong argument is refused with its name, and leaves nothing behind. */
static void
test_bad_input (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *patterns;
    const char *options;
    BnError error;
  } bad[] = {
    { "[]", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['']", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['.']", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['a..b']", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['a.']", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['.a']", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['A.b']", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['a.b*']", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['**']", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['a b']", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['1.a']", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['echo.tick', 'Ä']", "{}", BN_ERROR_BAD_PAYLOAD },
    { "['a.b']", "{'interval-ms': <uint32 99>}", BN_ERROR_BAD_PAYLOAD },
    { "['a.b']", "{'interval-ms': <uint32 3600001>}", BN_ERROR_BAD_PAYLOAD },
    { "['a.b']", "{'interval-ms': <500>}", BN_ERROR_BAD_PAYLOAD },
    { "['a.b']", "{'interval-ms': <'500'>}", BN_ERROR_BAD_PAYLOAD },
    { "['a.b']", "{'retained': <1>}", BN_ERROR_BAD_PAYLOAD },
    { "['a.b']", "{'class': <'metric'>}", BN_ERROR_BAD_PAYLOAD },
    { "['a.b']", "{'class': <true>}", BN_ERROR_BAD_PAYLOAD },
    { "['a.b']", "{'priority': <'high'>}", BN_ERROR_BAD_PAYLOAD },
    { "['a.b']", "{'priority': <1>}", BN_ERROR_BAD_PAYLOAD },
    { "['a.b']", "{'priority': <1>, 'handler': <'/h'>}", BN_ERROR_BAD_PAYLOAD },
    { "['user.b']", "{'responder': <true>}", BN_ERROR_BAD_PAYLOAD },
    { "['user.B']", "{'responder': <true>, 'handler': <objectpath '/h'>}", BN_ERROR_BAD_PAYLOAD },
    { "['echo.b']", "{'responder': <true>, 'handler': <objectpath '/h'>}", BN_ERROR_FORBIDDEN },
    { "['*']", "{'responder': <true>, 'handler': <objectpath '/h'>}", BN_ERROR_FORBIDDEN },
  };
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (GString) many = g_string_new ("['a.b'");
  g_autofree char *longest = g_strnfill (256, 'a');
  g_autofree char *too_long = g_strdup_printf ("(['%s'], @a{sv} {})", longest);
  g_autofree char *too_many = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *arguments =
          g_strdup_printf ("(@as %s, @a{sv} %s)", bad[i].patterns, bad[i].options);

      bus_client_refuse (client, "Subscribe", arguments, bad[i].error);
    }
  for (guint i = 0; i < 64; i++)
    g_string_append (many, ", 'a.b'");
  too_many = g_strdup_printf ("(%s], @a{sv} {})", many->str);
  bus_client_refuse (client, "Subscribe", too_many, BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "Subscribe", too_long, BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "GetRetained", too_many, BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "GetRetained", "(@as [], @a{sv} {})", BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "Replay", "('x', uint64 0, ['a.'], @a{sv} {})", BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "Subscribe", "('a.b',)", BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "Publish", "('a.b',)", BN_ERROR_UNKNOWN_TYPE);
  g_assert_cmpuint (hub_fixture_statistic (self, "subscriptions"), ==, 0);
  g_assert_cmpuint (hub_fixture_statistic (self, "patterns"), ==, 0);
  /* what a newer client may say is no error */
  bus_client_subscribe (client, "['a.b']", "{'colour': <'blue'>}");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/leases/" path, HubFixture, NULL, set_up, func, hub_fixture_tear_down)
  ADD ("lease", test_lease);
  ADD ("interval", test_interval);
  ADD ("no-interest", test_no_interest);
  ADD ("retained", test_retained);
  ADD ("get-retained", test_get_retained);
  ADD ("ownership", test_ownership);
  g_test_add ("/hub/leases/limits", HubFixture,
              "<limit name=\"max_connections_per_user\">1024</limit>", set_up, test_limits,
              hub_fixture_tear_down);
  ADD ("bad-input", test_bad_input);
  return g_test_run ();
}
