/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Files that are opened once, and numbers in texts. */
#include "modules/system_info/kept-file.h"

#include <errno.h>
#include <string.h>

#include "modules/system_info/scan.h"
#include "tree.h"

static void
test_rereads (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_auto (BnKeptFile) file = { NULL, -1 };
  g_auto (BnText) text = { NULL, 0, 0 };
  guint64 value;

  bn_kept_file_init (&file, g_build_filename (tree->root, "a", NULL));
  g_assert_null (bn_kept_file_read (&file, &text));
  g_assert_cmpint (errno, ==, ENOENT);

  tree_write (tree, "a", "12\n");
  g_assert_cmpstr (bn_kept_file_read (&file, &text), ==, "12\n");
  tree_write (tree, "a", "345\n");
  g_assert_cmpstr (bn_kept_file_read_all (&file, &text), ==, "345\n");
  g_assert_true (bn_kept_file_read_u64 (&file, &value));
  g_assert_cmpuint (value, ==, 345);
  tree_write (tree, "a", "");
  g_assert_cmpstr (bn_kept_file_read (&file, &text), ==, "");
  g_assert_false (bn_kept_file_read_u64 (&file, &value));
  /* Kept: removing the name does not matter. */
  tree_write (tree, "a", "6");
  tree_remove (tree, "a");
  g_assert_cmpstr (bn_kept_file_read (&file, &text), ==, "6");
}

static void
test_sizes (void)
{
  static const gsize sizes[] = { 1, 4094, 4095, 4096, 8191, 8192, 100000, BN_TEXT_MAX_BYTES - 2 };
  g_autoptr (Tree) tree = tree_new ();
  g_autofree char *bytes = g_strnfill (BN_TEXT_MAX_BYTES, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_auto (BnKeptFile) file = { NULL, -1 };
      g_auto (BnText) whole = { NULL, 0, 0 };
      g_auto (BnText) pieces = { NULL, 0, 0 };

      tree_write_bytes (tree, "a", bytes, sizes[i]);
      bn_kept_file_init (&file, g_build_filename (tree->root, "a", NULL));
      g_assert_nonnull (bn_kept_file_read (&file, &whole));
      g_assert_cmpuint (whole.length, ==, sizes[i]);
      g_assert_cmpuint (strlen (whole.data), ==, sizes[i]);
      g_assert_nonnull (bn_kept_file_read_all (&file, &pieces));
      g_assert_cmpuint (pieces.length, ==, sizes[i]);
    }
}

static void
test_too_long (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (GError) error = NULL;
  g_auto (BnKeptFile) file = { NULL, -1 };
  g_auto (BnText) text = { NULL, 0, 0 };
  g_autofree char *bytes = g_strnfill (BN_TEXT_MAX_BYTES, 'x');

  tree_write (tree, "a", bytes);
  bn_kept_file_init (&file, g_build_filename (tree->root, "a", NULL));
  g_assert_null (bn_kept_file_read_all (&file, &text));
  g_assert_cmpint (errno, ==, EFBIG);
  g_assert_null (bn_kept_file_read (&file, &text));
  bn_kept_file_set_error (&file, &error);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, file.path));
}

/* /proc gives some files a page at a time; a process that ended is a descriptor that went stale. */
static void
test_kernel_files (void)
{
  g_auto (BnKeptFile) mounts = { NULL, -1 };
  g_auto (BnText) text = { NULL, 0, 0 };

  bn_kept_file_init (&mounts, g_strdup ("/proc/self/mountinfo"));
  g_assert_nonnull (bn_kept_file_read_all (&mounts, &text));
  g_assert_nonnull (strstr (text.data, " / "));
  g_assert_false (bn_kept_file_may_have_changed (&mounts));
}

/* The descriptor of a process' file fails with ESRCH when the process is gone, and is opened again.
 */
static void
test_stale (void)
{
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (BnKeptFile) file = { NULL, -1 };
  g_auto (BnText) text = { NULL, 0, 0 };
  const char *argv[] = { "cat", NULL };

  child = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDIN_PIPE, &error);
  g_assert_no_error (error);
  bn_kept_file_init (&file,
                     g_strdup_printf ("/proc/%s/limits", g_subprocess_get_identifier (child)));
  g_assert_nonnull (bn_kept_file_read (&file, &text));
  g_subprocess_force_exit (child);
  g_assert_true (g_subprocess_wait (child, NULL, &error));
  g_assert_null (bn_kept_file_read (&file, &text));
  g_assert_cmpint (file.fd, ==, -1);
}

static void
test_attributes (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autofree char *trimmed = NULL;
  g_autofree char *repaired = NULL;
  g_autofree char *target = NULL;
  guint64 value;

  tree_write (tree, "a", "  Samsung SSD  \n");
  tree_write (tree, "empty", "\n");
  tree_write (tree, "bytes", "a\xff\n");
  tree_write (tree, "number", "4096\n");
  tree_link (tree, "driver", "../../bus/drivers/amdgpu");
  trimmed = bn_read_attribute (tree->root, "a");
  g_assert_cmpstr (trimmed, ==, "Samsung SSD");
  repaired = bn_read_attribute (tree->root, "bytes");
  g_assert_true (g_utf8_validate (repaired, -1, NULL));
  g_assert_null (bn_read_attribute (tree->root, "empty"));
  g_assert_null (bn_read_attribute (tree->root, "absent"));
  g_assert_true (bn_read_attribute_u64 (tree->root, "number", &value));
  g_assert_cmpuint (value, ==, 4096);
  g_assert_false (bn_read_attribute_u64 (tree->root, "a", &value));
  target = bn_read_link_name (tree->root, "driver");
  g_assert_cmpstr (target, ==, "amdgpu");
  g_assert_null (bn_read_link_name (tree->root, "a"));
}

static void
test_numbers (void)
{
  const char *at = " 18446744073709551615 18446744073709551616 99999999999999999999 7x";
  guint64 value = 0;
  gint64 number = 0;
  double decimal = 0;

  g_assert_true (bn_scan_u64 (&at, &value));
  g_assert_cmpuint (value, ==, G_MAXUINT64);
  g_assert_true (bn_scan_u64 (&at, &value));
  g_assert_cmpuint (value, ==, G_MAXUINT64);
  g_assert_true (bn_scan_u64 (&at, &value));
  g_assert_cmpuint (value, ==, G_MAXUINT64);
  g_assert_true (bn_scan_u64 (&at, &value));
  g_assert_cmpuint (value, ==, 7);
  g_assert_false (bn_scan_u64 (&at, &value));
  g_assert_cmpstr (at, ==, "x");

  at = "\n5";
  g_assert_false (bn_scan_u64 (&at, &value)); /* not past the end of the line */
  at = "-273150 - 5";
  g_assert_true (bn_scan_i64 (&at, &number));
  g_assert_cmpint (number, ==, -273150);
  g_assert_false (bn_scan_i64 (&at, &number));
  at = "0.07";
  g_assert_true (bn_scan_decimal (&at, &decimal));
  g_assert_cmpfloat_with_epsilon (decimal, 0.07, 1e-9);
  at = "12";
  g_assert_true (bn_scan_decimal (&at, &decimal));
  g_assert_cmpfloat (decimal, ==, 12);
  at = ".5";
  g_assert_false (bn_scan_decimal (&at, &decimal));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/kept-file/rereads", test_rereads);
  g_test_add_func ("/system-info/kept-file/sizes", test_sizes);
  g_test_add_func ("/system-info/kept-file/too-long", test_too_long);
  g_test_add_func ("/system-info/kept-file/kernel-files", test_kernel_files);
  g_test_add_func ("/system-info/kept-file/stale", test_stale);
  g_test_add_func ("/system-info/kept-file/attributes", test_attributes);
  g_test_add_func ("/system-info/scan/numbers", test_numbers);
  return g_test_run ();
}
