/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The kept copies of versions of a module. */
#include "core/module-versions.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/module-path.h"
#include "introspection/error.h"
#include "tests/lib/remove-tree.h"

#define NAME "kept"

typedef struct
{
  char *root;   /* of everything */
  char *copies; /* root/versions */
  char *folder; /* root/kept: the module's */
  BnModuleVersions *versions;
} Fixture;

static void
write_file (Fixture *self, const char *name, const char *text, int mode)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, &error);
  g_assert_no_error (error);
}

static void
write_version (Fixture *self, const char *version)
{
  g_autofree char *text =
      g_strdup_printf ("[Module]\nName=" NAME "\nVersion=%s\nSummary=S\nExec=program\n", version);

  write_file (self, NAME ".module", text, 0644);
}

static char *
hash_folder (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  char *hash = bn_module_folder_hash (self->folder, &error);

  g_assert_no_error (error);
  return hash;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->root = g_dir_make_tmp ("binnacle-versions-XXXXXX", &error);
  g_assert_no_error (error);
  self->copies = g_build_filename (self->root, "versions", NULL);
  self->folder = g_build_filename (self->root, NAME, NULL);
  g_assert_no_errno (g_mkdir (self->folder, 0755));
  write_version (self, "1.0");
  write_file (self, "program", "#!/bin/sh\n", 0755);
  self->versions = bn_module_versions_new (self->copies);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  bn_module_versions_free (self->versions);
  remove_tree (self->root);
  g_free (self->root);
  g_free (self->copies);
  g_free (self->folder);
}

static void
want (Fixture *self, const char *first, const char *second)
{
  const char *const hashes[BN_VERSIONS_MAX] = { first, second };

  bn_module_versions_want (self->versions, NAME, hashes);
}

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
is_kept (Fixture *self, const char *hash)
{
  g_auto (GStrv) kept = bn_module_versions_list (self->versions, NAME);

  return g_strv_contains ((const char *const *)kept, hash);
}

static char *told; /* the last message */

static void
log_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  g_free (told);
  told = g_strdup (message);
}

/* Runs the loop until the thread has come to its end. @fault: what is told of it; NULL: nothing, it
 * is kept. */
static void
keep (Fixture *self, const char *hash, const char *fault)
{
  g_autofree char *place = g_build_filename (self->copies, NAME, hash, NULL);
  g_autofree char *unfinished = g_strconcat (place, ".new", NULL);
  guint id = g_timeout_add (5, tick_cb, NULL);

  g_clear_pointer (&told, g_free);
  g_log_set_default_handler (log_cb, NULL);
  bn_module_versions_keep (self->versions, NAME, hash, self->folder);
  while (!is_kept (self, hash) && told == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_log_set_default_handler (g_log_default_handler, NULL);
  g_source_remove (id);
  g_assert_cmpint (is_kept (self, hash), ==, fault == NULL);
  g_assert_false (g_file_test (unfinished, G_FILE_TEST_EXISTS));
  if (fault != NULL)
    g_assert_nonnull (strstr (told, fault));
  g_clear_pointer (&told, g_free);
}

static BnManifest *
load (Fixture *self, const char *hash)
{
  g_autoptr (GError) error = NULL;
  BnManifest *manifest = bn_module_versions_load (self->versions, NAME, hash, &error);

  g_assert_no_error (error);
  return manifest;
}

/* A copy is the version that was copied, whatever becomes of the folder; what is not wanted goes.
 */
static void
test_keep (Fixture *self, gconstpointer data)
{
  g_autofree char *first = hash_folder (self);
  g_autofree char *second = NULL;
  g_autofree char *program = NULL;
  g_autoptr (BnManifest) old = NULL;
  g_autoptr (BnManifest) new = NULL;
  g_autoptr (GError) error = NULL;

  want (self, first, NULL);
  keep (self, first, NULL);
  write_version (self, "2.0");
  second = hash_folder (self);
  g_assert_cmpstr (first, !=, second);
  want (self, second, first);
  keep (self, second, NULL);
  old = load (self, first);
  new = load (self, second);
  g_assert_cmpstr (bn_manifest_get_version (old), ==, "1.0");
  g_assert_cmpstr (bn_manifest_get_version (new), ==, "2.0");
  g_assert_true (g_str_has_prefix (bn_manifest_get_folder (old), self->copies));
  program = g_build_filename (bn_manifest_get_folder (old), "program", NULL);
  g_assert_true (g_file_test (program, G_FILE_TEST_IS_EXECUTABLE));
  want (self, second, NULL);
  g_assert_false (is_kept (self, first));
  g_assert_true (is_kept (self, second));
  g_assert_null (bn_module_versions_load (self->versions, NAME, first, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_NOT_FOUND);
  bn_module_versions_forget (self->versions, NAME);
  g_assert_false (is_kept (self, second));
}

/* The next hub finds the copies of the last one. */
static void
test_lasts (Fixture *self, gconstpointer data)
{
  g_autofree char *hash = hash_folder (self);
  g_autoptr (BnManifest) manifest = NULL;

  want (self, hash, NULL);
  keep (self, hash, NULL);
  bn_module_versions_free (self->versions);
  self->versions = bn_module_versions_new (self->copies);
  g_assert_true (is_kept (self, hash));
  manifest = load (self, hash);
  g_assert_cmpstr (bn_manifest_get_version (manifest), ==, "1.0");
}

/* Nothing is started from a copy that is not what was copied, or that others may write. */
static void
test_changed (Fixture *self, gconstpointer data)
{
  g_autofree char *hash = hash_folder (self);
  g_autofree char *program = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;

  want (self, hash, NULL);
  keep (self, hash, NULL);
  folder = g_build_filename (self->copies, NAME, hash, NAME, NULL);
  program = g_build_filename (folder, "program", NULL);
  g_assert_no_errno (g_chmod (folder, 0777));
  g_assert_null (bn_module_versions_load (self->versions, NAME, hash, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_no_errno (g_chmod (folder, 0700));
  g_file_set_contents (program, "#!/bin/sh\nexit 1\n", -1, &error);
  g_assert_no_error (error);
  g_assert_null (bn_module_versions_load (self->versions, NAME, hash, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_FORBIDDEN);
}

/* What belongs to no module that is known goes. */
static void
test_clean (Fixture *self, gconstpointer data)
{
  g_autofree char *hash = hash_folder (self);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);

  want (self, hash, NULL);
  keep (self, hash, NULL);
  g_hash_table_add (known, (gpointer)NAME);
  bn_module_versions_clean (self->versions, known);
  g_assert_true (is_kept (self, hash));
  g_hash_table_remove_all (known);
  bn_module_versions_clean (self->versions, known);
  g_assert_false (is_kept (self, hash));
}

/* What cannot be kept is told, and leaves nothing behind. */
static void
test_faults (Fixture *self, gconstpointer data)
{
  g_autofree char *large = g_build_filename (self->folder, "large", NULL);
  g_autofree char *large_hash = NULL;
  int fd;

  fd = open (large, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  g_assert_no_errno (fd);
  g_assert_no_errno (ftruncate (fd, BN_VERSION_BYTES_MAX));
  close (fd);
  large_hash = hash_folder (self);
  want (self, large_hash, NULL);
  keep (self, large_hash, "its files have more than 32 MiB");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/module-versions/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("keep", test_keep);
  ADD ("lasts", test_lasts);
  ADD ("changed", test_changed);
  ADD ("clean", test_clean);
  ADD ("faults", test_faults);
  return g_test_run ();
}
