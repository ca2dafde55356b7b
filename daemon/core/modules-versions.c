/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Which version of a module is to run: what stands in its folder, or if that is refused, a copy of
 * what ran before; and what was remembered of it. */
#include "core/modules-private.h"
#include "introspection/error.h"

/* A folder that is no module yet is told of as its row in module.list is. */
static void
tell_refused (BnModules *self, const char *name, const char *reason)
{
  g_autoptr (BnEvent) event = NULL;

  g_message ("The module %s is refused: %s", name, reason);
  if (bn_modules_lookup (self, name) != NULL)
    return;
  event = bn_event_new (
      "module.state_changed", BN_EVENT_CLASS_EVENT, BN_ACCESS_OBSERVE,
      g_variant_new_parsed ("{'name': <%s>, 'state': <'invalid'>, 'reason': <%s>}", name, reason),
      "hub", NULL);
  bn_event_bus_publish (self->bus, event);
}

BnManifest *
bn_modules_read_folder (BnModules *self, const char *folder, char **hash, GError **error)
{
  g_autofree char *name = g_path_get_basename (folder);
  g_autoptr (GError) local = NULL;
  g_autoptr (BnManifest) manifest = NULL;

  if (bn_module_folder_check (folder, self->system, &local)
      && (*hash = bn_module_folder_hash (folder, &local)) != NULL)
    manifest = bn_manifest_load (folder, &local);
  if (manifest != NULL)
    {
      g_hash_table_remove (self->refused, name);
      return g_steal_pointer (&manifest);
    }
  if (bn_error_is (local, BN_ERROR_CONFLICT))
    {
      g_propagate_error (error, g_steal_pointer (&local)); /* the watch will tell the end of it */
      return NULL;
    }
  if (g_strcmp0 (g_hash_table_lookup (self->refused, name), local->message) != 0)
    tell_refused (self, name, local->message);
  g_hash_table_insert (self->refused, g_strdup (name), g_strdup (local->message));
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

BnManifest *
bn_modules_read (BnModules *self, const char *name, char **hash, GError **error)
{
  g_autoptr (GHashTable) found = bn_modules_scan (self);
  BnHostedModule *module = g_hash_table_lookup (self->modules, name);
  const char *folder = g_hash_table_lookup (found, name);

  if (folder == NULL && module != NULL)
    folder = bn_manifest_get_folder (bn_hosted_module_get_manifest (module));
  if (folder != NULL)
    return bn_modules_read_folder (self, folder, hash, error);
  bn_modules_find (self, name, error);
  return NULL;
}

BnManifest *
bn_modules_find_kept (BnModules *self, const char *folder, const char *but, char **hash)
{
  g_autofree char *name = g_path_get_basename (folder);
  g_auto (GStrv) kept = bn_module_versions_list (self->versions, name);

  for (char **at = kept; *at != NULL; at++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BnManifest) manifest = NULL;

      if (g_strcmp0 (*at, but) == 0 || bn_module_memory_is_bad (self->memory, name, *at))
        continue;
      manifest = bn_module_versions_load (self->versions, name, *at, &error);
      if (manifest != NULL && bn_modules_is_kept_approved (self, manifest, folder))
        {
          *hash = g_strdup (*at);
          return g_steal_pointer (&manifest);
        }
      if (manifest == NULL)
        g_message ("A kept version of the module %s cannot be used: %s", name, error->message);
    }
  return NULL;
}

/* Why what stands in a folder is not to run; NULL: it is. @error: it could not be read. */
static char *
explain_refusal (BnModules *self, BnManifest *found, const char *hash, const GError *error)
{
  const char *name = found != NULL ? bn_manifest_get_name (found) : NULL;
  g_autoptr (GError) unapproved = NULL;

  if (found == NULL)
    return g_strdup (error->message);
  if (bn_module_memory_is_bad (self->memory, name, hash))
    return g_strdup_printf ("The version %s in its folder failed before",
                            bn_manifest_get_version (found));
  if (!bn_modules_check_approval (self, found, hash, &unapproved))
    return g_strdup (unapproved->message);
  return NULL;
}

BnManifest *
bn_modules_choose_version (BnModules *self, const char *folder, char **hash, char **refusal,
                           GError **error)
{
  g_autofree char *found_hash = NULL;
  g_autofree char *why = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (BnManifest) found = bn_modules_read_folder (self, folder, &found_hash, &local);
  BnManifest *kept = NULL;

  if (!bn_error_is (local, BN_ERROR_CONFLICT))
    why = explain_refusal (self, found, found_hash, local);
  if (why != NULL)
    kept = bn_modules_find_kept (self, folder, found_hash, hash);
  if (kept != NULL)
    {
      *refusal = g_steal_pointer (&why);
      g_hash_table_remove (self->refused, bn_manifest_get_name (kept));
      return kept;
    }
  if (found == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    *hash = g_steal_pointer (&found_hash);
  return g_steal_pointer (&found);
}

void
bn_modules_resume_probation (BnModules *self, BnHostedModule *module)
{
  g_autofree char *previous = NULL;
  g_autoptr (BnManifest) kept =
      bn_modules_find_kept (self, bn_manifest_get_folder (bn_hosted_module_get_manifest (module)),
                            bn_hosted_module_get_hash (module), &previous);

  if (kept != NULL)
    bn_hosted_module_begin_probation (module, previous);
}

void
bn_modules_recall (BnModules *self, BnHostedModule *module)
{
  const char *name = bn_hosted_module_get_name (module);
  const char *hash = bn_hosted_module_get_hash (module);
  g_autofree char *quarantine = bn_module_memory_dup_quarantine (self->memory, name, hash);
  g_autoptr (GError) unapproved = NULL;

  if (bn_modules_is_leased (self, name))
    bn_modules_apply_lease (self, module);
  /* A kept version was approved; the one that waits in its folder goes on waiting. */
  else if (!bn_hosted_module_is_kept (module)
           && !bn_modules_check_approval (self, bn_hosted_module_get_manifest (module), hash,
                                          &unapproved))
    {
      bn_hosted_module_refuse_version (module, unapproved->message, NULL);
      bn_hosted_module_set_disabled (module, TRUE, "It is not approved yet");
    }
  else if (bn_module_memory_is_disabled (self->memory, name))
    bn_hosted_module_set_disabled (module, TRUE, NULL);
  else if (quarantine != NULL)
    bn_hosted_module_set_quarantined (module, quarantine);
}
