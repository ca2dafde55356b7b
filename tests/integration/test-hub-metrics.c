/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the hub tells of itself: all that it counts is a metric, of the declared type, and true. */
#include <unistd.h>

#include "bus-client.h"
#include "introspection/names.h"
#include "link-client.h"

#define FAST "{'interval-ms': <uint32 100>}"

static const char *const metrics[] = { "hub.statistics", "event.statistics", "module.statistics",
                                       "worker.statistics", "link.statistics" };

/* The declared fields of the event @type: name -> D-Bus signature. */
static GHashTable *
get_fields (HubFixture *self, const char *type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) hub =
      hub_fixture_request (self, "module.describe", "{'name': <'hub'>}", &error);
  g_autoptr (GVariant) events = NULL;
  GHashTable *fields = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  g_assert_no_error (error);
  events = g_variant_lookup_value (hub, "events", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (events); i++)
    {
      g_autoptr (GVariant) event = g_variant_get_child_value (events, i);
      g_autoptr (GVariant) list = NULL;
      const char *name;

      g_assert_true (g_variant_lookup (event, "type", "&s", &name));
      if (!g_str_equal (name, type))
        continue;
      list = g_variant_lookup_value (event, "fields", G_VARIANT_TYPE ("aa{sv}"));
      for (gsize f = 0; f < g_variant_n_children (list); f++)
        {
          g_autoptr (GVariant) field = g_variant_get_child_value (list, f);
          char *field_name;
          char *signature;

          g_assert_true (g_variant_lookup (field, "name", "s", &field_name));
          g_assert_true (g_variant_lookup (field, "type", "s", &signature));
          g_hash_table_insert (fields, field_name, signature);
        }
    }
  g_assert_cmpuint (g_hash_table_size (fields), >, 0);
  return fields;
}

/* The next sample of @type, and of @key if that is not NULL, that comes after @from. */
typedef struct
{
  BusClient *client;
  const char *type;
  const char *key;
  const char *field; /* (nullable): that has at least @least */
  double least;
  guint at;
  GVariant *payload; /* (owned) */
} Wanted;

static double
to_number (GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_UINT32:
      return g_variant_get_uint32 (value);
    case G_VARIANT_CLASS_UINT64:
      return (double)g_variant_get_uint64 (value);
    default:
      return g_variant_get_double (value);
    }
}

static double
get_number (GVariant *payload, const char *name)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (payload, name, NULL);

  if (value == NULL)
    g_error ("there is no “%s”", name);
  return to_number (value);
}

static gboolean
is_wanted (const Wanted *wanted, GVariant *payload)
{
  g_autoptr (GVariant) value = NULL;
  const char *name = "";

  g_variant_lookup (payload, "name", "&s", &name);
  if (wanted->key != NULL && !g_str_equal (name, wanted->key))
    return FALSE;
  if (wanted->field == NULL)
    return TRUE;
  value = g_variant_lookup_value (payload, wanted->field, NULL);
  return value != NULL && to_number (value) >= wanted->least;
}

static gboolean
has_come (HubFixture *self, gpointer user_data)
{
  Wanted *wanted = user_data;
  GPtrArray *samples = wanted->client->samples;

  for (; wanted->payload == NULL && wanted->at < samples->len; wanted->at++)
    {
      g_autoptr (GVariant) payload =
          g_variant_get_child_value (g_ptr_array_index (samples, wanted->at), 1);

      if (g_str_equal (bus_client_get_type (samples, wanted->at), wanted->type)
          && is_wanted (wanted, payload))
        wanted->payload = g_steal_pointer (&payload);
    }
  return wanted->payload != NULL;
}

static GVariant *
wait_for (HubFixture *self, BusClient *client, const char *type, const char *key, const char *field,
          double least)
{
  Wanted wanted = { client, type, key, field, least, client->samples->len, NULL };

  hub_fixture_wait (self, has_come, &wanted);
  return wanted.payload;
}

static BusClient *
watch (HubFixture *self, const char *type)
{
  BusClient *client = bus_client_new (self, NULL);
  g_autofree char *patterns = g_strdup_printf ("['%s']", type);

  bus_client_subscribe (client, patterns, FAST);
  return client;
}

static GVariant *
call_statistics (HubFixture *self, const char *path, const char *interface)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, path, interface, "GetStatistics", NULL, &error);

  g_assert_no_error (error);
  return g_variant_get_child_value (reply, 0);
}

/* Whoever adds a counter adds the metric. */
static void
assert_all_in (GVariant *statistics, GHashTable *fields, GVariant *sample)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, statistics);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      if (g_hash_table_lookup (fields, name) == NULL)
        g_error ("“%s” is counted, but not declared in daemon/core/hub.module", name);
      if (!g_variant_lookup (sample, name, "*", NULL))
        g_error ("“%s” is counted, but not in the sample", name);
      g_variant_unref (value);
    }
}

static void
test_complete (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) events = watch (self, "event.statistics");
  g_autoptr (BusClient) workers = watch (self, "worker.statistics");
  g_autoptr (GHashTable) of_events = get_fields (self, "event.statistics");
  g_autoptr (GHashTable) of_workers = get_fields (self, "worker.statistics");
  g_autoptr (GVariant) bus = call_statistics (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS);
  g_autoptr (GVariant) worker =
      call_statistics (self, BN_WORKERS_PATH "/hub/events", BN_IFACE_WORKER);
  g_autoptr (GVariant) bus_sample = wait_for (self, events, "event.statistics", NULL, NULL, 0);
  g_autoptr (GVariant) worker_sample =
      wait_for (self, workers, "worker.statistics", "hub.events", "runs", 2);

  g_assert_cmpuint (g_variant_n_children (bus), >, 30);
  assert_all_in (bus, of_events, bus_sample);
  assert_all_in (worker, of_workers, worker_sample);
}

/* What stands in a sample is declared, with its type. */
static void
test_types (HubFixture *self, gconstpointer data)
{
  hub_fixture_load_echo (self);
  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
    {
      g_autoptr (GHashTable) fields = get_fields (self, metrics[i]);
      g_autoptr (BusClient) client = watch (self, metrics[i]);
      g_autoptr (GVariant) first = wait_for (self, client, metrics[i], NULL, NULL, 0);
      g_autoptr (GVariant) second = wait_for (self, client, metrics[i], NULL, NULL, 0);
      GVariantIter iter;
      const char *name;
      GVariant *value;

      g_variant_iter_init (&iter, second);
      while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
        {
          g_test_message ("%s %s", metrics[i], name);
          g_assert_cmpstr (g_hash_table_lookup (fields, name), ==,
                           g_variant_get_type_string (value));
          g_variant_unref (value);
        }
    }
}

static void
test_process (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = watch (self, "hub.statistics");
  g_autoptr (GVariant) sample = wait_for (self, client, "hub.statistics", NULL, "latency", 1);
  double memory = get_number (sample, "memory");
  double is = (double)hub_fixture_get_memory (self->pid);

  g_assert_cmpfloat (memory, >, is / 2);
  g_assert_cmpfloat (memory, <, is * 2);
  g_assert_cmpfloat (get_number (sample, "descriptors"), >=, 5);
  g_assert_cmpfloat (get_number (sample, "cpu"), >=, 0);
  g_assert_cmpfloat (get_number (sample, "latency"), >=, get_number (sample, "mean_latency"));
}

/* Rates and totals of what was sent on purpose. */
static void
test_events (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = watch (self, "event.statistics");
  g_autoptr (BusClient) other = bus_client_new (self, "user");
  g_autoptr (GVariant) before = wait_for (self, client, "event.statistics", NULL, "event_rate", 0);
  g_autoptr (GVariant) rate = NULL;
  g_autoptr (GVariant) after = NULL;
  double events = get_number (before, "events");
  double errors = get_number (before, "request_errors");

  bus_client_subscribe (other, "['user.*']", "{}");
  for (guint i = 0; i < 50; i++)
    bus_client_emit (other, "user.hail", "@a{sv} {}", "@a{sv} {}");
  bus_client_refuse (other, "Request", "('nobody.none', @a{sv} {}, @a{sv} {})",
                     BN_ERROR_UNKNOWN_TYPE);
  rate = wait_for (self, client, "event.statistics", NULL, "event_rate", 1);
  g_assert_cmpfloat (get_number (rate, "event_rate"), <=, 50 * 10 * 2); /* of 100 ms */
  after = wait_for (self, client, "event.statistics", NULL, "events", events + 50);
  g_assert_cmpfloat (get_number (after, "events"), ==, events + 50);
  g_assert_cmpfloat (get_number (after, "request_errors"), ==, errors + 1);
  g_assert_cmpfloat (get_number (after, "subscribers"), ==, 2);
  g_assert_cmpfloat (get_number (after, "subscriptions"), ==, 2);
  g_assert_cmpfloat (get_number (after, "retained"), >=, 1);
  g_assert_cmpfloat (get_number (after, "ring_events"), >=, 50);
}

/* A module that is refused, fails and waits is seen to. */
static void
test_module (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = watch (self, "module.statistics");
  g_autoptr (GVariant) first = NULL;
  g_autoptr (GVariant) refused = NULL;
  g_autoptr (GVariant) told = NULL;
  g_autoptr (GVariant) crashed = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) ended = NULL;
  g_autoptr (GError) error = NULL;
  double events;

  hub_fixture_load_echo (self);
  first = wait_for (self, client, "module.statistics", "echo", "memory", 1);
  g_assert_cmpfloat (get_number (first, "descriptors"), >=, 3);
  g_assert_cmpfloat (get_number (first, "restarts"), ==, 0);
  events = get_number (first, "events");
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GVariant) tell =
          hub_fixture_echo (self, "Tell", g_variant_new ("(su)", "told", 1u), &error);

      g_assert_no_error (error);
    }
  told = wait_for (self, client, "module.statistics", "echo", "events", events + 3);
  g_assert_cmpfloat (get_number (told, "events"), ==, events + 3);
  /* An event that its manifest does not declare. */
  reply = hub_fixture_echo (self, "Raise", g_variant_new ("(ss)", "undeclared", "text"), &error);
  g_assert_no_error (error);
  refused = wait_for (self, client, "module.statistics", "echo", "rejected", 1);
  g_assert_cmpfloat (get_number (refused, "rejected"), ==, 1);
  ended = hub_fixture_echo (self, "Crash", NULL, &error);
  g_assert_null (ended);
  crashed = wait_for (self, client, "module.statistics", "echo", "restarts", 1);
  g_assert_cmpfloat (get_number (crashed, "failures"), ==, 1);
  g_assert_cmpfloat (get_number (crashed, "events"), >=, events + 3);
}

/* What is no more says so, and is not kept. */
static void
test_gone (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = watch (self, "link.statistics");
  g_autoptr (LinkClient) link = link_client_new (self);
  g_autofree char *name = g_strdup_printf ("web-%d", getpid ());
  g_autoptr (GVariant) there = wait_for (self, client, "link.statistics", name, "messages_in", 0);
  guint at = client->samples->len;
  gboolean gone = FALSE;

  g_assert_cmpfloat (get_number (there, "queued_bytes"), ==, 0);
  g_clear_pointer (&link, link_client_free);
  while (!gone)
    {
      bus_client_wait (client, client->samples, ++at);
      g_autoptr (GVariant) meta = bus_client_get_meta (client->samples, at - 1, "gone");

      gone = meta != NULL;
    }
}

/* Bytes and messages of a bridge that asks. */
static void
test_link (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = watch (self, "link.statistics");
  g_autoptr (GVariant) sample = NULL;

  hub_fixture_load_echo (self);
  sample = wait_for (self, client, "link.statistics", "echo", "messages_in", 2); /* Hello, Ready */
  g_assert_cmpfloat (get_number (sample, "bytes_in"), >, 0);
  g_assert_cmpfloat (get_number (sample, "bytes_out"), >, 0);
  g_assert_cmpfloat (get_number (sample, "refused_queue"), ==, 0);
}

static gboolean
answer_cb (BnBridgePeer1 *object, GDBusMethodInvocation *invocation, gpointer answers)
{
  const char *answer = *(const char **)answers;

  bn_bridge_peer1_complete_get_statistics (object, invocation, g_variant_new_parsed (answer));
  return TRUE;
}

static gboolean
was_rejected (HubFixture *self, gpointer user_data)
{
  return hub_fixture_statistic (self, "rejected") > *(guint64 *)user_data;
}

/* A bridge that was taken over says what it likes; only what is declared is passed on, under the
 * name that the hub knows. */
static void
test_lying_bridge (HubFixture *self, gconstpointer data)
{
  static const char *const bad[] = { "{'undeclared': <uint64 1>}", "{'clients': <'many'>}",
                                     "{'clients': <uint64 1>, 'name': <'echo'>, 'x': <1>}" };
  g_autoptr (BusClient) client = watch (self, "websocket.statistics");
  g_autoptr (LinkClient) link = link_client_new (self);
  g_autoptr (BnBridgePeer1) object = bn_bridge_peer1_skeleton_new ();
  g_autofree char *name = g_strdup_printf ("web-%d", getpid ());
  g_autoptr (GVariant) good = NULL;
  g_autoptr (GError) error = NULL;
  const char *answer = bad[0];

  g_signal_connect (object, "handle-get-statistics", G_CALLBACK (answer_cb), &answer);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (object), link->connection,
                                    BN_BRIDGE_PATH, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      guint64 before = hub_fixture_statistic (self, "rejected");

      answer = bad[i];
      hub_fixture_wait (self, was_rejected, &before);
    }
  g_assert_cmpuint (client->samples->len, ==, 0);
  answer = "{'clients': <uint64 7>, 'name': <'echo'>}";
  good = wait_for (self, client, "websocket.statistics", name, "clients", 7);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (object));
}

static gboolean
list_cb (BnBridgePeer1 *object, GDBusMethodInvocation *invocation, gpointer user_data)
{
  bn_bridge_peer1_complete_list_connections (
      object, invocation,
      g_variant_new_parsed ("[{'bridge': <'web-1'>, 'connection': <'c1'>, 'subs': <'many'>, "
                            "'sent': <uint64 3>, 'token': <'secret'>}]"));
  return TRUE;
}

static void
listed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(GVariant **)user_data =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  g_assert_no_error (error);
}

static gboolean
has_reply (HubFixture *self, gpointer user_data)
{
  return *(GVariant **)user_data != NULL;
}

/* Likewise of who is connected. */
static void
test_lying_connections (HubFixture *self, gconstpointer data)
{
  g_autoptr (LinkClient) link = link_client_new (self);
  g_autoptr (BnBridgePeer1) object = bn_bridge_peer1_skeleton_new ();
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GVariant) row = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;
  guint64 sent;

  g_signal_connect (object, "handle-list-connections", G_CALLBACK (list_cb), NULL);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (object), link->connection,
                                    BN_BRIDGE_PATH, &error);
  g_assert_no_error (error);
  /* The bridge answers in this process, meanwhile. */
  g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request",
                          g_variant_new ("(sa{sv}a{sv})", "websocket.connections", NULL, NULL),
                          G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, listed_cb,
                          &reply);
  hub_fixture_wait (self, has_reply, &reply);
  body = g_variant_get_child_value (reply, 0);
  rows = g_variant_lookup_value (body, "connections", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (rows), ==, 1);
  row = g_variant_get_child_value (rows, 0);
  g_assert_cmpuint (g_variant_n_children (row), ==, 3);
  g_assert_true (g_variant_lookup (row, "bridge", "&s", &text));
  g_assert_cmpstr (text, !=, "web-1");
  g_assert_true (g_variant_lookup (row, "sent", "t", &sent));
  g_assert_cmpuint (sent, ==, 3);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (object));
}

/* Each of them is its own worker: who looks at one wakes no other. */
static void
test_demand (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = watch (self, "module.statistics");
  g_autoptr (GVariant) of_modules =
      hub_fixture_property (self, BN_WORKERS_PATH "/hub/modules", BN_IFACE_WORKER, "State");
  g_autoptr (GVariant) of_links =
      hub_fixture_property (self, BN_WORKERS_PATH "/hub/links", BN_IFACE_WORKER, "State");

  g_assert_cmpstr (g_variant_get_string (of_modules, NULL), ==, "running");
  g_assert_cmpstr (g_variant_get_string (of_links, NULL), ==, "sleeping");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/metrics/" path, HubFixture, NULL, hub_fixture_set_up, func,                    \
              hub_fixture_tear_down)
  ADD ("complete", test_complete);
  ADD ("types", test_types);
  ADD ("process", test_process);
  ADD ("events", test_events);
  ADD ("module", test_module);
  ADD ("gone", test_gone);
  ADD ("link", test_link);
  ADD ("lying-bridge", test_lying_bridge);
  ADD ("lying-connections", test_lying_connections);
  ADD ("demand", test_demand);
  return g_test_run ();
}
