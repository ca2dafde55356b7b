/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Gives each file of a corpus to a fuzz target, one test each: how a finding becomes a regression
 * test in every build, with no fuzzer at hand. */
#include <glib.h>

#include "fuzz.h"

static void
replay (gconstpointer path)
{
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (path, &bytes, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpint (LLVMFuzzerTestOneInput ((const guint8 *)bytes, size), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GDir) folder = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  const char *file;
  guint n_files = 0;

  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    g_error ("usage: %s FOLDER", argv[0]);
  name = g_path_get_basename (argv[1]);
  folder = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);
  while ((file = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/fuzz/%s/%s", name, file);

      g_test_add_data_func_full (path, g_build_filename (argv[1], file, NULL), replay, g_free);
      n_files++;
    }
  if (n_files == 0)
    g_error ("%s has no files", argv[1]);
  return g_test_run ();
}
