/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The bridge's HTTP server: routes, connections, and the way to a WebSocket. */
#pragma once

#include "guard/allow-list.h"
#include "protocol/room.h"

G_BEGIN_DECLS

#define BN_TYPE_HTTP_SERVER (bn_http_server_get_type ())
G_DECLARE_FINAL_TYPE (BnHttpServer, bn_http_server, BN, HTTP_SERVER, GObject)

/* @backend, @limits and @counters must outlive it. @page_dir: the built page (nullable). */
BnHttpServer *bn_http_server_new (BnBackend *backend, const BnLimits *limits, BnCounters *counters,
                                  const char *page_dir, const char *version, GError **error);

/* Listens on the loopback, IPv4 and, if there is one, IPv6. Port 0 is any. */
gboolean bn_http_server_listen (BnHttpServer *self, guint16 port, GError **error);
guint16 bn_http_server_get_port (BnHttpServer *self);

/* Lets other machines in over TLS, on @port (0: any), answering to @names (host names and IP
 * addresses). Returns the port; 0 on an error. */
guint16 bn_http_server_open_lan (BnHttpServer *self, guint16 port, GTlsCertificate *certificate,
                                 const char *const *names, GError **error);
/* No more, and their connections end. */
void bn_http_server_close_lan (BnHttpServer *self);

/* Also answers to that name; after bn_http_server_listen(). */
gboolean bn_http_server_allow_host (BnHttpServer *self, const char *host, GError **error);

BnRoom *bn_http_server_get_room (BnHttpServer *self);
guint bn_http_server_get_connections (BnHttpServer *self);
/* What there is now, and all that the bridge counts, by their names, each (t): a{sv}, floating. */
GVariant *bn_http_server_get_gauges (BnHttpServer *self);
GVariant *bn_http_server_get_counters (BnHttpServer *self);
/* Both. */
GVariant *bn_http_server_get_statistics (BnHttpServer *self);

/* Stops listening and closes everything; clients are told with the close code. */
void bn_http_server_stop (BnHttpServer *self, guint code, const char *reason);

G_END_DECLS
