/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The parts of the HTTP server that only http/ sees. */
#pragma once

#include <libsoup/soup.h>

#include "guard/admission.h"
#include "guard/deadlines.h"
#include "guard/login-delay.h"
#include "guard/request-guard.h"
#include "http/http-server.h"
#include "http/http-stream.h"
#include "http/lan.h"
#include "http/listener.h"
#include "http/page.h"
#include "http/pump.h"
#include "socketio/engine.h"

G_BEGIN_DECLS

/* metrics-route.c: keeps what measures running between two scrapes. */
typedef struct _BnScrapes BnScrapes;

struct _BnHttpServer
{
  GObject parent_instance;

  BnBackend *backend;
  const BnLimits *limits;
  BnCounters *counters;
  BnClock clock;
  GSource *wake; /* of the room's clock */
  BnRoom *room;
  BnPump *pump;
  BnListener *listener;
  SoupServer *soup;
  BnAdmission *admission;
  BnAllowList *allowed;
  BnAllowList *allowed_lan;
  BnLan *lan; /* (nullable): while other machines may come */
  BnLoginDelay *login_delay;
  BnDeadlines *deadlines;
  BnPage *page; /* (nullable) */
  BnScrapes *scrapes;
  BnEngines *engines;
  char *version;
  GHashTable *connections; /* a set of BnConnection */
  guint16 port;
  gboolean stopped;
};

/* A TCP connection, from accept until it closes or becomes a WebSocket. */
typedef struct
{
  BnHttpServer *server;   /* (owned) */
  BnHttpStream *stream;   /* (unowned): the connection goes with it */
  BnHttpStream *resting;  /* (owned, nullable): the same, while libsoup does not hold it */
  GSource *watch;         /* (owned, nullable): while it rests */
  GSocketAddress *local;  /* (owned) */
  GSocketAddress *remote; /* (owned): leads from a message to this */
  char *address;          /* of the peer, without the port */
  BnDeadline deadline;
  gboolean taken;  /* it is a WebSocket now: its place goes with that */
  gboolean secure; /* over TLS: its place is the relay's */
} BnConnection;

/* connection.c */
void bn_connection_accept (BnHttpServer *server, GSocket *socket);
/* Takes a place for a connection from @address; FALSE if there is none. */
gboolean bn_connection_admit (BnHttpServer *server, const char *address);
/* What came out of TLS from @remote, which has a place already. */
void bn_connection_accept_plain (BnHttpServer *server, GSocket *plain, GSocketAddress *local,
                                 GSocketAddress *remote);
/* The names that this server answers to on the connection of @message. */
BnAllowList *bn_connection_get_allowed (BnHttpServer *server, SoupServerMessage *message);
BnConnection *bn_connection_of (SoupServerMessage *message);
void bn_connection_set_deadline (BnConnection *self, BnDeadlineClass class);
/* For bn_deadlines_new(). */
void bn_connection_on_deadline (gpointer owner, BnDeadlineClass class, gpointer user_data);
void bn_connection_shut (BnConnection *self);
GSocket *bn_connection_get_socket (BnConnection *self);
/* An answer is written: the connection may stay for another request. */
void bn_connection_keep (SoupServerMessage *message);
/* What libsoup has read ahead into a buffer of its own. */
GBytes *bn_connection_read_early (GIOStream *stream);

/* upgrade.c */
void bn_upgrade_handle (BnHttpServer *server, SoupServerMessage *message);
/* Does the handshake, and then gives the WebSocket to @taken; if the handshake is refused the
 * answer is set, and @free_func called with @data, as it is afterwards. */
typedef void (*BnUpgradeFunc) (BnSocket *socket, BnSession *session, const char *address,
                               const char *user_agent, gpointer data);
void bn_upgrade_accept (BnHttpServer *server, SoupServerMessage *message, BnSession *session,
                        BnUpgradeFunc taken, gpointer data, GDestroyNotify free_func);

/* identity.c: the token that a request has, from Authorization or the cookie. */
char *bn_identity_read_token (BnHttpServer *server, SoupServerMessage *message,
                              gboolean *from_cookie);
void bn_identity_set_cookie (BnHttpServer *server, SoupServerMessage *message, const char *token);

/* The session of a request. finish gives NULL and an error: unauthenticated, rate_limited,
 * unavailable. The message is paused meanwhile. */
void bn_identity_find_async (BnHttpServer *server, SoupServerMessage *message,
                             GAsyncReadyCallback callback, gpointer user_data);
BnSession *bn_identity_find_finish (BnHttpServer *server, GAsyncResult *result, GError **error);

/* auth-routes.c, api-routes.c: @path begins behind "/api/". */
gboolean bn_auth_handle (BnHttpServer *server, SoupServerMessage *message, const char *path);
/* event-routes.c: what is no stream of /api/events and /api/connections. */
gboolean bn_event_routes_handle (BnHttpServer *server, SoupServerMessage *message,
                                 const char *path);
void bn_api_handle (BnHttpServer *server, SoupServerMessage *message, const char *path,
                    GHashTable *query);

/* api-routes.c: the body as a{sv}, {} if there is none. Errors: bad_message, bad_payload. */
GVariant *bn_api_read_body (SoupServerMessage *message, GError **error);

/* reply.c */
/* The answer comes later: nothing happens until it is resumed. When the server stops, its messages
 * have no connection any more, and who waited for an answer to give need not know it. */
void bn_reply_defer (BnHttpServer *server, SoupServerMessage *message);
void bn_reply_resume (BnHttpServer *server, SoupServerMessage *message);
/* Takes @text, which nobody may keep. */
void bn_reply_text (SoupServerMessage *message, guint status, const char *type, char *text,
                    gsize length);
void bn_reply_json (SoupServerMessage *message, guint status, GVariant *value);
void bn_reply_error (SoupServerMessage *message, const GError *error);
void bn_reply_problem (SoupServerMessage *message, guint status, const char *code,
                       const char *detail);
/* The problem with one of the codes of introspection/error.h, with the status that belongs to it.
 */
void bn_reply_code (SoupServerMessage *message, const char *code, const char *detail);
/* body-stream.c: 200, and as the body what can be read from @fd (taken) until its end, as it comes.
 * It ends early with @session. */
void bn_reply_stream (BnHttpServer *server, SoupServerMessage *message, BnSession *session, int fd,
                      const char *content_type);
/* event-stream.c */
void bn_event_stream_open (BnHttpServer *server, SoupServerMessage *message, GHashTable *query);
/* document-routes.c: /api/openapi.json and /api/asyncapi.json. */
gboolean bn_document_handle (BnHttpServer *server, SoupServerMessage *message, const char *path);
void bn_metrics_handle (BnHttpServer *server, SoupServerMessage *message);
BnScrapes *bn_scrapes_new (BnHttpServer *server);
void bn_scrapes_free (BnScrapes *self);
/* 200 with @text (taken), or 304 if the client has it already. */
void bn_reply_document (SoupServerMessage *message, const char *content_type, char *text);
/* engine-routes.c: /socket.io/. */
typedef enum
{
  BN_ENGINE_UNKNOWN_TRANSPORT,
  BN_ENGINE_UNKNOWN_SESSION,
  BN_ENGINE_BAD_METHOD,
  BN_ENGINE_BAD_REQUEST,
  BN_ENGINE_FORBIDDEN,
  BN_ENGINE_UNSUPPORTED_VERSION,
  BN_ENGINE_UNAUTHENTICATED,
  BN_ENGINE_TOO_MANY,
} BnEngineRefusal;

void bn_engine_handle (BnHttpServer *server, SoupServerMessage *message, GHashTable *query);
/* engine-socket.c: @socket becomes one of the engine's; @begins: its only one. */
void bn_engine_socket_join (BnSocket *socket, BnEngine *engine, gboolean begins);
/* The last answer on this connection. */
void bn_reply_close (SoupServerMessage *message);
void bn_reply_headers (SoupServerMessage *message);
guint bn_reply_status_of (const GError *error);
/* TRUE if the method is one of those, else answers 405. @allow: "GET, HEAD" or "POST". */
gboolean bn_reply_check_method (SoupServerMessage *message, const char *allow);

G_END_DECLS
