/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A stream of bytes on the standard output. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Copies what can be read from @descriptor until its end. Into a file or a pipe it goes unchanged.
 * A terminal is shown text only: what could steer it is written out, and bytes that are no text end
 * the copy. Errors: BN_ERROR_UNSUPPORTED (no text), of G_IO_ERROR. */
gboolean bn_stream_copy (int descriptor, gboolean to_terminal, GError **error);

/* The part of @bytes that a terminal is shown: text with everything but line feeds and tabs written
 * out. A character that is not complete yet stays in @bytes for the next time, unless @at_end. NULL
 * if there is a byte that belongs to no text. */
char *bn_stream_take_text (GByteArray *bytes, gboolean at_end);

G_END_DECLS
