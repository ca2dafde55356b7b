/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Modules that their authors run or debug.
 *
 * A lease puts a folder of the author's in front of the module path, under one name. From there on
 * everything is as ever: the module is supervised, reloaded when its files change, and its state
 * goes from the installed version to the author's and back. When the lease ends the installed
 * module, if there is one, takes its place again, disabled if it was. The caller of a lease may do
 * everything that the module may, so it is not asked for the module's rights. */
#include <fcntl.h>
#include <unistd.h>

#include "core/module-spawn.h"
#include "core/modules-private.h"
#include "introspection/error.h"
#include "introspection/event-type.h"

typedef struct
{
  char *folder; /* (owned) */
  int output;   /* (owned) */
} Lease;

static void
lease_free (gpointer user_data)
{
  Lease *lease = user_data;

  close (lease->output);
  g_free (lease->folder);
  g_free (lease);
}

GHashTable *
bn_modules_new_leases (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, lease_free);
}

gboolean
bn_modules_is_leased (BnModules *self, const char *name)
{
  return g_hash_table_contains (self->leases, name);
}

GHashTable *
bn_modules_scan (BnModules *self)
{
  GHashTable *found = bn_module_path_scan (self->module_path);
  GHashTableIter iter;
  const char *name;
  const Lease *lease;

  g_hash_table_iter_init (&iter, self->leases);
  while (g_hash_table_iter_next (&iter, (gpointer *)&name, (gpointer *)&lease))
    if (bn_module_folder_has_manifest (lease->folder, name))
      g_hash_table_insert (found, g_strdup (name), g_strdup (lease->folder));
  return found;
}

void
bn_modules_apply_lease (BnModules *self, BnHostedModule *module)
{
  const Lease *lease = g_hash_table_lookup (self->leases, bn_hosted_module_get_name (module));

  bn_hosted_module_set_output (module, fcntl (lease->output, F_DUPFD_CLOEXEC, 0));
  bn_hosted_module_set_disabled (module, FALSE, NULL);
}

/* Running */

static gboolean
check_folder (BnModules *self, const char *folder, const char *name, GError **error)
{
  BnHostedModule *module = bn_modules_lookup (self, name);

  if (self->system)
    g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED,
                 "Only the hub of a session runs modules from any folder; use --session");
  else if (!g_path_is_absolute (folder) || !bn_name_is_valid (name))
    g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                 "“%s” is no folder of a module: must be an absolute path that ends with the "
                 "module's name",
                 folder);
  else if (!bn_module_folder_has_manifest (folder, name))
    g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "%s has no %s.module", folder, name);
  else if (bn_modules_is_leased (self, name))
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                 "The module %s is run from a folder already; end that first", name);
  else if (module != NULL && bn_hosted_module_is_debugged (module))
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                 "The module %s is being debugged; end that first", name);
  else
    return bn_module_folder_check (folder, FALSE, error);
  return FALSE;
}

/* Why the module does not run ends nothing: its author will mend it. */
static void
complete_run (GTask *task, const GError *problem)
{
  g_task_return_pointer (task, problem != NULL ? g_strdup (problem->message) : NULL, g_free);
}

static void
run_started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  bn_hosted_module_start_finish (BN_HOSTED_MODULE (object), result, &error);
  complete_run (task, error);
}

static void
run_reloaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  complete_run (task, error);
}

void
bn_modules_run_leased_async (BnModules *self, const char *name, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  const Lease *lease = g_hash_table_lookup (self->leases, name);
  BnHostedModule *module = bn_modules_lookup (self, name);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, bn_modules_run_leased_async);
  if (module != NULL)
    {
      g_autoptr (GTask) reload = g_task_new (self, NULL, run_reloaded_cb, g_object_ref (task));

      bn_modules_apply_lease (self, module);
      bn_modules_reload (self, module, BN_RELOAD_NONE, reload);
    }
  else if ((module = bn_modules_add (self, lease->folder, &error)) != NULL)
    bn_hosted_module_start_async (module, run_started_cb, g_object_ref (task));
  else
    complete_run (task, error);
}

char *
bn_modules_run_leased_finish (BnModules *self, GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

char *
bn_modules_lease_folder (BnModules *self, const char *folder, int output, GError **error)
{
  g_autofree char *name = g_path_get_basename (folder);
  Lease *lease = g_new0 (Lease, 1);

  lease->folder = g_strdup (folder);
  lease->output = output;
  if (!bn_modules_check_stopping (self, error) || !check_folder (self, folder, name, error))
    {
      lease_free (lease);
      return NULL;
    }
  g_hash_table_insert (self->leases, g_strdup (name), lease);
  if (self->watch != NULL)
    bn_module_watch_add_folder (self->watch, folder);
  g_message ("The module %s is run from %s", name, folder);
  return g_steal_pointer (&name);
}

/* Giving back */

static void
removed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_auto (GStrv) found =
      bn_modules_rescan (BN_MODULES (object)); /* it may be installed, disabled */

  g_task_return_boolean (task, TRUE);
}

/* The author's version must not stay in its place. */
static void
given_back_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BnModules *self = BN_MODULES (object);
  const char *name = g_task_get_task_data (G_TASK (result));
  BnHostedModule *module = bn_modules_lookup (self, name);
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error) || module == NULL || self->stopping)
    {
      /* Should the installed one fail, the author's is not what to go back to. */
      if (module != NULL)
        bn_hosted_module_end_probation (module);
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_message ("The installed module %s does not take over: %s", name, error->message);
  bn_modules_remove_async (self, module, removed_cb, g_steal_pointer (&task));
}

static void
debug_settled_cb (BnHostedModule *module, gpointer user_data)
{
  GTask *task = user_data;

  if (bn_hosted_module_is_debugged (module) || bn_hosted_module_is_changing (module))
    return;
  g_task_return_boolean (task, TRUE);
  g_signal_handlers_disconnect_by_func (module, debug_settled_cb, task);
}

static void
unref_task (gpointer task, GClosure *closure)
{
  g_object_unref (task);
}

/* The program is started as ever; a call meanwhile waits for it. */
static void
end_debug (BnModules *self, const char *name, GTask *task)
{
  BnHostedModule *module = bn_modules_lookup (self, name);

  if (module == NULL || !bn_hosted_module_is_debugged (module))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  g_signal_connect_data (module, "settled", G_CALLBACK (debug_settled_cb), g_object_ref (task),
                         unref_task, 0);
  bn_hosted_module_end_debug (module);
}

static void give_back (BnModules *self, const char *name, GTask *task);

static void
debug_ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  give_back (BN_MODULES (object), g_task_get_task_data (G_TASK (result)), task);
}

static void
give_back (BnModules *self, const char *name, GTask *task)
{
  const Lease *lease = g_hash_table_lookup (self->leases, name);
  BnHostedModule *module = bn_modules_lookup (self, name);
  g_autoptr (GHashTable) found = NULL;

  if (module != NULL && bn_hosted_module_is_debugged (module) && !self->stopping)
    {
      g_autoptr (GTask) debug = g_task_new (self, NULL, debug_ended_cb, g_object_ref (task));

      g_task_set_task_data (debug, g_strdup (name), g_free);
      end_debug (self, name, debug);
      return;
    }
  if (self->watch != NULL)
    bn_module_watch_remove_folder (self->watch, lease->folder);
  g_hash_table_remove (self->leases, name);
  g_hash_table_remove (self->refused, name);
  if (module == NULL || self->stopping)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  bn_hosted_module_set_output (module, -1);
  found = bn_modules_scan (self);
  if (g_hash_table_contains (found, name) && !bn_module_memory_is_disabled (self->memory, name))
    {
      g_autoptr (GTask) reload = g_task_new (self, NULL, given_back_cb, g_object_ref (task));

      g_task_set_task_data (reload, g_strdup (name), g_free);
      bn_modules_reload (self, module, BN_RELOAD_NONE, reload);
    }
  else /* if there is one that is disabled it is found again */
    bn_modules_remove_async (self, module, removed_cb, g_object_ref (task));
}

void
bn_modules_release_async (BnModules *self, const char *name, gboolean debug,
                          GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, bn_modules_release_async);
  if (debug)
    end_debug (self, name, task);
  else
    give_back (self, name, task);
}

gboolean
bn_modules_release_finish (BnModules *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Debugging */

int
bn_modules_debug (BnModules *self, const char *name, GVariant **program, GError **error)
{
  BnHostedModule *module = bn_modules_find (self, name, error);
  g_autoptr (BnManifest) manifest = NULL;
  g_autofree char *hash = NULL;
  g_auto (GStrv) argv = NULL;
  char *file;

  if (module == NULL || !bn_modules_check_stopping (self, error))
    return -1;
  if (self->system)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED,
                   "Only modules of a session are debugged; use --session");
      return -1;
    }
  /* What stands in its folder, although it may have failed: that is what there is to debug. */
  manifest = bn_modules_read (self, name, &hash, error);
  if (manifest == NULL || !bn_modules_check_approval (self, manifest, hash, error)
      || (file = bn_module_spawn_find (manifest, self->program_path, error)) == NULL)
    return -1;
  argv = g_strdupv ((char **)bn_manifest_get_argv (manifest));
  g_free (argv[0]);
  argv[0] = file;
  *program = g_variant_ref_sink (g_variant_new_parsed ("{'command': <%^as>, 'folder': <%s>}", argv,
                                                       bn_manifest_get_folder (manifest)));
  return bn_hosted_module_debug (module, manifest, hash, error);
}
