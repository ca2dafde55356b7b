/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Payloads as text for people who look at events: one field a line, structures indented. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Several lines. Strings are quoted, keys sorted as they came, nothing is cut off. */
char *bn_payload_text_pretty (GVariant *value);

/* One line of at most @max_chars characters, "…" at the end if something is cut off. */
char *bn_payload_text_brief (GVariant *payload, guint max_chars);

G_END_DECLS
