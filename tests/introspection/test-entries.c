/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Walks over dictionaries. */
#include "introspection/entries.h"

static GVariant *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GVariant *value = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);

  g_assert_no_error (error);
  return value;
}

/* The same dictionary as a tree of values and as serialised data. */
static void
check (GVariant *dict)
{
  static const char *const names[] = { "cpu", "", "cpu" };
  static const char *const values[] = { "1.5", "'none'", "[uint32 1, 2]" };
  g_auto (BnEntries) entries = { NULL };
  const char *name;
  GVariant *value;
  guint n = 0;

  bn_entries_init (&entries, dict);
  while (bn_entries_next (&entries, &name, &value))
    {
      g_autofree char *text = g_variant_print (value, TRUE);

      g_assert_cmpuint (n, <, G_N_ELEMENTS (names));
      g_assert_cmpstr (name, ==, names[n]);
      g_assert_cmpstr (text, ==, values[n]);
      n++;
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (names));
  g_assert_null (entries.key);
  g_assert_false (bn_entries_next (&entries, &name, &value));
}

static void
test_tree (void)
{
  g_autoptr (GVariant) dict = parse ("{'cpu': <1.5>, '': <'none'>, 'cpu': <[uint32 1, 2]>}");

  check (dict);
}

static void
test_serialised (void)
{
  g_autoptr (GVariant) tree = parse ("{'cpu': <1.5>, '': <'none'>, 'cpu': <[uint32 1, 2]>}");
  g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (tree);
  g_autoptr (GVariant) dict =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE_VARDICT, bytes, FALSE));

  check (dict);
}

static void
test_empty (void)
{
  g_autoptr (GVariant) dict = parse ("{}");
  g_auto (BnEntries) entries = { NULL };
  const char *name = NULL;
  GVariant *value = NULL;

  bn_entries_init (&entries, dict);
  g_assert_false (bn_entries_next (&entries, &name, &value));
  g_assert_null (name);
}

/* What was lent lives while the walk goes on, whatever becomes of the tree; nothing leaks. */
static void
test_left_early (void)
{
  g_autoptr (GVariant) dict = parse ("{'a': <'first'>, 'b': <'second'>}");
  BnEntries entries;
  const char *name;
  GVariant *value;

  bn_entries_init (&entries, dict);
  g_assert_true (bn_entries_next (&entries, &name, &value));
  g_variant_get_data (dict);
  g_assert_cmpstr (name, ==, "a");
  g_assert_cmpstr (g_variant_get_string (value, NULL), ==, "first");
  bn_entries_clear (&entries);
  g_assert_null (entries.value);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/entries/tree", test_tree);
  g_test_add_func ("/entries/serialised", test_serialised);
  g_test_add_func ("/entries/empty", test_empty);
  g_test_add_func ("/entries/left-early", test_left_early);
  return g_test_run ();
}
