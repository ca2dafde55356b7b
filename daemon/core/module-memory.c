/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is remembered of modules over restarts of the hub.
 *
 * modules.conf: [Disabled] NAME=true; [Bad] NAME=HASH;HASH;…, the hashes of folders whose version
 * did not get ready or failed in its probation, oldest first; [Quarantined] NAME=HASH;REASON;
 * [Approved] NAME=RIGHT;RIGHT. */
#include "core/module-memory.h"

#include <string.h>

#include "core/state-file.h"

#define GROUP_DISABLED "Disabled"
#define GROUP_BAD "Bad"
#define GROUP_APPROVED "Approved"
#define GROUP_QUARANTINED "Quarantined"

struct _BnModuleMemory
{
  char *path;         /* (owned) */
  GKeyFile *contents; /* (owned) */
};

BnModuleMemory *
bn_module_memory_new (const char *path, GError **error)
{
  BnModuleMemory *self;
  GKeyFile *contents = bn_state_file_load (path, error);

  if (contents == NULL)
    return NULL;
  self = g_new0 (BnModuleMemory, 1);
  self->path = g_strdup (path);
  self->contents = contents;
  return self;
}

void
bn_module_memory_free (BnModuleMemory *self)
{
  g_free (self->path);
  g_key_file_unref (self->contents);
  g_free (self);
}

static void
save (BnModuleMemory *self)
{
  g_autoptr (GError) error = NULL;

  if (!bn_state_file_save (self->path, self->contents, &error))
    g_message ("What is to be remembered of modules could not be saved: %s", error->message);
}

/* Empty if there is none. */
static char **
read_list (BnModuleMemory *self, const char *group, const char *name)
{
  char **list = g_key_file_get_string_list (self->contents, group, name, NULL, NULL);

  return list != NULL ? list : g_new0 (char *, 1);
}

static void
write_list (BnModuleMemory *self, const char *group, const char *name, const char *const *list)
{
  g_key_file_set_string_list (self->contents, group, name, list, g_strv_length ((char **)list));
  save (self);
}

static void
forget (BnModuleMemory *self, const char *group, const char *name)
{
  if (g_key_file_remove_key (self->contents, group, name, NULL))
    save (self);
}

gboolean
bn_module_memory_is_disabled (BnModuleMemory *self, const char *name)
{
  return g_key_file_get_boolean (self->contents, GROUP_DISABLED, name, NULL);
}

void
bn_module_memory_set_disabled (BnModuleMemory *self, const char *name, gboolean disabled)
{
  if (bn_module_memory_is_disabled (self, name) == disabled)
    return;
  if (!disabled)
    {
      forget (self, GROUP_DISABLED, name);
      return;
    }
  g_key_file_set_boolean (self->contents, GROUP_DISABLED, name, TRUE);
  save (self);
}

gboolean
bn_module_memory_is_bad (BnModuleMemory *self, const char *name, const char *hash)
{
  g_auto (GStrv) bad = read_list (self, GROUP_BAD, name);

  return g_strv_contains ((const char *const *)bad, hash);
}

void
bn_module_memory_add_bad (BnModuleMemory *self, const char *name, const char *hash)
{
  g_auto (GStrv) bad = read_list (self, GROUP_BAD, name);
  guint n = g_strv_length (bad);
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  if (g_strv_contains ((const char *const *)bad, hash))
    return;
  for (guint i = n >= BN_BAD_HASHES_MAX ? n - BN_BAD_HASHES_MAX + 1 : 0; i < n; i++)
    g_ptr_array_add (list, bad[i]);
  g_ptr_array_add (list, (gpointer)hash);
  g_ptr_array_add (list, NULL);
  write_list (self, GROUP_BAD, name, (const char *const *)list->pdata);
}

void
bn_module_memory_remove_bad (BnModuleMemory *self, const char *name, const char *hash)
{
  g_auto (GStrv) bad = read_list (self, GROUP_BAD, name);
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  if (!g_strv_contains ((const char *const *)bad, hash))
    return;
  for (char **at = bad; *at != NULL; at++)
    if (!g_str_equal (*at, hash))
      g_ptr_array_add (list, *at);
  if (list->len == 0)
    {
      forget (self, GROUP_BAD, name);
      return;
    }
  g_ptr_array_add (list, NULL);
  write_list (self, GROUP_BAD, name, (const char *const *)list->pdata);
}

char *
bn_module_memory_dup_quarantine (BnModuleMemory *self, const char *name, const char *hash)
{
  g_auto (GStrv) entry = read_list (self, GROUP_QUARANTINED, name);

  if (g_strv_length (entry) != 2 || !g_str_equal (entry[0], hash))
    return NULL;
  return g_strdup (entry[1]);
}

void
bn_module_memory_set_quarantined (BnModuleMemory *self, const char *name, const char *hash,
                                  const char *reason)
{
  const char *const entry[] = { hash, reason, NULL };

  write_list (self, GROUP_QUARANTINED, name, entry);
}

void
bn_module_memory_release (BnModuleMemory *self, const char *name)
{
  forget (self, GROUP_QUARANTINED, name);
}

char **
bn_module_memory_dup_approved (BnModuleMemory *self, const char *name)
{
  return g_key_file_get_string_list (self->contents, GROUP_APPROVED, name, NULL, NULL);
}

void
bn_module_memory_set_approved (BnModuleMemory *self, const char *name, const char *const *rights)
{
  g_key_file_set_string_list (self->contents, GROUP_APPROVED, name, rights,
                              g_strv_length ((char **)rights));
  save (self);
}
