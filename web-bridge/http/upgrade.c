/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* From a request to a WebSocket: libsoup does the handshake, then its socket is taken over. */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http-private.h"
#include "introspection/error.h"

/* What the kernel may hold for a client that reads slowly. What waits with us instead can still be
 * replaced by something newer. */
#define SEND_BUFFER_BYTES (256 * 1024)

typedef struct
{
  BnHttpServer *server; /* (owned) */
  BnSession *session;   /* (owned, nullable) */
  char *user_agent;     /* (nullable) */
  BnUpgradeFunc taken;
  gpointer taken_data;
  GDestroyNotify taken_free; /* (nullable) */
} Upgrade;

static void
upgrade_free (gpointer data, GClosure *closure)
{
  Upgrade *upgrade = data;

  g_object_unref (upgrade->server);
  g_clear_pointer (&upgrade->session, bn_session_unref);
  g_free (upgrade->user_agent);
  if (upgrade->taken_free != NULL)
    upgrade->taken_free (upgrade->taken_data);
  g_free (upgrade);
}

/* The place of a connection, once it is a WebSocket. */
typedef struct
{
  BnHttpServer *server; /* (owned) */
  char *address;
  gboolean admitted; /* the place is its own */
} Place;

static void
place_free (gpointer data)
{
  Place *place = data;

  if (place->admitted)
    bn_admission_leave (place->server->admission, place->address);
  g_object_unref (place->server);
  g_free (place->address);
  g_free (place);
}

static void
on_wrote_handshake (SoupServerMessage *message, gpointer user_data)
{
  Upgrade *upgrade = user_data;
  BnHttpServer *server = upgrade->server;
  BnConnection *connection = bn_connection_of (message);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GBytes) early = NULL;
  BnSocket *socket;
  Place *place;
  int fd, send_buffer = SEND_BUFFER_BYTES;

  if (connection == NULL || server->stopped)
    return;
  fd = fcntl (
      g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection->stream))),
      F_DUPFD_CLOEXEC, 3);
  if (fd < 0)
    {
      bn_connection_shut (connection);
      return;
    }
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
  place = g_new0 (Place, 1);
  place->server = g_object_ref (server);
  place->address = g_strdup (connection->address);
  place->admitted = !connection->secure;
  connection->taken = TRUE;
  bn_connection_set_deadline (connection, BN_DEADLINE_NONE);

  stream = soup_server_message_steal_connection (message);
  early = bn_connection_read_early (stream);
  socket = bn_pump_add (server->pump, fd, place_free, place);
  upgrade->taken (socket, upgrade->session, place->address, upgrade->user_agent,
                  upgrade->taken_data);
  bn_socket_feed_early (socket, early);
  /* Closes the other descriptor only: the socket lives on in ours. */
  g_io_stream_close (stream, NULL, NULL);
}

void
bn_upgrade_accept (BnHttpServer *server, SoupServerMessage *message, BnSession *session,
                   BnUpgradeFunc taken, gpointer data, GDestroyNotify free_func)
{
  GList *extensions = NULL;
  Upgrade *upgrade;

  if (!soup_websocket_server_process_handshake (message, NULL, NULL, NULL, &extensions))
    {
      /* libsoup has set the status */
      if (free_func != NULL)
        free_func (data);
      return;
    }
  upgrade = g_new0 (Upgrade, 1);
  upgrade->server = g_object_ref (server);
  upgrade->session = session != NULL ? bn_session_ref (session) : NULL;
  upgrade->user_agent = g_strdup (soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "User-Agent"));
  upgrade->taken = taken;
  upgrade->taken_data = data;
  upgrade->taken_free = free_func;
  g_signal_connect_data (message, "wrote-informational", G_CALLBACK (on_wrote_handshake), upgrade,
                         upgrade_free, 0);
}

static void
join_room (BnSocket *socket, BnSession *session, const char *address, const char *user_agent,
           gpointer user_data)
{
  bn_socket_join_room (socket, session, address, user_agent);
}

static void
accept_upgrade (BnHttpServer *server, SoupServerMessage *message, BnSession *session)
{
  bn_upgrade_accept (server, message, session, join_room, NULL, NULL);
}

static void
on_identity (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BnHttpServer *server = BN_HTTP_SERVER (source);
  g_autoptr (SoupServerMessage) message = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnSession) session = bn_identity_find_finish (server, result, &error);

  if (session != NULL)
    accept_upgrade (server, message, session);
  else
    bn_reply_error (message, error);
}

/* A page that has no cookie yet may say who it is in its first message; how many of those there are
 * at once is limited. A script has no such need: it sends its token with the request. */
static void
accept_anonymous (BnHttpServer *server, SoupServerMessage *message)
{
  const char *origin =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Origin");

  if (origin == NULL)
    bn_reply_problem (message, 401, "unauthenticated",
                      "Send the token: Authorization: Bearer, from the file binnacle/token in the "
                      "runtime directory");
  else if (bn_room_get_unauthenticated (server->room)
           >= server->limits->connections_unauthenticated)
    {
      bn_counters_add (server->counters, BN_COUNT_REFUSED_UNAUTHENTICATED);
      bn_reply_problem (message, 503, "busy", "Too many connections that have not logged in");
    }
  else
    accept_upgrade (server, message, NULL);
}

void
bn_upgrade_handle (BnHttpServer *server, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  BnSession *session = NULL;
  gboolean from_cookie;
  g_autofree char *token = NULL;

  if (!bn_reply_check_method (message, "GET"))
    return;
  if (!soup_message_headers_header_contains (headers, "Upgrade", "websocket"))
    {
      bn_reply_problem (message, 426, "unsupported", "This address speaks WebSocket");
      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Upgrade",
                                    "websocket");
      return;
    }
  if (!bn_request_guard_is_same_site (message, bn_connection_get_allowed (server, message)))
    {
      bn_counters_add (server->counters, BN_COUNT_BAD_ORIGIN);
      bn_reply_problem (message, 403, "forbidden", "Pages of other sites may not connect");
      return;
    }
  token = bn_identity_read_token (server, message, &from_cookie);
  /* A cookie is sent by whatever page asks; without an Origin nobody knows which that was. */
  if (token == NULL || (from_cookie && soup_message_headers_get_one (headers, "Origin") == NULL))
    accept_anonymous (server, message);
  else if ((session = bn_sessions_find (bn_room_get_sessions (server->room), token)) != NULL)
    accept_upgrade (server, message, session);
  else
    bn_identity_find_async (server, message, on_identity, g_object_ref (message));
}
