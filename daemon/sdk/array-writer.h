/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Writes an array of GVariant's serialised form, element by element.
 *
 * For the arrays of a module's samples: their elements are of variable size and aligned to 8 bytes,
 * as a{sv} and a(sa{sv}a{sv}) are. A GVariant for each value costs fifty times the bytes that come
 * of it. The format: "GVariant Specification", 2.3 to 2.5. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GByteArray *bytes;   /* owned */
  GArray *ends;        /* owned: guint32, where each element ends */
  guint element_start; /* of the one that is being written */
} BnArrayWriter;

void bn_array_writer_init (BnArrayWriter *self);
void bn_array_writer_clear (BnArrayWriter *self);

/* Empties it, and keeps the memory. */
void bn_array_writer_reset (BnArrayWriter *self);

/* Between the two, the members of the element are put one after another. @offsets: where each but
 * the last of them ends, as bn_array_writer_get_offset() told. */
void bn_array_writer_begin (BnArrayWriter *self);
void bn_array_writer_end (BnArrayWriter *self, const guint32 *offsets, guint n_offsets);

void bn_array_writer_put (BnArrayWriter *self, gconstpointer data, gsize size);
void bn_array_writer_put_string (BnArrayWriter *self, const char *text);

/* To the alignment of a variant, a dictionary and an array of them. */
void bn_array_writer_align (BnArrayWriter *self);

/* How many bytes of the element there are. */
guint32 bn_array_writer_get_offset (BnArrayWriter *self);

/* Completes the array. Nothing can be added until it is reset. */
void bn_array_writer_finish (BnArrayWriter *self);

/* What a container of @body_size bytes and @n_offsets framing offsets uses for each of those. */
guint bn_offset_size (gsize body_size, gsize n_offsets);
void bn_put_offset (GByteArray *bytes, gsize offset, guint offset_size);

G_END_DECLS
