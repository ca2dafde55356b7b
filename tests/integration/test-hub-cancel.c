/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Calls whose callers go, or run out of patience: the module is told, and nobody pays for them. */
#include "hub-fixture.h"

#include "introspection/error.h"
#include "introspection/names.h"

#define LEAVERS 1000
#define BATCH 50
#define GROWTH_BYTES_MAX (512 * 1024)

#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_IS_REAL FALSE /* what is freed stays in quarantine */
#else
#define MEMORY_IS_REAL TRUE
#endif

/* Long before the deadline of a call, which is 5 s. */
#define SOON_USEC (3 * G_USEC_PER_SEC)

static GDBusConnection *
open_bus (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus =
      g_dbus_connection_new_for_address_sync (self->bus_address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);

  g_assert_no_error (error);
  return bus;
}

static GDBusConnection *
open_link (HubFixture *self)
{
  g_autofree char *address = g_strdup_printf (
      "unix:path=%s/" BN_RUNTIME_FOLDER "/" BN_RUNTIME_SOCKET, self->runtime_folder);
  g_autoptr (GError) error = NULL;
  GDBusConnection *link = g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, &error);

  g_assert_no_error (error);
  return link;
}

/* What was sent is sent. */
static void
close_bus (GDBusConnection *bus)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_flush_sync (bus, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_close_sync (bus, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (bus);
}

/* Nobody may answer: the caller goes before. */
static void
never_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);

  g_assert_null (reply);
}

static void
send_echo (GDBusConnection *bus, const char *method, GVariant *arguments)
{
  g_dbus_connection_call (bus, BN_BUS_NAME, BN_MODULES_PATH "/echo", "org.binnacle.Echo1", method,
                          arguments, NULL, G_DBUS_CALL_FLAGS_NONE, 60000, NULL, never_cb, NULL);
}

static void
send_request (GDBusConnection *bus, const char *destination, GVariant *arguments)
{
  g_dbus_connection_call (bus, destination, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request", arguments,
                          NULL, G_DBUS_CALL_FLAGS_NONE, 60000, NULL, never_cb, NULL);
}

static guint
get_waiting (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_echo (self, "Waiting", NULL, &error);
  guint count;

  g_assert_no_error (error);
  g_variant_get (reply, "(u)", &count);
  return count;
}

/* The module has got so many calls of Wait; each question is a turn of the hub. */
static void
wait_until_waiting (HubFixture *self, guint count)
{
  gint64 until_usec = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (get_waiting (self) != count)
    g_assert_cmpint (g_get_monotonic_time (), <, until_usec);
}

static guint64
get_counter (HubFixture *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "GetStatistics", NULL, &error);
  g_autoptr (GVariant) statistics = NULL;
  guint64 value = G_MAXUINT64;

  g_assert_no_error (error);
  statistics = g_variant_get_child_value (reply, 0);
  g_assert_true (g_variant_lookup (statistics, name, "t", &value));
  return value;
}

/* Waits for the word that the module forgot its last call; @since_usec: when the caller left. */
static void
assert_forgotten_soon (HubFixture *self, gint64 since_usec)
{
  gint64 took_usec;

  hub_fixture_wait_event (self, "echo.forgot", "uint32 0");
  took_usec = g_get_monotonic_time () - since_usec;
  g_test_message ("forgotten after %" G_GINT64_FORMAT " ms", took_usec / 1000);
  g_assert_cmpint (took_usec, <, SOON_USEC);
  g_assert_cmpuint (get_waiting (self), ==, 0);
  g_ptr_array_set_size (self->events, 0);
}

/* A caller that has waited leaves, and one that leaves before anybody looked. */
static void
test_caller_leaves (HubFixture *self, gconstpointer data)
{
  GDBusConnection *bus;
  gint64 left_usec;

  hub_fixture_load_echo (self);
  for (guint i = 0; i < 2; i++)
    {
      bus = open_bus (self);
      send_echo (bus, "Wait", NULL);
      if (i == 0)
        {
          g_dbus_connection_flush_sync (bus, NULL, NULL);
          wait_until_waiting (self, 1);
        }
      left_usec = g_get_monotonic_time ();
      close_bus (bus);
      assert_forgotten_soon (self, left_usec);
      g_assert_cmpuint (get_counter (self, "calls_cancelled"), ==, i + 1);
    }
  g_assert_cmpuint (get_counter (self, "call_timeouts"), ==, 0);
}

/* One caller leaves, the call of another goes on, and it is served meanwhile. */
static void
test_others_stay (HubFixture *self, gconstpointer data)
{
  GDBusConnection *leaver;
  GDBusConnection *stayer;

  hub_fixture_load_echo (self);
  leaver = open_bus (self);
  stayer = open_bus (self);
  send_echo (leaver, "Wait", NULL);
  send_echo (stayer, "Wait", NULL);
  wait_until_waiting (self, 2);
  close_bus (leaver);
  hub_fixture_wait_event (self, "echo.forgot", "uint32 1");
  g_assert_cmpuint (get_waiting (self), ==, 1);
  close_bus (stayer);
  hub_fixture_wait_event (self, "echo.forgot", "uint32 0");
}

/* The same through Request. */
static void
test_requester_leaves (HubFixture *self, gconstpointer data)
{
  GDBusConnection *bus;
  gint64 left_usec;

  hub_fixture_load_echo (self);
  bus = open_bus (self);
  send_request (bus, BN_BUS_NAME, g_variant_new ("(sa{sv}a{sv})", "echo.wait", NULL, NULL));
  wait_until_waiting (self, 1);
  left_usec = g_get_monotonic_time ();
  close_bus (bus);
  assert_forgotten_soon (self, left_usec);
  g_assert_cmpuint (get_counter (self, "requests_cancelled"), ==, 1);
  g_assert_cmpuint (get_counter (self, "calls_cancelled"), ==, 1);
  g_assert_cmpuint (get_counter (self, "request_errors"), ==, 0);
}

/* A module that asks another for its caller passes on that the caller left. */
static void
test_module_passes_on (HubFixture *self, gconstpointer data)
{
  GDBusConnection *bus;
  gint64 left_usec;

  hub_fixture_load_echo (self);
  bus = open_bus (self);
  send_echo (bus, "AskAndForget", g_variant_new ("(s)", "echo.wait"));
  wait_until_waiting (self, 1);
  left_usec = g_get_monotonic_time ();
  close_bus (bus);
  assert_forgotten_soon (self, left_usec);
  g_assert_cmpuint (get_counter (self, "calls_cancelled"), ==, 2);
}

/* The caller has its error, the module is told; what it answers late confuses nobody. */
static void
test_deadline (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 began_usec;

  hub_fixture_load_echo (self);
  began_usec = g_get_monotonic_time ();
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (GVariant) late =
          hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request",
                            g_variant_new_parsed ("('echo.wait', @a{sv} {}, {'timeout-ms': <uint32 "
                                                  "10>})"),
                            &error);
      g_autoptr (GVariant) echo = NULL;
      g_autofree char *text = g_strdup_printf ("%u", i);
      const char *answer;

      g_assert_null (late);
      g_assert_true (bn_error_is (error, BN_ERROR_TIMEOUT));
      g_clear_error (&error);
      echo = hub_fixture_echo (self, "Echo", g_variant_new ("(s)", text), &error);
      g_assert_no_error (error);
      g_variant_get (echo, "(&s)", &answer);
      g_assert_cmpstr (answer, ==, text);
    }
  assert_forgotten_soon (self, began_usec);
  g_assert_cmpuint (get_counter (self, "call_timeouts"), ==, 20);
  g_assert_cmpuint (get_counter (self, "request_timeouts"), ==, 20);
  g_assert_cmpuint (get_counter (self, "calls_cancelled"), ==, 0);
}

static void
reloaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  g_assert_no_error (error);
  *(gboolean *)user_data = TRUE;
}

static gboolean
is_set (HubFixture *self, gpointer user_data)
{
  return *(gboolean *)user_data;
}

/* Calls that are held while a module is replaced, whose callers leave or run out of their deadline,
 * reach no generation. */
static void
test_held (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) slow = NULL;
  g_autoptr (GVariant) late = NULL;
  g_autoptr (GVariant) counted = NULL;
  gboolean reloaded = FALSE;
  guint64 count;

  hub_fixture_load_echo (self);
  slow = hub_fixture_echo (self, "RestoreSlowly", g_variant_new ("(u)", 1500), &error);
  g_assert_no_error (error);
  g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_MODULES, "Reload",
                          g_variant_new ("(s)", "echo"), NULL, 0, 10000, NULL, reloaded_cb,
                          &reloaded);
  hub_fixture_wait_event (self, "echo.restoring", "");
  for (guint i = 0; i < 4; i++)
    {
      GDBusConnection *bus = open_bus (self);

      send_echo (bus, "Count", NULL);
      close_bus (bus);
    }
  late = hub_fixture_call (
      self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request",
      g_variant_new_parsed ("('echo.count', @a{sv} {}, {'timeout-ms': <uint32 300>})"), &error);
  g_assert_null (late);
  g_assert_true (bn_error_is (error, BN_ERROR_TIMEOUT));
  g_clear_error (&error);
  g_assert_false (reloaded);
  hub_fixture_wait (self, is_set, &reloaded);
  counted = hub_fixture_echo (self, "Count", NULL, &error);
  g_assert_no_error (error);
  g_variant_get (counted, "(t)", &count);
  g_assert_cmpuint (count, ==, 1);
  g_assert_cmpuint (get_counter (self, "calls_cancelled"), ==, 0);
}

static char *
authenticate (HubFixture *self, GDBusConnection *link)
{
  g_autofree char *path =
      g_build_filename (self->runtime_folder, BN_RUNTIME_FOLDER, BN_RUNTIME_TOKEN, NULL);
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  char *session;

  g_file_get_contents (path, &token, NULL, &error);
  g_assert_no_error (error);
  reply = g_dbus_connection_call_sync (link, NULL, BN_HUB_PATH, BN_IFACE_ACCESS, "Authenticate",
                                       g_variant_new_parsed ("(%s, {'name': <'Test'>})", token),
                                       NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_variant_get (reply, "(s@a{sv})", &session, NULL);
  return session;
}

/* A session that ends takes its requests along, those of another stay; so does the bridge. */
static void
test_session_ends (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) ended = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  GDBusConnection *link;
  gint64 left_usec;

  hub_fixture_load_echo (self);
  link = open_link (self);
  first = authenticate (self, link);
  second = authenticate (self, link);
  send_request (link, NULL,
                g_variant_new_parsed ("('echo.wait', @a{sv} {}, {'session': <%s>})", first));
  send_request (link, NULL,
                g_variant_new_parsed ("('echo.wait', @a{sv} {}, {'session': <%s>})", second));
  wait_until_waiting (self, 2);
  ended = g_dbus_connection_call_sync (link, NULL, BN_HUB_PATH, BN_IFACE_ACCESS, "EndSession",
                                       g_variant_new ("(sb)", first, FALSE), NULL,
                                       G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  hub_fixture_wait_event (self, "echo.forgot", "uint32 1");
  g_assert_cmpuint (get_waiting (self), ==, 1);
  left_usec = g_get_monotonic_time ();
  close_bus (link);
  assert_forgotten_soon (self, left_usec);
  g_assert_cmpuint (get_counter (self, "requests_cancelled"), ==, 2);
}

/* The hub keeps the last events for those who ask: what follows is to add nothing to them. */
static void
fill_ring (HubFixture *self)
{
  guint64 events;

  do
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) told = NULL;

      events = get_counter (self, "ring_events");
      told = hub_fixture_echo (self, "Tell", g_variant_new ("(su)", "x", 1000), &error);
      g_assert_no_error (error);
    }
  while (get_counter (self, "ring_events") > events);
  g_ptr_array_set_size (self->events, 0);
}

/* A thousand callers that leave cost the hub nothing that stays, and the module neither. */
static void
test_memory (HubFixture *self, gconstpointer data)
{
  gsize before_bytes = 0;
  gsize after_bytes;

  hub_fixture_load_echo (self);
  fill_ring (self);
  for (guint left = 0; left < LEAVERS; left += BATCH)
    {
      GDBusConnection *buses[BATCH];

      if (left == 2 * BATCH)
        before_bytes = hub_fixture_get_memory (self->pid);
      for (guint i = 0; i < BATCH; i++)
        {
          buses[i] = open_bus (self);
          send_echo (buses[i], "Wait", NULL);
        }
      wait_until_waiting (self, BATCH);
      for (guint i = 0; i < BATCH; i++)
        close_bus (buses[i]);
      wait_until_waiting (self, 0);
    }
  after_bytes = hub_fixture_get_memory (self->pid);
  g_test_message ("the hub grew by %" G_GSSIZE_FORMAT " KiB over %d callers",
                  ((gssize)after_bytes - (gssize)before_bytes) / 1024, LEAVERS - 2 * BATCH);
  g_assert_cmpuint (get_counter (self, "calls_cancelled"), ==, LEAVERS);
  if (MEMORY_IS_REAL)
    g_assert_cmpuint (after_bytes, <, before_bytes + GROWTH_BYTES_MAX);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/cancel/" path, HubFixture, NULL, hub_fixture_set_up, func,                     \
              hub_fixture_tear_down)
  ADD ("caller-leaves", test_caller_leaves);
  ADD ("others-stay", test_others_stay);
  ADD ("requester-leaves", test_requester_leaves);
  ADD ("module-passes-on", test_module_passes_on);
  ADD ("deadline", test_deadline);
  ADD ("held", test_held);
  ADD ("session-ends", test_session_ends);
  ADD ("memory", test_memory);
  return g_test_run ();
}
