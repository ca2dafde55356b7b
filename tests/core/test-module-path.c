/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hash of a module's folder: of what changes while it is read, and of what is large. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/module-path.h"
#include "introspection/error.h"

#define ROUNDS 100
#define PROGRAM_BYTES (8 * 1024 * 1024)
#define LARGE_BYTES ((off_t)16 * 1024 * 1024 * 1024)
#define LARGE_USEC (5 * G_USEC_PER_SEC) /* to read it all takes a minute */

typedef struct
{
  char *folder;
  char *program;
  int stop; /* atomic */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("binnacle-path-XXXXXX", &error);
  g_assert_no_error (error);
  self->program = g_build_filename (self->folder, "program", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_assert_no_errno (g_unlink (self->program));
  g_assert_no_errno (g_rmdir (self->folder));
  g_free (self->program);
  g_free (self->folder);
}

/* Sets the length of the program. */
static void
cut (Fixture *self, off_t length)
{
  int fd = open (self->program, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

  g_assert_cmpint (fd, >=, 0);
  g_assert_no_errno (ftruncate (fd, length));
  close (fd);
}

/* As a linker does that writes a program anew. */
static gpointer
write_again (gpointer user_data)
{
  Fixture *self = user_data;

  while (!g_atomic_int_get (&self->stop))
    {
      cut (self, 0);
      cut (self, PROGRAM_BYTES);
    }
  return NULL;
}

/* A program that is cut short while it is read is no end of the hub: it is being changed. */
static void
test_cut_short (Fixture *self, gconstpointer data)
{
  g_autoptr (GThread) writer = NULL;

  cut (self, PROGRAM_BYTES);
  writer = g_thread_new ("writer", write_again, self);
  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *hash = bn_module_folder_hash (self->folder, &error);

      if (hash == NULL)
        g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
    }
  g_atomic_int_set (&self->stop, 1);
  g_thread_join (g_steal_pointer (&writer));
}

/* The loop of the hub waits for the hash. */
static void
test_large (Fixture *self, gconstpointer data)
{
  gint64 began_usec = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  const struct timespec times[] = { { 1, 0 }, { 1, 0 } };

  cut (self, LARGE_BYTES);
  first = bn_module_folder_hash (self->folder, &error);
  g_assert_no_error (error);
  g_assert_no_errno (utimensat (AT_FDCWD, self->program, times, 0));
  second = bn_module_folder_hash (self->folder, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpint (g_get_monotonic_time () - began_usec, <, LARGE_USEC);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/module-path/cut-short", Fixture, NULL, set_up, test_cut_short, tear_down);
  g_test_add ("/module-path/large", Fixture, NULL, set_up, test_large, tear_down);
  return g_test_run ();
}
