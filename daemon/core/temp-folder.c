/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Folders for the temporary files of processes.
 *
 * What is in them is made by somebody else: trees of any depth and size, and links that change
 * while one looks. rm(1) removes such a thing safely, and does not hold up the loop of the hub.
 *
 * A hub holds a lock on its folder as long as it lives. So a folder whose lock can be had is of a
 * hub that was killed. Who looks for those, or makes one, holds the lock of the root meanwhile. */
#include "core/temp-folder.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "introspection/error.h"

struct _BnTempFolders
{
  char *path; /* (owned) */
  int lock_fd;
};

static void
removed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree char *path = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_subprocess_wait_check_finish (G_SUBPROCESS (object), result, &error))
    g_message ("The folder %s cannot be removed: %s", path, error->message);
}

void
bn_temp_folder_remove (const char *path)
{
  const char *const argv[] = { "rm", "-rf", "--one-file-system", "--", path, NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  if (g_rmdir (path) == 0 || errno == ENOENT)
    return;
  process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  if (process != NULL)
    g_subprocess_wait_check_async (process, NULL, removed_cb, g_strdup (path));
  else
    g_message ("The folder %s cannot be removed: %s", path, error->message);
}

/* The lock of a folder, -1 with errno. It is gone with the descriptor. */
static int
lock_folder (const char *path, int operation)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (fd >= 0 && flock (fd, operation) != 0)
    {
      int saved_errno = errno;

      close (fd);
      errno = saved_errno;
      return -1;
    }
  return fd;
}

static void
remove_left_behind (const char *root)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (root, name, NULL);
      int fd = lock_folder (path, LOCK_EX | LOCK_NB);

      if (fd < 0)
        continue;
      bn_temp_folder_remove (path);
      close (fd);
    }
}

static gboolean
make_own (BnTempFolders *self, const char *root)
{
  g_autofree char *path = g_build_filename (root, "hub-XXXXXX", NULL);

  if (g_mkdtemp_full (path, 0700) == NULL)
    return FALSE;
  self->lock_fd = lock_folder (path, LOCK_EX);
  self->path = g_steal_pointer (&path);
  return self->lock_fd >= 0;
}

BnTempFolders *
bn_temp_folders_new (const char *root, GError **error)
{
  BnTempFolders *self = g_new0 (BnTempFolders, 1);
  gboolean made = FALSE;
  int root_fd = -1;

  self->lock_fd = -1;
  if (g_mkdir_with_parents (root, 0700) == 0 && (root_fd = lock_folder (root, LOCK_EX)) >= 0)
    {
      remove_left_behind (root);
      made = make_own (self, root);
    }
  if (!made)
    g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL,
                 "The folder for temporary files in %s cannot be made: %s", root,
                 g_strerror (errno));
  if (root_fd >= 0)
    close (root_fd);
  if (made)
    return self;
  bn_temp_folders_free (self);
  return NULL;
}

void
bn_temp_folders_free (BnTempFolders *self)
{
  if (self->path != NULL)
    bn_temp_folder_remove (self->path);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self->path);
  g_free (self);
}

char *
bn_temp_folder_new (BnTempFolders *folders, const char *name, GError **error)
{
  g_autofree char *path = g_strdup_printf ("%s/%s-XXXXXX", folders->path, name);

  if (g_mkdtemp_full (path, 0700) != NULL)
    return g_steal_pointer (&path);
  g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL,
               "The folder for temporary files %s cannot be made: %s", path, g_strerror (errno));
  return NULL;
}
