/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* UTF-8 checked as it arrives, so that a bad byte is refused before the rest is read. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* All zero between two characters. */
typedef struct
{
  guint8 missing; /* bytes that the character still needs */
  guint8 low;     /* the smallest value allowed for the next byte */
  guint8 high;    /* the largest */
} BnUtf8;

/* FALSE at the first byte that cannot be part of UTF-8 (RFC 3629: no surrogates, no overlong forms,
 * nothing above U+10FFFF). */
gboolean bn_utf8_feed (BnUtf8 *self, const guint8 *data, gsize length);

/* TRUE if the text may end here. */
gboolean bn_utf8_is_complete (const BnUtf8 *self);

G_END_DECLS
