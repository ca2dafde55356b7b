/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* All modules: which there are, and what people do with them. */
#include "core/modules-private.h"

#include <string.h>

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
  g_autoptr (BnEvent) event = NULL;

  g_variant_builder_add (&builder, "{sv}", "name",
                         g_variant_new_string (bn_hosted_module_get_name (module)));
  g_variant_builder_add (&builder, "{sv}", "state", g_variant_new_string (state));
  g_variant_builder_add (&builder, "{sv}", "generation",
                         g_variant_new_uint32 (bn_hosted_module_get_generation (module)));
  if (*error != '\0' && bn_hosted_module_get_state (module) != BN_MODULE_READY)
    g_variant_builder_add (&builder, "{sv}", "error", g_variant_new_string (error));
  event = bn_event_new ("module.state_changed", BN_EVENT_CLASS_EVENT, BN_ACCESS_OBSERVE,
                        g_variant_builder_end (&builder), "hub", NULL);
  bn_event_bus_publish (self->bus, event);
}

/* Looks again at what changed meanwhile: of changes that come together the last one wins. */
static gboolean
stale_cb (gpointer user_data)
{
  BnModules *self = user_data;
  g_auto (GStrv) found = NULL;

  self->stale_id = 0;
  g_hash_table_remove_all (self->stale);
  found = bn_modules_rescan (self);
  return G_SOURCE_REMOVE;
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
  publish_state (self, module, bn_module_state_to_string (state));
  if (state != BN_MODULE_STARTING && state != BN_MODULE_DRAINING && self->stale_id == 0
      && !self->stopping && g_hash_table_contains (self->stale, name))
    self->stale_id = g_idle_add (stale_cb, self);
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

/* Reads what stands in @folder; on an error says why in `refused`. */
static BnManifest *
read_folder (BnModules *self, const char *folder, char **hash, GError **error)
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
    g_message ("The module %s is refused: %s", name, local->message);
  g_hash_table_insert (self->refused, g_strdup (name), g_strdup (local->message));
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

BnManifest *
bn_modules_read (BnModules *self, const char *name, char **hash, GError **error)
{
  g_autoptr (GHashTable) found = bn_module_path_scan (self->module_path);
  BnHostedModule *module = g_hash_table_lookup (self->modules, name);
  const char *folder = g_hash_table_lookup (found, name);

  if (folder == NULL && module != NULL)
    folder = bn_manifest_get_folder (bn_hosted_module_get_manifest (module));
  if (folder != NULL)
    return read_folder (self, folder, hash, error);
  bn_modules_find (self, name, error);
  return NULL;
}

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
  g_autoptr (BnManifest) manifest = read_folder (self, folder, &hash, error);
  g_autoptr (GError) unapproved = NULL;
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
  module = bn_hosted_module_new (manifest, hash, &self->surroundings);
  g_hash_table_insert (self->modules, g_strdup (bn_manifest_get_name (manifest)), module);
  bn_workers_set_manifest (self->workers, manifest);
  g_signal_connect (module, "state-changed", G_CALLBACK (state_changed_cb), self);
  g_signal_connect (module, "manifest-changed", G_CALLBACK (manifest_changed_cb), self);
  g_signal_connect (module, "process-started", G_CALLBACK (process_started_cb), self);
  g_signal_emit (self, signals[SIGNAL_ADDED], 0, module);
  bn_modules_check_approval (self, manifest, hash, &unapproved);
  if (unapproved != NULL
      || bn_module_memory_is_disabled (self->memory, bn_manifest_get_name (manifest)))
    bn_hosted_module_set_disabled (module, TRUE);
  if (unapproved != NULL)
    bn_hosted_module_set_last_error (module, unapproved->message);
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
  g_autoptr (BnModules) self = user_data;
  BnHostedModule *module = BN_HOSTED_MODULE (object);
  const char *name = bn_hosted_module_get_name (module);

  bn_hosted_module_stop_finish (module, result, NULL);
  if (g_hash_table_lookup (self->modules, name) != module)
    return;
  publish_state (self, module, "removed");
  bn_workers_remove_module (self->workers, name);
  g_signal_handlers_disconnect_by_data (module, self);
  g_signal_emit (self, signals[SIGNAL_REMOVED], 0, module);
  g_hash_table_remove (self->modules, name);
  if (!self->stopping && self->stale_id == 0) /* its folder may be back */
    self->stale_id = g_idle_add (stale_cb, self);
}

typedef struct
{
  BnModules *modules; /* (owned) */
  char *hash;         /* (owned) */
  GTask *task;        /* (owned) (nullable): who asked for the reload */
} Reload;

static void
reloaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  BnHostedModule *module = BN_HOSTED_MODULE (object);
  Reload *reload = user_data;
  GError *error = NULL;

  if (bn_hosted_module_reload_finish (module, result, &error))
    {
      bn_module_memory_set_bad (reload->modules->memory, bn_hosted_module_get_name (module), NULL);
      if (reload->task != NULL)
        g_task_return_boolean (reload->task, TRUE);
    }
  else
    {
      if (bn_error_is (error, BN_ERROR_CONFLICT))
        g_hash_table_add (reload->modules->stale, g_strdup (bn_hosted_module_get_name (module)));
      else if (!reload->modules->stopping)
        {
          bn_module_memory_set_bad (reload->modules->memory, bn_hosted_module_get_name (module),
                                    reload->hash);
          bn_hosted_module_set_last_error (module, error->message);
        }
      if (reload->task != NULL)
        g_task_return_error (reload->task, g_steal_pointer (&error));
      g_clear_error (&error);
    }
  g_clear_object (&reload->task);
  g_object_unref (reload->modules);
  g_free (reload->hash);
  g_free (reload);
}

/* Reads the folder where the module is found now and replaces its process. @task (nullable) is
 * completed. */
void
bn_modules_reload (BnModules *self, BnHostedModule *module, GTask *task)
{
  g_autofree char *hash = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnManifest) manifest =
      bn_modules_read (self, bn_hosted_module_get_name (module), &hash, &error);
  Reload *reload;

  if (manifest == NULL || !bn_modules_check_approval (self, manifest, hash, &error))
    {
      if (!bn_error_is (error, BN_ERROR_CONFLICT))
        bn_hosted_module_set_last_error (module, error->message);
      if (task != NULL)
        g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  reload = g_new0 (Reload, 1);
  reload->modules = g_object_ref (self);
  reload->hash = g_steal_pointer (&hash);
  reload->task = task != NULL ? g_object_ref (task) : NULL;
  bn_hosted_module_reload_async (module, manifest, reload->hash, reloaded_cb, reload);
}

static void
look_at_known (BnModules *self, BnHostedModule *module, const char *folder)
{
  const char *name = bn_hosted_module_get_name (module);
  BnModuleState state = bn_hosted_module_get_state (module);
  g_autofree char *hash = NULL;

  if (folder == NULL)
    {
      bn_hosted_module_stop_async (module, FALSE, removed_stopped_cb, g_object_ref (self));
      return;
    }
  hash = bn_module_folder_hash (folder, NULL);
  if (hash == NULL || g_str_equal (hash, bn_hosted_module_get_hash (module))
      || bn_module_memory_is_bad (self->memory, name, hash)
      || bn_modules_waits_for_approval (self, name, hash) || state == BN_MODULE_STOPPED
      || state == BN_MODULE_DISABLED)
    return;
  bn_modules_reload (self, module, NULL);
}

char **
bn_modules_rescan (BnModules *self)
{
  g_autoptr (GHashTable) found = bn_module_path_scan (self->module_path);
  g_autoptr (GPtrArray) known = bn_modules_list (self);
  g_autoptr (GStrvBuilder) new_names = g_strv_builder_new ();
  GHashTableIter iter;
  const char *name;
  const char *folder;

  for (guint i = 0; i < known->len; i++)
    {
      BnHostedModule *module = g_ptr_array_index (known, i);

      look_at_known (self, module, g_hash_table_lookup (found, bn_hosted_module_get_name (module)));
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
  g_clear_object (&self->watch);
  g_clear_handle_id (&self->stale_id, g_source_remove);
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

static void
bn_modules_dispose (GObject *object)
{
  BnModules *self = BN_MODULES (object);
  GHashTableIter iter;
  BnHostedModule *module;

  g_clear_object (&self->watch);
  g_clear_handle_id (&self->stale_id, g_source_remove);
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
  g_hash_table_unref (self->stale);
  g_clear_pointer (&self->memory, bn_module_memory_free);
  g_free (self->module_path);
  g_free (self->approval_path);
  g_free (self->program_path);
  g_free (self->state_root);
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
  self->stale = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

BnModules *
bn_modules_new (BnEventBus *bus, BnWorkers *workers, const BnModulesOptions *options,
                GError **error)
{
  g_autoptr (BnModules) self = g_object_new (BN_TYPE_MODULES, NULL);
  g_autofree char *memory_path = NULL;

  self->bus = g_object_ref (bus);
  self->workers = g_object_ref (workers);
  self->system = options->system;
  self->module_path = g_strdup (options->module_path);
  self->approval_path = g_strdup (options->approval_path);
  self->program_path = g_strdup (options->program_path);
  self->sysroot = g_strdup (options->sysroot);
  self->state_root = g_build_filename (options->state_folder, "modules", NULL);
  memory_path = g_build_filename (options->state_folder, "modules.conf", NULL);
  self->memory = bn_module_memory_new (memory_path, error);
  if (self->memory == NULL)
    return NULL;
  self->surroundings = (BnModuleSurroundings){
    .epoch = bn_event_bus_get_epoch (bus),
    .program_path = self->program_path,
    .state_root = self->state_root,
    .sysroot = self->sysroot,
    .get_demand = get_demand,
    .user_data = self,
  };
  g_signal_connect (workers, "demand-changed", G_CALLBACK (demand_changed_cb), self);
  g_signal_connect (workers, "run-now", G_CALLBACK (run_now_cb), self);
  return g_steal_pointer (&self);
}
