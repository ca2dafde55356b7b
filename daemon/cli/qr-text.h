/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A QR code on a terminal. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @text (at most a few hundred bytes) as lines of half blocks, two modules high, with the quiet
 * zone of four modules that the standard asks for (ISO/IEC 18004). @colour: black on white whatever
 * the terminal has; else light modules are blocks, as is right on a dark terminal. NULL: it does
 * not fit into @columns (0: any), or is too long for a code. */
char *bn_qr_text_new (const char *text, gboolean colour, guint columns);

G_END_DECLS
