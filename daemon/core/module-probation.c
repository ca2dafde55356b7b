/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The probation of a new version, and the way back.
 *
 * A version that got ready may still be broken. For 30 s after it took over it is on probation: if
 * it fails twice in that time, the one before it is started from its kept copy, at once, and the
 * hash of the broken one is remembered as bad. A version that failed in probation is never what a
 * later one goes back to. The copy of the one before is there for as long as the probation lasts: a
 * hub that finds one when it starts goes on with it. */
#include "core/hosted-module-private.h"

#define PROBATION_MS 30000
#define PROBATION_FAILURES_MAX 2

void
bn_hosted_module_update_versions (BnHostedModule *self)
{
  BnModuleVersions *versions = self->surroundings->versions;
  const char *const hashes[BN_VERSIONS_MAX] = { self->hash, self->previous };
  const char *name = bn_hosted_module_get_name (self);

  bn_module_versions_want (versions, name, hashes);
  if (self->state == BN_MODULE_READY && !self->kept && !self->folder_differs)
    bn_module_versions_keep (versions, name, self->hash, bn_manifest_get_folder (self->manifest));
}

void
bn_hosted_module_end_probation (BnHostedModule *self)
{
  g_clear_handle_id (&self->probation_id, g_source_remove);
  self->probation_failures = 0;
  if (self->previous == NULL)
    return;
  g_clear_pointer (&self->previous, g_free);
  bn_hosted_module_update_versions (self);
}

void
bn_hosted_module_pause_probation (BnHostedModule *self)
{
  g_clear_handle_id (&self->probation_id, g_source_remove);
}

static gboolean
passed_cb (gpointer user_data)
{
  BnHostedModule *self = user_data;

  self->probation_id = 0;
  g_info ("The new version of the module %s passed its probation",
          bn_hosted_module_get_name (self));
  bn_hosted_module_end_probation (self);
  return G_SOURCE_REMOVE;
}

void
bn_hosted_module_begin_probation (BnHostedModule *self, const char *previous)
{
  bn_hosted_module_set_text (&self->previous, previous);
  self->probation_failures = 0;
  g_clear_handle_id (&self->probation_id, g_source_remove);
  self->probation_id = g_timeout_add (PROBATION_MS, passed_cb, self);
}

void
bn_hosted_module_take_kept (BnHostedModule *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BnManifest) manifest = NULL;

  if (self->kept || !self->folder_differs)
    return;
  manifest = bn_module_versions_load (self->surroundings->versions,
                                      bn_hosted_module_get_name (self), self->hash, &error);
  if (manifest != NULL)
    bn_hosted_module_set_version (self, manifest, self->hash, TRUE);
  else
    g_message ("The module %s is started from its folder, which has changed: %s",
               bn_hosted_module_get_name (self), error->message);
}

gboolean
bn_hosted_module_roll_back (BnHostedModule *self, const GError *reason)
{
  const char *name = bn_hosted_module_get_name (self);
  g_autofree char *previous = NULL;
  g_autofree char *bad = g_strdup (self->hash);
  g_autofree char *why = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnManifest) manifest = NULL;

  if (self->previous == NULL || ++self->probation_failures < PROBATION_FAILURES_MAX)
    return FALSE;
  previous = g_steal_pointer (&self->previous);
  g_clear_handle_id (&self->probation_id, g_source_remove);
  self->probation_failures = 0;
  manifest = bn_module_versions_load (self->surroundings->versions, name, previous, &error);
  if (manifest == NULL)
    {
      g_message ("The module %s cannot go back to its previous version: %s", name, error->message);
      return FALSE;
    }
  why = g_strdup_printf ("The version %s failed %d times in %d s, the version %s runs again: %s",
                         bn_manifest_get_version (self->manifest), PROBATION_FAILURES_MAX,
                         PROBATION_MS / 1000, bn_manifest_get_version (manifest), reason->message);
  g_message ("%s: %s", name, why);
  bn_hosted_module_set_version (self, manifest, previous, TRUE);
  self->folder_differs = TRUE;
  self->counters.roll_backs++;
  bn_hosted_module_set_text (&self->refusal, why);
  bn_hosted_module_set_text (&self->failure, "");
  bn_hosted_module_forget_failures (self);
  bn_hosted_module_note (self, BN_HISTORY_ROLL_BACK, why);
  bn_hosted_module_tell_reloaded (self, BN_RELOAD_ROLLED_BACK, why, 0, bad);
  self->restarts++;
  bn_hosted_module_start_process (self);
  return TRUE;
}
