/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* /socket.io/: Engine.IO's requests (protocol revision 4, "HTTP long-polling", "WebSocket"). */
#include <string.h>

#include "http/http-private.h"
#include "introspection/error.h"

#define TEXT "text/plain; charset=UTF-8"

/* The errors of Engine.IO, with the numbers that its clients know. */
static const struct
{
  guint status;
  int code;
  const char *message;
} refusals[] = {
  [BN_ENGINE_UNKNOWN_TRANSPORT] = { 400, 0, "Transport unknown" },
  [BN_ENGINE_UNKNOWN_SESSION] = { 400, 1, "Session ID unknown" },
  [BN_ENGINE_BAD_METHOD] = { 400, 2, "Bad handshake method" },
  [BN_ENGINE_BAD_REQUEST] = { 400, 3, "Bad request" },
  [BN_ENGINE_FORBIDDEN] = { 403, 4, "Forbidden" },
  [BN_ENGINE_UNSUPPORTED_VERSION] = { 400, 5, "Unsupported protocol version" },
  [BN_ENGINE_UNAUTHENTICATED] = { 401, 4, "Forbidden: the token is not known" },
  [BN_ENGINE_TOO_MANY] = { 503, 4, "Too many sessions" },
};

static void
refuse (SoupServerMessage *message, BnEngineRefusal refusal)
{
  bn_reply_json (message, refusals[refusal].status,
                 g_variant_new_parsed ("{'code': <%i>, 'message': <%s>}", refusals[refusal].code,
                                       refusals[refusal].message));
}

/* A GET that waits for packets. */
typedef struct
{
  BnHttpServer *server;       /* (owned) */
  SoupServerMessage *message; /* (owned) */
  BnEngine *engine;           /* (owned) */
  gulong handler;
} Poll;

static void
poll_free (Poll *poll)
{
  g_signal_handler_disconnect (poll->message, poll->handler);
  g_object_unref (poll->message);
  g_object_unref (poll->server);
  bn_engine_unref (poll->engine);
  g_free (poll);
}

static void
on_answer (gpointer data, const char *payload, gsize length)
{
  Poll *poll = data;

  bn_reply_resume (poll->server, poll->message);
  bn_reply_text (poll->message, 200, TEXT, g_strndup (payload, length), length);
  poll_free (poll);
}

static void
on_disconnected (SoupServerMessage *message, gpointer user_data)
{
  Poll *poll = user_data;

  bn_engine_leave_poll (poll->engine);
  poll_free (poll);
}

static void
poll_engine (BnHttpServer *server, SoupServerMessage *message, BnEngine *engine)
{
  Poll *poll = g_new0 (Poll, 1);

  poll->server = g_object_ref (server);
  poll->message = g_object_ref (message);
  poll->engine = bn_engine_ref (engine);
  poll->handler = g_signal_connect (message, "disconnected", G_CALLBACK (on_disconnected), poll);
  bn_reply_defer (server, message);
  if (bn_engine_poll (engine, on_answer, poll))
    return;
  bn_reply_resume (server, message);
  refuse (message, BN_ENGINE_BAD_REQUEST);
  poll_free (poll);
}

static void
receive (SoupServerMessage *message, BnEngine *engine)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  if (bn_engine_receive_payload (engine, text, length))
    bn_reply_text (message, 200, "text/html", g_strdup ("ok"), strlen ("ok"));
  else
    refuse (message, BN_ENGINE_BAD_REQUEST);
}

/* The beginning */

typedef struct
{
  SoupServerMessage *message; /* (owned) */
  BnHttpServer *server;       /* (owned) */
  gboolean by_socket;
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->message);
  g_object_unref (opening->server);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static void
begin_on_socket (BnSocket *socket, BnSession *session, const char *address, const char *user_agent,
                 gpointer user_data)
{
  BnHttpServer *server = user_data;
  g_autoptr (BnEngine) engine = bn_engines_open (server->engines, session, address, user_agent);

  if (engine != NULL)
    bn_engine_socket_join (socket, engine, TRUE);
  else
    bn_socket_close (socket, BN_CLOSE_TRY_LATER, "Too many sessions");
}

static void
open_engine (Opening *opening, BnSession *session)
{
  BnHttpServer *server = opening->server;
  SoupServerMessage *message = opening->message;
  BnConnection *connection = bn_connection_of (message);
  g_autoptr (BnEngine) engine = NULL;
  g_autofree char *packet = NULL;
  gsize length;

  if (server->stopped)
    return;
  if (opening->by_socket)
    {
      bn_upgrade_accept (server, message, session, begin_on_socket, g_object_ref (server),
                         g_object_unref);
      return;
    }
  engine = bn_engines_open (server->engines, session, connection != NULL ? connection->address : "",
                            soup_message_headers_get_one (
                                soup_server_message_get_request_headers (message), "User-Agent"));
  if (engine == NULL)
    {
      refuse (message, BN_ENGINE_TOO_MANY);
      return;
    }
  packet = bn_engine_format_open (engine, TRUE);
  length = strlen (packet);
  bn_reply_text (message, 200, TEXT, g_steal_pointer (&packet), length);
}

static void
on_identity (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnSession) session = bn_identity_find_finish (BN_HTTP_SERVER (source), result, &error);

  if (session != NULL)
    open_engine (opening, session);
  else
    refuse (opening->message, bn_error_is (error, BN_ERROR_UNAUTHENTICATED)
                                  ? BN_ENGINE_UNAUTHENTICATED
                                  : BN_ENGINE_TOO_MANY);
}

/* Who has no token may send it when they connect to a namespace. A cookie tells who it is only if
 * the page that sends it does, since other sites' pages send it too. */
static void
begin (BnHttpServer *server, SoupServerMessage *message, gboolean by_socket)
{
  g_autoptr (Opening) opening = g_new0 (Opening, 1);
  gboolean from_cookie;
  g_autofree char *token = bn_identity_read_token (server, message, &from_cookie);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  gboolean from_page = soup_message_headers_get_one (headers, "Origin") != NULL
                       || soup_message_headers_get_one (headers, "Sec-Fetch-Site") != NULL;

  opening->message = g_object_ref (message);
  opening->server = g_object_ref (server);
  opening->by_socket = by_socket;
  if (token == NULL || (from_cookie && !from_page))
    open_engine (opening, NULL);
  else
    bn_identity_find_async (server, message, on_identity, g_steal_pointer (&opening));
}

static void
join_socket (BnSocket *socket, BnSession *session, const char *address, const char *user_agent,
             gpointer user_data)
{
  bn_engine_socket_join (socket, user_data, FALSE);
}

static void
handle_session (BnHttpServer *server, SoupServerMessage *message, BnEngine *engine,
                gboolean by_socket)
{
  gboolean is_get = g_str_equal (soup_server_message_get_method (message), "GET");

  if (by_socket)
    bn_upgrade_accept (server, message, NULL, join_socket, bn_engine_ref (engine),
                       (GDestroyNotify)bn_engine_unref);
  else if (!bn_engine_is_polling (engine))
    refuse (message, BN_ENGINE_BAD_REQUEST);
  else if (is_get)
    poll_engine (server, message, engine);
  else
    receive (message, engine);
}

void
bn_engine_handle (BnHttpServer *server, SoupServerMessage *message, GHashTable *query)
{
  const char *version = query != NULL ? g_hash_table_lookup (query, "EIO") : NULL;
  const char *transport = query != NULL ? g_hash_table_lookup (query, "transport") : NULL;
  const char *sid = query != NULL ? g_hash_table_lookup (query, "sid") : NULL;
  BnEngine *engine = sid != NULL ? bn_engines_find (server->engines, sid) : NULL;
  gboolean by_socket = g_strcmp0 (transport, "websocket") == 0;
  gboolean upgrades = soup_message_headers_header_contains (
      soup_server_message_get_request_headers (message), "Upgrade", "websocket");

  if (!bn_reply_check_method (message, "GET, POST"))
    return;
  if (!bn_request_guard_is_same_site (message, bn_connection_get_allowed (server, message)))
    {
      bn_counters_add (server->counters, BN_COUNT_BAD_ORIGIN);
      refuse (message, BN_ENGINE_FORBIDDEN);
    }
  else if (g_strcmp0 (version, "4") != 0)
    refuse (message, BN_ENGINE_UNSUPPORTED_VERSION);
  else if (!by_socket && g_strcmp0 (transport, "polling") != 0)
    refuse (message, BN_ENGINE_UNKNOWN_TRANSPORT);
  else if (by_socket != upgrades)
    refuse (message, BN_ENGINE_BAD_REQUEST);
  else if (sid != NULL && engine == NULL)
    refuse (message, BN_ENGINE_UNKNOWN_SESSION);
  else if (engine != NULL)
    handle_session (server, message, engine, by_socket);
  else if (!g_str_equal (soup_server_message_get_method (message), "GET"))
    refuse (message, BN_ENGINE_BAD_METHOD);
  else
    begin (server, message, by_socket);
}
