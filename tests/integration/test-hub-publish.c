/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Events on the bus: who may tell what, who hears it, what can be read again. */
#include <signal.h>
#include <string.h>

#include "bus-client.h"
#include "introspection/names.h"

#define RING_EVENTS 4096
#define EVENT_BYTES_MAX 4096

static void
set_up (HubFixture *self, gconstpointer data)
{
  hub_fixture_set_up (self, data);
  hub_fixture_load_echo (self);
}

static void
raise_event (HubFixture *self, const char *event, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_echo (self, "Raise", g_variant_new ("(ss)", event, text), &error);

  g_assert_no_error (error);
}

static guint64
get_sequence (GPtrArray *events, guint index)
{
  g_autoptr (GVariant) value = bus_client_get_meta (events, index, "sequence");

  g_assert_nonnull (value);
  return g_variant_get_uint64 (value);
}

/* A broadcast reaches who has a match rule, filtered by the bus by the type's first segments. */
static void
test_broadcast (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) all = bus_client_new (self, NULL);
  g_autoptr (BusClient) echo = bus_client_new (self, "echo");
  g_autoptr (BusClient) door = bus_client_new (self, "user.door");
  g_autofree char *source = NULL;
  g_autofree char *own_source = NULL;
  guint64 first = bus_client_emit (all, "user.door", "{'n': <1>}", "{}");
  guint64 second = bus_client_emit (all, "user.door.opened", "{'n': <2>}", "{}");
  guint64 third = bus_client_emit (all, "user.doorbell", "{'n': <3>}", "{}");

  g_assert_cmpuint (second, ==, first + 1);
  g_assert_cmpuint (third, ==, first + 2);
  raise_event (self, "told", "a");
  bus_client_wait (all, all->events, 4);
  bus_client_wait (echo, echo->events, 1);
  bus_client_wait (door, door->events, 2);
  bus_client_sync (echo);
  bus_client_sync (door);
  g_assert_cmpuint (all->events->len, ==, 4);
  g_assert_cmpuint (echo->events->len, ==, 1);
  g_assert_cmpuint (door->events->len, ==, 2);
  g_assert_cmpstr (bus_client_get_type (door->events, 0), ==, "user.door");
  g_assert_cmpstr (bus_client_get_type (door->events, 1), ==, "user.door.opened");
  for (guint i = 0; i < 4; i++) /* in order, whoever told it */
    g_assert_cmpuint (get_sequence (all->events, i), ==, first + i);
  source = bus_client_dup_meta_string (all->events, 0, "source");
  g_assert_cmpstr (source, ==, "user");
  own_source = bus_client_dup_meta_string (echo->events, 0, "source");
  g_assert_cmpstr (own_source, ==, "echo");
}

/* Nobody tells what is another's to tell. */
static void
test_who_may (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *type;
    BnError error;
  } refused[] = {
    { "echo.told", BN_ERROR_FORBIDDEN },     { "echo.tick", BN_ERROR_FORBIDDEN },
    { "echo.nothing", BN_ERROR_FORBIDDEN },  { "module.state_changed", BN_ERROR_FORBIDDEN },
    { "worker.failed", BN_ERROR_FORBIDDEN }, { "system.x", BN_ERROR_FORBIDDEN },
    { "hub.heartbeat", BN_ERROR_FORBIDDEN }, { "job.progress", BN_ERROR_FORBIDDEN },
    { "nobody.x", BN_ERROR_UNKNOWN_TYPE },   { "user", BN_ERROR_UNKNOWN_TYPE },
    { "user.", BN_ERROR_UNKNOWN_TYPE },      { "user.*", BN_ERROR_UNKNOWN_TYPE },
    { "user.A", BN_ERROR_UNKNOWN_TYPE },     { "user..a", BN_ERROR_UNKNOWN_TYPE },
    { "", BN_ERROR_UNKNOWN_TYPE },           { "userx.a", BN_ERROR_UNKNOWN_TYPE },
  };
  g_autoptr (BusClient) client = bus_client_new (self, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *arguments =
          g_strdup_printf ("('%s', @a{sv} {}, @a{sv} {})", refused[i].type);

      bus_client_refuse (client, "Emit", arguments, refused[i].error);
    }
  g_assert_cmpuint (hub_fixture_statistic (self, "rejected"), ==, G_N_ELEMENTS (refused));
  bus_client_sync (client);
  g_assert_cmpuint (client->events->len, ==, 0);
}

/* What a module accepts goes to it alone, with its fields converted. */
static void
test_accept (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (GVariant) text = NULL;
  g_autoptr (GVariant) unloaded = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (bus_client_emit (client, "echo.knock", "{'text': <'who'>}", "{}"), ==, 0);
  bus_client_wait (client, client->events, 1);
  g_assert_cmpstr (bus_client_get_type (client->events, 0), ==, "echo.heard");
  text = bus_client_get_field (client->events, 0, "text");
  g_assert_cmpstr (g_variant_get_string (text, NULL), ==, "who");
  bus_client_refuse (client, "Emit", "('echo.knock', {'text': <5>}, @a{sv} {})",
                     BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "Emit", "('echo.knock', {'text': <'a'>, 'more': <5>}, @a{sv} {})",
                     BN_ERROR_BAD_PAYLOAD);
  bus_client_sync (client);
  g_assert_cmpuint (client->events->len, ==, 1);
  unloaded = hub_fixture_request (self, "module.unload", "{'name': <'echo'>}", &error);
  g_assert_no_error (error);
  bus_client_refuse (client, "Emit", "('echo.knock', {'text': <'a'>}, @a{sv} {})",
                     BN_ERROR_UNAVAILABLE);
}

/* A target is checked and told; a request's target completes its name. */
static void
test_targets (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *type;
    const char *payload;
    const char *target;
    const char *reply; /* a part of it */
  } requests[] = {
    { "echo", "{'text': <'a'>}", "echo", "{'echo': <'a'>}" },
    { "echo.echo", "{'text': <'b'>}", "echo", "{'echo': <'b'>}" },
    { "worker.restart", "{}", "worker:echo.tick", "'echo.tick'" },
    { "worker.restart", "{}", "worker:tick", "'echo.tick'" },
    { "system.status_request", "{}", "hub", "'epoch'" },
  };
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autofree char *target = NULL;

  bus_client_emit (client, "user.hail", "{}", "{'target': <'echo'>}");
  bus_client_wait (client, client->events, 1);
  target = bus_client_dup_meta_string (client->events, 0, "target");
  g_assert_cmpstr (target, ==, "echo");
  bus_client_refuse (client, "Emit", "('user.hail', @a{sv} {}, {'target': <'nobody'>})",
                     BN_ERROR_NO_TARGET);
  bus_client_refuse (client, "Emit", "('user.hail', @a{sv} {}, {'target': <5>})",
                     BN_ERROR_BAD_PAYLOAD);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autofree char *arguments =
          g_strdup_printf ("('%s', @a{sv} %s, {'target': <'%s'>})", requests[i].type,
                           requests[i].payload, requests[i].target);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply = bus_client_call (client, "Request", arguments, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = g_variant_print (reply, FALSE);
      g_test_message ("%s", text);
      g_assert_nonnull (strstr (text, requests[i].reply));
    }
  bus_client_refuse (client, "Request", "('echo', {'text': <'a'>}, {'target': <'nobody'>})",
                     BN_ERROR_NO_TARGET);
  bus_client_refuse (client, "Request", "('nothing', @a{sv} {}, {'target': <'echo'>})",
                     BN_ERROR_UNKNOWN_TYPE);
  bus_client_refuse (client, "Request", "('worker.restart', @a{sv} {}, {'target': <'worker:x'>})",
                     BN_ERROR_NOT_FOUND);
}

/* An event above "observe" goes to its subscribers, one by one, and to nobody else. */
static void
test_private (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) subscriber = bus_client_new (self, NULL);
  g_autoptr (BusClient) listener = bus_client_new (self, NULL);
  g_autoptr (BusClient) other = bus_client_new (self, NULL);
  g_autofree char *after = g_strdup ("");
  g_autofree char *replay = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) epoch =
      hub_fixture_property (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Epoch");

  bus_client_subscribe (subscriber, "['echo.secret', 'echo.*']", "{}");
  bus_client_subscribe (other, "['user.*']", "{}");
  raise_event (self, "secret", "hush");
  raise_event (self, "told", "end");
  bus_client_wait (subscriber, subscriber->events, 2);
  bus_client_wait (listener, listener->events, 1);
  bus_client_wait (other, other->events, 1);
  bus_client_sync (subscriber);
  g_assert_cmpuint (subscriber->events->len, ==, 2); /* once, whatever the number of patterns */
  g_assert_cmpstr (bus_client_get_type (subscriber->events, 0), ==, "echo.secret");
  g_assert_cmpstr (bus_client_get_type (listener->events, 0), ==, "echo.told");
  g_assert_cmpstr (bus_client_get_type (other->events, 0), ==, "echo.told");
  g_assert_cmpuint (get_sequence (listener->events, 0), ==,
                    get_sequence (subscriber->events, 0) + 1);
  replay = g_strdup_printf ("('%s', uint64 0, ['echo.secret'], @a{sv} {})",
                            g_variant_get_string (epoch, NULL));
  reply = bus_client_call (listener, "Replay", replay, &error);
  g_assert_no_error (error);
  g_free (after);
  after = g_variant_print (reply, FALSE);
  g_assert_nonnull (strstr (after, "hush")); /* on a session bus everybody is the same user */
}

/* The types, sequence numbers and completeness of a replay. */
static GVariant *
replay (BusClient *client, const char *epoch, guint64 after, const char *patterns,
        gboolean *complete)
{
  g_autofree char *arguments = g_strdup_printf (
      "('%s', uint64 %" G_GUINT64_FORMAT ", %s, @a{sv} {})", epoch, after, patterns);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bus_client_call (client, "Replay", arguments, &error);
  GVariant *events;

  g_assert_no_error (error);
  g_variant_get (reply, "(b@a(sa{sv}a{sv}))", complete, &events);
  return events;
}

static guint64
get_last_sequence (GVariant *events)
{
  g_autoptr (GVariant) event =
      g_variant_get_child_value (events, g_variant_n_children (events) - 1);
  g_autoptr (GVariant) meta = g_variant_get_child_value (event, 2);
  guint64 sequence = 0;

  g_assert_true (g_variant_lookup (meta, "sequence", "t", &sequence));
  return sequence;
}

static void
assert_replay (BusClient *client, const char *epoch, guint64 after, const char *patterns,
               gboolean complete, guint length)
{
  gboolean is_complete;
  g_autoptr (GVariant) events = replay (client, epoch, after, patterns, &is_complete);

  g_assert_cmpint (is_complete, ==, complete);
  g_assert_cmpuint (g_variant_n_children (events), ==, length);
}

static void
tell (HubFixture *self, const char *text, guint count)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_echo (self, "Tell", g_variant_new ("(su)", text, count), &error);

  g_assert_no_error (error);
}

static gboolean
counted_all (HubFixture *self, gpointer user_data)
{
  return hub_fixture_statistic (self, "events") >= *(guint *)user_data;
}

/* What was missed is read again: complete, until the ring has gone on or the hub is another. */
static void
test_replay (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (GVariant) epoch_value =
      hub_fixture_property (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Epoch");
  g_autoptr (GVariant) new_epoch = NULL;
  const char *epoch = g_variant_get_string (epoch_value, NULL);
  guint64 first = bus_client_emit (client, "user.a", "{}", "{}");
  guint wanted;

  g_assert_cmpuint (strlen (epoch), ==, 32);
  bus_client_emit (client, "user.b", "{}", "{}");
  bus_client_emit (client, "user.a", "{}", "{}");
  assert_replay (client, epoch, first - 1, "['user.*']", TRUE, 3);
  assert_replay (client, epoch, first, "['user.*']", TRUE, 2);
  assert_replay (client, epoch, first - 1, "['user.a', '*.a']", TRUE, 2);
  assert_replay (client, epoch, first + 2, "['*']", TRUE, 0);
  assert_replay (client, epoch, 0, "['nobody.x']", TRUE, 0);
  assert_replay (client, "00000000000000000000000000000000", first, "['*']", FALSE, 0);
  assert_replay (client, epoch, first + 1000, "['*']", FALSE, 0); /* not seen in this epoch */

  wanted = (guint)hub_fixture_statistic (self, "events") + RING_EVENTS;
  tell (self, "x", RING_EVENTS);
  hub_fixture_wait (self, counted_all, &wanted);
  g_assert_cmpuint (hub_fixture_statistic (self, "ring_events"), ==, RING_EVENTS);
  assert_replay (client, epoch, first, "['user.*']", FALSE, 0);
  assert_replay (client, epoch, first + 2, "['echo.told']", TRUE, RING_EVENTS);

  hub_fixture_stop (self, SIGTERM);
  hub_fixture_start (self);
  new_epoch = hub_fixture_property (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Epoch");
  g_assert_cmpstr (g_variant_get_string (new_epoch, NULL), !=, epoch);
  assert_replay (client, epoch, first, "['*']", FALSE, 0);
}

/* More than fits into one message is read in parts, each from the last number of the one before. */
static void
test_long_replay (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (GVariant) epoch =
      hub_fixture_property (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Epoch");
  g_autoptr (GVariant) sequence =
      hub_fixture_property (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Sequence");
  g_autofree char *text = g_strnfill (3000, 'x');
  guint64 after = g_variant_get_uint64 (sequence);
  guint64 last = after + 800;
  guint wanted = (guint)hub_fixture_statistic (self, "events") + 800;
  guint parts = 0;
  guint events = 0;

  tell (self, text, 800);
  hub_fixture_wait (self, counted_all, &wanted);
  while (after < last)
    {
      gboolean complete;
      g_autoptr (GVariant) part =
          replay (client, g_variant_get_string (epoch, NULL), after, "['echo.told']", &complete);

      g_assert_true (complete);
      g_assert_cmpuint (g_variant_get_size (part), <=, 1024 * 1024);
      g_assert_cmpuint (get_last_sequence (part), >, after);
      after = get_last_sequence (part);
      events += g_variant_n_children (part);
      parts++;
    }
  g_assert_cmpuint (events, ==, 800);
  g_assert_cmpuint (parts, >=, 3);
}

/* A payload at the limit passes, one above it does not; nor does one with bad options. */
static void
test_bad_input (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  g_autoptr (GVariant) empty = g_variant_ref_sink (g_variant_new_parsed ("{'text': <''>}"));
  gsize fits = EVENT_BYTES_MAX - g_variant_get_size (empty);
  g_autofree char *text = g_strnfill (fits + 64, 'x');
  g_autofree char *too_large = g_strdup_printf ("('user.a', {'text': <'%s'>}, @a{sv} {})", text);
  g_autofree char *large = NULL;

  bus_client_refuse (client, "Emit", too_large, BN_ERROR_TOO_LARGE);
  text[fits - 4] = '\0'; /* offsets grow with the text */
  large = g_strdup_printf ("{'text': <'%s'>}", text);
  bus_client_emit (client, "user.a", large, "{}");
  bus_client_refuse (client, "Emit", "('user.a', @a{sv} {})", BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "Request", "('echo.echo', {'text': <'a'>}, {'timeout-ms': <5000>})",
                     BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "Request",
                     "('echo.echo', {'text': <'a'>}, {'timeout-ms': <uint32 0>})",
                     BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "Request",
                     "('echo.echo', {'text': <'a'>}, {'timeout-ms': <uint32 600001>})",
                     BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "Request", "('echo.echo', {'text': <'a'>}, {'target': <true>})",
                     BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "Request", "('', @a{sv} {}, @a{sv} {})", BN_ERROR_UNKNOWN_TYPE);
  bus_client_refuse (client, "Request", "('module', @a{sv} {}, @a{sv} {})", BN_ERROR_UNKNOWN_TYPE);
}

/* What is quoted in an error is cut; the error must be readable all the same. */
static void
test_quoted (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *method;
    const char *format; /* of the arguments; %s is the name */
    const char *said;
  } cases[] = {
    { "Request", "('%s', @a{sv} {}, @a{sv} {})", "Nobody answers" },
    { "Request", "('echo.echo', {'%s': <1>}, @a{sv} {})", "has no argument" },
    { "Emit", "('%s', @a{sv} {}, @a{sv} {})", "is not an event type" },
    { "Subscribe", "(['%s'], @a{sv} {})", "is not a pattern" },
    { "Subscribe", "(['%s'], {'responder': <true>, 'handler': <objectpath '/a'>})",
      "can be answered from outside" },
  };
  g_autoptr (BusClient) client = bus_client_new (self, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint length = 60; length < 82; length++)
      {
        g_autofree char *start = g_strnfill (length, 'a');
        g_autofree char *name = g_strconcat (start, "é", NULL);
        g_auto (GStrv) parts = g_strsplit (cases[i].format, "%s", 2);
        g_autofree char *arguments = g_strjoinv (name, parts);
        g_autoptr (GError) error = NULL;
        g_autoptr (GVariant) reply = bus_client_call (client, cases[i].method, arguments, &error);

        g_assert_null (reply);
        if (strstr (error->message, cases[i].said) == NULL)
          g_error ("%s %s: “%s”", cases[i].method, arguments, error->message);
      }
}

/* The counters count what happened, each thing once. */
static void
test_statistics (HubFixture *self, gconstpointer data)
{
  static const char *const names[] = { "events",         "rejected",         "requests",
                                       "request_errors", "request_timeouts", "samples" };
  static const guint64 growth[] = { 3, 1, 3, 2, 1, 0 };
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  guint64 before[G_N_ELEMENTS (names)];
  guint64 deliveries = hub_fixture_statistic (self, "deliveries");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    before[i] = hub_fixture_statistic (self, names[i]);
  bus_client_emit (client, "user.a", "{}", "{}");
  bus_client_emit (client, "user.b", "{}", "{}");
  raise_event (self, "told", "c");
  bus_client_wait (client, client->events, 3);
  bus_client_refuse (client, "Emit", "('nobody.x', @a{sv} {}, @a{sv} {})", BN_ERROR_UNKNOWN_TYPE);
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (GVariant) reply = hub_fixture_request (self, "echo.echo", "{'text': <'a'>}", &error);

    g_assert_no_error (error);
  }
  hub_fixture_refuse_request (self, "echo.echo", "{}", BN_ERROR_BAD_PAYLOAD);
  bus_client_refuse (client, "Request",
                     "('echo.sleep', {'duration_ms': <uint32 200>}, {'timeout-ms': <uint32 10>})",
                     BN_ERROR_TIMEOUT);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_test_message ("%s", names[i]);
      g_assert_cmpuint (hub_fixture_statistic (self, names[i]), ==, before[i] + growth[i]);
    }
  g_assert_cmpuint (hub_fixture_statistic (self, "deliveries"), ==, deliveries + 3);
  g_assert_cmpuint (hub_fixture_statistic (self, "dropped"), ==, 0);
  g_assert_cmpuint (hub_fixture_statistic (self, "gaps"), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/publish/" path, HubFixture, NULL, set_up, func, hub_fixture_tear_down)
  ADD ("broadcast", test_broadcast);
  ADD ("who-may", test_who_may);
  ADD ("accept", test_accept);
  ADD ("targets", test_targets);
  ADD ("private", test_private);
  ADD ("replay", test_replay);
  ADD ("long-replay", test_long_replay);
  ADD ("bad-input", test_bad_input);
  ADD ("quoted", test_quoted);
  ADD ("statistics", test_statistics);
  return g_test_run ();
}
