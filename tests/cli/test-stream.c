/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a terminal is shown of a stream. */
#include "cli/stream.h"

#include <string.h>

typedef struct
{
  const char *bytes;
  gssize length; /* -1: up to the NUL */
  gboolean at_end;
  const char *text; /* NULL: it is no text */
  guint left;
} Case;

static void
test_take_text (void)
{
  static const Case cases[] = {
    { "", -1, FALSE, "", 0 },
    { "", -1, TRUE, "", 0 },
    { "one\ntwo\t", -1, FALSE, "one\ntwo\t", 0 },
    { "line\r\n", -1, FALSE, "line\n", 0 },
    { "over\rwritten", -1, FALSE, "over\\x0dwritten", 0 },
    { "\033]0;title\a", -1, TRUE, "\\x1b]0;title\\x07", 0 },
    { "\u202e", -1, TRUE, "\\u202e", 0 },
    { "a\xc3", -1, FALSE, "a", 1 },
    { "a\xf0\x9f\x98", -1, FALSE, "a", 3 },
    { "\xf0\x9f\x98\x80", -1, FALSE, "😀", 0 },
    { "a\xc3", -1, TRUE, NULL, 2 },
    { "a\xff", -1, FALSE, NULL, 2 },
    { "a\0b", 3, FALSE, NULL, 3 },
    { "a\0", 2, FALSE, NULL, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *row = &cases[i];
      gsize length = row->length < 0 ? strlen (row->bytes) : (gsize)row->length;
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autofree char *text = NULL;

      g_byte_array_append (bytes, (const guint8 *)row->bytes, (guint)length);
      text = bn_stream_take_text (bytes, row->at_end);
      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (text, ==, row->text);
      g_assert_cmpuint (bytes->len, ==, row->left);
    }
}

/* However the bytes come, the text is the same. */
static void
test_pieces (void)
{
  static const char whole[] = "née 😀\n한국어\n";
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GString) shown = g_string_new (NULL);

  for (gsize i = 0; i < strlen (whole); i++)
    {
      g_autofree char *text = NULL;

      g_byte_array_append (bytes, (const guint8 *)whole + i, 1);
      text = bn_stream_take_text (bytes, FALSE);
      g_assert_nonnull (text);
      g_string_append (shown, text);
    }
  g_assert_cmpuint (bytes->len, ==, 0);
  g_assert_cmpstr (shown->str, ==, whole);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream/take-text", test_take_text);
  g_test_add_func ("/stream/pieces", test_pieces);
  return g_test_run ();
}
