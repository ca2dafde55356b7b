/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The command line of binnacle-web-bridge. */
#include "web-bridge/bridge-options.h"

#include "introspection/names.h"

static gboolean option_system;
static gboolean option_session;
static gboolean option_version;
static char *option_socket;
static char *option_page_dir;
static char **option_hosts;
static int option_port;
static int option_lan_port;
static int option_connections;
static int option_connections_per_address;
static int option_max_payload;
static int option_ping_interval;
static int option_ping_timeout;

static const GOptionEntry entries[] = {
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
  { "max-payload", 0, 0, G_OPTION_ARG_INT, &option_max_payload,
    "Take bodies of requests of at most BYTES (65536)", "BYTES" },
  { "socketio-ping-interval", 0, 0, G_OPTION_ARG_INT, &option_ping_interval,
    "Ask a client of Socket.IO every MS milliseconds whether it is there (25000)", "MS" },
  { "socketio-ping-timeout", 0, 0, G_OPTION_ARG_INT, &option_ping_timeout,
    "Give up on one that has not answered after MS milliseconds (20000)", "MS" },
  { "version", 0, 0, G_OPTION_ARG_NONE, &option_version, "Print the version", NULL },
  { NULL },
};

/* What may be given, and what it sets. 0: it was not given. */
typedef struct
{
  const char *name;
  int given;
  int least;
  int most;
  guint *sets;
} Number;

static gboolean
check_number (const Number *number, GError **error)
{
  if (number->given == 0)
    return TRUE;
  if (number->given >= number->least && number->given <= number->most)
    {
      *number->sets = number->given;
      return TRUE;
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--%s is %d to %d", number->name,
               number->least, number->most);
  return FALSE;
}

static gboolean
read_numbers (BnBridgeOptions *self, GError **error)
{
  BnLimits *limits = &self->limits;
  guint port = option_system ? BN_WEB_PORT_SYSTEM : BN_WEB_PORT_SESSION;
  guint lan_port = option_system ? BN_WEB_PORT_LAN_SYSTEM : BN_WEB_PORT_LAN_SESSION;
  guint payload = limits->body_bytes;
  const Number numbers[] = {
    { "port", option_port, 1, G_MAXUINT16, &port },
    { "lan-port", option_lan_port, 1, G_MAXUINT16, &lan_port },
    { "connections", option_connections, 1, 100000, &limits->connections },
    { "connections-per-address", option_connections_per_address, 1, 100000,
      &limits->connections_per_address },
    { "max-payload", option_max_payload, 1024, 16 * 1024 * 1024, &payload },
    /* A request that waits for events is answered with a ping before its connection is idle. */
    { "socketio-ping-interval", option_ping_interval, 100, limits->idle_ms - 1000,
      &limits->engine_ping_ms },
    { "socketio-ping-timeout", option_ping_timeout, 100, 600000, &limits->engine_timeout_ms },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!check_number (&numbers[i], error))
      return FALSE;
  self->port = port;
  self->lan_port = lan_port;
  limits->body_bytes = payload;
  limits->frames.frame_bytes = MAX (limits->frames.frame_bytes, payload);
  limits->frames.message_bytes = MAX (limits->frames.message_bytes, payload);
  return TRUE;
}

gboolean
bn_bridge_options_read (BnBridgeOptions *self, int *argc, char ***argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  *self = (BnBridgeOptions){ .limits = bn_default_limits };
  g_option_context_set_summary (context, "Serves Binnacle to browsers and scripts.");
  g_option_context_add_main_entries (context, entries, NULL);
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
  self->system = option_system;
  self->version = option_version;
  self->page_dir = option_page_dir;
  self->hosts = option_hosts;
  self->socket = option_socket;
  if (self->socket == NULL)
    self->socket = g_build_filename (option_system ? "/run" : g_get_user_runtime_dir (),
                                     BN_RUNTIME_FOLDER, BN_RUNTIME_SOCKET, NULL);
  return read_numbers (self, error);
}
