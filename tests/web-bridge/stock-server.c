/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* libsoup's server as it is, without a guard, to see what the guard is for. Prints its port.
 *
 * GET /big is 1 MiB, everything else "ok"; /ws is a WebSocket that keeps what it is sent to itself,
 * and /flood one that sends 20000 messages of 1 KB at once. With --json it parses the standard
 * input with json-glib instead. */
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BIG_BYTES (1024 * 1024)
#define FLOOD_MESSAGES 20000

static void
on_request (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  gsize length = g_str_equal (path, "/big") ? BIG_BYTES : 2;
  char *body = g_malloc0 (length);

  memcpy (body, "ok", 2);
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_TAKE, body, length);
}

static void
on_socket (SoupServer *server, SoupServerMessage *message, const char *path,
           SoupWebsocketConnection *connection, gpointer user_data)
{
  g_autofree char *text = g_strnfill (1000, 'x');

  g_object_ref (connection); /* until the end of the process */
  for (guint i = 0; g_str_equal (path, "/flood") && i < FLOOD_MESSAGES; i++)
    soup_websocket_connection_send_text (connection, text);
}

static int
parse_json (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GInputStream) in = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[4096];
  gsize n;

  while ((n = fread (buffer, 1, sizeof buffer, stdin)) > 0)
    g_string_append_len (text, buffer, n);
  return json_parser_load_from_data (parser, text->str, text->len, NULL) ? 0 : 1;
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SoupServer) server = NULL;
  g_autoptr (GError) error = NULL;
  GSList *uris;

  if (argc > 1 && g_str_equal (argv[1], "--json"))
    return parse_json ();
  server = soup_server_new (NULL, NULL);
  soup_server_add_handler (server, NULL, on_request, NULL, NULL);
  soup_server_add_websocket_handler (server, "/ws", NULL, NULL, on_socket, NULL, NULL);
  soup_server_add_websocket_handler (server, "/flood", NULL, NULL, on_socket, NULL, NULL);
  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    {
      g_printerr ("stock-server: %s\n", error->message);
      return 1;
    }
  uris = soup_server_get_uris (server);
  g_print ("%d\n", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify)g_uri_unref);
  g_main_loop_run (loop);
  return 0;
}
