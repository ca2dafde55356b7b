/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Listens on a private socket and makes a link of each connection. */
#pragma once

#include "link/link.h"

G_BEGIN_DECLS

#define BN_TYPE_LINK_SERVER (bn_link_server_get_type ())
G_DECLARE_FINAL_TYPE (BnLinkServer, bn_link_server, BN, LINK_SERVER, GObject)

/* Signal "link" (BnLink *): a peer connected and finished its handshake. The server keeps no
 * reference to it after that. */

/* Listens on @path (mode 0600; a socket that nobody listens on is replaced, one that somebody does
 * is BN_ERROR_CONFLICT). At most @max_peers connections at once, those in the handshake included;
 * more are closed at accept and counted. Peers of another user than @uid are closed and counted.
 * Accepts in the default main context. */
BnLinkServer *bn_link_server_new (const char *path, uid_t uid, guint max_peers,
                                  const BnLinkLimits *limits, GError **error);

/* Stops listening and removes the socket. Links go on; connections in the handshake are closed. */
void bn_link_server_stop (BnLinkServer *self);

/* Connections refused because of the number or the user. */
guint64 bn_link_server_get_refused (BnLinkServer *self);

G_END_DECLS
