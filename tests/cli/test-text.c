/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What stands on a terminal: no control characters, the right width, tables that align. */
#include "cli/text.h"

#include "cli/table.h"

static void
test_escape (void)
{
  static const char *const rows[][2] = {
    { "plain", "plain" },
    { "a\nb\tc", "a\\nb\\tc" },
    { "\033[31mred", "\\x1b[31mred" },
    { "\302\233"
      "2J",
      "\\x9b2J" },                     /* CSI as one C1 character */
    { "a\342\200\256b", "a\\u202eb" }, /* right-to-left override */
    { "a\342\200\250b", "a\\u2028b" }, /* line separator */
    { "\177", "\\x7f" },
    { "ä € 漢 e\314\201", "ä € 漢 e\314\201" },
    { "bad \377", "bad \357\277\275" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = bn_text_escape (rows[i][0]);

      g_assert_cmpstr (text, ==, rows[i][1]);
    }
}

static void
test_width (void)
{
  g_assert_cmpuint (bn_text_width (""), ==, 0);
  g_assert_cmpuint (bn_text_width ("abc"), ==, 3);
  g_assert_cmpuint (bn_text_width ("ä"), ==, 1);
  g_assert_cmpuint (bn_text_width ("漢字"), ==, 4);
  g_assert_cmpuint (bn_text_width ("e\314\201"), ==, 1);
}

static void
test_ellipsize (void)
{
  static const struct
  {
    const char *text;
    gsize width;
    const char *expected;
  } rows[] = {
    { "abc", 3, "abc" },   { "abcd", 3, "ab…" },
    { "abcd", 1, "…" },    { "abcd", 0, "" },
    { "漢字", 4, "漢字" }, { "漢字x", 4, "漢…" },
    { "漢字", 2, "…" },    { "e\314\201e\314\201e", 2, "e\314\201…" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = bn_text_ellipsize (rows[i].text, rows[i].width);

      g_assert_cmpstr (text, ==, rows[i].expected);
      g_assert_cmpuint (bn_text_width (text), <=, rows[i].width);
    }
}

static void
test_values (void)
{
  static const struct
  {
    const char *value;
    const char *unit;
    const char *expected;
  } rows[] = {
    { "'text'", NULL, "text" },
    { "<<'text'>>", NULL, "text" },
    { "'a\\nb'", NULL, "a\\nb" },
    { "uint32 12345", NULL, "12345" },
    { "uint64 1536", "bytes", "1.5\302\240KiB" },
    { "4.24", "percent", "4.2%" },
    { "true", NULL, "yes" },
    { "['a', 'b']", NULL, "a, b" },
    { "{'a': <1>}", NULL, "{\"a\":1}" },
    { "[<1>, <'\\u001b'>]", NULL, "[1,\"\\u001b\"]" },
    { "''", NULL, "-" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_parsed (rows[i].value));
      g_autofree char *text = bn_text_from_value (value, rows[i].unit);

      g_assert_cmpstr (text, ==, rows[i].expected);
    }
}

static void
test_payload (void)
{
  g_autoptr (GVariant) payload = g_variant_ref_sink (g_variant_new_parsed (
      "{'name': <'web 1'>, 'pid': <uint32 7>, 'none': <''>, 'tags': <[<'x'>]>}"));
  g_autofree char *text = bn_text_from_payload (payload);

  g_assert_cmpstr (text, ==, "name=\"web 1\" pid=7 none=- tags=[\"x\"]");
}

static BnTable *
make_table (void)
{
  BnTable *table = bn_table_new ();

  bn_table_add_column (table, "Name", FALSE);
  bn_table_add_column (table, "Size", TRUE);
  bn_table_add_column (table, "Note", FALSE);
  bn_table_begin_row (table);
  bn_table_add_cell (table, "漢字", "");
  bn_table_add_cell (table, "5", "");
  bn_table_add_cell (table, "", "");
  bn_table_begin_row (table);
  bn_table_add_cell (table, "a", "\033[31m");
  bn_table_add_cell (table, "1000", "");
  bn_table_add_cell (table, "a rather long note", "");
  bn_table_begin_row (table);
  bn_table_add_cell (table, "only", "");
  return table;
}

static void
test_table (void)
{
  g_autoptr (BnTable) table = make_table ();
  g_autofree char *wide = bn_table_to_string (table, 0, "");
  g_autofree char *narrow = bn_table_to_string (table, 22, "");
  g_autofree char *tiny = bn_table_to_string (table, 1, "");

  g_assert_cmpuint (bn_table_get_n_rows (table), ==, 3);
  g_assert_cmpstr (wide, ==,
                   "Name  Size  Note\n"
                   "漢字     5\n"
                   "\033[31ma\033[0m     1000  a rather long note\n"
                   "only\n");
  g_assert_cmpstr (narrow, ==,
                   "Name  Size  Note\n"
                   "漢字     5\n"
                   "\033[31ma\033[0m     1000  a rather …\n"
                   "only\n");
  /* Never narrower than can be read: it is cut by the terminal instead. */
  g_assert_nonnull (g_strstr_len (tiny, -1, "a rat…"));
}

/* A column that says nothing is left out; a single row that is too wide stands upright. */
static void
test_table_shapes (void)
{
  g_autoptr (BnTable) table = bn_table_new ();
  g_autofree char *wide = NULL;
  g_autofree char *narrow = NULL;

  bn_table_add_column (table, "Name", FALSE);
  bn_table_add_column (table, "Nothing", FALSE);
  bn_table_add_column (table, "One number", TRUE);
  bn_table_add_column (table, "Another number", TRUE);
  bn_table_begin_row (table);
  bn_table_add_cell (table, "-", "");
  bn_table_add_cell (table, "-", "");
  bn_table_add_cell (table, "1", "");
  bn_table_add_cell (table, "22", "");
  wide = bn_table_to_string (table, 40, "");
  g_assert_cmpstr (wide, ==,
                   "Name  One number  Another number\n"
                   "-              1              22\n");
  narrow = bn_table_to_string (table, 20, "");
  g_assert_cmpstr (narrow, ==,
                   "Name            -\n"
                   "One number      1\n"
                   "Another number  22\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/escape", test_escape);
  g_test_add_func ("/text/width", test_width);
  g_test_add_func ("/text/ellipsize", test_ellipsize);
  g_test_add_func ("/text/values", test_values);
  g_test_add_func ("/text/payload", test_payload);
  g_test_add_func ("/text/table", test_table);
  g_test_add_func ("/text/table-shapes", test_table_shapes);
  return g_test_run ();
}
