/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A WebSocket that speaks for a session of Engine.IO. */
#include "frames/frame.h"
#include "http/http-private.h"
#include "protocol/bucket.h"

typedef struct
{
  BnEngine *engine; /* (owned) */
  BnSocket *socket; /* (unowned): calls done() before it goes */
  BnBucket pings;
} EngineSocket;

static void
send_frame (gpointer socket, GBytes *frame)
{
  bn_socket_send (((EngineSocket *)socket)->socket, frame);
}

static void
close_socket (gpointer socket)
{
  bn_socket_close (((EngineSocket *)socket)->socket, BN_CLOSE_NORMAL, NULL);
}

static const BnEngineSocket funcs = { send_frame, close_socket };

static void
on_text (gpointer data, const char *text, gsize length)
{
  bn_engine_receive_text (((EngineSocket *)data)->engine, data, text, length);
}

static void
on_binary (gpointer data, const guint8 *bytes, gsize length)
{
  bn_engine_receive_binary (((EngineSocket *)data)->engine, data, bytes, length);
}

/* Those of WebSocket itself; Engine.IO has its own, so few are needed. */
static gboolean
on_ping (gpointer data)
{
  EngineSocket *self = data;
  guint per_second = bn_engine_get_limits (self->engine)->pings_per_second;

  return bn_bucket_take (&self->pings, g_get_monotonic_time (), per_second, 2 * per_second);
}

static void
on_pong (gpointer data)
{
}

static void
on_blocked (gpointer data)
{
  bn_engine_set_socket_blocked (((EngineSocket *)data)->engine, data, TRUE);
}

static void
on_progress (gpointer data)
{
  bn_engine_note_progress (((EngineSocket *)data)->engine);
}

static void
on_unblock (gpointer data)
{
  bn_engine_set_socket_blocked (((EngineSocket *)data)->engine, data, FALSE);
}

static void
on_done (gpointer data)
{
  EngineSocket *self = data;

  bn_engine_lose_socket (self->engine, self);
  bn_engine_unref (self->engine);
  g_free (self);
}

static const BnReceiver receiver = { on_text,    on_binary,   on_ping,    on_pong,
                                     on_blocked, on_progress, on_unblock, on_done };

void
bn_engine_socket_join (BnSocket *socket, BnEngine *engine, gboolean begins)
{
  EngineSocket *self = g_new0 (EngineSocket, 1);

  self->engine = bn_engine_ref (engine);
  self->socket = socket;
  bn_socket_set_receiver (socket, &receiver, self);
  if (begins)
    bn_engine_begin_on_socket (engine, &funcs, self);
  else
    bn_engine_add_socket (engine, &funcs, self);
}
