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

/* Who gets what comes on a socket. After done() the socket is closed or being closed, and neither
 * calls the other any more. */
typedef struct
{
  void (*text) (gpointer data, const char *text, gsize length);
  void (*binary) (gpointer data, const guint8 *bytes, gsize length);
  gboolean (*ping) (gpointer data); /* FALSE: too many */
  void (*pong) (gpointer data);
  void (*blocked) (gpointer data);  /* the kernel did not take all */
  void (*progress) (gpointer data); /* then it took some */
  void (*unblock) (gpointer data);  /* then it took the rest */
  void (*done) (gpointer data);
} BnReceiver;

/* Takes @fd, a connected stream socket on which the handshake is done. @gone is called when the
 * socket is closed. It belongs to the pump, which closes it at the end of a turn at the earliest.
 */
BnSocket *bn_pump_add (BnPump *self, int fd, GDestroyNotify gone, gpointer gone_data);

/* Once, before the main loop goes on. @receiver must stay. */
void bn_socket_set_receiver (BnSocket *self, const BnReceiver *receiver, gpointer data);
/* Bytes that arrived behind the handshake (nullable). */
void bn_socket_feed_early (BnSocket *self, GBytes *early);

/* Gives it a frame, which goes out in this turn. */
void bn_socket_send (BnSocket *self, GBytes *frame);
/* Ends our side with a close frame. The receiver is done when the peer has answered, or did not in
 * time; nothing is received meanwhile. */
void bn_socket_close (BnSocket *self, guint code, const char *reason);

/* Makes a client of a WebSocket of the dashboard's own protocol. */
void bn_socket_join_room (BnSocket *self, BnSession *session, const char *address,
                          const char *user_agent);

guint bn_pump_get_sockets (BnPump *self);

/* Writes what waits, without going through the main loop: at the end. */
void bn_pump_flush (BnPump *self);

G_END_DECLS
