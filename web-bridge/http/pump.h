/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* All WebSockets: one epoll descriptor, one source of the main loop, one write a client and turn.
 */
#pragma once

#include "protocol/client.h"

G_BEGIN_DECLS

typedef struct _BnPump BnPump;
typedef struct _BnSocket BnSocket;

/* @room must outlive it. */
BnPump *bn_pump_new (BnRoom *room, GError **error);
/* Closes every socket at once. */
void bn_pump_free (BnPump *self);

/* Takes @fd, a connected stream socket on which the handshake is done. @early: bytes that arrived
 * behind the handshake (nullable). @session: who it is (nullable). @gone is called when the socket
 * is closed. */
void bn_pump_add (BnPump *self, int fd, GBytes *early, BnSession *session, const char *address,
                  const char *user_agent, GDestroyNotify gone, gpointer gone_data);

guint bn_pump_get_sockets (BnPump *self);

/* Writes what waits, without going through the main loop: at the end. */
void bn_pump_flush (BnPump *self);

G_END_DECLS
