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
#include "web-bridge/hub-backend.h"
#include "introspection/names.h"

static gboolean option_system;
static gboolean option_session;
static gboolean option_version;
static int option_port;
static int option_lan_port;
static int option_connections;
static int option_connections_per_address;
static char *option_socket;
static char *option_page_dir;
static char **option_hosts;

static const GOptionEntry options[] = {
  { "session", 0, 0, G_OPTION_ARG_NONE, &option_session,
    "Serve the hub of one user, port 8740 (default)", NULL },
  { "system", 0, 0, G_OPTION_ARG_NONE, &option_system, "Serve the hub of the machine, port 8741",
    NULL },
  { "port", 'p', 0, G_OPTION_ARG_INT, &option_port, "Listen on this port of the loopback", "PORT" },
  { "lan-port", 0, 0, G_OPTION_ARG_INT, &option_lan_port,
    "Listen on this port for other machines, when they may come (8743, with --system 8744)",
    "PORT" },
  { "socket", 0, 0, G_OPTION_ARG_FILENAME, &option_socket, "The hub's private socket", "PATH" },
  { "page-dir", 0, 0, G_OPTION_ARG_FILENAME, &option_page_dir, "The folder of the browser page",
    "FOLDER" },
  { "allow-host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &option_hosts,
    "Also answer to this name, as it stands in a browser's address", "NAME:PORT" },
  { "connections", 0, 0, G_OPTION_ARG_INT, &option_connections, "At most N connections (256)",
    "N" },
  { "connections-per-address", 0, 0, G_OPTION_ARG_INT, &option_connections_per_address,
    "At most N of one address (32)", "N" },
  { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, "Print the version", NULL },
  { NULL },
};

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static char *
get_socket_path (void)
{
  if (option_socket != NULL)
    return g_strdup (option_socket);
  return g_build_filename (option_system ? "/run" : g_get_user_runtime_dir (), BN_RUNTIME_FOLDER,
                           BN_RUNTIME_SOCKET, NULL);
}

static gboolean
read_options (int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Serves Binnacle to browsers and scripts.");
  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "“%s” is not understood",
                   (*argv)[1]);
      return FALSE;
    }
  if (option_system && option_session)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   "Say either --system or --session");
      return FALSE;
    }
  if (option_port < 0 || option_port > G_MAXUINT16 || option_lan_port < 0
      || option_lan_port > G_MAXUINT16 || option_connections < 0
      || option_connections_per_address < 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "A port is 1 to 65535, a number of connections at least 1");
      return FALSE;
    }
  return TRUE;
}

static BnHttpServer *
start_server (BnBackend *backend, const BnLimits *limits, BnCounters *counters, GError **error)
{
  guint16 port = option_port != 0 ? option_port
                 : option_system  ? BN_WEB_PORT_SYSTEM
                                  : BN_WEB_PORT_SESSION;
  const char *page_dir = option_page_dir;
  g_autoptr (BnHttpServer) server = NULL;

  if (page_dir == NULL && g_file_test (BN_PAGE_DIR, G_FILE_TEST_IS_DIR))
    page_dir = BN_PAGE_DIR;
  server = bn_http_server_new (backend, limits, counters, page_dir, BN_VERSION, error);
  if (server == NULL)
    return NULL;
  if (!bn_http_server_listen (server, port, error))
    {
      g_prefix_error (error, "Port %u: ", port);
      return NULL;
    }
  for (char **host = option_hosts; host != NULL && *host != NULL; host++)
    if (!bn_http_server_allow_host (server, *host, error))
      return NULL;
  return g_steal_pointer (&server);
}

static guint16
get_lan_port (void)
{
  if (option_lan_port != 0)
    return option_lan_port;
  return option_system ? BN_WEB_PORT_LAN_SYSTEM : BN_WEB_PORT_LAN_SESSION;
}

static GVariant *
get_statistics (gpointer user_data)
{
  g_autoptr (GVariant) gauges = g_variant_ref_sink (bn_http_server_get_gauges (user_data));
  g_autoptr (GVariant) counters = g_variant_ref_sink (bn_http_server_get_counters (user_data));
  GVariantDict all;
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_dict_init (&all, gauges);
  g_variant_iter_init (&iter, counters);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    g_variant_dict_insert_value (&all, name, value);
  return g_variant_dict_end (&all);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autofree char *path = NULL;
  g_autoptr (BnHubClient) client = NULL;
  g_autoptr (BnHubBackend) backend = NULL;
  g_autoptr (BnHttpServer) server = NULL;
  g_autoptr (BnBridgeExposure) exposure = NULL;
  BnLimits limits = bn_default_limits;
  BnCounters counters = { 0 };

  setlocale (LC_ALL, "");
  /* HTTP/2 has faults of its own in libsoup 3.2. */
  g_unsetenv ("SOUP_SERVER_HTTP2");
  signal (SIGPIPE, SIG_IGN);
  if (!read_options (&argc, &argv, &error))
    {
      g_printerr ("binnacle-web-bridge: %s\n", error->message);
      return 2;
    }
  if (option_version)
    {
      g_print ("binnacle-web-bridge %s\n", BN_VERSION);
      return EXIT_SUCCESS;
    }
  if (option_connections > 0)
    limits.connections = option_connections;
  if (option_connections_per_address > 0)
    limits.connections_per_address = option_connections_per_address;

  path = get_socket_path ();
  client = bn_hub_client_new (path);
  backend = bn_hub_backend_new (client);
  server = start_server (BN_BACKEND (backend), &limits, &counters, &error);
  if (server == NULL)
    {
      g_printerr ("binnacle-web-bridge: %s\n", error->message);
      return EXIT_FAILURE;
    }
  exposure = bn_bridge_exposure_new (client, server, get_lan_port (), option_system);
  bn_hub_client_set_statistics (client, get_statistics, server);
  bn_hub_client_start (client);
  g_print ("http://127.0.0.1:%u/\n", bn_http_server_get_port (server));

  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  g_main_loop_run (loop);

  bn_http_server_stop (server, 1001, "The server stops");
  bn_hub_client_stop (client);
  return EXIT_SUCCESS;
}
