/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Sessions of Engine.IO (protocol revision 4): one peer, by long-polling, by WebSocket, or by the
 * first and then the second. No HTTP here. */
#pragma once

#include "protocol/client.h"

G_BEGIN_DECLS

/* Of one peer. Counted references; over when bn_engine_is_closed(). */
typedef struct _BnEngine BnEngine;
typedef struct _BnEngines BnEngines;

/* @room must outlive it. */
BnEngines *bn_engines_new (BnRoom *room);
/* Closes every session. */
void bn_engines_free (BnEngines *self);

/* Begins a session. @session: who it is, if the request said it (nullable). NULL: there are too
 * many. Full reference. */
BnEngine *bn_engines_open (BnEngines *self, BnSession *session, const char *address,
                           const char *user_agent);
/* NULL if there is none (any more). Borrowed. */
BnEngine *bn_engines_find (BnEngines *self, const char *sid);
guint bn_engines_get_count (BnEngines *self);

BnEngine *bn_engine_ref (BnEngine *self);
void bn_engine_unref (BnEngine *self);
gboolean bn_engine_is_closed (BnEngine *self);
const BnLimits *bn_engine_get_limits (BnEngine *self);
/* Ends it, and tells the peer where that is possible. */
void bn_engine_close (BnEngine *self);

/* Long-polling */

/* The first packet, which tells the peer its session. */
char *bn_engine_format_open (BnEngine *self, gboolean upgradable);

/* Packets of a POST, with U+001E between them. FALSE, and the session is over, if they are none. */
gboolean bn_engine_receive_payload (BnEngine *self, const char *text, gsize length);

/* A GET waits: @answer is called once, with what is to be sent; that may be before this returns.
 * FALSE if another one waits already: the session is over. */
typedef void (*BnEngineAnswer) (gpointer data, const char *payload, gsize length);
gboolean bn_engine_poll (BnEngine *self, BnEngineAnswer answer, gpointer data);
/* The peer does not wait any more: the session is over. */
void bn_engine_leave_poll (BnEngine *self);
/* TRUE while it has no WebSocket of its own. */
gboolean bn_engine_is_polling (BnEngine *self);

/* WebSocket */

typedef struct
{
  void (*send) (gpointer socket, GBytes *frame); /* which stays the caller's */
  void (*close) (gpointer socket);
} BnEngineSocket;

/* The session begins on this WebSocket, or it may go over to it, or it has one already and this one
 * is closed. */
void bn_engine_begin_on_socket (BnEngine *self, const BnEngineSocket *funcs, gpointer socket);
void bn_engine_add_socket (BnEngine *self, const BnEngineSocket *funcs, gpointer socket);
void bn_engine_receive_text (BnEngine *self, gpointer socket, const char *text, gsize length);
void bn_engine_receive_binary (BnEngine *self, gpointer socket, const guint8 *bytes, gsize length);
/* It does not take more, or does again. */
void bn_engine_set_socket_blocked (BnEngine *self, gpointer socket, gboolean blocked);
void bn_engine_note_progress (BnEngine *self);
/* It is closed, and not called any more. */
void bn_engine_lose_socket (BnEngine *self, gpointer socket);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnEngine, bn_engine_unref)

G_END_DECLS
