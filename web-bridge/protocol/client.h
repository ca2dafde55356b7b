/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One WebSocket client and its state: who it is, what it asked, what it gets. */
#pragma once

#include "protocol/room.h"

G_BEGIN_DECLS

/* The socket's side. Neither may free the client before it returns. */
typedef struct
{
  /* Gives it a frame, which stays the caller's: who keeps it takes a reference. */
  void (*send) (gpointer socket, GBytes *frame);
  /* Sends a close frame and lets go; nothing is sent after it. */
  void (*close) (gpointer socket, guint code, const char *reason);
} BnOutlet;

/* @session: who it is, if that is known already. Says hello. */
BnClient *bn_client_new (BnRoom *room, const BnOutlet *outlet, gpointer socket, BnSession *session,
                         const char *address, const char *user_agent);

/* How it comes, for lists that people read: "websocket" unless it is said. @transport must stay. */
void bn_client_set_transport (BnClient *self, const char *transport);

/* The socket is gone. The outlet is not called any more. */
void bn_client_free (BnClient *self);

/* A text message, at most the limit of a WebSocket message; not necessarily JSON. */
void bn_client_receive (BnClient *self, const char *text, gsize length);
/* A binary message: bytes of a channel. */
void bn_client_receive_binary (BnClient *self, const guint8 *bytes, gsize length);
/* FALSE if the peer pings too often. */
gboolean bn_client_receive_ping (BnClient *self);
void bn_client_receive_pong (BnClient *self);

/* The socket has bytes that the kernel does not take: from now on messages wait here ... */
void bn_client_set_blocked (BnClient *self);
/* ... and now it took all: more is sent. @progress is called whenever it took some. */
void bn_client_unblock (BnClient *self);
void bn_client_note_progress (BnClient *self);

BnAccessLevel bn_client_get_level (BnClient *self);

G_END_DECLS
