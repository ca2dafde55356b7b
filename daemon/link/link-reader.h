/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Cuts a stream of bytes into D-Bus messages: pure. Its buffer never holds more than the largest
 * message and one read, and nothing at all between messages. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How much is read at once. */
#define BN_LINK_READ_BYTES 16384
/* The part of a message that tells how long the message is. */
#define BN_LINK_HEADER_BYTES 16

typedef enum
{
  BN_LINK_FRAME_MORE, /* the next message is not complete */
  BN_LINK_FRAME_WHOLE,
  BN_LINK_FRAME_BAD, /* an error is set */
} BnLinkFrame;

typedef struct
{
  guint8 *data; /* owned; NULL while empty */
  gsize capacity;
  gsize start;
  gsize end;
  gsize max_message;
  guint64 offset; /* of data[start] in the stream */
} BnLinkReader;

void bn_link_reader_init (BnLinkReader *self, gsize max_message);
void bn_link_reader_clear (BnLinkReader *self);

/* Room for at least one byte; to be called only while no whole message is buffered. */
gsize bn_link_reader_get_room (BnLinkReader *self, guint8 **room);
/* @size bytes have been written to the room. */
void bn_link_reader_add (BnLinkReader *self, gsize size);

gsize bn_link_reader_peek (const BnLinkReader *self, const guint8 **data);
void bn_link_reader_skip (BnLinkReader *self, gsize size);

/* The message at the front, which stays there until bn_link_reader_skip(). */
BnLinkFrame bn_link_reader_next (const BnLinkReader *self, const guint8 **frame, gsize *size,
                                 GError **error);

G_END_DECLS
