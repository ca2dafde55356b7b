/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The framing of D-Bus messages. */
#include "link/link-reader.h"

#include <string.h>

#include "introspection/error.h"

/* Below this much room the buffer grows rather than read a few bytes at a time. */
#define MIN_ROOM (BN_LINK_READ_BYTES / 4)

void
bn_link_reader_init (BnLinkReader *self, gsize max_message)
{
  *self = (BnLinkReader){ .max_message = max_message };
}

void
bn_link_reader_clear (BnLinkReader *self)
{
  g_clear_pointer (&self->data, g_free);
  self->capacity = 0;
  self->start = 0;
  self->end = 0;
}

gsize
bn_link_reader_get_room (BnLinkReader *self, guint8 **room)
{
  gsize held = self->end - self->start;

  g_assert (held <= self->max_message);

  if (self->start > 0)
    {
      memmove (self->data, self->data + self->start, held);
      self->start = 0;
      self->end = held;
    }
  if (self->capacity - held < MIN_ROOM)
    {
      /* Doubling, and not the announced size at once: who announces much has to send it. */
      self->capacity = MIN (MAX (2 * self->capacity, BN_LINK_READ_BYTES),
                            self->max_message + BN_LINK_READ_BYTES);
      self->data = g_realloc (self->data, self->capacity);
    }
  *room = self->data + self->end;
  return self->capacity - self->end;
}

void
bn_link_reader_add (BnLinkReader *self, gsize size)
{
  g_assert (size <= self->capacity - self->end);

  self->end += size;
}

gsize
bn_link_reader_peek (const BnLinkReader *self, const guint8 **data)
{
  *data = self->data != NULL ? self->data + self->start : NULL;
  return self->end - self->start;
}

void
bn_link_reader_skip (BnLinkReader *self, gsize size)
{
  g_assert (size <= self->end - self->start);

  self->start += size;
  self->offset += size;
  if (self->start == self->end)
    bn_link_reader_clear (self);
}

static guint32
read_uint32 (const guint8 *bytes, gboolean big)
{
  guint32 value;

  memcpy (&value, bytes, sizeof value);
  return big ? GUINT32_FROM_BE (value) : GUINT32_FROM_LE (value);
}

BnLinkFrame
bn_link_reader_next (const BnLinkReader *self, const guint8 **frame, gsize *size, GError **error)
{
  const guint8 *header;
  gsize held = self->end - self->start;
  gboolean big;
  guint64 fields;
  guint64 needed;

  if (held < BN_LINK_HEADER_BYTES)
    return BN_LINK_FRAME_MORE;
  header = self->data + self->start;
  big = header[0] == 'B';
  if ((!big && header[0] != 'l') || header[1] == 0 || header[3] != 1)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE,
                   "what the peer sent is not a message of D-Bus protocol version 1");
      return BN_LINK_FRAME_BAD;
    }
  fields = read_uint32 (header + 12, big);
  needed = BN_LINK_HEADER_BYTES + ((fields + 7) & ~(guint64)7) + read_uint32 (header + 4, big);
  if (needed > self->max_message)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
                   "the peer announced a message of %" G_GUINT64_FORMAT
                   " bytes; at most %" G_GSIZE_FORMAT " are accepted",
                   needed, self->max_message);
      return BN_LINK_FRAME_BAD;
    }
  if (held < needed)
    return BN_LINK_FRAME_MORE;
  *frame = header;
  *size = needed;
  return BN_LINK_FRAME_WHOLE;
}
