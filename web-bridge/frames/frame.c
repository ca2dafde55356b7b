/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The frames that a server sends: never masked, never fragmented. */
#include "frames/frame.h"

#include <string.h>

#define FIN 0x80

gsize
bn_frame_write_header (guint8 header[BN_SERVER_HEADER_MAX], BnOpcode opcode, gsize length)
{
  header[0] = FIN | opcode;
  if (length < 126)
    {
      header[1] = length;
      return 2;
    }
  if (length <= G_MAXUINT16)
    {
      header[1] = 126;
      header[2] = length >> 8;
      header[3] = length;
      return 4;
    }
  header[1] = 127;
  for (guint i = 0; i < 8; i++)
    header[2 + i] = (guint64)length >> (56 - 8 * i);
  return 10;
}

GBytes *
bn_frame_new (BnOpcode opcode, const void *payload, gsize length)
{
  guint8 header[BN_SERVER_HEADER_MAX];
  gsize header_length = bn_frame_write_header (header, opcode, length);
  guint8 *frame;

  g_assert (opcode < BN_OPCODE_CLOSE || length <= BN_CONTROL_PAYLOAD_MAX);

  frame = g_malloc (header_length + length);
  memcpy (frame, header, header_length);
  if (length > 0)
    memcpy (frame + header_length, payload, length);
  return g_bytes_new_take (frame, header_length + length);
}

const char *
bn_frame_get_text (GBytes *frame, gsize *length)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (frame, &size);
  gsize head = data[1] == 127 ? 10 : data[1] == 126 ? 4 : 2;

  *length = size - head;
  return (const char *)data + head;
}

GBytes *
bn_frame_new_close (guint code, const char *reason)
{
  guint8 payload[BN_CONTROL_PAYLOAD_MAX];
  gsize length = reason == NULL ? 0 : strlen (reason);

  if (code == BN_CLOSE_NO_STATUS)
    return bn_frame_new (BN_OPCODE_CLOSE, NULL, 0);

  payload[0] = code >> 8;
  payload[1] = code;
  if (length > sizeof payload - 2)
    {
      length = sizeof payload - 2;
      while (length > 0 && ((guint8)reason[length] & 0xc0) == 0x80)
        length--;
    }
  if (length > 0)
    memcpy (payload + 2, reason, length);
  return bn_frame_new (BN_OPCODE_CLOSE, payload, length + 2);
}

gboolean
bn_close_code_is_valid (guint code)
{
  if (code >= 3000 && code <= 4999)
    return TRUE;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}
