/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The frames of a WebSocket client. */
#include "client-frame.h"

void
client_frame_append_form (GByteArray *out, guint8 first, guint length_bytes, guint64 claimed,
                          const void *payload, gsize length)
{
  static const guint8 mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
  guint8 head[2] = { first, CLIENT_MASKED };
  guint start;

  head[1] |= length_bytes == 0 ? claimed : length_bytes == 2 ? 126 : 127;
  g_byte_array_append (out, head, 2);
  for (guint i = length_bytes; i > 0; i--)
    {
      guint8 byte = claimed >> (8 * (i - 1));

      g_byte_array_append (out, &byte, 1);
    }
  g_byte_array_append (out, mask, 4);
  start = out->len;
  if (length > 0)
    g_byte_array_append (out, payload, length);
  for (gsize i = 0; i < length; i++)
    out->data[start + i] ^= mask[i & 3];
}

void
client_frame_append (GByteArray *out, guint8 first, const void *payload, gsize length)
{
  guint form = length < 126 ? 0 : length <= G_MAXUINT16 ? 2 : 8;

  client_frame_append_form (out, first, form, length, payload, length);
}
