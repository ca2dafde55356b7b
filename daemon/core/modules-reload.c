/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* When modules are reloaded.
 *
 * At most one reload of a module is under way. What comes meanwhile waits, and is one reload
 * however much of it comes: the folder is read when its turn has come, so the latest version wins.
 * A module with jobs that cannot be handed over is reloaded when they end. */
#include "core/modules-private.h"
#include "introspection/error.h"

/* A reload that waits. */
typedef struct
{
  BnReloadFlags flags;
  gboolean asked;   /* for; else it depends on what changed */
  GPtrArray *tasks; /* (owned): of those who asked */
} Pending;

/* One under way. */
typedef struct
{
  BnModules *modules; /* (owned) */
  BnReloadFlags flags;
  gboolean asked;
  gboolean blocked; /* by jobs that cannot be handed over */
  GPtrArray *tasks; /* (owned): of those who asked */
} Reload;

void
bn_modules_tell_reloaded (BnModules *self, BnHostedModule *module, BnReloadResult result,
                          const char *reason, guint64 swap_usec)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (BnEvent) event = NULL;

  g_variant_builder_add (&builder, "{sv}", "name",
                         g_variant_new_string (bn_hosted_module_get_name (module)));
  g_variant_builder_add (&builder, "{sv}", "generation",
                         g_variant_new_uint32 (bn_hosted_module_get_generation (module)));
  g_variant_builder_add (&builder, "{sv}", "result",
                         g_variant_new_string (bn_reload_result_to_string (result)));
  if (*reason != '\0')
    g_variant_builder_add (&builder, "{sv}", "reason", g_variant_new_string (reason));
  if (swap_usec != 0)
    g_variant_builder_add (&builder, "{sv}", "swap_usec", g_variant_new_uint64 (swap_usec));
  event = bn_event_new ("module.reloaded", BN_EVENT_CLASS_EVENT, BN_ACCESS_OBSERVE,
                        g_variant_builder_end (&builder), "hub", NULL);
  bn_event_bus_publish (self->bus, event);
}

static void
complete (GPtrArray *tasks, const GError *error)
{
  for (guint i = 0; i < tasks->len; i++)
    if (error == NULL)
      g_task_return_boolean (g_ptr_array_index (tasks, i), TRUE);
    else
      g_task_return_error (g_ptr_array_index (tasks, i), g_error_copy (error));
}

void
bn_pending_reload_free (gpointer data)
{
  Pending *pending = data;

  g_ptr_array_unref (pending->tasks);
  g_free (pending);
}

static void
postpone (BnModules *self, BnHostedModule *module, BnReloadFlags flags, gboolean asked,
          GPtrArray *tasks)
{
  const char *name = bn_hosted_module_get_name (module);
  Pending *pending = g_hash_table_lookup (self->pending, name);

  if (pending == NULL)
    {
      pending = g_new0 (Pending, 1);
      pending->flags = flags;
      pending->tasks = g_ptr_array_new_with_free_func (g_object_unref);
      g_hash_table_insert (self->pending, g_strdup (name), pending);
    }
  /* One that is not only planned reads the folder, and does for both. */
  pending->flags =
      ((pending->flags | flags) & BN_RELOAD_FORCE) | (pending->flags & flags & BN_RELOAD_PLANNED);
  pending->asked = pending->asked || asked;
  for (guint i = 0; i < tasks->len; i++)
    g_ptr_array_add (pending->tasks, g_object_ref (g_ptr_array_index (tasks, i)));
}

static gboolean
has_jobs (BnHostedModule *module)
{
  g_auto (GStrv) jobs = bn_hosted_module_list_jobs (module);

  return jobs[0] != NULL;
}

static void
reloaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  BnHostedModule *module = BN_HOSTED_MODULE (object);
  Reload *reload = user_data;
  g_autoptr (GPtrArray) nobody = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  if (!bn_hosted_module_reload_finish (module, result, &error)
      && bn_error_is (error, BN_ERROR_CONFLICT) && reload->blocked)
    {
      g_message ("%s", error->message);
      postpone (reload->modules, module, reload->flags, reload->asked, nobody);
      if (!has_jobs (module)) /* they ended meanwhile, and nothing will say so again */
        bn_modules_settle (reload->modules, bn_hosted_module_get_name (module));
    }
  complete (reload->tasks, error);
  g_ptr_array_unref (reload->tasks);
  g_object_unref (reload->modules);
  g_free (reload);
}

static void
begin (BnModules *self, BnHostedModule *module, BnManifest *manifest, const char *hash,
       BnReloadFlags flags, gboolean asked, GPtrArray *tasks)
{
  Reload *reload = g_new0 (Reload, 1);

  reload->modules = g_object_ref (self);
  reload->flags = flags;
  reload->asked = asked;
  reload->blocked = has_jobs (module);
  reload->tasks = g_ptr_array_ref (tasks);
  bn_hosted_module_reload_async (module, manifest, hash, flags, reloaded_cb, reload);
}

/* @asked: by a person, or by the module itself. */
static void
reload_folder (BnModules *self, BnHostedModule *module, BnReloadFlags flags, gboolean asked,
               GPtrArray *tasks)
{
  g_autofree char *hash = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnManifest) manifest =
      bn_modules_read (self, bn_hosted_module_get_name (module), &hash, &error);

  if (manifest != NULL && bn_modules_check_approval (self, manifest, hash, &error))
    {
      begin (self, module, manifest, hash, flags, asked, tasks);
      return;
    }
  /* One that waits for approval is not bad. */
  if (!bn_error_is (error, BN_ERROR_CONFLICT))
    bn_hosted_module_refuse_version (module, error->message, manifest == NULL ? hash : NULL);
  complete (tasks, error);
}

static void
reload (BnModules *self, BnHostedModule *module, BnReloadFlags flags, gboolean asked,
        GPtrArray *tasks)
{
  if (bn_hosted_module_is_debugged (module) ? !asked : bn_hosted_module_is_changing (module))
    postpone (self, module, flags, asked, tasks);
  else if (flags & BN_RELOAD_PLANNED)
    begin (self, module, NULL, NULL, flags, asked, tasks);
  else
    reload_folder (self, module, flags, asked, tasks);
}

void
bn_modules_reload (BnModules *self, BnHostedModule *module, BnReloadFlags flags, GTask *task)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);

  if (task != NULL)
    g_ptr_array_add (tasks, g_object_ref (task));
  reload (self, module, flags, TRUE, tasks);
}

/* What a person is shown before they approve is what stands in the folder now. */
static void
look_at_waiting (BnModules *self, BnHostedModule *module)
{
  g_autofree char *hash = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnManifest) manifest =
      bn_modules_read (self, bn_hosted_module_get_name (module), &hash, &error);

  bn_hosted_module_accept_version (module); /* each version is told of, also for the same reason */
  if (manifest == NULL)
    bn_hosted_module_refuse_version (module, error->message, hash);
  else if (!bn_modules_check_approval (self, manifest, hash, &error))
    bn_hosted_module_refuse_version (module, error->message, NULL);
}

void
bn_modules_look_at (BnModules *self, BnHostedModule *module, const char *folder)
{
  const char *name = bn_hosted_module_get_name (module);
  BnModuleState state = bn_hosted_module_get_state (module);
  g_autoptr (GPtrArray) nobody = g_ptr_array_new ();
  g_autofree char *hash = NULL;
  g_autoptr (GError) error = NULL;

  if (folder == NULL)
    {
      bn_modules_remove_async (self, module, NULL, NULL);
      return;
    }
  if (!bn_module_folder_check (folder, self->system, &error)
      || (hash = bn_module_folder_hash (folder, &error)) == NULL)
    {
      if (!bn_error_is (error, BN_ERROR_CONFLICT))
        bn_hosted_module_refuse_version (module, error->message, NULL);
      return;
    }
  if (g_str_equal (hash, bn_hosted_module_get_hash (module)) && !bn_hosted_module_is_kept (module))
    bn_hosted_module_accept_version (module);
  else if (bn_module_memory_is_bad (self->memory, name, hash)
           || bn_modules_waits_for_approval (self, name, hash))
    return; /* that is known */
  else if (state != BN_MODULE_STOPPED && state != BN_MODULE_DISABLED)
    reload (self, module, BN_RELOAD_NONE, FALSE, nobody);
  else if (bn_modules_waits_for_approval (self, name, NULL))
    look_at_waiting (self, module);
}

/* What waited */

/* TRUE if it is over: begun, or in vain. */
static gboolean
resume (BnModules *self, const char *name, Pending *pending)
{
  BnHostedModule *module = bn_modules_lookup (self, name);
  BnModuleState state = module != NULL ? bn_hosted_module_get_state (module) : BN_MODULE_STOPPED;
  g_autoptr (GHashTable) found = NULL;

  if (state == BN_MODULE_STOPPED || state == BN_MODULE_DISABLED)
    {
      g_autoptr (GError) error =
          g_error_new (BN_ERROR, BN_ERROR_CONFLICT, "The module %s was stopped meanwhile", name);

      complete (pending->tasks, error);
      return TRUE;
    }
  if (bn_hosted_module_is_changing (module) || bn_hosted_module_is_debugged (module)
      || state == BN_MODULE_DRAINING
      || ((pending->flags & BN_RELOAD_FORCE) == 0 && has_jobs (module)))
    return FALSE;
  if (pending->asked)
    {
      reload (self, module, pending->flags, TRUE, pending->tasks);
      return TRUE;
    }
  found = bn_modules_scan (self);
  bn_modules_look_at (self, module, g_hash_table_lookup (found, name));
  return TRUE;
}

static gboolean
settle_cb (gpointer user_data)
{
  BnModules *self = user_data;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  const char *name;

  self->settle_id = 0;
  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, (gpointer *)&name, NULL))
    g_ptr_array_add (names, g_strdup (name));
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *key = NULL;
      Pending *pending = NULL;

      g_hash_table_steal_extended (self->pending, names->pdata[i], (gpointer *)&key,
                                   (gpointer *)&pending);
      if (resume (self, key, pending))
        bn_pending_reload_free (pending);
      else
        g_hash_table_insert (self->pending, g_steal_pointer (&key), pending);
    }
  if (self->rescan)
    {
      g_auto (GStrv) new_names = NULL;

      self->rescan = FALSE;
      new_names = bn_modules_rescan (self);
    }
  return G_SOURCE_REMOVE;
}

void
bn_modules_settle (BnModules *self, const char *name)
{
  if (!self->stopping && self->settle_id == 0 && g_hash_table_contains (self->pending, name))
    self->settle_id = g_idle_add (settle_cb, self);
}

void
bn_modules_drop_pending (BnModules *self)
{
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  Pending *pending;

  bn_modules_check_stopping (self, &error);
  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&pending))
    {
      complete (pending->tasks, error);
      g_hash_table_iter_remove (&iter);
    }
}

void
bn_modules_rescan_soon (BnModules *self)
{
  self->rescan = TRUE;
  if (!self->stopping && self->settle_id == 0)
    self->settle_id = g_idle_add (settle_cb, self);
}
