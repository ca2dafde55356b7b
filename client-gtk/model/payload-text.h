/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Payloads as text for people who look at events: one field a line, structures indented. */
#pragma once

#include "model/description.h"

G_BEGIN_DECLS

/* Several lines. Strings are quoted, keys sorted as they came, nothing is cut off. */
char *bn_payload_text_pretty (GVariant *value);

/* One line of at most @max_chars characters, "…" at the end if something is cut off. The fields are
 * named and written as @event declares them; NULL: it is not declared. */
char *bn_payload_text_brief (GVariant *payload, const BnEventInfo *event, guint max_chars);

G_END_DECLS
