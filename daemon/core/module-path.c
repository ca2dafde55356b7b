/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Where modules are.
 *
 * A compiler or an editor writes a folder in many steps. The watch therefore waits until nothing
 * changed for 300 ms, though not longer than about 3 s, and what is looked at then is a hash of the
 * files: their contents, and when they were written. So a person who touches the program asks for a
 * reload, also of a version that failed before. */
#include "core/module-path.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/module-versions.h"
#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

#define DEBOUNCE_MS 300
#define DEBOUNCE_MAX_USEC (3 * G_USEC_PER_SEC)
#define FOLDER_FILES_MAX 1000 /* in the folder itself */
#define FOLDER_TREE_MAX 20000 /* with those in folders of it */
#define FOLDER_DEPTH_MAX 16
#define MONITORS_MAX 1024
#define READ_BYTES (256 * 1024)

gboolean
bn_module_folder_has_manifest (const char *folder, const char *name)
{
  g_autofree char *file_name = g_strconcat (name, ".module", NULL);
  g_autofree char *file = g_build_filename (folder, file_name, NULL);

  return g_file_test (file, G_FILE_TEST_IS_REGULAR);
}

GHashTable *
bn_module_path_scan (const char *path)
{
  GHashTable *found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) roots = g_strsplit (path, G_SEARCHPATH_SEPARATOR_S, -1);

  for (char **root = roots; *root != NULL; root++)
    {
      g_autoptr (GDir) dir = **root != '\0' ? g_dir_open (*root, 0, NULL) : NULL;
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *folder = g_build_filename (*root, name, NULL);

          if (bn_name_is_valid (name) && !g_hash_table_contains (found, name)
              && bn_module_folder_has_manifest (folder, name))
            g_hash_table_insert (found, g_strdup (name), g_steal_pointer (&folder));
        }
    }
  return found;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Says why @path of a folder of modules cannot be read. What is gone was there a moment ago. */
static void
set_read_error (GError **error, const char *path, gboolean gone)
{
  if (gone)
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                 "%s changed while it was read: the module is being changed. Try again", path);
  else
    g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "%s cannot be read", path);
}

GPtrArray *
bn_module_folder_list (const char *folder, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  if (dir == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "The folder %s cannot be read", folder);
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (folder, name, NULL);

      if (g_file_test (file, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add (files, g_steal_pointer (&file));
    }
  if (files->len > FOLDER_FILES_MAX)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
                   "%s has more than %d files; is it the folder of a module?", folder,
                   FOLDER_FILES_MAX);
      return NULL;
    }
  g_ptr_array_sort (files, compare_paths);
  return g_steal_pointer (&files);
}

static gboolean
check_owner (const char *path, gboolean system, GError **error)
{
  struct stat info;

  if (stat (path, &info) != 0)
    {
      set_read_error (error, path, errno == ENOENT);
      return FALSE;
    }
  if (info.st_uid != 0 && (system || info.st_uid != getuid ()))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN,
                   "%s belongs to the user %u: no module is started from it. It must belong to %s",
                   path, info.st_uid, system ? "root" : "root or to you");
      return FALSE;
    }
  if ((info.st_mode & S_IWOTH) != 0
      || ((info.st_mode & S_IWGRP) != 0 && info.st_gid != 0 && system))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN,
                   "Others may write %s: no module is started from it. Try chmod go-w", path);
      return FALSE;
    }
  return TRUE;
}

/* Also what is in folders of the folder: a program may load it. Links are not followed: where they
 * stand only we may write. */
static gboolean
check_tree (const char *folder, gboolean system, guint depth, guint *left, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      gboolean is_link = g_file_test (path, G_FILE_TEST_IS_SYMLINK);

      if (*left == 0 || depth == FOLDER_DEPTH_MAX)
        {
          g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
                       "%s has more than %d files in its folders, or folders more than %d deep; is "
                       "it the folder of a module?",
                       folder, FOLDER_TREE_MAX, FOLDER_DEPTH_MAX);
          return FALSE;
        }
      --*left;
      if (is_link)
        continue;
      if (!check_owner (path, system, error)
          || (g_file_test (path, G_FILE_TEST_IS_DIR)
              && !check_tree (path, system, depth + 1, left, error)))
        return FALSE;
    }
  return TRUE;
}

gboolean
bn_module_folder_check (const char *folder, gboolean system, GError **error)
{
  g_autoptr (GPtrArray) files = NULL;
  guint left = FOLDER_TREE_MAX;

  if (!check_owner (folder, system, error))
    return FALSE;
  files = bn_module_folder_list (folder, error);
  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++) /* also what links lead to */
    if (!check_owner (g_ptr_array_index (files, i), system, error))
      return FALSE;
  return check_tree (folder, system, 0, &left, error);
}

char *
bn_module_path_user (void)
{
  return g_build_filename (g_get_user_data_dir (), "binnacle", "modules", NULL);
}

char *
bn_module_path_default (gboolean system, const char *installed)
{
  const char *extra = g_getenv (BN_ENV_MODULE_PATH);
  g_autofree char *user = bn_module_path_user ();

  if (!system && g_mkdir_with_parents (user, 0700) != 0)
    g_message ("The folder %s for your modules cannot be made: %s", user, g_strerror (errno));
  return g_strjoin (G_SEARCHPATH_SEPARATOR_S, extra != NULL ? extra : "", system ? "" : user,
                    "/usr/local/lib/binnacle/modules", installed, NULL);
}

/* What can be read of @fd to its end. FALSE with errno. */
static gboolean
add_contents (GChecksum *checksum, int fd, guint64 *size)
{
  /* Read, not mapped: a file that is cut short meanwhile would end the hub with SIGBUS. */
  g_autofree guint8 *buffer = g_malloc (READ_BYTES);
  gssize n;

  *size = 0;
  while ((n = read (fd, buffer, READ_BYTES)) > 0 || (n < 0 && errno == EINTR))
    if (n > 0)
      {
        g_checksum_update (checksum, buffer, n);
        *size += (guint64)n;
      }
  return n == 0;
}

/* Of what is past @left bytes, not the contents: the loop waits for this, and a folder of that size
 * is not copied, so the identity of the file will do. */
static gboolean
add_file (GChecksum *checksum, const char *file, int fd, guint64 *left, GError **error)
{
  g_autofree char *name = g_path_get_basename (file);
  struct stat info;
  guint64 length;
  guint64 size;

  if (fd < 0 || fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      set_read_error (error, file, fd >= 0 || errno == ENOENT);
      return FALSE;
    }
  length = (guint64)info.st_size;
  g_checksum_update (checksum, (const guchar *)name, strlen (name) + 1);
  g_checksum_update (checksum, (const guchar *)&info.st_mtim, sizeof info.st_mtim);
  g_checksum_update (checksum, (const guchar *)&length, sizeof length);
  if (length > *left)
    {
      g_checksum_update (checksum, (const guchar *)&info.st_ctim, sizeof info.st_ctim);
      g_checksum_update (checksum, (const guchar *)&info.st_ino, sizeof info.st_ino);
      return TRUE;
    }
  *left -= length;
  if (add_contents (checksum, fd, &size) && size == length)
    return TRUE;
  set_read_error (error, file, TRUE);
  return FALSE;
}

char *
bn_module_folder_hash (const char *folder, GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GPtrArray) files = bn_module_folder_list (folder, error);
  guint64 left = BN_VERSION_BYTES_MAX;

  for (guint i = 0; files != NULL && i < files->len; i++)
    {
      const char *file = g_ptr_array_index (files, i);
      int fd = open (file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
      gboolean added = add_file (checksum, file, fd, &left, error);

      if (fd >= 0)
        close (fd);
      if (!added)
        return NULL;
    }
  return files != NULL ? g_strdup (g_checksum_get_string (checksum)) : NULL;
}

/* The watch */

struct _BnModuleWatch
{
  GObject parent_instance;

  char *path;           /* (owned) */
  GHashTable *folders;  /* (owned): those that are in no folder of the path */
  GHashTable *monitors; /* (owned): folder -> GFileMonitor */
  guint debounce_id;
  gint64 first_usec; /* of the changes that are waited for */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnModuleWatch, bn_module_watch, G_TYPE_OBJECT)

static gboolean
debounce_cb (gpointer user_data)
{
  BnModuleWatch *self = user_data;

  self->debounce_id = 0;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event,
            gpointer user_data)
{
  BnModuleWatch *self = user_data;
  gint64 now_usec = g_get_monotonic_time ();

  if (self->debounce_id == 0)
    self->first_usec = now_usec;
  else if (now_usec - self->first_usec >= DEBOUNCE_MAX_USEC)
    return; /* somebody writes all the time: others must not wait for that */
  g_clear_handle_id (&self->debounce_id, g_source_remove);
  self->debounce_id = g_timeout_add (DEBOUNCE_MS, debounce_cb, self);
}

static void
watch_folder (BnModuleWatch *self, GHashTable *monitors, const char *folder)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor = g_hash_table_lookup (self->monitors, folder);

  if (g_hash_table_contains (monitors, folder)) /* it stands in the path twice */
    return;
  if (monitor != NULL)
    g_object_ref (monitor);
  else
    {
      monitor = g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
      if (monitor == NULL)
        {
          g_message ("%s is not watched for changes: %s", folder, error->message);
          return;
        }
      g_signal_connect (monitor, "changed", G_CALLBACK (changed_cb), self);
    }
  g_hash_table_insert (monitors, g_strdup (folder), monitor);
}

static void
monitor_free (gpointer monitor)
{
  g_object_unref (monitor);
}

/* Watches @root and the folders in it, also those that have no manifest yet: a person writes one
 * file after the other. */
static void
watch_root (BnModuleWatch *self, GHashTable *monitors, const char *root)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;

  if (dir == NULL)
    return;
  watch_folder (self, monitors, root);
  while ((name = g_dir_read_name (dir)) != NULL && g_hash_table_size (monitors) < MONITORS_MAX)
    {
      g_autofree char *folder = g_build_filename (root, name, NULL);

      if (bn_name_is_valid (name) && g_file_test (folder, G_FILE_TEST_IS_DIR))
        watch_folder (self, monitors, folder);
    }
}

void
bn_module_watch_update (BnModuleWatch *self)
{
  g_auto (GStrv) roots = g_strsplit (self->path, G_SEARCHPATH_SEPARATOR_S, -1);
  GHashTable *monitors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, monitor_free);
  GHashTableIter iter;
  const char *folder;
  GFileMonitor *monitor;

  for (char **root = roots; *root != NULL; root++)
    if (**root != '\0')
      watch_root (self, monitors, *root);
  g_hash_table_iter_init (&iter, self->folders);
  while (g_hash_table_iter_next (&iter, (gpointer *)&folder, NULL))
    watch_folder (self, monitors, folder);
  g_hash_table_iter_init (&iter, self->monitors);
  while (g_hash_table_iter_next (&iter, (gpointer *)&folder, (gpointer *)&monitor))
    if (!g_hash_table_contains (monitors, folder))
      g_signal_handlers_disconnect_by_data (monitor, self);
  g_hash_table_unref (self->monitors);
  self->monitors = monitors;
}

void
bn_module_watch_add_folder (BnModuleWatch *self, const char *folder)
{
  g_hash_table_add (self->folders, g_strdup (folder));
  bn_module_watch_update (self);
}

void
bn_module_watch_remove_folder (BnModuleWatch *self, const char *folder)
{
  g_hash_table_remove (self->folders, folder);
  bn_module_watch_update (self);
}

static void
bn_module_watch_dispose (GObject *object)
{
  BnModuleWatch *self = BN_MODULE_WATCH (object);
  GHashTableIter iter;
  GFileMonitor *monitor;

  g_clear_handle_id (&self->debounce_id, g_source_remove);
  g_hash_table_iter_init (&iter, self->monitors);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&monitor))
    {
      g_signal_handlers_disconnect_by_data (monitor, self);
      g_file_monitor_cancel (monitor);
    }
  g_hash_table_remove_all (self->monitors);
  G_OBJECT_CLASS (bn_module_watch_parent_class)->dispose (object);
}

static void
bn_module_watch_finalize (GObject *object)
{
  BnModuleWatch *self = BN_MODULE_WATCH (object);

  g_hash_table_unref (self->monitors);
  g_hash_table_unref (self->folders);
  g_free (self->path);
  G_OBJECT_CLASS (bn_module_watch_parent_class)->finalize (object);
}

static void
bn_module_watch_class_init (BnModuleWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_module_watch_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_module_watch_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_module_watch_init (BnModuleWatch *self)
{
  self->monitors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, monitor_free);
  self->folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

BnModuleWatch *
bn_module_watch_new (const char *path)
{
  BnModuleWatch *self = g_object_new (BN_TYPE_MODULE_WATCH, NULL);

  self->path = g_strdup (path);
  bn_module_watch_update (self);
  return self;
}
