/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle-web-bridge: serves the page, the WebSocket and REST to browsers; everything else is in
 * libraries. */
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>

#include "http/http-server.h"
#include "web-bridge/bridge-exposure.h"
#include "web-bridge/bridge-options.h"
#include "web-bridge/hub-backend.h"

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static BnHttpServer *
start_server (BnBackend *backend, const BnBridgeOptions *options, BnCounters *counters,
              GError **error)
{
  const char *page_dir = options->page_dir;
  g_autoptr (BnHttpServer) server = NULL;

  if (page_dir == NULL && g_file_test (BN_PAGE_DIR, G_FILE_TEST_IS_DIR))
    page_dir = BN_PAGE_DIR;
  server = bn_http_server_new (backend, &options->limits, counters, page_dir, BN_VERSION, error);
  if (server == NULL)
    return NULL;
  if (!bn_http_server_listen (server, options->port, error))
    {
      g_prefix_error (error, "Port %u: ", options->port);
      return NULL;
    }
  for (char **host = options->hosts; host != NULL && *host != NULL; host++)
    if (!bn_http_server_allow_host (server, *host, error))
      return NULL;
  return g_steal_pointer (&server);
}

static GVariant *
get_statistics (gpointer user_data)
{
  return bn_http_server_get_statistics (user_data);
}

static GVariant *
list_connections (gpointer user_data)
{
  return bn_room_list_clients (bn_http_server_get_room (user_data));
}

static const BnHubAnswers answers = { get_statistics, list_connections };

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (BnHubClient) client = NULL;
  g_autoptr (BnHubBackend) backend = NULL;
  g_autoptr (BnHttpServer) server = NULL;
  g_autoptr (BnBridgeExposure) exposure = NULL;
  BnBridgeOptions options;
  BnCounters counters = { 0 };

  setlocale (LC_ALL, "");
  /* HTTP/2 has faults of its own in libsoup 3.2. */
  g_unsetenv ("SOUP_SERVER_HTTP2");
  signal (SIGPIPE, SIG_IGN);
  if (!bn_bridge_options_read (&options, &argc, &argv, &error))
    {
      g_printerr ("binnacle-web-bridge: %s\n", error->message);
      return 2;
    }
  if (options.version)
    {
      g_print ("binnacle-web-bridge %s\n", BN_VERSION);
      return EXIT_SUCCESS;
    }

  client = bn_hub_client_new (options.socket);
  backend = bn_hub_backend_new (client);
  server = start_server (BN_BACKEND (backend), &options, &counters, &error);
  if (server == NULL)
    {
      g_printerr ("binnacle-web-bridge: %s\n", error->message);
      return EXIT_FAILURE;
    }
  exposure = bn_bridge_exposure_new (client, server, options.lan_port, options.system);
  bn_hub_client_set_answers (client, &answers, server);
  bn_hub_client_start (client);
  g_print ("http://127.0.0.1:%u/\n", bn_http_server_get_port (server));

  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_main_loop_run (loop);

  bn_http_server_stop (server, 1001, "The server stops");
  bn_hub_client_stop (client);
  return EXIT_SUCCESS;
}
