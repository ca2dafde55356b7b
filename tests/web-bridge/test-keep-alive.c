/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Many requests on one connection, and how it ends. */
#include <string.h>

#include "bridge-fixture.h"

#define assert_contains(text, part) g_assert_nonnull (strstr (text, part))
#define assert_lacks(text, part) g_assert_null (strstr (text, part))

static void
ask (WebClient *client)
{
  g_assert_cmpuint (web_client_request (client, "GET", "/healthz", NULL, NULL), ==, 200);
}

static void
wait_for_connections (Bridge *bridge, guint n)
{
  web_client_wait_until (bn_http_server_get_connections (bridge->server) == n);
}

static void
test_thousand_requests (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  guint64 before;

  for (guint i = 0; i < 100; i++)
    ask (client);
  before = resident_kib ();
  for (guint i = 0; i < 900; i++)
    g_assert_cmpuint (web_client_request (client, "POST", "/api/demo/echo",
                                          "Authorization: Bearer observer\r\n"
                                          "Content-Type: application/json\r\n",
                                          "{\"a\":1}"),
                      ==, 200);
  assert_grew_less (before, 2 * 1024);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_ACCEPTED], ==, 1);
  g_assert_cmpuint (bn_http_server_get_connections (bridge->server), ==, 1);
}

/* A browser that goes away between two requests leaves nothing behind. */
static void
test_closed_while_idle (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  guint descriptors = open_descriptors ();
  guint64 before = 0;

  for (guint i = 0; i < 600; i++)
    {
      WebClient *client = web_client_new (bridge->port);

      if (i == 300)
        before = resident_kib ();
      ask (client);
      ask (client);
      g_assert_cmpuint (bn_http_server_get_connections (bridge->server), ==, 1);
      web_client_free (client);
      wait_for_connections (bridge, 0);
    }
  g_assert_cmpuint (open_descriptors (), ==, descriptors);
  assert_grew_less (before, 256);
}

static void
test_idle_deadline (void)
{
  BnLimits limits = bn_default_limits;
  g_autoptr (Bridge) bridge = NULL;
  g_autoptr (WebClient) client = NULL;
  guint descriptors;

  limits.idle_ms = 50;
  bridge = bridge_new (&limits, NULL);
  client = web_client_new (bridge->port);
  descriptors = open_descriptors ();
  ask (client);
  web_client_wait_until (web_client_is_closed (client));
  wait_for_connections (bridge, 0);
  g_assert_cmpuint (open_descriptors (), ==, descriptors);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_IDLE], ==, 1);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_LATE_HEAD], ==, 0);
}

/* The next request has its deadline too. */
static void
test_late_second_head (void)
{
  BnLimits limits = bn_default_limits;
  g_autoptr (Bridge) bridge = NULL;
  g_autoptr (WebClient) client = NULL;

  limits.head_ms = 50;
  bridge = bridge_new (&limits, NULL);
  client = web_client_new (bridge->port);
  ask (client);
  web_client_send (client, "GET / HTTP/1.1\r\nX");
  web_client_wait_until (web_client_is_closed (client));
  wait_for_connections (bridge, 0);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_LATE_HEAD], ==, 1);
}

/* Requests that do not wait for answers are answered in order; garbage behind one ends it. */
static void
test_pipelined (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *text = g_strdup_printf ("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\n\r\n"
                                           "GET /nothing HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\n\r\n"
                                           "\x16\x03\x01 this is no HTTP\r\n\r\n"
                                           "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\n\r\n",
                                           bridge->port);

  web_client_send (client, text);
  g_assert_cmpuint (web_client_read_answer (client), ==, 200);
  g_assert_cmpuint (web_client_read_answer (client), ==, 404);
  g_assert_cmpuint (web_client_read_answer (client), ==, 400);
  g_assert_cmpuint (web_client_read_answer (client), ==, 0);
  wait_for_connections (bridge, 0);
}

/* What is refused on its head ends the connection: its body may be anything. */
static void
test_refused_is_last (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);

  ask (client);
  g_assert_cmpuint (web_client_request (client, "GET", "/", "Host: evil\r\n", NULL), ==, 400);
  assert_contains (web_client_get_head (client), "Connection: close");
  web_client_wait_until (web_client_is_closed (client));
  wait_for_connections (bridge, 0);
}

static void
test_asked_to_close (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *old =
      g_strdup_printf ("GET /healthz HTTP/1.0\r\nHost: 127.0.0.1:%u\r\n\r\n", bridge->port);
  g_autoptr (WebClient) old_client = web_client_new (bridge->port);

  ask (client);
  assert_lacks (web_client_get_head (client), "Connection: close");
  g_assert_cmpuint (web_client_request (client, "GET", "/healthz", "Connection: close\r\n", NULL),
                    ==, 200);
  assert_contains (web_client_get_head (client), "Connection: close");
  web_client_wait_until (web_client_is_closed (client));
  web_client_send (old_client, old);
  g_assert_cmpuint (web_client_read_answer (old_client), ==, 200);
  web_client_wait_until (web_client_is_closed (old_client));
  wait_for_connections (bridge, 0);
}

/* Who only waits gives way to who comes; who is being answered does not. */
static void
test_gives_way (void)
{
  BnLimits limits = bn_default_limits;
  g_autoptr (Bridge) bridge = NULL;
  g_autoptr (WebClient) busy = NULL;
  g_autoptr (WebClient) first = NULL;
  g_autoptr (WebClient) second = NULL;
  g_autoptr (WebClient) third = NULL;
  g_autofree char *never = NULL;

  limits.connections_per_address = 2;
  bridge = bridge_new (&limits, NULL);
  busy = web_client_new (bridge->port);
  never = g_strdup_printf ("POST /api/demo/never HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                           "Authorization: Bearer observer\r\n\r\n",
                           bridge->port);
  web_client_send (busy, never);
  web_client_wait_until (test_hub_get_calls (bridge->hub, "demo.never") == 1);
  first = web_client_new (bridge->port);
  ask (first);
  second = web_client_new (bridge->port);
  ask (second);
  web_client_wait_until (web_client_is_closed (first));
  g_assert_false (web_client_is_closed (busy));
  g_assert_cmpuint (bn_http_server_get_connections (bridge->server), ==, 2);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_REFUSED_ADDRESS], ==, 0);
  /* A request that has come already counts. */
  web_client_send (second, "GET /healthz HTTP/1.1\r\n");
  third = web_client_new (bridge->port);
  web_client_wait_until (web_client_is_closed (third));
  g_assert_false (web_client_is_closed (second));
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_REFUSED_ADDRESS], ==, 1);
}

/* A kept connection can become a WebSocket, and its place goes with it. */
static void
test_upgrade_later (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  WebClient *client = web_client_new (bridge->port);

  ask (client);
  web_client_join (client, "observer");
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_ACCEPTED], ==, 1);
  g_assert_cmpuint (bn_http_server_get_connections (bridge->server), ==, 1);
  web_client_free (client);
  wait_for_connections (bridge, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/keep-alive/thousand-requests", test_thousand_requests);
  g_test_add_func ("/keep-alive/closed-while-idle", test_closed_while_idle);
  g_test_add_func ("/keep-alive/idle-deadline", test_idle_deadline);
  g_test_add_func ("/keep-alive/late-second-head", test_late_second_head);
  g_test_add_func ("/keep-alive/pipelined", test_pipelined);
  g_test_add_func ("/keep-alive/refused-is-last", test_refused_is_last);
  g_test_add_func ("/keep-alive/asked-to-close", test_asked_to_close);
  g_test_add_func ("/keep-alive/gives-way", test_gives_way);
  g_test_add_func ("/keep-alive/upgrade-later", test_upgrade_later);
  return g_test_run ();
}
