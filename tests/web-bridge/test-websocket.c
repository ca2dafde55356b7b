/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The web protocol over a real socket, with a hub that does what the test says. */
#include <string.h>

#include "bridge-fixture.h"

#define assert_contains(text, part) g_assert_nonnull (strstr (text, part))
#define assert_lacks(text, part) g_assert_null (strstr (text, part))

static void
subscribe (WebClient *client, const char *payload)
{
  g_autofree char *message =
      g_strdup_printf ("{\"type\":\"websocket.subscribe\",\"id\":99,\"payload\":%s}", payload);
  g_autofree char *reply = NULL;

  web_client_say (client, message);
  reply = web_client_hear_with (client, "\"id\":99");
  assert_contains (reply, "\"ok\":true");
}

static void
test_hello (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *origin = g_strdup_printf ("Origin: http://127.0.0.1:%u\r\n", bridge->port);
  g_autofree char *hello = NULL;
  g_autofree char *reply = NULL;

  g_assert_cmpuint (web_client_upgrade (client, origin), ==, 101);
  hello = web_client_hear (client);
  assert_contains (hello, "\"protocol\":2");
  assert_contains (hello, "\"epoch\":\"epoch-1\"");
  assert_contains (hello, "\"state\":\"required\"");
  /* Nothing about the machine for who has not said who it is. */
  assert_lacks (hello, "\"host\"");
  web_client_say (client, "{\"type\":\"system.hello\",\"id\":\"a\",\"payload\":{\"protocol\":2,"
                          "\"client\":{\"name\":\"test\"},\"capabilities\":[\"heartbeat\"]}}");
  reply = web_client_hear (client);
  assert_contains (reply, "\"type\":\"system.hello.result\",\"id\":\"a\",\"ok\":true");
}

static void
test_old_protocol_version (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);

  web_client_join (client, "observer");
  web_client_say (client, "{\"type\":\"system.hello\",\"payload\":{\"protocol\":1}}");
  g_assert_cmpuint (web_client_wait_close (client), ==, 4426);
}

static void
test_auth_in_message (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *origin = g_strdup_printf ("Origin: http://127.0.0.1:%u\r\n", bridge->port);
  g_autofree char *refused = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *right = NULL;

  g_assert_cmpuint (web_client_upgrade (client, origin), ==, 101);
  g_assert_cmpuint (bn_room_get_unauthenticated (bridge->room), ==, 1);
  web_client_say (client, "{\"type\":\"demo.list\",\"id\":1}");
  refused = web_client_hear_with (client, "\"id\":1");
  assert_contains (refused, "\"code\":\"unauthenticated\"");
  web_client_say (client, "{\"type\":\"system.auth\",\"id\":2,\"payload\":{\"token\":\"no\"}}");
  wrong = web_client_hear_with (client, "\"id\":2");
  assert_contains (wrong, "\"code\":\"unauthenticated\"");
  web_client_say (client,
                  "{\"type\":\"system.auth\",\"id\":3,\"payload\":{\"token\":\"controller\"}}");
  right = web_client_hear_with (client, "\"id\":3");
  assert_contains (right, "\"level\":\"control\"");
  assert_contains (right, "\"host\":\"");
  assert_contains (right, "[\"observe\",\"control\"]");
  g_assert_cmpuint (bn_room_get_unauthenticated (bridge->room), ==, 0);
}

static void
test_auth_deadline (void)
{
  BnLimits limits = bn_default_limits;
  g_autoptr (Bridge) bridge = NULL;
  g_autoptr (WebClient) client = NULL;
  g_autofree char *origin = NULL;

  limits.auth_ms = 50;
  bridge = bridge_new (&limits, NULL);
  client = web_client_new (bridge->port);
  origin = g_strdup_printf ("Origin: http://127.0.0.1:%u\r\n", bridge->port);
  g_assert_cmpuint (web_client_upgrade (client, origin), ==, 101);
  g_assert_cmpuint (web_client_wait_close (client), ==, 4401);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_NOT_AUTHENTICATED_IN_TIME], ==, 1);
}

/* The first protocol, unchanged: {type, payload, target?}. */
static void
test_first_protocol (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *status = NULL;
  g_autofree char *event = NULL;
  g_autofree char *error = NULL;

  web_client_join (client, "administrator");
  web_client_say (client, "{\"type\":\"system.status_request\",\"payload\":{}}");
  status = web_client_hear (client);
  assert_contains (status, "{\"type\":\"system.status\",\"payload\":{\"version\":\"1\",");
  web_client_say (client,
                  "{\"type\":\"websocket.subscribe\",\"payload\":{\"events\":[\"demo.*\"]}}");
  web_client_wait_until (test_hub_get_calls (bridge->hub, "GetRetained") == 1);
  /* A command without a declared response is silent. */
  web_client_say (client, "{\"type\":\"worker.restart\",\"payload\":{},\"target\":\"worker:cpu\"}");
  web_client_wait_until (test_hub_get_calls (bridge->hub, "worker.restart") == 1);
  web_client_say (client, "{\"type\":\"demo.fail\",\"payload\":{}}");
  error = web_client_hear (client);
  assert_contains (error, "{\"type\":\"system.error\",\"ok\":false,\"payload\":{");
  assert_contains (error, "\"code\":\"not_found\"");
  assert_contains (error, "\"for\":\"demo.fail\"");
  assert_contains (error, "\"message\":\"There is no “it”\"");
  assert_lacks (error, "\"id\"");
  test_hub_emit_event (bridge->hub, "demo.happened", "{'x': <1>}");
  event = web_client_hear (client);
  assert_contains (event, "{\"type\":\"demo.happened\",\"payload\":{\"x\":1}");
  assert_lacks (event, "\"sub\"");
  web_client_say (client, "{\"type\":\"websocket.unsubscribe\",\"payload\":{}}");
  web_client_wait_until (test_hub_get_calls (bridge->hub, "Unsubscribe") == 1);
}

static void
test_replies (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  static const struct
  {
    const char *message;
    const char *reply;
  } cases[] = {
    { "{\"type\":\"demo.echo\",\"id\":1,\"payload\":{\"a\":[1,\"é\"]}}",
      "{\"type\":\"demo.echo.result\",\"id\":1,\"ok\":true,\"payload\":{\"a\":[1,\"é\"]}}" },
    { "{\"type\":\"demo.named\",\"id\":\"x\\\"y\"}",
      "{\"type\":\"demo.named_reply\",\"id\":\"x\\\"y\",\"ok\":true,\"payload\":{\"x\":1}}" },
    { "{\"type\":\"worker.restart\",\"id\":2,\"target\":\"worker:demo.cpu\"}",
      "{\"type\":\"worker.restart.result\",\"id\":2,\"ok\":true,\"payload\":{\"name\":\"demo.cpu\"}"
      "}" },
    { "{\"type\":\"channel.open\",\"id\":3}", "\"code\":\"bad_payload\"" },
    { "{\"type\":\"nobody.home\",\"id\":4}", "\"code\":\"unknown_type\"" },
    { "{\"type\":\"user.greeting\",\"id\":5,\"payload\":{}}",
      "{\"type\":\"user.greeting.result\",\"id\":5,\"ok\":true,\"payload\":{\"sequence\":1}}" },
    { "{\"type\":\"Not A Type\",\"id\":6}", "\"code\":\"unknown_type\"" },
    { "{\"type\":\"demo.echo\",\"id\":7,\"payload\":[]}", "\"code\":\"bad_payload\"" },
    { "{\"type\":\"demo.echo\",\"id\":{}}", "\"code\":\"bad_message\"" },
    { "{\"type\":\"websocket.subscribe\",\"id\":8,\"payload\":{}}", "\"code\":\"bad_payload\"" },
    { "{\"type\":\"websocket.subscribe\",\"id\":9,\"payload\":{\"patterns\":[\"A\"]}}",
      "\"code\":\"bad_payload\"" },
    { "{\"type\":\"websocket.subscribe\",\"id\":10,\"payload\":{\"patterns\":[\"a.b\"],\"rate\":0}"
      "}",
      "\"code\":\"bad_payload\"" },
    { "{\"type\":\"websocket.unsubscribe\",\"id\":11,\"payload\":{\"sub\":\"no\"}}",
      "\"code\":\"not_found\"" },
    { "{\"type\":\"websocket.connections\",\"id\":12}", "\"code\":\"forbidden\"" },
    { "{\"type\":\"system.auth\",\"id\":13,\"payload\":{\"token\":\"observer\"}}",
      "\"code\":\"conflict\"" },
  };

  web_client_join (client, "observer");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reply = NULL;

      web_client_say (client, cases[i].message);
      reply = web_client_hear (client);
      if (cases[i].reply[0] == '{')
        g_assert_cmpstr (reply, ==, cases[i].reply);
      else
        assert_contains (reply, cases[i].reply);
    }
}

static void
test_subscription (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *reply = NULL;
  g_autofree char *retained = NULL;
  g_autofree char *live = NULL;

  test_hub_retain (bridge->hub, "demo.cpu", "{'usage': <12.5>}");
  web_client_join (client, "observer");
  web_client_say (client, "{\"type\":\"websocket.subscribe\",\"id\":3,\"payload\":{\"sub\":\"cpu\","
                          "\"patterns\":[\"demo.*\"],\"rate\":2}}");
  reply = web_client_hear (client);
  assert_contains (reply, "\"type\":\"websocket.subscribe.result\",\"id\":3,\"ok\":true");
  assert_contains (reply, "\"retained\":1");
  g_assert_cmpuint (test_hub_get_interval (bridge->hub), ==, 500);
  retained = web_client_hear (client);
  assert_contains (retained, "\"payload\":{\"usage\":12.5},\"retained\":true,\"sub\":[\"cpu\"]");
  test_hub_emit_sample (bridge->hub, "demo.cpu", "cpu0", "{'usage': <13.0>}");
  live = web_client_hear (client);
  assert_contains (live, "\"key\":\"cpu0\"");
  assert_contains (live, "\"sub\":[\"cpu\"]");
  assert_lacks (live, "retained");
}

/* Two subscriptions of a client that match: one message, both names. */
static void
test_one_message (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *event = NULL;
  g_autofree char *pong = NULL;

  web_client_join (client, "observer");
  subscribe (client, "{\"sub\":\"a\",\"patterns\":[\"demo.*\"]}");
  subscribe (client, "{\"sub\":\"b\",\"patterns\":[\"demo.x\",\"demo.y\"]}");
  subscribe (client, "{\"sub\":\"c\",\"patterns\":[\"demo.y\",\"demo.x\",\"demo.x\"]}");
  /* b and c are the same; module.state_changed is the bridge's own. */
  g_assert_cmpuint (test_hub_get_subscriptions (bridge->hub), ==, 3);
  test_hub_emit_event (bridge->hub, "demo.x", "{}");
  event = web_client_hear (client);
  assert_contains (event, "\"a\"");
  assert_contains (event, "\"b\"");
  assert_contains (event, "\"c\"");
  web_client_say (client, "{\"type\":\"system.ping\",\"id\":1,\"payload\":{}}");
  pong = web_client_hear (client);
  assert_contains (pong, "system.pong");
}

static void
test_shared_lease (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify)web_client_free);

  for (guint i = 0; i < 20; i++)
    {
      WebClient *client = web_client_new (bridge->port);

      g_ptr_array_add (clients, client);
      web_client_join (client, i % 2 == 0 ? "observer" : "controller");
      subscribe (client, "{\"sub\":\"s\",\"patterns\":[\"demo.*\"],\"retained\":false}");
    }
  /* One for each level, and the bridge's own. */
  g_assert_cmpuint (test_hub_get_subscriptions (bridge->hub), ==, 3);
  g_assert_cmpuint (test_hub_get_calls (bridge->hub, "Authenticate"), ==, 2);
  test_hub_emit_event (bridge->hub, "demo.x", "{}");
  for (guint i = 0; i < clients->len; i++)
    {
      g_autofree char *event = web_client_hear (clients->pdata[i]);

      assert_contains (event, "\"type\":\"demo.x\"");
    }
  g_ptr_array_set_size (clients, 1);
  web_client_wait_until (test_hub_get_subscriptions (bridge->hub) == 2);
}

static void
test_session_ended (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) gone = web_client_new (bridge->port);
  g_autoptr (WebClient) stays = web_client_new (bridge->port);
  g_autofree char *event = NULL;

  web_client_join (gone, "administrator");
  web_client_join (stays, "fresh");
  subscribe (gone, "{\"patterns\":[\"demo.*\"]}");
  subscribe (stays, "{\"patterns\":[\"demo.*\"]}");
  test_hub_end_session (bridge->hub, "administrator");
  g_assert_cmpuint (web_client_wait_close (gone), ==, 4401);
  /* The subscription that both shared was asked on behalf of the one that is gone. */
  web_client_wait_until (test_hub_get_subscriptions (bridge->hub) == 2);
  test_hub_emit_event (bridge->hub, "demo.x", "{}");
  event = web_client_hear_with (stays, "demo.x");
}

static void
test_hub_restart (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *away = NULL;
  g_autofree char *error = NULL;
  g_autofree char *hello = NULL;
  g_autofree char *event = NULL;

  web_client_join (client, "observer");
  subscribe (client, "{\"sub\":\"s\",\"patterns\":[\"demo.*\"]}");
  bridge_lose_hub (bridge);
  away = web_client_hear_with (client, "system.hello");
  assert_lacks (away, "\"epoch\"");
  web_client_say (client, "{\"type\":\"demo.list\",\"id\":1}");
  error = web_client_hear_with (client, "\"id\":1");
  assert_contains (error, "\"code\":\"unavailable\"");
  bridge_start_hub (bridge, "epoch-2");
  hello = web_client_hear_with (client, "system.hello");
  assert_contains (hello, "\"epoch\":\"epoch-2\"");
  web_client_wait_until (test_hub_get_subscriptions (bridge->hub) == 2);
  test_hub_emit_event (bridge->hub, "demo.x", "{}");
  event = web_client_hear_with (client, "demo.x");
  assert_contains (event, "\"sub\":[\"s\"]");
}

/* The connection to the hub was lost for a moment: what happened meanwhile is announced, also what
 * happened when the hub was there again and had not been asked yet. */
static void
test_link_lost (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *away = NULL;
  g_autofree char *back = NULL;
  g_autofree char *gap = NULL;
  g_autofree char *event = NULL;

  web_client_join (client, "observer");
  subscribe (client, "{\"sub\":\"s\",\"patterns\":[\"demo.*\"]}");
  bridge_lose_hub (bridge);
  bridge_start_hub (bridge, "epoch-1");
  test_hub_emit_before (bridge->hub, "Subscribe", "demo.lost");
  away = web_client_hear (client);
  assert_contains (away, "\"type\":\"system.hello\"");
  assert_lacks (away, "\"epoch\"");
  back = web_client_hear (client);
  assert_contains (back, "\"epoch\":\"epoch-1\"");
  gap = web_client_hear (client);
  assert_contains (gap, "\"type\":\"system.gap\"");
  assert_contains (gap, "\"from\":1");
  assert_contains (gap, "\"to\":1");
  test_hub_emit_event (bridge->hub, "demo.x", "{}");
  event = web_client_hear (client);
  assert_contains (event, "demo.x");
}

static void
test_gap_of_hub (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *gap = NULL;

  web_client_join (client, "observer");
  subscribe (client, "{\"patterns\":[\"demo.*\"]}");
  test_hub_emit_gap (bridge->hub, 7, 9);
  gap = web_client_hear (client);
  assert_contains (gap, "\"type\":\"system.gap\"");
  assert_contains (gap, "\"from\":7");
  assert_contains (gap, "\"to\":9");
}

static void
test_heartbeat (void)
{
  BnLimits limits = bn_default_limits;
  g_autoptr (Bridge) bridge = NULL;
  g_autoptr (WebClient) silent = NULL;
  g_autoptr (WebClient) seed = NULL;
  g_autofree char *beat = NULL;

  limits.heartbeat_ms = 40;
  limits.silence_ms = 150;
  bridge = bridge_new (&limits, NULL);
  silent = web_client_new (bridge->port);
  seed = web_client_new (bridge->port);
  web_client_join (silent, "observer");
  web_client_join (seed, "observer");
  web_client_say (silent, "{\"type\":\"system.hello\",\"payload\":{\"protocol\":2,"
                          "\"capabilities\":[\"heartbeat\"]}}");
  g_assert_cmpuint (web_client_wait_close (silent), ==, 4408);
  beat = web_client_hear_with (seed, "system.heartbeat");
  assert_contains (beat, "\"seq\":");
  g_assert_false (web_client_is_closed (seed));
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_HEARTBEATS_LOST], ==, 1);
}

static void
test_bad_messages (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *error = NULL;

  web_client_join (client, "observer");
  web_client_say (client, "{");
  error = web_client_hear (client);
  assert_contains (error, "\"code\":\"bad_message\"");
  web_client_say (client, "[]");
  /* Two in a row are not three. */
  web_client_say (client, "{\"type\":\"system.ping\"}");
  web_client_say (client, "1");
  web_client_say (client, "{\"type\":7}");
  web_client_say (client, "nope");
  g_assert_cmpuint (web_client_wait_close (client), ==, 4400);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_BAD_MESSAGES], ==, 5);
}

static void
test_in_flight (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *error = NULL;

  web_client_join (client, "observer");
  for (guint i = 0; i < 65; i++)
    {
      g_autofree char *message = g_strdup_printf ("{\"type\":\"demo.never\",\"id\":%u}", i);

      web_client_say (client, message);
    }
  error = web_client_hear (client);
  assert_contains (error, "\"id\":64");
  assert_contains (error, "\"code\":\"busy\"");
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_BUSY], ==, 1);
}

static void
test_flood (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);

  web_client_join (client, "observer");
  for (guint i = 0; i < 2000 && !web_client_is_closed (client); i++)
    web_client_say (client, "{\"type\":\"system.ping\"}");
  g_assert_cmpuint (web_client_wait_close (client), ==, 4429);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_FLOODS], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/websocket/hello", test_hello);
  g_test_add_func ("/websocket/old-protocol-version", test_old_protocol_version);
  g_test_add_func ("/websocket/auth-in-message", test_auth_in_message);
  g_test_add_func ("/websocket/auth-deadline", test_auth_deadline);
  g_test_add_func ("/websocket/first-protocol", test_first_protocol);
  g_test_add_func ("/websocket/replies", test_replies);
  g_test_add_func ("/websocket/subscription", test_subscription);
  g_test_add_func ("/websocket/one-message", test_one_message);
  g_test_add_func ("/websocket/shared-lease", test_shared_lease);
  g_test_add_func ("/websocket/session-ended", test_session_ended);
  g_test_add_func ("/websocket/hub-restart", test_hub_restart);
  g_test_add_func ("/websocket/link-lost", test_link_lost);
  g_test_add_func ("/websocket/gap-of-hub", test_gap_of_hub);
  g_test_add_func ("/websocket/heartbeat", test_heartbeat);
  g_test_add_func ("/websocket/bad-messages", test_bad_messages);
  g_test_add_func ("/websocket/in-flight", test_in_flight);
  g_test_add_func ("/websocket/flood", test_flood);
  return g_test_run ();
}
