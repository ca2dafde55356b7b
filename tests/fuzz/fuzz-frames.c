/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A WebSocket client sends anything at all.
 *
 * The first byte of the input says how many bytes arrive at once (0: all). Whatever they are, the
 * same bytes in other portions must give the same answer, and no more is kept than the limits say.
 */
#include <glib.h>
#include <string.h>

#include "frames/frame-parser.h"
#include "fuzz.h"

static const BnFrameLimits limits = { 4096, 8192, 8 };

/* Reads all; returns a digest of what came out. */
static guint
run (const uint8_t *data, size_t size, size_t portion)
{
  BnFrameParser parser;
  guint digest = 0;
  gboolean failed = FALSE;

  bn_frame_parser_init (&parser, &limits);
  for (size_t at = 0; at < size && !failed; at += portion)
    {
      size_t length = MIN (portion, size - at);
      g_autofree guint8 *copy = g_memdup2 (data + at, length);
      size_t done = 0;

      for (;;)
        {
          BnFrameMessage message;
          gsize used;
          BnFrameStatus status =
              bn_frame_parser_read (&parser, copy + done, length - done, &used, &message);

          done += used;
          g_assert (done <= length);
          g_assert (bn_frame_parser_get_held (&parser) <= limits.message_bytes + 256);
          if (status == BN_FRAME_MORE)
            break;
          digest = digest * 31 + message.opcode + message.code;
          for (gsize i = 0; i < message.length; i++)
            digest = digest * 31 + message.payload[i];
          if (status == BN_FRAME_ERROR)
            {
              failed = TRUE;
              break;
            }
          if (message.opcode == BN_OPCODE_TEXT)
            g_assert (message.length == 0
                      || g_utf8_validate_len ((const char *)message.payload, message.length, NULL)
                      || memchr (message.payload, 0, message.length) != NULL);
        }
      g_assert (failed || done == length);
    }
  bn_frame_parser_clear (&parser);
  return digest;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 2)
    return 0;
  g_assert_cmpuint (run (data + 1, size - 1, size), ==,
                    run (data + 1, size - 1, data[0] != 0 ? data[0] : 1));
  return 0;
}
