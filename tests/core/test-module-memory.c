/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is remembered of modules over restarts. */
#include "core/module-memory.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("binnacle-memory-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "modules.conf", NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *before = g_strconcat (self->path, ".1", NULL);

  g_unlink (before);
  g_unlink (self->path);
  g_assert_no_errno (g_rmdir (self->folder));
  g_free (self->folder);
  g_free (self->path);
}

static BnModuleMemory *
open_memory (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  BnModuleMemory *memory = bn_module_memory_new (self->path, &error);

  g_assert_no_error (error);
  return memory;
}

static void
reopen (Fixture *self, BnModuleMemory **memory)
{
  bn_module_memory_free (*memory);
  *memory = open_memory (self);
}

static void
test_bad (Fixture *self, gconstpointer data)
{
  g_autoptr (BnModuleMemory) memory = open_memory (self);

  g_assert_false (bn_module_memory_is_bad (memory, "echo", "h0"));
  for (guint i = 0; i < BN_BAD_HASHES_MAX + 2; i++)
    {
      g_autofree char *hash = g_strdup_printf ("h%u", i);

      bn_module_memory_add_bad (memory, "echo", hash);
      bn_module_memory_add_bad (memory, "echo", hash);
    }
  reopen (self, &memory);
  g_assert_false (bn_module_memory_is_bad (memory, "echo", "h1"));
  for (guint i = 2; i < BN_BAD_HASHES_MAX + 2; i++)
    {
      g_autofree char *hash = g_strdup_printf ("h%u", i);

      g_assert_true (bn_module_memory_is_bad (memory, "echo", hash));
      g_assert_false (bn_module_memory_is_bad (memory, "other", hash));
      if (i % 2 == 0)
        bn_module_memory_remove_bad (memory, "echo", hash);
    }
  reopen (self, &memory);
  for (guint i = 2; i < BN_BAD_HASHES_MAX + 2; i++)
    {
      g_autofree char *hash = g_strdup_printf ("h%u", i);

      g_assert_cmpint (bn_module_memory_is_bad (memory, "echo", hash), ==, i % 2 != 0);
      bn_module_memory_remove_bad (memory, "echo", hash);
      g_assert_false (bn_module_memory_is_bad (memory, "echo", hash));
    }
}

static void
test_quarantine (Fixture *self, gconstpointer data)
{
  g_autoptr (BnModuleMemory) memory = open_memory (self);
  g_autofree char *none = bn_module_memory_dup_quarantine (memory, "echo", "a");
  g_autofree char *reason = NULL;
  g_autofree char *other = NULL;

  g_assert_null (none);
  bn_module_memory_set_quarantined (memory, "echo", "a", "it fell; 6 times\nönce more");
  reopen (self, &memory);
  reason = bn_module_memory_dup_quarantine (memory, "echo", "a");
  g_assert_cmpstr (reason, ==, "it fell; 6 times\nönce more");
  other = bn_module_memory_dup_quarantine (memory, "echo", "b"); /* its files changed */
  g_assert_null (other);
  bn_module_memory_release (memory, "echo");
  reopen (self, &memory);
  none = bn_module_memory_dup_quarantine (memory, "echo", "a");
  g_assert_null (none);
}

/* What a person disabled stays so. */
static void
test_disabled (Fixture *self, gconstpointer data)
{
  g_autoptr (BnModuleMemory) memory = open_memory (self);

  bn_module_memory_set_disabled (memory, "echo", TRUE);
  reopen (self, &memory);
  g_assert_true (bn_module_memory_is_disabled (memory, "echo"));
  bn_module_memory_set_disabled (memory, "echo", FALSE);
  reopen (self, &memory);
  g_assert_false (bn_module_memory_is_disabled (memory, "echo"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/module-memory/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("bad", test_bad);
  ADD ("quarantine", test_quarantine);
  ADD ("disabled", test_disabled);
  return g_test_run ();
}
