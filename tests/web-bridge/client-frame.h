/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The frames of a WebSocket client, right ones and wrong ones, for tests. */
#pragma once

#include <glib.h>

#define CLIENT_FIN 0x80
#define CLIENT_MASKED 0x80

/* Appends a masked frame. @first is the first byte: FIN, reserved bits and opcode. */
void client_frame_append (GByteArray *out, guint8 first, const void *payload, gsize length);

/* The same, with the length written in @length_bytes (0, 2 or 8) bytes, whatever the right form. */
void client_frame_append_form (GByteArray *out, guint8 first, guint length_bytes, guint64 claimed,
                               const void *payload, gsize length);
