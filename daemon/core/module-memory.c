/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is remembered of modules over restarts of the hub.
 *
 * modules.conf: [Disabled] NAME=true, and [Bad] NAME=HASH, the hash of a folder whose new version
 * did not get ready; [Approved] NAME=RIGHT;RIGHT. */
#include "core/module-memory.h"

#include "core/state-file.h"

#define GROUP_DISABLED "Disabled"
#define GROUP_BAD "Bad"
#define GROUP_APPROVED "Approved"

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

gboolean
bn_module_memory_is_disabled (BnModuleMemory *self, const char *name)
{
  return g_key_file_get_boolean (self->contents, GROUP_DISABLED, name, NULL);
}

static void
save (BnModuleMemory *self)
{
  g_autoptr (GError) error = NULL;

  if (!bn_state_file_save (self->path, self->contents, &error))
    g_message ("Which modules are disabled could not be saved: %s", error->message);
}

void
bn_module_memory_set_disabled (BnModuleMemory *self, const char *name, gboolean disabled)
{
  if (bn_module_memory_is_disabled (self, name) == disabled)
    return;
  if (disabled)
    g_key_file_set_boolean (self->contents, GROUP_DISABLED, name, TRUE);
  else
    g_key_file_remove_key (self->contents, GROUP_DISABLED, name, NULL);
  save (self);
}

gboolean
bn_module_memory_is_bad (BnModuleMemory *self, const char *name, const char *hash)
{
  g_autofree char *bad = g_key_file_get_string (self->contents, GROUP_BAD, name, NULL);

  return g_strcmp0 (bad, hash) == 0;
}

void
bn_module_memory_set_bad (BnModuleMemory *self, const char *name, const char *hash)
{
  g_autofree char *bad = g_key_file_get_string (self->contents, GROUP_BAD, name, NULL);

  if (g_strcmp0 (bad, hash) == 0)
    return;
  if (hash != NULL)
    g_key_file_set_string (self->contents, GROUP_BAD, name, hash);
  else
    g_key_file_remove_key (self->contents, GROUP_BAD, name, NULL);
  save (self);
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
