/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Channels: descriptors that requests answer with, as streams of bytes on a WebSocket.
 *
 * Each direction has its own offset. Who sends stops when the window is full of bytes that were not
 * acknowledged; what was sent and not acknowledged is kept, so that a client that lost its
 * connection goes on where it was. */
#pragma once

#include "protocol/client.h"

G_BEGIN_DECLS

/* Of a binary frame: kind, flags, two reserved bytes, the channel, the offset of the first byte;
 * big endian. */
#define BN_CHANNEL_HEADER_BYTES 16
#define BN_CHANNEL_KIND_DATA 1
#define BN_CHANNEL_CHUNK_BYTES (64 * 1024)

typedef struct _BnChannel BnChannel;
typedef struct _BnChannels BnChannels;

BnChannels *bn_channels_new (BnRoom *room);
void bn_channels_free (BnChannels *self);
guint bn_channels_get_count (BnChannels *self);

/* @client has a place for another one. Errors: busy. */
gboolean bn_channels_check (BnChannels *self, BnClient *client, GError **error);

/* A channel of @client on @fd (taken). @window: bytes. */
BnChannel *bn_channel_new (BnChannels *self, BnClient *client, int fd, guint window);

/* The channel that was told the client with @token, from @offset on. Errors: not_found (there is
 * none, or it is another's), bad_payload (those bytes are not kept). */
BnChannel *bn_channels_resume (BnChannels *self, BnClient *client, const char *token,
                               guint64 offset, GError **error);

/* {"channel", "window", "resume", "offset", "received"}, floating: the answer to who opened it. */
GVariant *bn_channel_describe (BnChannel *self);
/* The answer is sent: bytes may follow. */
void bn_channel_begin (BnChannel *self);

/* The client's side. */
BnChannel *bn_channel_find (BnClient *client, guint32 number);
/* It has all bytes before @offset. FALSE if that says nothing new. Errors: bad_payload. */
gboolean bn_channel_acknowledge (BnChannel *self, guint64 offset, GError **error);
/* It sends no more. */
void bn_channel_end_input (BnChannel *self);
void bn_channel_close (BnChannel *self);

/* A binary message. Errors: bad_message. */
gboolean bn_channels_receive (BnClient *client, const guint8 *bytes, gsize length, GError **error);

/* The client takes bytes again. */
void bn_channels_continue (BnClient *client);
/* It lost its connection: its channels wait for it. */
void bn_channels_detach (BnClient *client);
/* It may not have them any more. */
void bn_channels_end_session (BnChannels *self, BnSession *session);

G_END_DECLS
