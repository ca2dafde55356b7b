/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Patterns by segment. */
#include "core/pattern-trie.h"

#include <string.h>

#include "introspection/event-type.h"

static void
count_cb (gpointer value, gpointer user_data)
{
  guint *counts = user_data;

  counts[GPOINTER_TO_UINT (value)]++;
}

static void
test_match (void)
{
  static const char *const patterns[] = { "*",     "a.*", "a.b",   "a.*.c", "*.b",
                                          "a.b.*", "b.*", "*.*.c", NULL };
  static const struct
  {
    const char *type;
    const char *matches; /* a 1 for each pattern that matches */
  } rows[] = {
    { "a.b", "11101000" }, { "a.b.c", "11010101" }, { "a.x.c", "11010001" },
    { "b.b", "10001010" }, { "x.y", "10000000" },   { "a.b.c.d", "11000100" },
  };
  g_autoptr (BnPatternTrie) trie = bn_pattern_trie_new ();

  for (guint i = 0; patterns[i] != NULL; i++)
    bn_pattern_trie_insert (trie, patterns[i], GUINT_TO_POINTER (i));
  g_assert_cmpuint (bn_pattern_trie_get_size (trie), ==, 8);
  for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
    {
      guint counts[8] = { 0 };

      bn_pattern_trie_match (trie, rows[row].type, count_cb, counts);
      for (guint i = 0; i < 8; i++)
        {
          g_assert_cmpuint (counts[i], ==, rows[row].matches[i] - '0');
          g_assert_cmpint (counts[i] != 0, ==, bn_pattern_matches (patterns[i], rows[row].type));
        }
    }
}

static void
test_remove (void)
{
  g_autoptr (BnPatternTrie) trie = bn_pattern_trie_new ();
  guint counts[3] = { 0 };

  bn_pattern_trie_insert (trie, "a.*.c", GUINT_TO_POINTER (1));
  bn_pattern_trie_insert (trie, "a.*.c", GUINT_TO_POINTER (1));
  bn_pattern_trie_insert (trie, "a.*.c", GUINT_TO_POINTER (2));
  g_assert_false (bn_pattern_trie_remove (trie, "a.*", GUINT_TO_POINTER (1)));
  g_assert_false (bn_pattern_trie_remove (trie, "a.b.c", GUINT_TO_POINTER (1)));
  g_assert_true (bn_pattern_trie_remove (trie, "a.*.c", GUINT_TO_POINTER (1)));
  bn_pattern_trie_match (trie, "a.b.c", count_cb, counts);
  g_assert_cmpuint (counts[1], ==, 1);
  g_assert_cmpuint (counts[2], ==, 1);
  g_assert_true (bn_pattern_trie_remove (trie, "a.*.c", GUINT_TO_POINTER (1)));
  g_assert_true (bn_pattern_trie_remove (trie, "a.*.c", GUINT_TO_POINTER (2)));
  g_assert_false (bn_pattern_trie_remove (trie, "a.*.c", GUINT_TO_POINTER (2)));
  g_assert_cmpuint (bn_pattern_trie_get_size (trie), ==, 0);
  memset (counts, 0, sizeof counts);
  bn_pattern_trie_match (trie, "a.b.c", count_cb, counts);
  g_assert_cmpuint (counts[1] + counts[2], ==, 0);
}

/* Random patterns and types against the plain matcher. */
static void
test_against_matcher (void)
{
  static const char *const words[] = { "a", "b", "c", "*" };
  g_autoptr (BnPatternTrie) trie = bn_pattern_trie_new ();
  g_autoptr (GPtrArray) patterns = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < 200; i++)
    {
      GString *pattern = g_string_new (words[g_rand_int_range (random, 0, 4)]);

      for (int n = g_rand_int_range (random, 0, 4); n > 0; n--)
        g_string_append_printf (pattern, ".%s", words[g_rand_int_range (random, 0, 4)]);
      bn_pattern_trie_insert (trie, pattern->str, GUINT_TO_POINTER (i));
      g_ptr_array_add (patterns, g_string_free (pattern, FALSE));
    }
  for (guint round = 0; round < 500; round++)
    {
      g_autoptr (GString) type = g_string_new (words[g_rand_int_range (random, 0, 3)]);
      guint counts[200] = { 0 };

      for (int n = g_rand_int_range (random, 1, 5); n > 0; n--)
        g_string_append_printf (type, ".%s", words[g_rand_int_range (random, 0, 3)]);
      bn_pattern_trie_match (trie, type->str, count_cb, counts);
      for (guint i = 0; i < 200; i++)
        g_assert_cmpuint (counts[i], ==,
                          bn_pattern_matches (g_ptr_array_index (patterns, i), type->str) ? 1 : 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pattern-trie/match", test_match);
  g_test_add_func ("/pattern-trie/remove", test_remove);
  g_test_add_func ("/pattern-trie/against-matcher", test_against_matcher);
  return g_test_run ();
}
