/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A folder for the temporary files of one process.
 *
 * Its contents are made by somebody else: trees of any depth and size, and links that change while
 * one looks. rm(1) removes such a thing safely, and does not hold up the loop of the hub. */
#include "core/temp-folder.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "introspection/error.h"

char *
bn_temp_folder_new (const char *root, const char *name, GError **error)
{
  g_autofree char *path = g_strdup_printf ("%s/%s-XXXXXX", root, name);

  if (g_mkdir_with_parents (root, 0700) == 0 && g_mkdtemp_full (path, 0700) != NULL)
    return g_steal_pointer (&path);
  g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL,
               "The folder for temporary files in %s cannot be made: %s", root, g_strerror (errno));
  return NULL;
}

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

void
bn_temp_folder_clear (const char *root)
{
  g_autoptr (GDir) dir = g_dir_open (root, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (root, name, NULL);

      bn_temp_folder_remove (path);
    }
}
