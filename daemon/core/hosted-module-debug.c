/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module of an author: where it prints, and under a debugger.
 *
 * A debugger wants to be the parent of what it debugs, and to have the author's terminal. So the
 * hub does not start the program then: it gives its end of the link to the author's command, which
 * starts the debugger, which starts the program. For the rest it is a reload: the current process
 * serves until the other one is ready, and hands its state over. When the link of the process that
 * was debugged is closed, the program is started as ever. */
#include "core/hosted-module-private.h"

#include <unistd.h>

#include "introspection/error.h"

/* The process that a debugger has, or will start; NULL if there is none. */
static BnModuleProcess *
get_debugged (BnHostedModule *self)
{
  if (self->replacement != NULL && bn_module_process_is_debugged (self->replacement->process))
    return self->replacement->process;
  if (self->process != NULL && bn_module_process_is_debugged (self->process))
    return self->process;
  return NULL;
}

gboolean
bn_hosted_module_is_debugged (BnHostedModule *self)
{
  return get_debugged (self) != NULL;
}

static gboolean
check_state (BnHostedModule *self, GError **error)
{
  const char *name = bn_hosted_module_get_name (self);
  g_auto (GStrv) jobs = bn_hosted_module_list_jobs (self);
  g_autofree char *titles = g_strjoinv (", ", jobs);

  if (bn_hosted_module_is_debugged (self))
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT, "The module %s is being debugged already",
                 name);
  else if (self->state == BN_MODULE_DISABLED)
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT, "The module %s is disabled; enable it first",
                 name);
  else if (self->replacement != NULL || self->state == BN_MODULE_DRAINING
           || self->state == BN_MODULE_STARTING)
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                 "The module %s is being changed already; try again", name);
  else if (*titles != '\0')
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                 "The module %s has jobs that cannot be handed over: %s. Wait for their end", name,
                 titles);
  else
    return TRUE;
  return FALSE;
}

int
bn_hosted_module_debug (BnHostedModule *self, BnManifest *manifest, const char *hash,
                        GError **error)
{
  BnModuleProcess *process;
  int module_fd;

  if (!check_state (self, error))
    return -1;
  process = bn_hosted_module_spawn (self, manifest, hash, self->process != NULL, &module_fd, error);
  if (process == NULL)
    return -1;
  if (self->process != NULL)
    {
      bn_hosted_module_replace (self, manifest, hash, process, BN_RELOAD_NONE, NULL);
      return module_fd;
    }
  g_clear_handle_id (&self->backoff_id, g_source_remove);
  bn_hosted_module_set_version (self, manifest, hash, FALSE);
  self->process = process;
  bn_hosted_module_set_state (self, BN_MODULE_STARTING, "A debugger is to start it");
  return module_fd;
}

void
bn_hosted_module_end_debug (BnHostedModule *self)
{
  BnModuleProcess *process = get_debugged (self);

  if (process != NULL)
    bn_module_process_kill (process);
}

void
bn_hosted_module_set_output (BnHostedModule *self, int output)
{
  if (self->output >= 0)
    close (self->output);
  self->output = output;
}
