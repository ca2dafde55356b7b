/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Kept copies of the versions of modules, to go back to.
 *
 * What runs may be newer or older than what stands in its folder: a new version may be refused, and
 * the old one must be able to start again. So each version is copied when it is first started. A
 * copy has the names, contents and times of the files, so its hash is that of the folder: it is
 * checked when the copy is made, and again before anything is started from it. The name of its
 * folder is the hash. */
#include "core/module-versions.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/module-path.h"
#include "introspection/error.h"

#define UNFINISHED ".new"

struct _BnModuleVersions
{
  char *root;         /* (owned) */
  GHashTable *wanted; /* (owned): name -> GStrv of hashes */
  GHashTable *copied; /* (owned): hashes that were tried, also in vain */
};

/* A copy on its way; the data of its task. */
typedef struct
{
  char *name;         /* (owned) */
  char *hash;         /* (owned) */
  char *folder;       /* (owned) */
  char *place;        /* (owned): root/NAME/HASH */
  GHashTable *wanted; /* (owned) */
  GHashTable *copied; /* (owned) */
} Copy;

static void
copy_free (Copy *copy)
{
  g_hash_table_unref (copy->wanted);
  g_hash_table_unref (copy->copied);
  g_free (copy->name);
  g_free (copy->hash);
  g_free (copy->folder);
  g_free (copy->place);
  g_free (copy);
}

BnModuleVersions *
bn_module_versions_new (const char *root)
{
  BnModuleVersions *self = g_new0 (BnModuleVersions, 1);

  self->root = g_strdup (root);
  self->wanted =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
  self->copied = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
bn_module_versions_free (BnModuleVersions *self)
{
  g_hash_table_unref (self->wanted);
  g_hash_table_unref (self->copied);
  g_free (self->root);
  g_free (self);
}

/* What is not a folder of the copies is not followed: nothing but them stands here. */
static void
remove_tree (const char *path)
{
  struct stat info;
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (lstat (path, &info) != 0)
    return;
  if (S_ISDIR (info.st_mode))
    dir = g_dir_open (path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static char *
build_place (BnModuleVersions *self, const char *name, const char *hash)
{
  return g_build_filename (self->root, name, hash, NULL);
}

static gboolean
is_wanted (GHashTable *wanted, const char *name, const char *hash)
{
  const char *const *hashes = g_hash_table_lookup (wanted, name);

  return hashes != NULL && g_strv_contains (hashes, hash);
}

char **
bn_module_versions_list (BnModuleVersions *self, const char *name)
{
  g_autofree char *folder = g_build_filename (self->root, name, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GStrvBuilder) hashes = g_strv_builder_new ();
  const char *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
    if (!g_str_has_suffix (entry, UNFINISHED))
      g_strv_builder_add (hashes, entry);
  return g_strv_builder_end (hashes);
}

void
bn_module_versions_want (BnModuleVersions *self, const char *name, const char *const *hashes)
{
  g_autoptr (GStrvBuilder) wanted = g_strv_builder_new ();
  g_auto (GStrv) kept = bn_module_versions_list (self, name);

  for (guint i = 0; i < BN_VERSIONS_MAX; i++)
    if (hashes[i] != NULL)
      g_strv_builder_add (wanted, hashes[i]);
  g_hash_table_insert (self->wanted, g_strdup (name), g_strv_builder_end (wanted));
  for (char **hash = kept; *hash != NULL; hash++)
    if (!is_wanted (self->wanted, name, *hash))
      {
        g_autofree char *place = build_place (self, name, *hash);

        remove_tree (place);
        g_hash_table_remove (self->copied, *hash);
      }
}

void
bn_module_versions_clean (BnModuleVersions *self, GHashTable *known)
{
  g_autoptr (GDir) dir = g_dir_open (self->root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (!g_hash_table_contains (known, name))
      {
        g_autofree char *folder = g_build_filename (self->root, name, NULL);

        remove_tree (folder);
      }
}

void
bn_module_versions_forget (BnModuleVersions *self, const char *name)
{
  static const char *const none[BN_VERSIONS_MAX] = { NULL };
  g_autofree char *folder = g_build_filename (self->root, name, NULL);

  bn_module_versions_want (self, name, none);
  g_rmdir (folder); /* it is empty, unless something is being copied */
}

static gboolean
fail (GError **error, const char *path)
{
  int code = errno;

  g_set_error (error, BN_ERROR,
               code == EDQUOT || code == ENOSPC ? BN_ERROR_BUSY : BN_ERROR_INTERNAL, "%s: %s", path,
               g_strerror (code));
  return FALSE;
}

static gboolean
copy_bytes (int from, int to, const char *path, gsize *left, GError **error)
{
  ssize_t n;

  while ((n = sendfile (to, from, NULL, MIN (*left + 1, 1 << 20))) > 0)
    {
      if ((gsize)n > *left)
        {
          g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE, "its files have more than %d MiB",
                       BN_VERSION_BYTES_MAX >> 20);
          return FALSE;
        }
      *left -= (gsize)n;
    }
  return n == 0 || fail (error, path);
}

static gboolean
copy_file (const char *from_path, const char *folder, gsize *left, GError **error)
{
  g_autofree char *name = g_path_get_basename (from_path);
  g_autofree char *to_path = g_build_filename (folder, name, NULL);
  int from = open (from_path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  int to = -1;
  gboolean done = FALSE;
  struct stat info;

  if (from < 0 || fstat (from, &info) != 0)
    fail (error, from_path);
  else if ((to = open (to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                       S_ISREG (info.st_mode) ? info.st_mode & 0755 : 0600))
           < 0)
    fail (error, to_path);
  else if (copy_bytes (from, to, from_path, left, error))
    done = futimens (to, (const struct timespec[]){ info.st_mtim, info.st_mtim }) == 0
           || fail (error, to_path);
  if (from >= 0)
    close (from);
  if (to >= 0)
    close (to);
  return done;
}

static gboolean
copy_folder (const char *from, const char *to, const char *hash, GError **error)
{
  g_autoptr (GPtrArray) files = bn_module_folder_list (from, error);
  gsize left = BN_VERSION_BYTES_MAX;
  g_autofree char *found = NULL;

  if (files == NULL || (g_mkdir_with_parents (to, 0700) != 0 && !fail (error, to)))
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    if (!copy_file (g_ptr_array_index (files, i), to, &left, error))
      return FALSE;
  found = bn_module_folder_hash (to, error);
  if (found == NULL)
    return FALSE;
  if (g_str_equal (found, hash))
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT, "%s changed meanwhile", from);
  return FALSE;
}

static void
copy_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Copy *copy = data;
  g_autofree char *unfinished = g_strconcat (copy->place, UNFINISHED, NULL);
  g_autofree char *folder = g_build_filename (unfinished, copy->name, NULL);
  GError *error = NULL;

  remove_tree (unfinished); /* of a hub that was killed */
  if (copy_folder (copy->folder, folder, copy->hash, &error)
      && (g_rename (unfinished, copy->place) == 0 || fail (&error, copy->place)))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  remove_tree (unfinished);
  g_task_return_error (task, error);
}

static void
copied_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Copy *copy = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error) && bn_error_is (error, BN_ERROR_CONFLICT))
    g_info ("The version of the module %s that was started is not kept: %s", copy->name,
            error->message);
  else if (error != NULL)
    g_message ("The version of the module %s that runs could not be kept: %s", copy->name,
               error->message);
  else if (!is_wanted (copy->wanted, copy->name, copy->hash))
    {
      remove_tree (copy->place);
      g_hash_table_remove (copy->copied, copy->hash);
    }
}

void
bn_module_versions_keep (BnModuleVersions *self, const char *name, const char *hash,
                         const char *folder)
{
  g_autofree char *place = build_place (self, name, hash);
  g_autoptr (GTask) task = NULL;
  Copy *copy;

  if (!g_hash_table_add (self->copied, g_strdup (hash)) || g_file_test (place, G_FILE_TEST_IS_DIR))
    return;
  copy = g_new0 (Copy, 1);
  copy->name = g_strdup (name);
  copy->hash = g_strdup (hash);
  copy->folder = g_strdup (folder);
  copy->place = g_steal_pointer (&place);
  copy->wanted = g_hash_table_ref (self->wanted);
  copy->copied = g_hash_table_ref (self->copied);
  task = g_task_new (NULL, NULL, copied_cb, NULL);
  g_task_set_source_tag (task, bn_module_versions_keep);
  g_task_set_task_data (task, copy, (GDestroyNotify)copy_free);
  g_task_run_in_thread (task, copy_in_thread);
}

BnManifest *
bn_module_versions_load (BnModuleVersions *self, const char *name, const char *hash, GError **error)
{
  g_autofree char *place = build_place (self, name, hash);
  g_autofree char *folder = g_build_filename (place, name, NULL);
  g_autofree char *found = NULL;

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "No copy of it was kept");
      return NULL;
    }
  /* It is ours, also if the hub is of the system. */
  if (!bn_module_folder_check (folder, FALSE, error)
      || (found = bn_module_folder_hash (folder, error)) == NULL)
    return NULL;
  if (!g_str_equal (found, hash))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN, "Its kept copy was changed");
      return NULL;
    }
  return bn_manifest_load (folder, error);
}
