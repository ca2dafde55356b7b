/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A made-up machine. */
#include "tree.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

Tree *
tree_new (void)
{
  g_autoptr (GError) error = NULL;
  Tree *self = g_new0 (Tree, 1);

  self->root = g_dir_make_tmp ("binnacle-tree-XXXXXX", &error);
  g_assert_no_error (error);
  return self;
}

static void
remove_all (const char *path)
{
  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
      const char *name;

      while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);

          remove_all (child);
        }
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

void
tree_free (Tree *self)
{
  remove_all (self->root);
  g_free (self->root);
  g_free (self);
}

static char *
make_parents (Tree *self, const char *path)
{
  char *full = g_build_filename (self->root, path, NULL);
  g_autofree char *parent = g_path_get_dirname (full);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  return full;
}

void
tree_write_bytes (Tree *self, const char *path, gconstpointer data, gsize size)
{
  g_autofree char *full = make_parents (self, path);
  int fd = open (full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, size), ==, (gssize)size);
  close (fd);
}

void
tree_write (Tree *self, const char *path, const char *text)
{
  tree_write_bytes (self, path, text, strlen (text));
}

void
tree_link (Tree *self, const char *path, const char *target)
{
  g_autofree char *full = make_parents (self, path);

  g_assert_cmpint (symlink (target, full), ==, 0);
}

void
tree_remove (Tree *self, const char *path)
{
  g_autofree char *full = g_build_filename (self->root, path, NULL);

  remove_all (full);
}

char *
tree_fixture (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "fixtures", name, NULL);
}
