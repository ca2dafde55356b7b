/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A QR code on a terminal. */
#include "cli/qr-text.h"

#include <qrencode.h>

#define QUIET 4 /* modules */
#define BLACK_ON_WHITE "\x1b[38;5;16;48;5;231m"
#define PLAIN "\x1b[0m"

static gboolean
is_dark (const QRcode *code, int x, int y)
{
  x -= QUIET;
  y -= QUIET;
  return x >= 0 && y >= 0 && x < code->width && y < code->width
         && (code->data[y * code->width + x] & 1) != 0;
}

/* The block with ink in its upper and its lower half. */
static const char *
get_block (gboolean upper, gboolean lower)
{
  static const char *const blocks[2][2] = { { " ", "▄" }, { "▀", "█" } };

  return blocks[upper][lower];
}

char *
bn_qr_text_new (const char *text, gboolean colour, guint columns)
{
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_L);
  g_autoptr (GString) lines = g_string_new (NULL);
  int size;

  if (code == NULL)
    return NULL;
  size = code->width + 2 * QUIET;
  if (columns != 0 && (guint)size > columns)
    {
      QRcode_free (code);
      return NULL;
    }
  for (int y = 0; y < size; y += 2)
    {
      g_string_append (lines, colour ? BLACK_ON_WHITE : "");
      for (int x = 0; x < size; x++)
        g_string_append (lines, get_block (is_dark (code, x, y) == colour,
                                           (y + 1 < size && is_dark (code, x, y + 1)) == colour));
      g_string_append (lines, colour ? PLAIN "\n" : "\n");
    }
  QRcode_free (code);
  return g_string_free (g_steal_pointer (&lines), FALSE);
}
