/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module may do is seen and approved by a person before it runs first, and again before it
 * gets more. That is so for the modules of people; those of the installation came with it. */
#include "core/module-rights.h"
#include "core/modules-private.h"
#include "introspection/error.h"

/* What a module waits with until it is approved. */
typedef struct
{
  char *hash;    /* (owned): of its folder */
  char **rights; /* (owned) */
} Waiting;

static const char *const no_rights[] = { NULL };

void
bn_modules_waiting_free (gpointer data)
{
  Waiting *waiting = data;

  g_free (waiting->hash);
  g_strfreev (waiting->rights);
  g_free (waiting);
}

static gboolean
needs_approval (BnModules *self, const char *folder)
{
  g_autofree char *parent = g_path_get_dirname (folder);
  g_auto (GStrv) folders = NULL;

  if (self->approval_path == NULL)
    return FALSE;
  folders = g_strsplit (self->approval_path, G_SEARCHPATH_SEPARATOR_S, -1);
  return g_strv_contains ((const char *const *)folders, parent);
}

gboolean
bn_modules_check_approval (BnModules *self, BnManifest *manifest, const char *hash, GError **error)
{
  const char *name = bn_manifest_get_name (manifest);
  g_auto (GStrv) rights = bn_module_rights_new (manifest);
  g_auto (GStrv) granted = bn_module_memory_dup_approved (self->memory, name);
  g_autofree char *text = NULL;
  Waiting *waiting;

  if (bn_modules_is_leased (self, name) /* who runs it has seen it */
      || !needs_approval (self, bn_manifest_get_folder (manifest))
      || (granted != NULL
          && bn_module_rights_cover ((const char *const *)granted, (const char *const *)rights)))
    {
      g_hash_table_remove (self->waiting, name);
      return TRUE;
    }
  text = bn_module_rights_to_text ((const char *const *)rights, (const char *const *)granted);
  waiting = g_new0 (Waiting, 1);
  waiting->hash = g_strdup (hash);
  waiting->rights = g_steal_pointer (&rights);
  g_hash_table_insert (self->waiting, g_strdup (name), waiting);
  if (granted == NULL)
    g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN,
                 "The module %s is new: look at what it may do and approve it", name);
  else
    g_set_error (error, BN_ERROR, BN_ERROR_FORBIDDEN,
                 "The new version of the module %s asks for more (%s): approve it", name, text);
  return FALSE;
}

gboolean
bn_modules_is_kept_approved (BnModules *self, BnManifest *manifest, const char *folder)
{
  g_auto (GStrv) rights = bn_module_rights_new (manifest);
  g_auto (GStrv) granted =
      bn_module_memory_dup_approved (self->memory, bn_manifest_get_name (manifest));

  return !needs_approval (self, folder)
         || (granted != NULL
             && bn_module_rights_cover ((const char *const *)granted, (const char *const *)rights));
}

gboolean
bn_modules_waits_for_approval (BnModules *self, const char *name, const char *hash)
{
  const Waiting *waiting = g_hash_table_lookup (self->waiting, name);

  return waiting != NULL && (hash == NULL || g_strcmp0 (waiting->hash, hash) == 0);
}

void
bn_modules_describe_rights (BnModules *self, BnHostedModule *module, GVariantDict *description)
{
  const char *name = bn_hosted_module_get_name (module);
  const Waiting *waiting = g_hash_table_lookup (self->waiting, name);
  g_auto (GStrv) own = bn_module_rights_new (bn_hosted_module_get_manifest (module));
  g_auto (GStrv) granted = bn_module_memory_dup_approved (self->memory, name);
  const char *const *rights = (const char *const *)(waiting != NULL ? waiting->rights : own);
  const char *const *approved = (const char *const *)granted;
  g_autofree char *digest = bn_module_rights_digest (rights);

  if (waiting == NULL)
    approved = rights; /* also those that came with the installation */
  else if (approved == NULL)
    approved = no_rights;
  g_variant_dict_insert_value (description, "rights",
                               bn_module_rights_to_variant (rights, approved));
  g_variant_dict_insert (description, "rights_digest", "s", digest);
  g_variant_dict_insert (description, "approved", "b", waiting == NULL);
}

gboolean
bn_modules_approve (BnModules *self, const char *name, const char *digest, GError **error)
{
  g_autofree char *hash = NULL;
  g_autofree char *actual = NULL;
  g_auto (GStrv) rights = NULL;
  g_autoptr (BnManifest) manifest = bn_modules_read (self, name, &hash, error);

  if (manifest == NULL)
    return FALSE;
  rights = bn_module_rights_new (manifest);
  actual = bn_module_rights_digest ((const char *const *)rights);
  if (g_strcmp0 (actual, digest) != 0)
    {
      g_autoptr (GError) noted = NULL;

      /* From now on the new ones are described. */
      bn_modules_check_approval (self, manifest, hash, &noted);
      g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                   "What the module %s asks for is not what was approved: look at it again", name);
      return FALSE;
    }
  bn_module_memory_set_approved (self->memory, name, (const char *const *)rights);
  g_hash_table_remove (self->waiting, name);
  return TRUE;
}
