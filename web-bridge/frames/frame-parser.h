/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads the frames of a WebSocket client (RFC 6455) as the bytes arrive. */
#pragma once

#include "frames/frame.h"
#include "frames/utf8.h"

G_BEGIN_DECLS

typedef struct
{
  gsize frame_bytes;   /* payload of one frame */
  gsize message_bytes; /* payload of one message, all its fragments together */
  guint fragments;     /* frames of one message */
} BnFrameLimits;

/* 128 KiB, 256 KiB, 64 */
extern const BnFrameLimits bn_frame_default_limits;

typedef enum
{
  BN_FRAME_MORE,    /* everything was read; give more bytes */
  BN_FRAME_MESSAGE, /* a whole text or binary message, or a control frame */
  BN_FRAME_ERROR,   /* the peer broke the protocol or a limit; close with the code */
} BnFrameStatus;

typedef struct
{
  BnOpcode opcode;       /* TEXT, BINARY, CLOSE, PING or PONG */
  const guint8 *payload; /* belongs to the parser or to the input; until the next call */
  gsize length;
  guint code;         /* CLOSE: the code of the peer. ERROR: the code to close with */
  const char *reason; /* ERROR: what was wrong, a static text */
} BnFrameMessage;

/* Small and without allocations of its own while no message is half read: it stands in each
 * connection. Zero it with bn_frame_parser_init(). */
typedef struct
{
  const BnFrameLimits *limits;
  GByteArray *message; /* owned, NULL while nothing is gathered */
  guint64 remaining;   /* payload bytes of the frame not yet read */
  guint64 length;      /* payload bytes of the frame */
  guint fragments;     /* of the message so far */
  BnUtf8 utf8;         /* of the text message so far */
  guint8 header[14];
  guint8 header_have;
  guint8 opcode;         /* of the frame */
  guint8 message_opcode; /* of the message that is being gathered; 0 if there is none */
  guint8 mask[4];
  guint8 control_have;
  guint8 in_payload : 1;
  guint8 fin : 1;
  guint8 failed : 1;
  guint8 deliver : 1; /* @message was given to the caller; drop it at the next call */
  guint8 control[BN_CONTROL_PAYLOAD_MAX];
} BnFrameParser;

void bn_frame_parser_init (BnFrameParser *self, const BnFrameLimits *limits);
void bn_frame_parser_clear (BnFrameParser *self);

/* Reads from @data, whose bytes it may change (they are unmasked in place), and says in @used how
 * many it took. Call again with the rest until it answers BN_FRAME_MORE. After an error every call
 * is an error; nothing after a close frame should be given to it. */
BnFrameStatus bn_frame_parser_read (BnFrameParser *self, guint8 *data, gsize length, gsize *used,
                                    BnFrameMessage *message);

/* Bytes that it holds. */
gsize bn_frame_parser_get_held (const BnFrameParser *self);

/* XORs @data with @mask, whose first byte belongs to the payload's byte number @offset. */
void bn_frame_unmask (guint8 *data, gsize length, const guint8 mask[4], guint64 offset);

G_END_DECLS
