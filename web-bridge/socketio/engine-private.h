/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What an engine and its namespaces share. */
#pragma once

#include "protocol/bucket.h"
#include "socketio/engine.h"
#include "socketio/packet.h"

G_BEGIN_DECLS

typedef struct _BnSioNamespace BnSioNamespace;

struct _BnEngine
{
  guint references;
  BnEngines *all; /* (unowned, nullable): NULL once it is closed */
  BnRoom *room;   /* (unowned) */
  char *sid;
  BnSession *session; /* (owned, nullable) */
  char *address;
  char *user_agent;      /* (nullable) */
  GPtrArray *namespaces; /* BnSioNamespace, owned */
  GPtrArray *dead;       /* likewise; their clients may still be calling */

  /* Out */
  GString *out;          /* packets that wait, with U+001E between them */
  BnEngineAnswer answer; /* (nullable): of the GET that waits */
  gpointer answer_data;
  const BnEngineSocket *socket_funcs;
  gpointer socket; /* (nullable): once it speaks by WebSocket */
  const BnEngineSocket *probe_funcs;
  gpointer probe; /* (nullable): what it may go over to */
  gboolean probed;
  gboolean socket_blocked;
  gboolean blocked; /* clients have been told so */
  guint flush;      /* source */

  /* In */
  BnSioPacket pending; /* one whose attachments are awaited; it points into pending_text */
  char *pending_text;
  GPtrArray *attachments; /* (nullable): GBytes, owned: those that came */
  gsize attachment_bytes;

  BnBucket connects;
  guint timer; /* source: of the next ping, or until the pong must be there */
  gboolean awaits_pong;
  guint connect_timer; /* source: until there must be a namespace */
};

/* engine.c */
/* A packet of Engine.IO. */
void bn_engine_send (BnEngine *self, const char *packet, gsize length);
/* Takes the namespace out, to be freed later. */
void bn_engine_drop (BnEngine *self, BnSioNamespace *space);
/* It broke the protocol. */
void bn_engine_fail (BnEngine *self);

/* engine-messages.c: what is in Engine.IO's messages. FALSE: it is none. */
gboolean bn_engine_read_text (BnEngine *self, const char *text, gsize length);
gboolean bn_engine_read_binary (BnEngine *self, const guint8 *bytes, gsize length);

/* namespace.c */
/* @auth: what the peer sent with its wish to connect (may be empty). NULL: it is refused, and the
 * peer told so. */
BnSioNamespace *bn_sio_namespace_new (BnEngine *engine, BnSlice name, BnSlice auth);
void bn_sio_namespace_free (BnSioNamespace *self);
/* Once the engine has it. */
void bn_sio_namespace_begin (BnSioNamespace *self, BnSlice auth);
const char *bn_sio_namespace_get_name (BnSioNamespace *self);
/* An event; @data is the array [NAME, PAYLOAD]. FALSE if it is none. */
gboolean bn_sio_namespace_receive (BnSioNamespace *self, BnSlice id, BnSlice data);
void bn_sio_namespace_set_blocked (BnSioNamespace *self, gboolean blocked);
void bn_sio_namespace_note_progress (BnSioNamespace *self);
/* It sends nothing more. */
void bn_sio_namespace_mute (BnSioNamespace *self);

G_END_DECLS
