/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* UTF-8 checked as it arrives. */
#include "frames/utf8.h"

#include <string.h>

#define ASCII_MASK G_GUINT64_CONSTANT (0x8080808080808080)

/* The first byte of a character: how many follow, and what the second one may be (RFC 3629,
 * section 4: the second byte is what tells overlong forms and surrogates). */
static gboolean
begin (BnUtf8 *self, guint8 byte)
{
  self->low = 0x80;
  self->high = 0xbf;
  if (byte >= 0xc2 && byte <= 0xdf)
    self->missing = 1;
  else if (byte >= 0xe0 && byte <= 0xef)
    {
      self->missing = 2;
      if (byte == 0xe0)
        self->low = 0xa0;
      else if (byte == 0xed)
        self->high = 0x9f;
    }
  else if (byte >= 0xf0 && byte <= 0xf4)
    {
      self->missing = 3;
      if (byte == 0xf0)
        self->low = 0x90;
      else if (byte == 0xf4)
        self->high = 0x8f;
    }
  else
    return FALSE;
  return TRUE;
}

gboolean
bn_utf8_feed (BnUtf8 *self, const guint8 *data, gsize length)
{
  gsize i = 0;

  while (i < length)
    {
      if (self->missing == 0)
        {
          guint64 word;

          /* Most text is ASCII: eight bytes at a time. */
          while (length - i >= sizeof word)
            {
              memcpy (&word, data + i, sizeof word);
              if ((word & ASCII_MASK) != 0)
                break;
              i += sizeof word;
            }
          if (i == length)
            break;
          if (data[i] >= 0x80 && !begin (self, data[i]))
            return FALSE;
        }
      else
        {
          if (data[i] < self->low || data[i] > self->high)
            return FALSE;
          self->low = 0x80;
          self->high = 0xbf;
          self->missing--;
        }
      i++;
    }
  return TRUE;
}

gboolean
bn_utf8_is_complete (const BnUtf8 *self)
{
  return self->missing == 0;
}
