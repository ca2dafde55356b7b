/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rights of a module, as they are shown and remembered. */
#include "core/module-rights.h"

#define MINIMAL "[Module]\nName=a\nVersion=1\nSummary=S\nExec=a\n"

static char **
rights_of (const char *lines)
{
  g_autofree char *text = g_strconcat (MINIMAL, lines, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BnManifest) manifest =
      bn_manifest_new_from_data (text, -1, "a.module", NULL, BN_MANIFEST_MODULE, &error);

  g_assert_no_error (error);
  return bn_module_rights_new (manifest);
}

static void
test_all_kinds (void)
{
  const char *const expected[] = { "files=/run/docker.sock",
                                   "launch",
                                   "network",
                                   "read_files=/var/log:ro",
                                   "read_files=~/Music",
                                   "requests=docker.*",
                                   "talk=session:org.example.Name",
                                   "unconfined",
                                   NULL };
  g_auto (GStrv) rights = rights_of ("Unconfined=true\nNetwork=true\nLaunch=true\n"
                                     "Files=~/Music:ro;/run/docker.sock;/var/log:ro:ro\n"
                                     "Talk=session:org.example.Name\nRequests=docker.*\n");
  g_auto (GStrv) none = rights_of ("Network=false\nLaunch=false\n");

  g_assert_cmpstrv (rights, expected);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

/* Who was asked about reading was not asked about writing. */
static void
test_more_is_not_covered (void)
{
  g_auto (GStrv) reads = rights_of ("Files=~/Music:ro\n");
  g_auto (GStrv) writes = rights_of ("Files=~/Music\n");
  g_auto (GStrv) starts = rights_of ("Files=~/Music:ro\nLaunch=true\n");

  g_assert_true (bn_module_rights_cover ((const char *const *)reads, (const char *const *)reads));
  g_assert_false (bn_module_rights_cover ((const char *const *)reads, (const char *const *)writes));
  g_assert_false (bn_module_rights_cover ((const char *const *)reads, (const char *const *)starts));
  g_assert_true (bn_module_rights_cover ((const char *const *)starts, (const char *const *)reads));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/module-rights/all-kinds", test_all_kinds);
  g_test_add_func ("/module-rights/more-is-not-covered", test_more_is_not_covered);
  return g_test_run ();
}
