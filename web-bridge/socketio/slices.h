/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Parts of a JSON text (RFC 8259), as they stand there: to take a message apart and put its parts
 * into another without reading what is in them. Borders are found, nothing is validated: who reads
 * the new message does that. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Borrowed from the text. */
typedef struct
{
  const char *at;
  gsize length;
} BnSlice;

/* The value at @text, without the space around it. FALSE if it has no end. */
gboolean bn_slice_value (const char *text, gsize length, BnSlice *value);

/* The value of a member of the object @text; FALSE if there is none. @name: as it stands in the
 * text, between the quotes. */
gboolean bn_slice_member (const char *text, gsize length, const char *name, BnSlice *value);

/* The elements of the array @text, at most @max; how many there are, or -1 if it is no array or has
 * more. */
int bn_slice_elements (const char *text, gsize length, BnSlice *elements, guint max);

gboolean bn_slice_equals (BnSlice slice, const char *text);
gboolean bn_slice_has_prefix (BnSlice slice, const char *prefix);

G_END_DECLS
