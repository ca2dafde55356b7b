/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Writes an array of GVariant's serialised form, element by element. */
#include "sdk/array-writer.h"

#include <string.h>

#define ALIGNMENT 8

void
bn_array_writer_init (BnArrayWriter *self)
{
  self->bytes = g_byte_array_new ();
  self->ends = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->element_start = 0;
}

void
bn_array_writer_clear (BnArrayWriter *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  g_clear_pointer (&self->ends, g_array_unref);
}

void
bn_array_writer_reset (BnArrayWriter *self)
{
  g_byte_array_set_size (self->bytes, 0);
  g_array_set_size (self->ends, 0);
}

guint
bn_offset_size (gsize body_size, gsize n_offsets)
{
  if (body_size + n_offsets <= G_MAXUINT8)
    return 1;
  if (body_size + 2 * n_offsets <= G_MAXUINT16)
    return 2;
  return 4;
}

void
bn_put_offset (GByteArray *bytes, gsize offset, guint offset_size)
{
  guint8 one = (guint8)offset;
  guint16 two = GUINT16_TO_LE ((guint16)offset);
  guint32 four = GUINT32_TO_LE ((guint32)offset);

  if (offset_size == 1)
    g_byte_array_append (bytes, &one, 1);
  else if (offset_size == 2)
    g_byte_array_append (bytes, (const guint8 *)&two, 2);
  else
    g_byte_array_append (bytes, (const guint8 *)&four, 4);
}

void
bn_array_writer_align (BnArrayWriter *self)
{
  static const guint8 zeros[ALIGNMENT];
  guint past = self->bytes->len % ALIGNMENT;

  if (past > 0)
    g_byte_array_append (self->bytes, zeros, ALIGNMENT - past);
}

void
bn_array_writer_begin (BnArrayWriter *self)
{
  bn_array_writer_align (self);
  self->element_start = self->bytes->len;
}

guint32
bn_array_writer_get_offset (BnArrayWriter *self)
{
  return self->bytes->len - self->element_start;
}

void
bn_array_writer_end (BnArrayWriter *self, const guint32 *offsets, guint n_offsets)
{
  guint offset_size = bn_offset_size (bn_array_writer_get_offset (self), n_offsets);

  /* The offset of the first member stands last. */
  for (guint i = n_offsets; i > 0; i--)
    bn_put_offset (self->bytes, offsets[i - 1], offset_size);
  g_array_append_val (self->ends, self->bytes->len);
}

void
bn_array_writer_put (BnArrayWriter *self, gconstpointer data, gsize size)
{
  g_byte_array_append (self->bytes, data, (guint)size);
}

void
bn_array_writer_put_string (BnArrayWriter *self, const char *text)
{
  bn_array_writer_put (self, text, strlen (text) + 1);
}

void
bn_array_writer_finish (BnArrayWriter *self)
{
  guint offset_size = bn_offset_size (self->bytes->len, self->ends->len);

  for (guint i = 0; i < self->ends->len; i++)
    bn_put_offset (self->bytes, g_array_index (self->ends, guint32, i), offset_size);
}
