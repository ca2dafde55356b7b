/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The requests that the hub answers itself. */
#include "core/hub-requests.h"

#include "introspection/error.h"

static void
return_variant (GTask *task, GVariant *value)
{
  g_task_return_pointer (task, g_variant_take_ref (value), (GDestroyNotify)g_variant_unref);
}

static void
add_string (GVariantBuilder *builder, const char *key, const char *value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (value));
}

/* Modules */

static void
add_uint32 (GVariantBuilder *builder, const char *key, guint value)
{
  g_variant_builder_add (builder, "{sv}", key, g_variant_new_uint32 (value));
}

static void
add_state (GVariantBuilder *row, BnHostedModule *module)
{
  const char *reason = bn_hosted_module_get_reason (module);
  gint64 next_start_usec = bn_hosted_module_get_next_start_usec (module);

  add_string (row, "state", bn_module_state_to_string (bn_hosted_module_get_state (module)));
  g_variant_builder_add (row, "{sv}", "since",
                         g_variant_new_int64 (bn_hosted_module_get_since_usec (module)));
  if (*reason != '\0')
    add_string (row, "reason", reason);
  if (next_start_usec != 0)
    g_variant_builder_add (row, "{sv}", "next_start", g_variant_new_int64 (next_start_usec));
  add_string (row, "folder", bn_manifest_get_folder (bn_hosted_module_get_manifest (module)));
  add_string (row, "last_error", bn_hosted_module_get_last_error (module));
  add_string (row, "source", bn_hosted_module_is_kept (module) ? "previous" : "current");
  add_uint32 (row, "generation", bn_hosted_module_get_generation (module));
  add_uint32 (row, "restarts", bn_hosted_module_get_restarts (module));
  add_uint32 (row, "failures", bn_hosted_module_get_failures (module));
}

static void
add_process (GVariantBuilder *row, BnModuleProcess *process)
{
  guint64 memory_bytes = 0;
  guint64 cpu_usec = 0;

  g_variant_builder_add (row, "{sv}", "uptime",
                         g_variant_new_double (bn_module_process_get_uptime (process)));
  if (bn_module_process_is_debugged (process)) /* it is not ours to be looked at */
    {
      g_variant_builder_add (row, "{sv}", "debugged", g_variant_new_boolean (TRUE));
      return;
    }
  bn_module_process_get_usage (process, &memory_bytes, &cpu_usec);
  add_string (row, "confinement",
              bn_confinement_get_extent (bn_module_process_get_confinement (process)));
  add_uint32 (row, "pid", (guint)bn_module_process_get_pid (process));
  g_variant_builder_add (row, "{sv}", "memory", g_variant_new_uint64 (memory_bytes));
  g_variant_builder_add (row, "{sv}", "cpu_time", g_variant_new_uint64 (cpu_usec));
  add_uint32 (row, "descriptors", bn_module_process_get_descriptors (process));
}

static GVariant *
make_module_row (BnModules *modules, BnHostedModule *module)
{
  g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  BnManifest *manifest = bn_hosted_module_get_manifest (module);
  BnModuleProcess *process = bn_hosted_module_get_process (module);

  add_string (&row, "name", bn_manifest_get_name (manifest));
  add_string (&row, "title", bn_manifest_get_title (manifest));
  add_string (&row, "summary", bn_manifest_get_summary (manifest));
  add_string (&row, "version", bn_manifest_get_version (manifest));
  add_string (&row, "group", bn_manifest_get_group (manifest));
  add_string (&row, "icon", bn_manifest_get_icon (manifest));
  add_state (&row, module);
  g_variant_builder_add (&row, "{sv}", "approved",
                         g_variant_new_boolean (!bn_modules_waits_for_approval (
                             modules, bn_manifest_get_name (manifest), NULL)));
  if (process != NULL)
    add_process (&row, process);
  return g_variant_builder_end (&row);
}

static GVariant *
make_refused_row (const char *name, const char *reason)
{
  g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  add_string (&row, "name", name);
  add_string (&row, "title", name);
  add_string (&row, "state", "invalid");
  add_string (&row, "last_error", reason);
  return g_variant_builder_end (&row);
}

static GVariant *
make_module_rows (const BnHubFacts *facts)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GPtrArray) modules = bn_modules_list (facts->modules);
  GHashTableIter iter;
  const char *name;
  const char *reason;

  for (guint i = 0; i < modules->len; i++)
    g_variant_builder_add_value (&rows,
                                 make_module_row (facts->modules, g_ptr_array_index (modules, i)));
  g_hash_table_iter_init (&iter, bn_modules_get_refused (facts->modules));
  while (g_hash_table_iter_next (&iter, (gpointer *)&name, (gpointer *)&reason))
    if (bn_modules_lookup (facts->modules, name) == NULL)
      g_variant_builder_add_value (&rows, make_refused_row (name, reason));
  return g_variant_builder_end (&rows);
}

static void
answer_module_list (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  return_variant (task,
                  g_variant_new_parsed ("{'modules': <%@aa{sv}>}", make_module_rows (user_data)));
}

GVariant *
bn_hub_describe (const BnHubFacts *facts, BnHostedModule *module, const char *locale)
{
  BnManifest *manifest = module != NULL ? bn_hosted_module_get_manifest (module) : facts->manifest;
  BnModuleProcess *process = module != NULL ? bn_hosted_module_get_process (module) : NULL;
  g_autoptr (GVariant) description = bn_manifest_describe (manifest, locale);
  GVariantDict dict;

  g_variant_dict_init (&dict, description);
  g_variant_dict_insert (
      &dict, "state", "s",
      module != NULL ? bn_module_state_to_string (bn_hosted_module_get_state (module)) : "ready");
  g_variant_dict_insert (&dict, "generation", "u",
                         module != NULL ? bn_hosted_module_get_generation (module) : 1);
  if (module == NULL)
    g_variant_dict_insert_value (&dict, "requests", bn_requests_describe (facts->requests));
  if (module != NULL)
    bn_modules_describe_rights (facts->modules, module, &dict);
  if (process != NULL && !bn_module_process_is_debugged (process))
    g_variant_dict_insert_value (
        &dict, "confinement",
        bn_confinement_describe (bn_module_process_get_confinement (process)));
  return g_variant_dict_end (&dict);
}

static void
answer_describe (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnHubFacts *facts = user_data;
  const char *name = NULL;
  const char *locale = "";
  BnHostedModule *module = NULL;
  GError *error = NULL;

  g_variant_lookup (arguments, "name", "&s", &name);
  g_variant_lookup (arguments, "locale", "&s", &locale);
  if (!g_str_equal (name, "hub")
      && (module = bn_modules_find (facts->modules, name, &error)) == NULL)
    g_task_return_error (task, error);
  else
    return_variant (task, bn_hub_describe (facts, module, locale));
}

static void
answer_history (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnHubFacts *facts = user_data;
  const char *name = NULL;
  BnHostedModule *module;
  GError *error = NULL;

  g_variant_lookup (arguments, "name", "&s", &name);
  module = bn_modules_find (facts->modules, name, &error);
  if (module == NULL)
    g_task_return_error (task, error);
  else
    return_variant (task, g_variant_new_parsed ("{'changes': <%@aa{sv}>}",
                                                bn_module_history_to_variant (
                                                    bn_hosted_module_get_history (module))));
}

/* A verb on its way; the data of the answer. */
typedef struct
{
  GTask *task; /* (owned) */
  char *name;  /* (owned) */
} Acting;

/* The answer of a verb that went well. */
static void
return_module (Acting *acting, BnModules *modules)
{
  BnHostedModule *module = bn_modules_lookup (modules, acting->name);
  BnModuleState state = module != NULL ? bn_hosted_module_get_state (module) : BN_MODULE_STOPPED;

  return_variant (acting->task, g_variant_new_parsed (
                                    "{'name': <%s>, 'state': <%s>, 'generation': <%u>}",
                                    acting->name, bn_module_state_to_string (state),
                                    module != NULL ? bn_hosted_module_get_generation (module) : 0));
}

static void
acting_free (Acting *acting)
{
  g_object_unref (acting->task);
  g_free (acting->name);
  g_free (acting);
}

static Acting *
acting_new (GTask *task, GVariant *arguments)
{
  Acting *acting = g_new0 (Acting, 1);

  acting->task = g_object_ref (task);
  g_variant_lookup (arguments, "name", "s", &acting->name);
  return acting;
}

static void
acted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  BnModules *modules = BN_MODULES (object);
  Acting *acting = user_data;
  GError *error = NULL;

  if (bn_modules_act_finish (modules, result, &error))
    return_module (acting, modules);
  else
    g_task_return_error (acting->task, error);
  acting_free (acting);
}

/* @verb: a BnModuleVerb */
static void
act_on_module (gpointer user_data, int verb, GVariant *arguments, GTask *task)
{
  const BnHubFacts *facts = user_data;
  Acting *acting = acting_new (task, arguments);

  bn_modules_act_async (facts->modules, (BnModuleVerb)verb, acting->name, acted_cb, acting);
}

static void
approved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  BnModules *modules = BN_MODULES (object);
  Acting *acting = user_data;
  GError *error = NULL;

  if (bn_modules_approve_finish (modules, result, &error))
    return_module (acting, modules);
  else
    g_task_return_error (acting->task, error);
  acting_free (acting);
}

static void
approve (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnHubFacts *facts = user_data;
  Acting *acting = acting_new (task, arguments);
  const char *rights = NULL;

  g_variant_lookup (arguments, "rights", "&s", &rights);
  bn_modules_approve_async (facts->modules, acting->name, rights, approved_cb, acting);
}

static void
answer_rescan (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnHubFacts *facts = user_data;
  g_auto (GStrv) found = bn_modules_rescan (facts->modules);

  return_variant (task, g_variant_new_parsed ("{'found': <%^as>}", found));
}

/* Workers */

static GVariant *
make_worker_rows (const BnHubFacts *facts)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GPtrArray) workers = bn_workers_list (facts->workers);

  for (guint i = 0; i < workers->len; i++)
    {
      BnWorker *worker = g_ptr_array_index (workers, i);
      g_autoptr (GVariant) statistics = g_variant_ref_sink (bn_worker_get_statistics (worker));
      g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
      GVariantIter iter;
      GVariant *entry;

      /* Not a GVariantDict: people read the rows, and that has no order. */
      add_string (&row, "name", bn_worker_get_name (worker));
      add_string (&row, "state", bn_worker_get_state (worker));
      g_variant_builder_add (&row, "{sv}", "interval",
                             g_variant_new_uint32 (bn_worker_get_interval_ms (worker)));
      g_variant_builder_add (&row, "{sv}", "demand",
                             g_variant_new_boolean (bn_worker_is_on_demand (worker)));
      g_variant_iter_init (&iter, statistics);
      while ((entry = g_variant_iter_next_value (&iter)) != NULL)
        {
          g_variant_builder_add_value (&row, entry);
          g_variant_unref (entry);
        }
      g_variant_builder_add_value (&rows, g_variant_builder_end (&row));
    }
  return g_variant_builder_end (&rows);
}

static void
answer_worker_list (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  return_variant (task,
                  g_variant_new_parsed ("{'workers': <%@aa{sv}>}", make_worker_rows (user_data)));
}

/* Answers with how the worker is after it. @verb: a BnWorkerVerb */
static void
act_on_worker (gpointer user_data, int verb, GVariant *arguments, GTask *task)
{
  const BnHubFacts *facts = user_data;
  const char *name = NULL;
  guint32 interval_ms = 0;
  GError *error = NULL;
  BnWorker *worker;

  g_variant_lookup (arguments, "name", "&s", &name);
  g_variant_lookup (arguments, "interval_ms", "u", &interval_ms);
  worker = bn_workers_act (facts->workers, (BnWorkerVerb)verb, name, interval_ms, &error);
  if (worker == NULL)
    g_task_return_error (task, error);
  else
    return_variant (task, g_variant_new_parsed (
                              "{'name': <%s>, 'state': <%s>, 'restarts': <%t>, 'interval': <%u>}",
                              bn_worker_get_name (worker), bn_worker_get_state (worker),
                              bn_worker_get_restarts (worker), bn_worker_get_interval_ms (worker)));
}

/* The system */

static void
answer_status (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnHubFacts *facts = user_data;
  gint64 uptime_usec = g_get_monotonic_time () - facts->started_usec;

  return_variant (task,
                  g_variant_new_parsed (
                      "{'version': <%s>, 'epoch': <%s>, 'bus': <%s>, 'sequence': <%t>, 'uptime': "
                      "<%d>, 'modules': <%@aa{sv}>, 'workers': <%@aa{sv}>}",
                      facts->version, bn_event_bus_get_epoch (facts->bus), facts->bus_name,
                      bn_event_bus_get_sequence (facts->bus), (double)uptime_usec / G_USEC_PER_SEC,
                      make_module_rows (facts), make_worker_rows (facts)));
}

static void
answer_statistics (gpointer user_data, int data, GVariant *arguments, GTask *task)
{
  const BnHubFacts *facts = user_data;

  return_variant (task, bn_event_bus_get_statistics (facts->bus));
}

static const BnRequestSpec specs[] = {
  { "system.status_request", BN_ACCESS_OBSERVE, "", answer_status, .safe = TRUE,
    .reply = "system.status", .summary = "The hub, its modules and its workers" },
  { "event.statistics", BN_ACCESS_OBSERVE, "", answer_statistics, .safe = TRUE,
    .summary = "What goes through the event bus, what waits, and what was lost or refused" },
  { "module.list", BN_ACCESS_OBSERVE, "", answer_module_list, .safe = TRUE,
    .summary = "The modules and how they are" },
  { "module.describe", BN_ACCESS_OBSERVE, "name:s locale:s?", answer_describe, .safe = TRUE,
    .summary = "What a module declares: methods, events, workers, cards, rights" },
  { "module.history", BN_ACCESS_OBSERVE, "name:s", answer_history, .safe = TRUE,
    .summary = "How a module came to its state" },
  { "module.load", BN_ACCESS_ADMIN, "name:s", act_on_module, BN_MODULE_VERB_LOAD,
    .summary = "Starts a module that is stopped" },
  { "module.unload", BN_ACCESS_ADMIN, "name:s", act_on_module, BN_MODULE_VERB_UNLOAD,
    .summary = "Stops a module until the hub starts again" },
  { "module.reload", BN_ACCESS_ADMIN, "name:s", act_on_module, BN_MODULE_VERB_RELOAD,
    .summary = "Replaces a module by the version in its folder" },
  { "module.force_reload", BN_ACCESS_ADMIN, "name:s", act_on_module, BN_MODULE_VERB_FORCE_RELOAD,
    .summary = "The same, also if that ends its jobs" },
  { "module.enable", BN_ACCESS_ADMIN, "name:s", act_on_module, BN_MODULE_VERB_ENABLE,
    .summary = "Lets a module run" },
  { "module.disable", BN_ACCESS_ADMIN, "name:s", act_on_module, BN_MODULE_VERB_DISABLE,
    .summary = "Ends a module, and does not start it with the hub" },
  { "module.reset_failures", BN_ACCESS_ADMIN, "name:s", act_on_module,
    BN_MODULE_VERB_RESET_FAILURES,
    .summary = "Forgets the failures of a module, and tries again now" },
  { "module.approve", BN_ACCESS_ADMIN, "name:s rights:s", approve,
    .summary = "Lets a module have the rights that were shown" },
  { "module.rescan", BN_ACCESS_ADMIN, "", answer_rescan,
    .summary = "Looks for new and changed modules" },
  { "worker.list", BN_ACCESS_OBSERVE, "", answer_worker_list, .safe = TRUE,
    .summary = "The periodic tasks of all modules" },
  { "worker.start", BN_ACCESS_ADMIN, "name:s", act_on_worker, BN_WORKER_VERB_START,
    .summary = "Starts a worker that is stopped" },
  { "worker.stop", BN_ACCESS_ADMIN, "name:s", act_on_worker, BN_WORKER_VERB_STOP,
    .summary = "Stops a worker" },
  { "worker.restart", BN_ACCESS_ADMIN, "name:s", act_on_worker, BN_WORKER_VERB_RESTART,
    .summary = "Starts a worker anew" },
  { "worker.run_now", BN_ACCESS_CONTROL, "name:s", act_on_worker, BN_WORKER_VERB_RUN_NOW,
    .summary = "Runs a worker once, now" },
  { "worker.set_interval", BN_ACCESS_ADMIN, "name:s interval_ms:u", act_on_worker,
    BN_WORKER_VERB_SET_INTERVAL, .summary = "Changes how often a worker runs" },
  { NULL },
};

void
bn_hub_requests_add (BnRequests *requests, const BnHubFacts *facts)
{
  bn_requests_add (requests, specs, (gpointer)facts);
}
