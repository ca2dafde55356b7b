/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* KEY=VALUE and KEY:=JSON. */
#include "cli/arguments.h"

#include <string.h>

#include "introspection/error.h"

/* One line of words, separated by |. */
static GVariant *
parse (const char *line, GError **error)
{
  g_auto (GStrv) words = g_strsplit (line, "|", -1);

  return bn_arguments_parse ((const char *const *)words, error);
}

static void
test_good (void)
{
  static const struct
  {
    const char *line;
    const char *expected;
  } rows[] = {
    { "", "@a{sv} {}" },
    { "id=web", "{'id': <'web'>}" },
    { "id=", "{'id': <''>}" },
    { "id=a=b", "{'id': <'a=b'>}" },
    { "text=ä ö", "{'text': <'ä ö'>}" },
    { "id=5", "{'id': <'5'>}" },
    { "n:=5", "{'n': <int64 5>}" },
    { "n:=-1.5", "{'n': <-1.5>}" },
    { "n:=18446744073709551615", "{'n': <uint64 18446744073709551615>}" },
    { "on:=true", "{'on': <true>}" },
    { "text:=\"a=b\"", "{'text': <'a=b'>}" },
    { "list:=[1, \"a\"]", "{'list': <[<int64 1>, <'a'>]>}" },
    { "map:={\"a\": {\"b\": false}}", "{'map': <{'a': <{'b': <false>}>}>}" },
    { "a=1|b_2:=2", "{'a': <'1'>, 'b_2': <int64 2>}" },
    { "a=:=1", "{'a': <':=1'>}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) parsed = parse (rows[i].line, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      g_variant_ref_sink (parsed);
      text = g_variant_print (parsed, TRUE);
      g_assert_cmpstr (text, ==, rows[i].expected);
    }
}

/* Each names the word and says what would be right. */
static void
test_bad (void)
{
  static const struct
  {
    const char *line;
    const char *said;
  } rows[] = {
    { "id", "KEY=VALUE" },          { "=x", "small letters" },
    { ":=1", "small letters" },     { "Id=x", "small letters" },
    { "a b=x", "small letters" },   { "1a=x", "small letters" },
    { "a-b=x", "small letters" },   { "a=1|a=2", "stands twice" },
    { "a=1|a:=2", "stands twice" }, { "a:=", "a:=" },
    { "a:=1],[2", "a:=1" },         { "a:={", "a:={" },
    { "a:=null", "a:=null" },       { "a:=\"x", "a:=" },
    { "a=\377", "UTF-8" },          { "a:=\"\377\"", "a:=" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) parsed = parse (rows[i].line, &error);

      g_assert_null (parsed);
      g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      if (strstr (error->message, rows[i].said) == NULL)
        g_error ("%s: said “%s”", rows[i].said, error->message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/arguments/good", test_good);
  g_test_add_func ("/arguments/bad", test_bad);
  return g_test_run ();
}
