/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A socket of the pump. */
#pragma once

#include "frames/frame-parser.h"
#include "guard/deadlines.h"
#include "http/pump.h"
#include "http/turn.h"

G_BEGIN_DECLS

struct _BnSocket
{
  BnPump *pump;
  const BnReceiver *receiver; /* (nullable): NULL once the connection is being closed */
  gpointer receiver_data;
  BnTurnNode *node; /* (nullable): what it is given in this turn */
  GBytes *backlog;  /* (owned, nullable): what the kernel did not take, from @offset on */
  gsize offset;
  GDestroyNotify gone;
  gpointer gone_data;
  BnDeadline deadline;
  BnFrameParser parser;
  int fd;
  guint place;        /* in the pump's sockets */
  gboolean dirty;     /* it stands in the pump's list of this turn */
  gboolean closing;   /* our close frame is on its way */
  gboolean shut;      /* all of ours is sent: only the peer's end is awaited */
  gboolean peer_done; /* the peer's close frame or its end has come */
  gboolean dead;      /* reaped at the end of the turn */
};

struct _BnPump
{
  GSource source; /* must be first */
  BnRoom *room;   /* (unowned) */
  int epoll_fd;
  gpointer tag;
  BnTurn *turn;
  GPtrArray *sockets; /* BnSocket (unowned) */
  GPtrArray *dirty;   /* BnSocket (unowned): something to send in this turn */
  GPtrArray *dead;    /* BnSocket (owned): to be freed at the end of the turn */
  BnDeadlines *deadlines;
  guint8 *buffer; /* of all reads */
};

/* socket.c */
/* Reads what is there, within the budget of a turn. */
void bn_socket_read (BnSocket *self);
void bn_socket_feed (BnSocket *self, guint8 *data, gsize length);
/* Writes the backlog, and if it is gone lets the client send more. */
void bn_socket_continue (BnSocket *self);
/* Writes what this turn has given it. */
void bn_socket_flush (BnSocket *self);
/* The connection is over. */
void bn_socket_die (BnSocket *self);
void bn_socket_free (BnSocket *self);

/* pump.c */
void bn_pump_watch (BnPump *self, BnSocket *socket, gboolean also_writing);

G_END_DECLS
