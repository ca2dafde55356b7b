/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The history of a module: oldest first, and bounded. */
#include "core/module-history.h"

static void
test_entries (void)
{
  g_autoptr (BnModuleHistory) history = bn_module_history_new ();
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GVariant) plain = NULL;
  gint64 before_usec = g_get_real_time ();
  gint64 time_usec = 0;
  const char *text = NULL;
  guint generation = 0;

  bn_module_history_add (history, BN_HISTORY_STATE, "starting", 1, "");
  bn_module_history_add (history, BN_HISTORY_ROLL_BACK, "backoff", 7, "it fell");
  rows = g_variant_ref_sink (bn_module_history_to_variant (history));
  g_assert_cmpuint (g_variant_n_children (rows), ==, 2);
  plain = g_variant_get_child_value (rows, 0);
  g_assert_true (g_variant_lookup (plain, "what", "&s", &text));
  g_assert_cmpstr (text, ==, "state");
  g_assert_false (g_variant_lookup (plain, "reason", "&s", &text));
  g_clear_pointer (&plain, g_variant_unref);
  plain = g_variant_get_child_value (rows, 1);
  g_assert_true (g_variant_lookup (plain, "what", "&s", &text));
  g_assert_cmpstr (text, ==, "roll_back");
  g_assert_true (g_variant_lookup (plain, "state", "&s", &text));
  g_assert_cmpstr (text, ==, "backoff");
  g_assert_true (g_variant_lookup (plain, "reason", "&s", &text));
  g_assert_cmpstr (text, ==, "it fell");
  g_assert_true (g_variant_lookup (plain, "generation", "u", &generation));
  g_assert_cmpuint (generation, ==, 7);
  g_assert_true (g_variant_lookup (plain, "time", "x", &time_usec));
  g_assert_cmpint (time_usec, >=, before_usec);
  g_assert_cmpint (time_usec, <=, g_get_real_time ());
}

static void
test_bounded (void)
{
  g_autoptr (BnModuleHistory) history = bn_module_history_new ();
  g_autoptr (GVariant) rows = NULL;

  for (guint i = 0; i < BN_MODULE_HISTORY_MAX + 10; i++)
    bn_module_history_add (history, BN_HISTORY_LIMIT, "ready", i, "");
  rows = g_variant_ref_sink (bn_module_history_to_variant (history));
  g_assert_cmpuint (g_variant_n_children (rows), ==, BN_MODULE_HISTORY_MAX);
  for (guint i = 0; i < BN_MODULE_HISTORY_MAX; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      guint generation = 0;

      g_assert_true (g_variant_lookup (row, "generation", "u", &generation));
      g_assert_cmpuint (generation, ==, i + 10);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/module-history/entries", test_entries);
  g_test_add_func ("/module-history/bounded", test_bounded);
  return g_test_run ();
}
