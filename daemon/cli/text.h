/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Values as they stand on a terminal: one line, no control characters, aligned by what is seen. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @text with everything that could steer a terminal or break the line written out: "\n", "\x1b",
 * "\u202e". Invalid UTF-8 is replaced. */
char *bn_text_escape (const char *text);

/* Columns that @text takes on a terminal. */
gsize bn_text_width (const char *text);

/* At most @width columns of @text; the last is "…" if something was cut off. */
char *bn_text_ellipsize (const char *text, gsize width);

/* A value in one line, by @unit (or NULL), escaped; containers as JSON. @value may be NULL:
 * unknown, and may be a variant. */
char *bn_text_from_value (GVariant *value, const char *unit);

/* "key=value key=value" of an a{sv}, in its order. */
char *bn_text_from_payload (GVariant *payload);

G_END_DECLS
