/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is told of a module under supervision: its state, why, and what happened to it. */
#include "core/hosted-module-private.h"

static const char *const state_names[] = {
  [BN_MODULE_STOPPED] = "stopped",   [BN_MODULE_STARTING] = "starting",
  [BN_MODULE_READY] = "ready",       [BN_MODULE_DRAINING] = "draining",
  [BN_MODULE_BACKOFF] = "backoff",   [BN_MODULE_QUARANTINED] = "quarantined",
  [BN_MODULE_DISABLED] = "disabled",
};

static const char *const result_names[] = {
  [BN_RELOADED] = "reloaded",
  [BN_RELOAD_REFUSED] = "refused",
  [BN_RELOAD_ROLLED_BACK] = "rolled_back",
  [BN_RELOADED_PLANNED] = "planned",
};

const char *
bn_module_state_to_string (BnModuleState state)
{
  g_return_val_if_fail (state < G_N_ELEMENTS (state_names), NULL);

  return state_names[state];
}

const char *
bn_reload_result_to_string (BnReloadResult result)
{
  g_return_val_if_fail (result < G_N_ELEMENTS (result_names), NULL);

  return result_names[result];
}

void
bn_hosted_module_set_text (char **text, const char *value)
{
  g_autofree char *before = g_steal_pointer (text); /* @value may be it */

  *text = g_strdup (value);
}

void
bn_hosted_module_note (BnHostedModule *self, BnHistoryWhat what, const char *reason)
{
  bn_module_history_add (self->history, what, bn_module_state_to_string (self->state),
                         bn_hosted_module_get_generation (self), reason);
}

void
bn_hosted_module_refuse_version (BnHostedModule *self, const char *reason, const char *hash)
{
  self->folder_differs = hash == NULL || g_strcmp0 (hash, self->hash) != 0;
  if (g_str_equal (self->refusal, reason))
    return;
  self->counters.refused_versions++;
  bn_hosted_module_set_text (&self->refusal, reason);
  bn_hosted_module_note (self, BN_HISTORY_REFUSED, reason);
  bn_hosted_module_tell_reloaded (self, BN_RELOAD_REFUSED, reason, 0, hash);
  bn_hosted_module_tell_changed (self);
}

void
bn_hosted_module_accept_version (BnHostedModule *self)
{
  self->folder_differs = FALSE;
  if (*self->refusal == '\0')
    return;
  bn_hosted_module_set_text (&self->refusal, "");
  bn_hosted_module_tell_changed (self);
}

gboolean
bn_hosted_module_note_fault (BnHostedModule *self, BnModuleProcess *process, const GError *error)
{
  guint generation = bn_module_process_get_generation (process);

  if (generation == self->faulty_generation)
    return FALSE;
  self->faulty_generation = generation;
  bn_hosted_module_note (self, BN_HISTORY_REFUSED, error->message);
  return TRUE;
}

void
bn_hosted_module_note_rejected (BnHostedModule *self, BnModuleProcess *process, const GError *error)
{
  self->counters.rejected++;
  bn_hosted_module_note_fault (self, process, error);
}

const char *
bn_hosted_module_get_name (BnHostedModule *self)
{
  return bn_manifest_get_name (self->manifest);
}

BnManifest *
bn_hosted_module_get_manifest (BnHostedModule *self)
{
  return self->manifest;
}

BnModuleState
bn_hosted_module_get_state (BnHostedModule *self)
{
  return self->state;
}

const char *
bn_hosted_module_get_hash (BnHostedModule *self)
{
  return self->hash;
}

const char *
bn_hosted_module_get_reason (BnHostedModule *self)
{
  return self->reason;
}

gint64
bn_hosted_module_get_since_usec (BnHostedModule *self)
{
  return self->since_usec;
}

gint64
bn_hosted_module_get_next_start_usec (BnHostedModule *self)
{
  return self->next_start_usec;
}

const char *
bn_hosted_module_get_last_error (BnHostedModule *self)
{
  if (*self->failure != '\0' && self->state != BN_MODULE_READY)
    return self->failure;
  if (*self->refusal != '\0')
    return self->refusal;
  return *self->excess != '\0' ? self->excess : self->failure;
}

gboolean
bn_hosted_module_is_kept (BnHostedModule *self)
{
  return self->kept;
}

BnModuleHistory *
bn_hosted_module_get_history (BnHostedModule *self)
{
  return self->history;
}

BnModuleCounters *
bn_hosted_module_get_counters (BnHostedModule *self)
{
  return &self->counters;
}

guint
bn_hosted_module_get_generation (BnHostedModule *self)
{
  return self->process != NULL ? bn_module_process_get_generation (self->process)
                               : self->generation;
}

guint
bn_hosted_module_get_restarts (BnHostedModule *self)
{
  return self->restarts;
}

BnModuleProcess *
bn_hosted_module_get_process (BnHostedModule *self)
{
  return self->process;
}
