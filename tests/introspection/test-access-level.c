/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Checks the order of the access levels and their names. */
#include "introspection/access-level.h"

static void
test_names (void)
{
  static const char *const names[] = { "observe", "control", "admin" };
  static const char *const wrong[] = { "none", "", "Admin", "admin ", "root", NULL };
  BnAccessLevel level = BN_ACCESS_NONE;

  g_assert_cmpstr (bn_access_level_to_string (BN_ACCESS_NONE), ==, "none");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_true (bn_access_level_from_string (names[i], &level));
      g_assert_cmpint (level, ==, BN_ACCESS_OBSERVE + i);
      g_assert_cmpstr (bn_access_level_to_string (level), ==, names[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (bn_access_level_from_string (wrong[i], &level));
  g_assert_cmpint (level, ==, BN_ACCESS_ADMIN);
}

static void
test_order (void)
{
  for (BnAccessLevel have = BN_ACCESS_NONE; have <= BN_ACCESS_ADMIN; have++)
    for (BnAccessLevel need = BN_ACCESS_OBSERVE; need <= BN_ACCESS_ADMIN; need++)
      g_assert_cmpint (bn_access_level_allows (have, need), ==, have >= need);
}

static void
test_undeclared (void)
{
  for (BnAccessLevel have = BN_ACCESS_NONE; have <= BN_ACCESS_ADMIN; have++)
    g_assert_false (bn_access_level_allows (have, BN_ACCESS_NONE));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/access-level/names", test_names);
  g_test_add_func ("/access-level/order", test_order);
  g_test_add_func ("/access-level/undeclared", test_undeclared);
  return g_test_run ();
}
