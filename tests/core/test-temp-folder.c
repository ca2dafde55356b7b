/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Folders for temporary files: who removes what, and when. */
#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#include "core/temp-folder.h"

typedef struct
{
  char *root;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->root = g_dir_make_tmp ("binnacle-temp-XXXXXX", &error);
  g_assert_no_error (error);
}

static void
wait_until_gone (const char *path)
{
  for (gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
       g_file_test (path, G_FILE_TEST_EXISTS);)
    g_assert_cmpint (g_get_monotonic_time (), <, end); /* rm(1) is at it */
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  bn_temp_folder_remove (self->root);
  wait_until_gone (self->root);
  g_free (self->root);
}

static char *
make_file (const char *folder)
{
  char *path = g_build_filename (folder, "file", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "x", -1, &error);
  g_assert_no_error (error);
  return path;
}

static void
test_one (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BnTempFolders *folders = bn_temp_folders_new (self->root, &error);
  g_autofree char *one = bn_temp_folder_new (folders, "echo", &error);
  g_autofree char *other = bn_temp_folder_new (folders, "echo", &error);
  g_autofree char *file = make_file (one);
  GStatBuf status;

  g_assert_no_error (error);
  g_assert_no_errno (g_stat (one, &status));
  g_assert_cmphex (status.st_mode & 0777, ==, 0700);
  bn_temp_folder_remove (one);
  wait_until_gone (one);
  g_assert_true (g_file_test (other, G_FILE_TEST_IS_DIR));
  bn_temp_folders_free (folders);
  wait_until_gone (other);
}

/* Two hubs of one user: neither touches what the other has. */
static void
test_two_hubs (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BnTempFolders *first = bn_temp_folders_new (self->root, &error);
  g_autofree char *folder = bn_temp_folder_new (first, "echo", &error);
  g_autofree char *file = make_file (folder);
  BnTempFolders *second = bn_temp_folders_new (self->root, &error);

  g_assert_no_error (error);
  bn_temp_folders_free (second);
  g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  bn_temp_folders_free (first);
  wait_until_gone (file);
}

/* The lock of a hub that was killed is gone. */
static void
test_left_behind (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_build_filename (self->root, "hub-dead", "echo-x", NULL);
  g_autofree char *file = NULL;
  BnTempFolders *folders;

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  file = make_file (folder);
  folders = bn_temp_folders_new (self->root, &error);
  g_assert_no_error (error);
  wait_until_gone (file);
  bn_temp_folders_free (folders);
}

static void
test_no_root (Fixture *self, gconstpointer data)
{
  g_autofree char *file = make_file (self->root);
  g_autoptr (GError) error = NULL;

  g_assert_null (bn_temp_folders_new (file, &error));
  g_assert_nonnull (error);
}

static void
add (const char *path, void (*test) (Fixture *self, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/temp-folder/one", test_one);
  add ("/temp-folder/two-hubs", test_two_hubs);
  add ("/temp-folder/left-behind", test_left_behind);
  add ("/temp-folder/no-root", test_no_root);
  return g_test_run ();
}
