/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The nearest name. */
#include "core/closest-name.h"

static const char *const names[] = { "Title", "Summary", "Interval", "Key", NULL };

static void
test_closest (void)
{
  g_assert_cmpstr (bn_closest_name (names, "Titel"), ==, "Title");
  g_assert_cmpstr (bn_closest_name (names, "Tite"), ==, "Title");
  g_assert_cmpstr (bn_closest_name (names, "title"), ==, "Title");
  g_assert_cmpstr (bn_closest_name (names, "Intervall"), ==, "Interval");
  g_assert_cmpstr (bn_closest_name (names, "Sumary"), ==, "Summary");
  g_assert_cmpstr (bn_closest_name (names, "Keys"), ==, "Key");
  g_assert_cmpstr (bn_closest_name (names, "Kye"), ==, NULL); /* two of three letters */
  g_assert_cmpstr (bn_closest_name (names, "Colour"), ==, NULL);
  g_assert_cmpstr (bn_closest_name (names, ""), ==, NULL);
}

/* Words of any length, and names that are not ASCII, are harmless. */
static void
test_odd_words (void)
{
  g_autofree char *longest = g_strnfill (64, 'T');
  g_autofree char *too_long = g_strnfill (100000, 'T');

  g_assert_cmpstr (bn_closest_name (names, longest), ==, NULL);
  g_assert_cmpstr (bn_closest_name (names, too_long), ==, NULL);
  g_assert_cmpstr (bn_closest_name (names, "Äöü"), ==, NULL);
  g_assert_cmpstr (bn_closest_name ((const char *const[]){ NULL }, "Title"), ==, NULL);
}

static void
test_hint (void)
{
  g_autofree char *hint = bn_closest_name_hint (names, "Titles");
  g_autofree char *none = bn_closest_name_hint (names, "Colour");

  g_assert_cmpstr (hint, ==, " (did you mean “Title”?)");
  g_assert_cmpstr (none, ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/closest-name/closest", test_closest);
  g_test_add_func ("/closest-name/odd-words", test_odd_words);
  g_test_add_func ("/closest-name/hint", test_hint);
  return g_test_run ();
}
