/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Ordered events and responders on the bus. */
#include "bus-client.h"
#include "introspection/names.h"

static void
set_up (HubFixture *self, gconstpointer data)
{
  hub_fixture_set_up (self, data);
  hub_fixture_load_echo (self);
}

static void
call_echo (HubFixture *self, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_echo (self, method, arguments, &error);

  g_assert_no_error (error);
}

/* A client whose handler takes part in echo.voted. */
static BusClient *
join (HubFixture *self, int priority, const char *answer)
{
  BusClient *client = bus_client_new (self, NULL);
  g_autofree char *options =
      g_strdup_printf ("{'priority': <%d>, 'handler': <objectpath '/handler'>}", priority);

  client->answer = answer;
  bus_client_export_handler (client);
  bus_client_subscribe (client, "['echo.voted']", options);
  return client;
}

static void
answer (BusClient *client, const char *reply)
{
  GDBusMethodInvocation *invocation = g_ptr_array_steal_index (client->asked, 0);

  bn_event_handler1_complete_handle (
      client->handler, invocation,
      g_variant_parse (G_VARIANT_TYPE_VARDICT, reply, NULL, NULL, NULL));
}

/* Waits for the broadcast of echo.voted; who stopped it, "" if nobody. */
static char *
wait_broadcast (BusClient *client)
{
  guint index = client->events->len;

  do
    bus_client_wait (client, client->events, ++index);
  while (!g_str_equal (bus_client_get_type (client->events, index - 1), "echo.voted"));
  return bus_client_dup_meta_string (client->events, index - 1, "stopped-by");
}

/* Group after group, highest first; those of one group together; then everybody is told. */
static void
test_groups (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) high = join (self, 10, NULL);
  g_autoptr (BusClient) also_high = join (self, 10, NULL);
  g_autoptr (BusClient) low = join (self, -5, NULL);
  g_autoptr (BusClient) listener = bus_client_new (self, NULL);
  g_autofree char *stopped_by = NULL;

  call_echo (self, "Join", g_variant_new ("(sib)", "echo.voted", 3, FALSE));
  call_echo (self, "Raise", g_variant_new ("(ss)", "voted", "a"));
  bus_client_wait (high, high->asked, 1);
  bus_client_wait (also_high, also_high->asked, 1);
  answer (high, "{}");
  bus_client_sync (listener);
  bus_client_sync (low);
  g_assert_cmpuint (listener->events->len, ==, 0); /* the group has not answered yet */
  g_assert_cmpuint (low->asked->len, ==, 0);
  answer (also_high, "{'stop': <false>}");
  bus_client_wait (listener, listener->events, 1); /* the module says what it handled */
  g_assert_cmpstr (bus_client_get_type (listener->events, 0), ==, "echo.heard");
  bus_client_wait (low, low->asked, 1);
  bus_client_sync (listener);
  g_assert_cmpuint (listener->events->len, ==, 1);
  answer (low, "{}");
  stopped_by = wait_broadcast (listener);
  g_assert_cmpstr (stopped_by, ==, "");
  g_assert_cmpuint (high->handled->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (low->handled, 0), ==, "echo.voted");
}

/* Who stops an event is named, and the lower groups do not hear of it before all others do. */
static void
test_stop (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) high = join (self, 10, "{'stop': <true>}");
  g_autoptr (BusClient) low = join (self, 1, "{}");
  g_autofree char *by_client = NULL;
  g_autofree char *by_module = NULL;

  call_echo (self, "Join", g_variant_new ("(sib)", "echo.voted", 5, TRUE));
  call_echo (self, "Raise", g_variant_new ("(ss)", "voted", "a"));
  by_client = wait_broadcast (low);
  g_assert_cmpstr (by_client, ==, "user");
  g_assert_cmpuint (high->handled->len, ==, 1);
  g_assert_cmpuint (low->handled->len, ==, 0);
  g_assert_cmpuint (low->events->len, ==, 1); /* the module has not handled it either */
  high->answer = "{}";
  call_echo (self, "Raise", g_variant_new ("(ss)", "voted", "b"));
  by_module = wait_broadcast (low);
  g_assert_cmpstr (by_module, ==, "echo");
  g_assert_cmpuint (high->handled->len, ==, 2);
  g_assert_cmpuint (low->handled->len, ==, 0);
}

/* A handler that does not answer delays an ordered event by its deadline, and no other event. */
static void
test_deadline (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) silent = join (self, 10, NULL);
  g_autoptr (BusClient) low = join (self, 1, "{}");
  g_autofree char *stopped_by = NULL;
  gint64 began_usec = g_get_monotonic_time ();
  gint64 took_usec;

  call_echo (self, "Raise", g_variant_new ("(ss)", "voted", "a"));
  bus_client_wait (silent, silent->asked, 1);
  bus_client_emit (low, "user.a", "{}", "{}");
  bus_client_wait (low, low->events, 1);
  g_assert_cmpstr (bus_client_get_type (low->events, 0), ==, "user.a");
  stopped_by = wait_broadcast (low);
  took_usec = g_get_monotonic_time () - began_usec;
  g_test_message ("broadcast after %" G_GINT64_FORMAT " ms", took_usec / 1000);
  g_assert_cmpint (took_usec, >=, 4900 * 1000);
  g_assert_cmpint (took_usec, <, 10000 * 1000);
  g_assert_cmpstr (stopped_by, ==, "");
  g_assert_cmpuint (low->handled->len, ==, 1);
  g_assert_cmpuint (hub_fixture_statistic (self, "handler_timeouts"), ==, 1);
}

/* One that leaves, fails or has no such object delays nothing. */
static void
test_leaving (HubFixture *self, gconstpointer data)
{
  BusClient *leaving = join (self, 10, NULL);
  g_autoptr (BusClient) failing = join (self, 9, NULL);
  g_autoptr (BusClient) absent = bus_client_new (self, NULL);
  g_autoptr (BusClient) listener = bus_client_new (self, NULL);
  g_autofree char *stopped_by = NULL;
  gint64 left_usec;

  bus_client_subscribe (absent, "['echo.voted']",
                        "{'priority': <8>, 'handler': <objectpath '/nothing'>}");
  call_echo (self, "Raise", g_variant_new ("(ss)", "voted", "a"));
  bus_client_wait (leaving, leaving->asked, 1);
  left_usec = g_get_monotonic_time ();
  bus_client_free (leaving);
  bus_client_wait (failing, failing->asked, 1);
  g_dbus_method_invocation_return_error (g_ptr_array_steal_index (failing->asked, 0), BN_ERROR,
                                         BN_ERROR_INTERNAL, "I cannot");
  stopped_by = wait_broadcast (listener);
  g_assert_cmpstr (stopped_by, ==, "");
  g_assert_cmpint (g_get_monotonic_time () - left_usec, <, 4000 * 1000);
  g_assert_cmpuint (hub_fixture_statistic (self, "handler_timeouts"), ==, 0);
}

/* A client that answers requests of @pattern. */
static BusClient *
respond (HubFixture *self, const char *pattern, const char *reply)
{
  BusClient *client = bus_client_new (self, NULL);
  g_autofree char *patterns = g_strdup_printf ("['%s']", pattern);

  client->answer = reply;
  bus_client_export_handler (client);
  bus_client_subscribe (client, patterns,
                        "{'responder': <true>, 'handler': <objectpath '/handler'>}");
  return client;
}

/* A request that goes on while the handlers of this program are called. */
typedef struct
{
  GVariant *reply; /* (owned) */
  GError *error;   /* (owned) */
} Asking;

static void
replied_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Asking *asking = user_data;

  asking->reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &asking->error);
}

static gboolean
has_ended (HubFixture *self, gpointer user_data)
{
  const Asking *asking = user_data;

  return asking->reply != NULL || asking->error != NULL;
}

static void
begin_request (HubFixture *self, const char *type, const char *options, Asking *asking)
{
  g_autofree char *arguments =
      g_strdup_printf ("('%s', {'text': <'a'>}, @a{sv} %s)", type, options);

  *asking = (Asking){ NULL, NULL };
  g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request",
                          g_variant_parse (NULL, arguments, NULL, NULL, NULL), NULL,
                          G_DBUS_CALL_FLAGS_NONE, 20000, NULL, replied_cb, asking);
}

static void
assert_fails (HubFixture *self, Asking *asking, BnError code)
{
  hub_fixture_wait (self, has_ended, asking);
  g_assert_null (asking->reply);
  g_test_message ("%s", asking->error->message);
  if (!bn_error_is (asking->error, code))
    g_error ("expected %s, got: %s", bn_error_code (code), asking->error->message);
  g_clear_error (&asking->error);
}

static void
assert_reply (HubFixture *self, const char *type, const char *wanted)
{
  Asking asking;
  g_autofree char *text = NULL;

  begin_request (self, type, "{}", &asking);
  hub_fixture_wait (self, has_ended, &asking);
  g_assert_no_error (asking.error);
  text = g_variant_print (asking.reply, FALSE);
  g_assert_cmpstr (text, ==, wanted);
  g_variant_unref (asking.reply);
}

/* One answers for a type; its answers, errors and end reach who asked. */
static void
test_responder (HubFixture *self, gconstpointer data)
{
  BusClient *responder = respond (self, "user.lamp.*", NULL);
  g_autoptr (BusClient) other = bus_client_new (self, NULL);
  Asking asking;

  bus_client_refuse (other, "Subscribe",
                     "(['user.lamp.on'], {'responder': <true>, 'handler': <objectpath '/h'>})",
                     BN_ERROR_CONFLICT);
  responder->answer = "{'on': <true>}";
  assert_reply (self, "user.lamp.toggle", "({'on': <true>},)");
  g_assert_cmpstr (g_ptr_array_index (responder->handled, 0), ==, "user.lamp.toggle");
  hub_fixture_refuse_request (self, "user.heating", "{}", BN_ERROR_UNKNOWN_TYPE);

  responder->answer = NULL;
  begin_request (self, "user.lamp.a", "{}", &asking);
  bus_client_wait (responder, responder->asked, 1);
  g_dbus_method_invocation_return_error (g_ptr_array_steal_index (responder->asked, 0), BN_ERROR,
                                         BN_ERROR_CONFLICT, "It is broken");
  assert_fails (self, &asking, BN_ERROR_CONFLICT);

  begin_request (self, "user.lamp.a", "{'timeout-ms': <uint32 100>}", &asking);
  assert_fails (self, &asking, BN_ERROR_TIMEOUT);
  g_assert_cmpuint (hub_fixture_statistic (self, "request_timeouts"), ==, 1);

  begin_request (self, "user.lamp.a", "{}", &asking);
  bus_client_wait (responder, responder->asked, 2);
  bus_client_free (responder);
  assert_fails (self, &asking, BN_ERROR_UNAVAILABLE);
  g_assert_cmpuint (hub_fixture_statistic (self, "request_timeouts"), ==, 1);
  hub_fixture_refuse_request (self, "user.lamp.a", "{}", BN_ERROR_UNKNOWN_TYPE);
  responder = respond (self, "user.lamp.on", "{}"); /* the place is free */
  assert_reply (self, "user.lamp.on", "({},)");
  bus_client_free (responder);
}

/* A module answers what is its own, and for nobody else. */
static void
test_module_responder (HubFixture *self, gconstpointer data)
{
  static const char *const refused[] = { "user.x", "system.x", "other.x", "*", "echoes.x" };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply =
          hub_fixture_echo (self, "Respond", g_variant_new ("(s)", refused[i]), &error);

      g_assert_null (reply);
      if (!bn_error_is (error, BN_ERROR_FORBIDDEN))
        g_error ("%s", error->message);
    }
  call_echo (self, "Respond", g_variant_new ("(s)", "echo.answers.*"));
  assert_reply (self, "echo.answers.any", "({'text': <'a'>, 'type': <'echo.answers.any'>},)");
  assert_reply (self, "echo.echo", "({'echo': <'a'>},)");
  hub_fixture_refuse_request (self, "echo.other", "{}", BN_ERROR_UNKNOWN_TYPE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/handlers/" path, HubFixture, NULL, set_up, func, hub_fixture_tear_down)
  ADD ("groups", test_groups);
  ADD ("stop", test_stop);
  ADD ("deadline", test_deadline);
  ADD ("leaving", test_leaving);
  ADD ("responder", test_responder);
  ADD ("module-responder", test_module_responder);
  return g_test_run ();
}
