/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a real bridge counts is a metric of the hub, and costs nothing while nobody looks. */
#include "bridge-process.h"
#include "tests/integration/bus-client.h"
#include "web-client.h"

/* The number @field of the last sample of a bridge; -1: there is none. */
static gint64
get_last (BusClient *client, const char *field)
{
  for (guint i = client->samples->len; i > 0; i--)
    {
      g_autoptr (GVariant) gone = bus_client_get_meta (client->samples, i - 1, "gone");
      g_autoptr (GVariant) value = bus_client_get_field (client->samples, i - 1, field);

      g_assert_cmpstr (bus_client_get_type (client->samples, i - 1), ==, "websocket.statistics");
      if (gone == NULL && value != NULL)
        return (gint64)g_variant_get_uint64 (value);
    }
  return -1;
}

static gboolean
is_gone (BusClient *client)
{
  guint n = client->samples->len;
  g_autoptr (GVariant) gone = n > 0 ? bus_client_get_meta (client->samples, n - 1, "gone") : NULL;

  return gone != NULL;
}

static void
test_counters (HubFixture *hub, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (hub, NULL);
  BridgeProcess bridge = { 0 };
  WebClient *browser;

  bus_client_subscribe (client, "['websocket.statistics']", "{'interval-ms': <uint32 100>}");
  bridge_process_start (&bridge, hub);
  web_client_wait_until (get_last (client, "accepted") >= 1);
  g_assert_cmpint (get_last (client, "clients"), ==, 0);
  g_assert_cmpint (get_last (client, "bad_host"), ==, 0);

  browser = web_client_new (bridge.port);
  web_client_send (browser, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
  web_client_read_answer (browser);
  web_client_wait_until (get_last (client, "bad_host") == 1);
  web_client_free (browser);

  browser = web_client_new (bridge.port);
  web_client_join (browser, bridge.token);
  web_client_wait_until (get_last (client, "clients") == 1);
  g_assert_cmpint (get_last (client, "websockets"), ==, 1);
  web_client_free (browser);
  web_client_wait_until (get_last (client, "clients") == 0);

  bridge_process_stop (&bridge);
  web_client_wait_until (is_gone (client));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/bridge/metrics/counters", HubFixture, NULL, hub_fixture_set_up, test_counters,
              hub_fixture_tear_down);
  return g_test_run ();
}
