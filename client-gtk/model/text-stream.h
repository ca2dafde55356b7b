/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Text that comes through a descriptor of the hub, such as the log of a job, piece by piece. What
 * is no UTF-8 is replaced; a character that is cut in two is not. */
#pragma once

#include "model/hub.h"

G_BEGIN_DECLS

#define BN_TYPE_TEXT_STREAM (bn_text_stream_get_type ())
G_DECLARE_FINAL_TYPE (BnTextStream, bn_text_stream, BN, TEXT_STREAM, GObject)

/* Signal "text" (char *): the next piece.
 * Signal "ended" (char *): nothing more comes; why, NULL if it simply ended. */

/* Asks with @type, a request that returns one descriptor, and @payload (a{sv}, floating). */
BnTextStream *bn_text_stream_new (BnHub *hub, const char *type, GVariant *payload);

G_END_DECLS
