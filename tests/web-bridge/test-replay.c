/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Who was away goes on where it was: nothing is missing, nothing comes twice. */
#include <stdlib.h>
#include <string.h>

#include "bridge-fixture.h"

#define assert_contains(text, part) g_assert_nonnull (strstr (text, part))
#define assert_lacks(text, part) g_assert_null (strstr (text, part))

/* Subscribes to demo.* as "s" with @since, and returns the reply. */
static char *
resume (WebClient *client, const char *since)
{
  g_autofree char *message =
      g_strdup_printf ("{\"type\":\"websocket.subscribe\",\"id\":7,\"payload\":{\"sub\":\"s\","
                       "\"patterns\":[\"demo.*\"],\"since\":%s}}",
                       since);

  web_client_say (client, message);
  return web_client_hear_with (client, "\"id\":7");
}

static guint64
sequence_of (const char *message)
{
  const char *at = strstr (message, "\"seq\":");

  g_assert_nonnull (at);
  return g_ascii_strtoull (at + strlen ("\"seq\":"), NULL, 10);
}

/* The reply, what was missed in order, the retained sample, what happens then. */
static void
test_order (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *reply = NULL;
  static const char *const rest[] = {
    "{\"type\":\"demo.b\",\"payload\":{\"n\":2},\"seq\":2,\"ts\":1,\"src\":\"demo\","
    "\"replay\":true,\"sub\":[\"s\"]}",
    "{\"type\":\"demo.c\",\"payload\":{\"n\":4},\"seq\":4,\"ts\":1,\"src\":\"demo\","
    "\"replay\":true,\"sub\":[\"s\"]}",
    "{\"type\":\"demo.cpu\",\"payload\":{\"usage\":12.5},\"retained\":true,\"sub\":[\"s\"]}",
    "{\"type\":\"demo.held\",\"payload\":{},\"seq\":5,\"ts\":1,\"src\":\"demo\",\"sub\":[\"s\"]}",
    "{\"type\":\"demo.d\",\"payload\":{},\"seq\":6,\"ts\":1,\"src\":\"demo\",\"sub\":[\"s\"]}",
  };

  test_hub_retain (bridge->hub, "demo.cpu", "{'usage': <12.5>}");
  test_hub_emit_event (bridge->hub, "demo.a", "{'n': <1>}");
  test_hub_emit_event (bridge->hub, "demo.b", "{'n': <2>}");
  test_hub_emit_event (bridge->hub, "other.b", "{'n': <3>}");
  test_hub_emit_event (bridge->hub, "demo.c", "{'n': <4>}");
  test_hub_emit_before (bridge->hub, "GetRetained", "demo.held");
  web_client_join (client, "observer");
  reply = resume (client, "{\"epoch\":\"epoch-1\",\"seq\":1}");
  g_assert_cmpstr (reply, ==,
                   "{\"type\":\"websocket.subscribe.result\",\"id\":7,\"ok\":true,\"payload\":{"
                   "\"sub\":\"s\",\"recovered\":true,\"replayed\":2,\"retained\":1,\"seq\":4}}");
  web_client_wait_until (web_client_get_heard (client) == 4);
  test_hub_emit_event (bridge->hub, "demo.d", "{}");
  for (guint i = 0; i < G_N_ELEMENTS (rest); i++)
    {
      g_autofree char *message = web_client_hear (client);

      g_assert_cmpstr (message, ==, rest[i]);
    }
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_REPLAYED], ==, 2);
}

/* An event that happens before the hub answers is replayed, and not told again. */
static void
test_cut (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *reply = NULL;
  g_autofree char *replayed = NULL;
  g_autofree char *live = NULL;

  test_hub_emit_before (bridge->hub, "Replay", "demo.early");
  web_client_join (client, "observer");
  reply = resume (client, "{\"epoch\":\"epoch-1\",\"seq\":0}");
  assert_contains (reply, "\"recovered\":true,\"replayed\":1,\"retained\":0,\"seq\":1");
  replayed = web_client_hear (client);
  assert_contains (replayed, "\"type\":\"demo.early\"");
  assert_contains (replayed, "\"replay\":true");
  test_hub_emit_event (bridge->hub, "demo.late", "{}");
  live = web_client_hear (client);
  assert_contains (live, "\"type\":\"demo.late\"");
}

/* What a gap announces can be read: the same subscription again, from before the gap. */
static void
test_after_gap (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *first = NULL;
  g_autofree char *gap = NULL;
  g_autofree char *reply = NULL;

  web_client_join (client, "observer");
  first = resume (client, "{\"epoch\":\"epoch-1\",\"seq\":0}");
  test_hub_emit_unheard (bridge->hub, "demo.a", "{}");
  test_hub_emit_unheard (bridge->hub, "demo.b", "{}");
  test_hub_emit_gap (bridge->hub, 1, 2);
  test_hub_emit_event (bridge->hub, "demo.c", "{}");
  gap = web_client_hear (client);
  assert_contains (gap, "{\"type\":\"system.gap\",\"payload\":{");
  assert_contains (gap, "\"from\":1");
  assert_contains (gap, "\"to\":2");
  reply = resume (client, "{\"epoch\":\"epoch-1\",\"seq\":0}");
  assert_contains (reply, "\"recovered\":true,\"replayed\":3,\"retained\":0,\"seq\":3");
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *message = web_client_hear (client);

      g_assert_cmpuint (sequence_of (message), ==, i);
    }
}

static void
test_not_recovered (void)
{
  static const struct
  {
    const char *since;
    const char *reply;
  } cases[] = {
    { "{\"epoch\":\"epoch-0\",\"seq\":5}", "\"recovered\":false,\"replayed\":0,\"retained\":0" },
    { "{\"epoch\":\"epoch-1\",\"seq\":99}", "\"recovered\":false,\"replayed\":0,\"retained\":0" },
    { "{\"epoch\":\"epoch-1\",\"seq\":0}", "\"recovered\":false,\"replayed\":3,\"retained\":0" },
    { "{\"epoch\":\"epoch-1\",\"seq\":\"7\"}", "\"recovered\":true,\"replayed\":3" },
    { "{\"epoch\":\"epoch-1\",\"seq\":10}", "\"recovered\":true,\"replayed\":0" },
  };
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);

  test_hub_set_ring (bridge->hub, 3, 500);
  for (guint i = 0; i < 10; i++)
    test_hub_emit_event (bridge->hub, "demo.a", "{}");
  web_client_join (client, "observer");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reply = resume (client, cases[i].since);

      assert_contains (reply, cases[i].reply);
    }
}

static void
test_bad_since (void)
{
  static const char *const bad[] = {
    "true",
    "7",
    "{}",
    "{\"epoch\":\"epoch-1\"}",
    "{\"seq\":1}",
    "{\"epoch\":1,\"seq\":1}",
    "{\"epoch\":\"epoch-1\",\"seq\":-1}",
    "{\"epoch\":\"epoch-1\",\"seq\":1.5}",
    "{\"epoch\":\"epoch-1\",\"seq\":\"x\"}",
    "{\"epoch\":\"epoch-1\",\"seq\":\"18446744073709551616\"}",
    "[]",
  };
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);

  web_client_join (client, "observer");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *reply = resume (client, bad[i]);

      assert_contains (reply, "\"code\":\"bad_payload\"");
      assert_contains (reply, "since");
    }
  g_assert_cmpuint (test_hub_get_calls (bridge->hub, "Replay"), ==, 0);
}

/* All that the ring has, although it takes many answers of the hub. */
static void
test_pages (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *reply = NULL;

  test_hub_set_ring (bridge->hub, 4096, 7);
  for (guint i = 0; i < 100; i++)
    test_hub_emit_event (bridge->hub, "demo.a", "{}");
  web_client_join (client, "observer");
  reply = resume (client, "{\"epoch\":\"epoch-1\",\"seq\":0}");
  assert_contains (reply, "\"recovered\":true,\"replayed\":100,\"retained\":0,\"seq\":100");
  g_assert_cmpuint (test_hub_get_calls (bridge->hub, "Replay"), ==, 16);
  for (guint i = 1; i <= 100; i++)
    {
      g_autofree char *message = web_client_hear (client);

      g_assert_cmpuint (sequence_of (message), ==, i);
    }
}

/* A client that does not read gets its replay when it reads again, whole, though it is far more
 * than what may wait of events; and what happened meanwhile behind it. */
static void
test_slow_reader (void)
{
  BnLimits limits = bn_default_limits;
  g_autoptr (Bridge) bridge = NULL;
  g_autoptr (WebClient) client = NULL;
  g_autofree char *filler = g_strnfill (1000, 'x');
  g_autofree char *payload = g_strdup_printf ("{'text': <'%s'>}", filler);
  g_autofree char *reply = NULL;

  limits.queue_events = 64;
  limits.queue_soft_ms = 100;
  bridge = bridge_new (&limits, NULL);
  client = web_client_new (bridge->port);
  for (guint i = 0; i < 3000; i++)
    test_hub_emit_unheard (bridge->hub, "demo.a", payload);
  web_client_join (client, "observer");
  web_client_limit_receive_buffer (client, 65536);
  web_client_set_reading (client, FALSE);
  web_client_say (client, "{\"type\":\"websocket.subscribe\",\"id\":7,\"payload\":{\"sub\":\"s\","
                          "\"patterns\":[\"demo.*\"],"
                          "\"since\":{\"epoch\":\"epoch-1\",\"seq\":0}}}");
  web_client_wait_until (bridge->counters.values[BN_COUNT_REPLAYED] == 3000);
  for (guint i = 0; i < 10; i++)
    test_hub_emit_event (bridge->hub, "demo.b", "{}");
  web_client_wait_until (bridge->counters.values[BN_COUNT_DELIVERIES] == 10);
  web_client_set_reading (client, TRUE);
  reply = web_client_hear_with (client, "\"id\":7");
  assert_contains (reply, "\"recovered\":true,\"replayed\":3000");
  for (guint i = 1; i <= 3010; i++)
    {
      g_autofree char *message = web_client_hear (client);

      g_assert_cmpuint (sequence_of (message), ==, i);
    }
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_SLOW_CONSUMERS], ==, 0);
}

/* Only so much of replays may wait; what is refused is told as not recovered. */
static void
test_too_many_replays (void)
{
  BnLimits limits = bn_default_limits;
  g_autoptr (Bridge) bridge = NULL;
  g_autoptr (WebClient) client = NULL;
  g_autofree char *filler = g_strnfill (1000, 'x');
  g_autofree char *payload = g_strdup_printf ("{'text': <'%s'>}", filler);
  g_autofree char *reply = NULL;

  bridge = bridge_new (&limits, NULL);
  client = web_client_new (bridge->port);
  for (guint i = 0; i < 3500; i++)
    test_hub_emit_unheard (bridge->hub, "demo.a", payload);
  web_client_join (client, "observer");
  web_client_limit_receive_buffer (client, 65536);
  web_client_set_reading (client, FALSE);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *message =
          g_strdup_printf ("{\"type\":\"websocket.subscribe\",\"id\":7%u,\"payload\":{\"sub\":"
                           "\"s%u\",\"patterns\":[\"demo.*\"],\"since\":{\"epoch\":\"epoch-1\","
                           "\"seq\":0}}}",
                           i, i);

      web_client_say (client, message);
    }
  web_client_wait_until (bridge->counters.values[BN_COUNT_REPLAYS_REFUSED] > 0);
  web_client_set_reading (client, TRUE);
  reply = web_client_hear_with (client, "\"recovered\":false");
  assert_contains (reply, "\"replayed\":0");
}

/* A client that is gone is not waited for. */
static void
test_gone_meanwhile (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  WebClient *gone = web_client_new (bridge->port);
  g_autofree char *reply = NULL;
  guint calls;

  test_hub_set_ring (bridge->hub, 4096, 10);
  for (guint i = 0; i < 1000; i++)
    test_hub_emit_unheard (bridge->hub, "demo.a", "{}");
  web_client_join (gone, "observer");
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *message =
          g_strdup_printf ("{\"type\":\"websocket.subscribe\",\"payload\":{\"sub\":\"s%u\","
                           "\"patterns\":[\"demo.*\"],\"since\":{\"epoch\":\"epoch-1\","
                           "\"seq\":0}}}",
                           i);

      web_client_say (gone, message);
    }
  web_client_wait_until (test_hub_get_calls (bridge->hub, "Replay") > 5);
  web_client_free (gone);
  web_client_wait_until (bn_room_get_clients (bridge->room) == 0);
  calls = test_hub_get_calls (bridge->hub, "Replay");
  web_client_join (client, "observer");
  reply = resume (client, "{\"epoch\":\"epoch-1\",\"seq\":990}");
  assert_contains (reply, "\"replayed\":10");
  /* One may have been under way. */
  g_assert_cmpuint (test_hub_get_calls (bridge->hub, "Replay"), <=, calls + 3);
}

static void
test_hub_lost_meanwhile (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *error = NULL;
  g_autofree char *reply = NULL;

  web_client_join (client, "observer");
  bridge_lose_hub (bridge);
  error = resume (client, "{\"epoch\":\"epoch-1\",\"seq\":0}");
  assert_contains (error, "\"code\":\"unavailable\"");
  bridge_start_hub (bridge, "epoch-2");
  g_free (web_client_hear_with (client, "\"epoch\":\"epoch-2\""));
  reply = resume (client, "{\"epoch\":\"epoch-1\",\"seq\":0}");
  assert_contains (reply, "\"recovered\":false");
}

/* A person with a bad connection. */
typedef struct
{
  Bridge *bridge;
  WebClient *client; /* (nullable) */
  GHashTable *seen;  /* sequence numbers */
  guint64 last;
} Wanderer;

static void
process (Wanderer *self, const char *message)
{
  guint64 sequence;

  if (strstr (message, "\"type\":\"demo.") == NULL)
    return;
  sequence = sequence_of (message);
  g_assert_cmpuint (sequence, >, self->last);
  g_assert_true (g_hash_table_add (self->seen, GSIZE_TO_POINTER (sequence)));
  self->last = sequence;
}

/* Reads some of what has come: the connection may end with messages that nobody has read. */
static void
read_some (Wanderer *self)
{
  guint n = self->client != NULL ? web_client_get_heard (self->client) : 0;

  for (guint some = n > 0 ? (guint)g_test_rand_int_range (0, n + 1) : 0; some > 0; some--)
    {
      g_autofree char *message = web_client_hear (self->client);

      process (self, message);
    }
}

static void
come_back (Wanderer *self)
{
  g_autofree char *since =
      g_strdup_printf ("{\"epoch\":\"epoch-1\",\"seq\":%" G_GUINT64_FORMAT "}", self->last);
  g_autofree char *reply = NULL;

  self->client = web_client_new (self->bridge->port);
  web_client_join (self->client, "observer");
  reply = resume (self->client, since);
  assert_contains (reply, "\"recovered\":true");
}

static void
emit_some (Wanderer *self)
{
  for (guint i = g_test_rand_int_range (1, 20); i > 0; i--)
    test_hub_emit_event (self->bridge->hub, g_test_rand_bit () ? "demo.a" : "other.a", "{}");
  for (guint turns = g_test_rand_int_range (0, 8); turns > 0; turns--)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_random_disconnects (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  Wanderer self = { .bridge = bridge, .seen = g_hash_table_new (NULL, NULL) };
  g_autofree guint64 *emitted = NULL;
  g_autofree char *end = NULL;
  guint n_emitted;

  test_hub_set_ring (bridge->hub, 100000, 9);
  for (guint step = 0; step < 1500; step++)
    {
      switch (g_test_rand_int_range (0, 6))
        {
        case 0:
          g_clear_pointer (&self.client, web_client_free);
          break;
        case 1:
          if (self.client == NULL)
            come_back (&self);
          break;
        case 2:
          test_hub_emit_before (bridge->hub, g_test_rand_bit () ? "Replay" : "GetRetained",
                                "demo.early");
          break;
        case 3:
          read_some (&self);
          break;
        default:
          emit_some (&self);
        }
    }
  if (self.client == NULL)
    come_back (&self);
  test_hub_emit_event (bridge->hub, "demo.end", "{}");
  do
    {
      g_free (end);
      end = web_client_hear (self.client);
      process (&self, end);
    }
  while (strstr (end, "demo.end") == NULL);
  emitted = test_hub_list_events (bridge->hub, "demo.*", &n_emitted);
  g_assert_cmpuint (n_emitted, >, 1000);
  for (guint i = 0; i < n_emitted; i++)
    g_assert_true (g_hash_table_contains (self.seen, GSIZE_TO_POINTER (emitted[i])));
  g_assert_cmpuint (g_hash_table_size (self.seen), ==, n_emitted);
  web_client_free (self.client);
  g_hash_table_unref (self.seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/replay/order", test_order);
  g_test_add_func ("/replay/cut", test_cut);
  g_test_add_func ("/replay/after-gap", test_after_gap);
  g_test_add_func ("/replay/not-recovered", test_not_recovered);
  g_test_add_func ("/replay/bad-since", test_bad_since);
  g_test_add_func ("/replay/pages", test_pages);
  g_test_add_func ("/replay/slow-reader", test_slow_reader);
  g_test_add_func ("/replay/too-many", test_too_many_replays);
  g_test_add_func ("/replay/gone-meanwhile", test_gone_meanwhile);
  g_test_add_func ("/replay/hub-lost-meanwhile", test_hub_lost_meanwhile);
  g_test_add_func ("/replay/random-disconnects", test_random_disconnects);
  return g_test_run ();
}
