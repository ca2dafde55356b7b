/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a WebSocket frame is (RFC 6455, section 5), and the frames that a server sends. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BN_OPCODE_CONTINUATION = 0x0,
  BN_OPCODE_TEXT = 0x1,
  BN_OPCODE_BINARY = 0x2,
  BN_OPCODE_CLOSE = 0x8,
  BN_OPCODE_PING = 0x9,
  BN_OPCODE_PONG = 0xa,
} BnOpcode;

/* Close codes of RFC 6455, section 7.4.1, and our own of the range for applications. */
typedef enum
{
  BN_CLOSE_NORMAL = 1000,
  BN_CLOSE_GOING_AWAY = 1001,
  BN_CLOSE_PROTOCOL = 1002,
  BN_CLOSE_UNSUPPORTED_DATA = 1003,
  BN_CLOSE_NO_STATUS = 1005, /* never sent: the peer's close frame was empty */
  BN_CLOSE_BAD_DATA = 1007,
  BN_CLOSE_POLICY = 1008,
  BN_CLOSE_TOO_BIG = 1009,
  BN_CLOSE_INTERNAL = 1011,
  BN_CLOSE_RESTARTING = 1012,
  BN_CLOSE_TRY_LATER = 1013,
  BN_CLOSE_BAD_MESSAGES = 4400,
  BN_CLOSE_UNAUTHENTICATED = 4401,
  BN_CLOSE_FORBIDDEN = 4403,
  BN_CLOSE_HEARTBEAT_LOST = 4408,
  BN_CLOSE_RESUMED_ELSEWHERE = 4409,
  BN_CLOSE_UNSUPPORTED_PROTOCOL = 4426,
  BN_CLOSE_FLOOD = 4429,
  BN_CLOSE_SLOW_CONSUMER = 4440,
} BnCloseCode;

#define BN_CONTROL_PAYLOAD_MAX 125
#define BN_SERVER_HEADER_MAX 10

/* Writes the header of an unfragmented, unmasked frame; returns its length. */
gsize bn_frame_write_header (guint8 header[BN_SERVER_HEADER_MAX], BnOpcode opcode, gsize length);

/* A whole frame. A control frame's payload is at most BN_CONTROL_PAYLOAD_MAX bytes. */
GBytes *bn_frame_new (BnOpcode opcode, const void *payload, gsize length);

/* What a whole frame of ours carries, borrowed. */
const char *bn_frame_get_text (GBytes *frame, gsize *length);

/* A close frame. @reason is cut to what fits, at the border of a character; it may be NULL. With
 * BN_CLOSE_NO_STATUS the frame is empty. */
GBytes *bn_frame_new_close (guint code, const char *reason);

/* TRUE for the codes that may stand in a close frame (section 7.4). */
gboolean bn_close_code_is_valid (guint code);

G_END_DECLS
