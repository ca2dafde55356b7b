/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Who may ask: every combination of Host, Origin and token. */
#include <string.h>

#include "bridge-fixture.h"

static const struct
{
  const char *host;
  gboolean good;
} hosts[] = {
  { "127.0.0.1:PORT", TRUE },  { "localhost:PORT", TRUE },     { "[::1]:PORT", TRUE },
  { "LOCALHOST:PORT", TRUE },  { "127.0.0.1", FALSE },         { "localhost", FALSE },
  { "127.0.0.2:PORT", FALSE }, { "evil.example:PORT", FALSE }, { "127.0.0.1.evil:PORT", FALSE },
};

static const struct
{
  const char *origin; /* NULL: none */
  gboolean good;
} origins[] = {
  { NULL, TRUE },
  { "http://127.0.0.1:PORT", TRUE },
  { "http://localhost:PORT", TRUE },
  { "http://[::1]:PORT", TRUE },
  { "https://127.0.0.1:PORT", FALSE },
  { "http://127.0.0.1", FALSE },
  { "http://127.0.0.1:PORT.evil", FALSE },
  { "http://evil.example", FALSE },
  { "null", FALSE },
  { "file://", FALSE },
};

static const struct
{
  const char *header;
  gboolean good;
  gboolean cookie;
} tokens[] = {
  { "", FALSE, FALSE },
  { "Authorization: Bearer observer\r\n", TRUE, FALSE },
  { "Cookie: a=b; binnacle_PORT=observer\r\n", TRUE, TRUE },
  { "Cookie: binnacle_1=observer\r\n", FALSE, FALSE },
  { "Authorization: Basic b2JzZXJ2ZXI=\r\n", FALSE, FALSE },
};

/* Host x Origin x token, on a WebSocket and on a request: what is not written here is refused. */
static void
test_matrix (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autofree char *port = g_strdup_printf ("%u", bridge->port);
  guint cells = 0, passed = 0;

  for (guint h = 0; h < G_N_ELEMENTS (hosts); h++)
    for (guint o = 0; o < G_N_ELEMENTS (origins); o++)
      for (guint t = 0; t < G_N_ELEMENTS (tokens); t++)
        for (guint upgrade = 0; upgrade < 2; upgrade++)
          {
            g_autoptr (WebClient) client = web_client_new (bridge->port);
            g_autofree char *origin = origins[o].origin != NULL
                                          ? g_strdup_printf ("Origin: %s\r\n", origins[o].origin)
                                          : g_strdup ("");
            g_autofree char *text = g_strdup_printf (
                "GET %s HTTP/1.1\r\nHost: %s\r\n%s%s%s\r\n", upgrade ? "/ws" : "/api/demo/list",
                hosts[h].host, origin, tokens[t].header,
                upgrade ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
                          "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                        : "");
            g_auto (GStrv) parts = g_strsplit (text, "PORT", -1);
            g_autofree char *request = g_strjoinv (port, parts);
            guint expected, status;

            if (!hosts[h].good || !origins[o].good)
              expected = 403;
            else if (!upgrade)
              expected = tokens[t].good ? 200 : 401;
            else if (origins[o].origin == NULL)
              expected = tokens[t].good && !tokens[t].cookie ? 101 : 401;
            else
              expected = 101; /* without a token: it may say who it is in its first message */
            web_client_send (client, request);
            status = web_client_read_answer (client);
            if (status != expected)
              g_test_message ("%s", request);
            g_assert_cmpuint (status, ==, expected);
            cells++;
            passed += status < 400;
          }
  g_assert_cmpuint (cells, ==, 900);
  g_assert_cmpuint (passed, ==, 4 * (4 * 2 + 3 * 5 + 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/origin/matrix", test_matrix);
  return g_test_run ();
}
