/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What people do with modules: load, unload, reload, enable, disable, reset. */
#include "core/modules-private.h"
#include "introspection/error.h"

static void
act_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bn_hosted_module_start_finish (BN_HOSTED_MODULE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
act_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bn_hosted_module_stop_finish (BN_HOSTED_MODULE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The module, known or found now. */
static BnHostedModule *
find_or_add (BnModules *self, const char *name, GError **error)
{
  BnHostedModule *module = g_hash_table_lookup (self->modules, name);
  g_autoptr (GHashTable) found = NULL;
  const char *folder;

  if (module != NULL)
    return module;
  found = bn_modules_scan (self);
  folder = g_hash_table_lookup (found, name);
  if (folder == NULL)
    return bn_modules_find (self, name, error);
  module = bn_modules_add (self, folder, error);
  if (self->watch != NULL)
    bn_module_watch_update (self->watch);
  return module;
}

static void
load (BnModules *self, const char *name, GTask *task)
{
  GError *error = NULL;
  BnHostedModule *module = find_or_add (self, name, &error);

  if (module == NULL)
    g_task_return_error (task, error);
  else if (bn_hosted_module_get_state (module) == BN_MODULE_DISABLED)
    g_task_return_new_error (task, BN_ERROR, BN_ERROR_CONFLICT,
                             "The module %s is disabled; enable it instead", name);
  else if (bn_hosted_module_get_state (module) == BN_MODULE_STOPPED)
    bn_modules_reload (self, module, BN_RELOAD_NONE,
                       task); /* its files may have changed meanwhile */
  else
    bn_hosted_module_start_async (module, act_started_cb, g_object_ref (task));
}

void
bn_modules_act_async (BnModules *self, BnModuleVerb verb, const char *name,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  BnHostedModule *module;

  g_task_set_source_tag (task, bn_modules_act_async);
  if (!bn_modules_check_stopping (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (verb == BN_MODULE_VERB_LOAD)
    {
      load (self, name, task);
      return;
    }
  module = verb == BN_MODULE_VERB_ENABLE ? find_or_add (self, name, &error)
                                         : bn_modules_find (self, name, &error);
  if (module == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  switch (verb)
    {
    case BN_MODULE_VERB_UNLOAD:
      if (bn_hosted_module_get_state (module) == BN_MODULE_DISABLED) /* it stays that */
        g_task_return_boolean (task, TRUE);
      else
        bn_hosted_module_stop_async (module, FALSE, act_stopped_cb, g_object_ref (task));
      break;
    case BN_MODULE_VERB_DISABLE:
      bn_module_memory_set_disabled (self->memory, name, TRUE);
      bn_hosted_module_stop_async (module, TRUE, act_stopped_cb, g_object_ref (task));
      break;
    case BN_MODULE_VERB_ENABLE:
      if (bn_modules_waits_for_approval (self, name, NULL)
          && bn_hosted_module_get_process (module) == NULL)
        {
          g_task_return_new_error (task, BN_ERROR, BN_ERROR_CONFLICT,
                                   "The module %s is not approved yet: look at what it may do and "
                                   "approve it",
                                   name);
          return;
        }
      bn_module_memory_set_disabled (self->memory, name, FALSE);
      bn_hosted_module_set_disabled (module, FALSE, NULL);
      load (self, name, task);
      break;
    case BN_MODULE_VERB_RELOAD:
    case BN_MODULE_VERB_FORCE_RELOAD:
      if (bn_hosted_module_get_state (module) == BN_MODULE_DISABLED)
        g_task_return_new_error (task, BN_ERROR, BN_ERROR_CONFLICT,
                                 "The module %s is disabled; enable it instead", name);
      else
        bn_modules_reload (self, module,
                           verb == BN_MODULE_VERB_FORCE_RELOAD ? BN_RELOAD_FORCE : BN_RELOAD_NONE,
                           task);
      break;
    case BN_MODULE_VERB_RESET_FAILURES:
      bn_hosted_module_reset_failures (module);
      g_task_return_boolean (task, TRUE);
      break;
    case BN_MODULE_VERB_LOAD:
      g_assert_not_reached ();
    }
}

gboolean
bn_modules_act_finish (BnModules *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
bn_modules_approve_async (BnModules *self, const char *name, const char *rights,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  BnHostedModule *module = NULL;

  g_task_set_source_tag (task, bn_modules_approve_async);
  if (bn_modules_check_stopping (self, &error))
    module = find_or_add (self, name, &error);
  if (module == NULL || !bn_modules_approve (self, name, rights, &error))
    g_task_return_error (task, error);
  else
    {
      bn_module_memory_set_disabled (self->memory, name, FALSE);
      bn_hosted_module_accept_version (module);
      bn_hosted_module_set_disabled (module, FALSE, NULL);
      bn_modules_reload (self, module, BN_RELOAD_NONE, task);
    }
}

gboolean
bn_modules_approve_finish (BnModules *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
