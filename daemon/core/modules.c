/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* All modules: which there are, and what people do with them. */
#include "core/modules-private.h"

#include <string.h>

#include "core/temp-folder.h"
#include "introspection/error.h"

enum
{
  SIGNAL_ADDED,
  SIGNAL_REMOVED,
  SIGNAL_PROCESS_STARTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnModules, bn_modules, G_TYPE_OBJECT)

/* What is told */

static void
publish_state (BnModules *self, BnHostedModule *module, const char *state)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  const char *error = bn_hosted_module_get_last_error (module);
  const char *reason = bn_hosted_module_get_reason (module);
  g_autoptr (BnEvent) event = NULL;

  g_variant_builder_add (&builder, "{sv}", "name",
                         g_variant_new_string (bn_hosted_module_get_name (module)));
  g_variant_builder_add (&builder, "{sv}", "state", g_variant_new_string (state));
  g_variant_builder_add (&builder, "{sv}", "generation",
                         g_variant_new_uint32 (bn_hosted_module_get_generation (module)));
  if (*error != '\0' && bn_hosted_module_get_state (module) != BN_MODULE_READY)
    g_variant_builder_add (&builder, "{sv}", "error", g_variant_new_string (error));
  if (*reason != '\0')
    g_variant_builder_add (&builder, "{sv}", "reason", g_variant_new_string (reason));
  event = bn_event_new ("module.state_changed", BN_EVENT_CLASS_EVENT, BN_ACCESS_OBSERVE,
                        g_variant_builder_end (&builder), "hub", NULL);
  bn_event_bus_publish (self->bus, event);
}

/* From now on the module owes a report of its workers: also a first run may hang. */
static void
update_demand (BnModules *self, BnHostedModule *module)
{
  BnModuleProcess *process = bn_hosted_module_get_process (module);

  bn_hosted_module_update_demand (module);
  if (process != NULL)
    bn_module_process_expect (
        process, bn_workers_get_shortest_ms (self->workers, bn_hosted_module_get_name (module)));
}

/* Quarantine lasts over restarts of the hub; the end of the hub does not release from it. */
static void
remember_state (BnModules *self, BnHostedModule *module, BnModuleState state)
{
  const char *name = bn_hosted_module_get_name (module);
  const char *hash = bn_hosted_module_get_hash (module);
  const char *reason = bn_hosted_module_get_reason (module);
  g_autofree char *known = NULL;

  if (self->stopping)
    return;
  if (state != BN_MODULE_QUARANTINED)
    {
      bn_module_memory_release (self->memory, name);
      if (state == BN_MODULE_READY)
        bn_module_memory_remove_bad (self->memory, name, hash);
      return;
    }
  known = bn_module_memory_dup_quarantine (self->memory, name, hash);
  if (g_strcmp0 (known, reason) != 0)
    bn_module_memory_set_quarantined (self->memory, name, hash, reason);
}

static void
state_changed_cb (BnHostedModule *module, gpointer user_data)
{
  BnModules *self = user_data;
  BnModuleState state = bn_hosted_module_get_state (module);
  const char *name = bn_hosted_module_get_name (module);

  bn_workers_set_available (self->workers, name, state == BN_MODULE_READY);
  if (state == BN_MODULE_READY)
    update_demand (self, module);
  if (state == BN_MODULE_STOPPED || state == BN_MODULE_DISABLED)
    bn_event_bus_forget_source (self->bus, name);
  remember_state (self, module, state);
  publish_state (self, module, bn_module_state_to_string (state));
}

static void
settled_cb (BnHostedModule *module, gpointer user_data)
{
  bn_modules_settle (user_data, bn_hosted_module_get_name (module));
}

static void
reload_wanted_cb (BnHostedModule *module, gpointer user_data)
{
  bn_modules_reload (user_data, module, BN_RELOAD_PLANNED, NULL);
}

/* A version that is bad is not tried again by itself. One that runs is not bad, whatever went wrong
 * when it was to replace itself. */
static void
reloaded_cb (BnHostedModule *module, guint result, const char *reason, guint64 swap_usec,
             const char *hash, gpointer user_data)
{
  BnModules *self = user_data;
  gboolean is_bad = result == BN_RELOAD_REFUSED || result == BN_RELOAD_ROLLED_BACK;

  if (is_bad && hash != NULL && !self->stopping
      && !g_str_equal (hash, bn_hosted_module_get_hash (module)))
    bn_module_memory_add_bad (self->memory, bn_hosted_module_get_name (module), hash);
  bn_modules_tell_reloaded (self, module, (BnReloadResult)result, reason, swap_usec);
}

static void
manifest_changed_cb (BnHostedModule *module, gpointer user_data)
{
  BnModules *self = user_data;

  bn_workers_set_manifest (self->workers, bn_hosted_module_get_manifest (module));
  update_demand (self, module);
}

static void
process_started_cb (BnHostedModule *module, BnModuleProcess *process, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_PROCESS_STARTED], 0, module, process);
}

/* Finding */

static gboolean
runs_here (BnModules *self, BnManifest *manifest)
{
  return self->system ? bn_manifest_runs_on_system (manifest)
                      : bn_manifest_runs_on_session (manifest);
}

/* Makes an object of the module in @folder; does not start it. */
BnHostedModule *
bn_modules_add (BnModules *self, const char *folder, GError **error)
{
  g_autofree char *hash = NULL;
  g_autofree char *refusal = NULL;
  g_autoptr (BnManifest) manifest =
      bn_modules_choose_version (self, folder, &hash, &refusal, error);
  BnHostedModule *module;

  if (manifest == NULL)
    return NULL;
  if (!runs_here (self, manifest))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED,
                   "The module %s does not run on the %s bus (Bus= of its manifest)",
                   bn_manifest_get_name (manifest), self->system ? "system" : "session");
      return NULL;
    }
  module = bn_hosted_module_new (manifest, hash, refusal != NULL, &self->surroundings);
  g_hash_table_insert (self->modules, g_strdup (bn_manifest_get_name (manifest)), module);
  bn_workers_set_manifest (self->workers, manifest);
  g_signal_connect (module, "state-changed", G_CALLBACK (state_changed_cb), self);
  g_signal_connect (module, "manifest-changed", G_CALLBACK (manifest_changed_cb), self);
  g_signal_connect (module, "process-started", G_CALLBACK (process_started_cb), self);
  g_signal_connect (module, "settled", G_CALLBACK (settled_cb), self);
  g_signal_connect (module, "reload-wanted", G_CALLBACK (reload_wanted_cb), self);
  g_signal_emit (self, signals[SIGNAL_ADDED], 0, module);
  if (refusal != NULL)
    bn_hosted_module_refuse_version (module, refusal, NULL);
  else
    bn_modules_resume_probation (self, module);
  g_signal_connect (module, "reloaded", G_CALLBACK (reloaded_cb), self);
  bn_modules_recall (self, module);
  return module;
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  /* Why it failed is in its last error, and was logged. */
  bn_hosted_module_start_finish (BN_HOSTED_MODULE (object), result, &error);
}

static void
removed_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  BnModules *self = g_task_get_source_object (task);
  BnHostedModule *module = BN_HOSTED_MODULE (object);
  const char *name = bn_hosted_module_get_name (module);

  bn_hosted_module_stop_finish (module, result, NULL);
  if (g_hash_table_lookup (self->modules, name) == module)
    {
      publish_state (self, module, "removed");
      bn_module_versions_forget (self->versions, name);
      bn_workers_remove_module (self->workers, name);
      g_signal_handlers_disconnect_by_data (module, self);
      g_signal_emit (self, signals[SIGNAL_REMOVED], 0, module);
      bn_modules_rescan_soon (self); /* its folder may be back */
      g_hash_table_remove (self->modules, name);
    }
  g_task_return_boolean (task, TRUE);
}

void
bn_modules_remove_async (BnModules *self, BnHostedModule *module, GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, bn_modules_remove_async);
  bn_hosted_module_stop_async (module, FALSE, removed_stopped_cb, task);
}

gboolean
bn_modules_check_stopping (BnModules *self, GError **error)
{
  if (self->stopping)
    g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE, "The hub is stopping");
  return !self->stopping;
}

char **
bn_modules_rescan (BnModules *self)
{
  g_autoptr (GHashTable) found = bn_modules_scan (self);
  g_autoptr (GPtrArray) known = bn_modules_list (self);
  g_autoptr (GStrvBuilder) new_names = g_strv_builder_new ();
  GHashTableIter iter;
  const char *name;
  const char *folder;

  if (self->stopping)
    return g_strv_builder_end (new_names);
  for (guint i = 0; i < known->len; i++)
    {
      BnHostedModule *module = g_ptr_array_index (known, i);

      bn_modules_look_at (self, module,
                          g_hash_table_lookup (found, bn_hosted_module_get_name (module)));
    }
  g_hash_table_iter_init (&iter, self->refused);
  while (g_hash_table_iter_next (&iter, (gpointer *)&name, NULL))
    if (!g_hash_table_contains (found, name))
      g_hash_table_iter_remove (&iter);
  g_hash_table_iter_init (&iter, found);
  while (g_hash_table_iter_next (&iter, (gpointer *)&name, (gpointer *)&folder))
    {
      BnHostedModule *module;

      if (g_hash_table_contains (self->modules, name))
        continue;
      module = bn_modules_add (self, folder, NULL);
      if (module == NULL)
        continue;
      g_strv_builder_add (new_names, name);
      if (bn_hosted_module_get_state (module) != BN_MODULE_DISABLED)
        bn_hosted_module_start_async (module, started_cb, NULL);
    }
  if (self->watch != NULL)
    bn_module_watch_update (self->watch);
  return g_strv_builder_end (new_names);
}

static void
path_changed_cb (BnModuleWatch *watch, gpointer user_data)
{
  g_auto (GStrv) found = bn_modules_rescan (user_data);

  for (char **name = found; *name != NULL; name++)
    g_message ("Found the module %s", *name);
}

void
bn_modules_start (BnModules *self)
{
  g_auto (GStrv) found = bn_modules_rescan (self);

  g_info ("%u modules found", g_strv_length (found));
  bn_module_versions_clean (self->versions, self->modules);
  self->watch = bn_module_watch_new (self->module_path);
  g_signal_connect (self->watch, "changed", G_CALLBACK (path_changed_cb), self);
}

/* The end */

static void
all_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  guint *waiting = g_task_get_task_data (task);

  bn_hosted_module_stop_finish (BN_HOSTED_MODULE (object), result, NULL);
  if (--*waiting == 0)
    g_task_return_boolean (task, TRUE);
}

void
bn_modules_stop_async (BnModules *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GPtrArray) modules = bn_modules_list (self);
  guint *waiting = g_new0 (guint, 1);

  g_task_set_source_tag (task, bn_modules_stop_async);
  g_task_set_task_data (task, waiting, g_free);
  self->stopping = TRUE;
  bn_modules_drop_pending (self);
  g_clear_object (&self->watch);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  *waiting = modules->len;
  if (modules->len == 0)
    g_task_return_boolean (task, TRUE);
  for (guint i = 0; i < modules->len; i++)
    bn_hosted_module_stop_async (g_ptr_array_index (modules, i), FALSE, all_stopped_cb,
                                 g_object_ref (task));
}

gboolean
bn_modules_stop_finish (BnModules *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (bn_hosted_module_get_name (*(BnHostedModule *const *)a),
                 bn_hosted_module_get_name (*(BnHostedModule *const *)b));
}

GPtrArray *
bn_modules_list (BnModules *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->modules);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_ptr_array_add (list, item);
  g_ptr_array_sort (list, compare_names);
  return list;
}

BnHostedModule *
bn_modules_lookup (BnModules *self, const char *name)
{
  return g_hash_table_lookup (self->modules, name);
}

BnHostedModule *
bn_modules_find (BnModules *self, const char *name, GError **error)
{
  BnHostedModule *module = g_hash_table_lookup (self->modules, name);
  const char *refused = g_hash_table_lookup (self->refused, name);

  if (module == NULL && refused != NULL)
    g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "The module %s is refused: %s", name,
                 refused);
  else if (module == NULL)
    g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "There is no module “%s”", name);
  return module;
}

GHashTable *
bn_modules_get_refused (BnModules *self)
{
  return self->refused;
}

static void
demand_changed_cb (BnWorkers *workers, const char *module, gpointer user_data)
{
  BnModules *self = user_data;
  BnHostedModule *hosted = g_hash_table_lookup (self->modules, module);

  if (hosted != NULL)
    update_demand (self, hosted);
}

static void
run_now_cb (BnWorkers *workers, const char *module, const char *worker, gpointer user_data)
{
  BnModules *self = user_data;
  BnHostedModule *hosted = g_hash_table_lookup (self->modules, module);
  BnModuleProcess *process = hosted != NULL ? bn_hosted_module_get_process (hosted) : NULL;
  g_autoptr (GDBusMessage) message = NULL;

  if (process == NULL)
    return;
  message = bn_module_process_new_peer_call (process, "RunNow", g_variant_new ("(s)", worker));
  bn_module_process_send (process, message);
}

static GVariant *
get_demand (BnManifest *manifest, gpointer user_data)
{
  BnModules *self = user_data;

  return bn_workers_get_demand (self->workers, manifest);
}

static char **
list_jobs (BnModuleProcess *process, gpointer user_data)
{
  BnModules *self = user_data;

  return self->list_jobs != NULL ? self->list_jobs (process, self->jobs_data) : NULL;
}

void
bn_modules_set_jobs_func (BnModules *self, BnModuleJobsFunc func, gpointer user_data)
{
  self->list_jobs = func;
  self->jobs_data = user_data;
}

void
bn_modules_jobs_ended (BnModules *self, const char *name)
{
  bn_modules_settle (self, name);
}

static void
bn_modules_dispose (GObject *object)
{
  BnModules *self = BN_MODULES (object);
  GHashTableIter iter;
  BnHostedModule *module;

  g_clear_object (&self->watch);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  if (self->workers != NULL)
    g_signal_handlers_disconnect_by_data (self->workers, self);
  g_hash_table_iter_init (&iter, self->modules);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&module))
    g_signal_handlers_disconnect_by_data (module, self);
  g_hash_table_remove_all (self->modules);
  g_clear_object (&self->workers);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (bn_modules_parent_class)->dispose (object);
}

static void
bn_modules_finalize (GObject *object)
{
  BnModules *self = BN_MODULES (object);

  g_hash_table_unref (self->modules);
  g_hash_table_unref (self->refused);
  g_hash_table_unref (self->waiting);
  g_hash_table_unref (self->leases);
  g_hash_table_unref (self->pending);
  g_clear_pointer (&self->memory, bn_module_memory_free);
  g_clear_pointer (&self->versions, bn_module_versions_free);
  g_clear_pointer (&self->task_groups, bn_task_groups_free);
  g_free (self->module_path);
  g_free (self->approval_path);
  g_free (self->program_path);
  g_free (self->library_path);
  g_free (self->state_root);
  g_clear_pointer (&self->temp_folders, bn_temp_folders_free);
  g_free (self->sysroot);
  G_OBJECT_CLASS (bn_modules_parent_class)->finalize (object);
}

static void
bn_modules_class_init (BnModulesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bn_modules_dispose;
  object_class->finalize = bn_modules_finalize;

  signals[SIGNAL_ADDED] = g_signal_new ("added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, BN_TYPE_HOSTED_MODULE);
  signals[SIGNAL_REMOVED] = g_signal_new ("removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, BN_TYPE_HOSTED_MODULE);
  signals[SIGNAL_PROCESS_STARTED] =
      g_signal_new ("process-started", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                    BN_TYPE_HOSTED_MODULE, BN_TYPE_MODULE_PROCESS);
}

static void
bn_modules_init (BnModules *self)
{
  self->modules = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, bn_modules_waiting_free);
  self->leases = bn_modules_new_leases ();
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, bn_pending_reload_free);
}

BnModules *
bn_modules_new (BnEventBus *bus, BnWorkers *workers, const BnModulesOptions *options,
                GError **error)
{
  g_autoptr (BnModules) self = g_object_new (BN_TYPE_MODULES, NULL);
  g_autofree char *temp_root = NULL;
  g_autofree char *memory_path = NULL;
  g_autofree char *versions_root = NULL;

  self->bus = g_object_ref (bus);
  self->workers = g_object_ref (workers);
  self->system = options->system;
  self->module_path = g_strdup (options->module_path);
  self->approval_path = g_strdup (options->approval_path);
  self->program_path = g_strdup (options->program_path);
  self->sysroot = g_strdup (options->sysroot);
  self->library_path = g_strdup (options->library_path);
  self->state_root = g_build_filename (options->state_folder, "modules", NULL);
  temp_root = g_build_filename (options->state_folder, "tmp", NULL);
  self->temp_folders = bn_temp_folders_new (temp_root, error);
  if (self->temp_folders == NULL)
    return NULL;
  memory_path = g_build_filename (options->state_folder, "modules.conf", NULL);
  self->memory = bn_module_memory_new (memory_path, error);
  if (self->memory == NULL)
    return NULL;
  versions_root = g_build_filename (options->state_folder, "versions", NULL);
  self->versions = bn_module_versions_new (versions_root);
  self->task_groups = bn_task_groups_new (options->systemd);
  self->surroundings = (BnModuleSurroundings){
    .versions = self->versions,
    .epoch = bn_event_bus_get_epoch (bus),
    .program_path = self->program_path,
    .library_path = self->library_path,
    .state_root = self->state_root,
    .temp_folders = self->temp_folders,
    .task_groups = self->task_groups,
    .sysroot = self->sysroot,
    .get_demand = get_demand,
    .list_jobs = list_jobs,
    .user_data = self,
  };
  g_signal_connect (workers, "demand-changed", G_CALLBACK (demand_changed_cb), self);
  g_signal_connect (workers, "run-now", G_CALLBACK (run_now_cb), self);
  return g_steal_pointer (&self);
}
