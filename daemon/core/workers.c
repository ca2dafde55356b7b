/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The workers of all modules: what runs how often, and for whom.
 *
 * A worker runs at its own interval, or at the finest that a subscriber of its samples wants. One
 * that is on demand sleeps while nobody subscribes: then neither it nor the hub wakes up. */
#include "core/workers.h"

#include <string.h>

#include "introspection/entries.h"
#include "introspection/error.h"

struct _BnWorkers
{
  GObject parent_instance;

  BnEventBus *bus;       /* (owned) */
  GHashTable *workers;   /* (owned): MODULE.WORKER -> BnWorker */
  GHashTable *manifests; /* (owned): module -> BnManifest */
};

enum
{
  SIGNAL_ADDED,
  SIGNAL_REMOVED,
  SIGNAL_DEMAND_CHANGED,
  SIGNAL_RUN_NOW,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnWorkers, bn_workers, G_TYPE_OBJECT)

static void
publish (BnWorkers *self, const char *type, GVariant *payload)
{
  g_autoptr (BnEvent) event =
      bn_event_new (type, BN_EVENT_CLASS_EVENT, BN_ACCESS_OBSERVE, payload, "hub", NULL);

  bn_event_bus_publish (self->bus, event);
}

static void
publish_state (BnWorkers *self, BnWorker *worker)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&builder, "{sv}", "name",
                         g_variant_new_string (bn_worker_get_name (worker)));
  g_variant_builder_add (&builder, "{sv}", "state",
                         g_variant_new_string (bn_worker_get_state (worker)));
  g_variant_builder_add (&builder, "{sv}", "interval",
                         g_variant_new_uint32 (bn_worker_get_interval_ms (worker)));
  publish (self, "worker.state_changed", g_variant_builder_end (&builder));
}

/* The finest interval at which somebody wants what @worker measures. */
static guint
get_interest_ms (BnWorkers *self, BnWorker *worker)
{
  BnManifest *manifest = g_hash_table_lookup (self->manifests, bn_worker_get_module (worker));
  GPtrArray *events = bn_manifest_get_events (manifest);
  guint finest_ms = 0;

  for (guint i = 0; i < events->len; i++)
    {
      const BnEventSpec *spec = g_ptr_array_index (events, i);
      guint ms;

      if (g_strcmp0 (spec->worker, bn_worker_get_local (worker)) != 0)
        continue;
      ms = bn_event_bus_get_interest (self->bus, spec->type, spec->access,
                                      bn_worker_get_own_ms (worker));
      if (ms != 0 && (finest_ms == 0 || ms < finest_ms))
        finest_ms = ms;
    }
  return finest_ms;
}

static void
update_interest (BnWorkers *self)
{
  g_autoptr (GHashTable) changed = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  BnWorker *worker;
  const char *module;

  g_hash_table_iter_init (&iter, self->workers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&worker))
    if (bn_worker_set_interest (worker, get_interest_ms (self, worker)))
      g_hash_table_add (changed, (gpointer)bn_worker_get_module (worker));
  g_hash_table_iter_init (&iter, changed);
  while (g_hash_table_iter_next (&iter, (gpointer *)&module, NULL))
    g_signal_emit (self, signals[SIGNAL_DEMAND_CHANGED], 0, module);
}

/* Something that people or the module did changed what @worker should do. */
static void
worker_acted_on (BnWorkers *self, BnWorker *worker)
{
  bn_worker_set_interest (worker, get_interest_ms (self, worker));
  g_signal_emit (self, signals[SIGNAL_DEMAND_CHANGED], 0, bn_worker_get_module (worker));
  publish_state (self, worker);
}

void
bn_workers_set_manifest (BnWorkers *self, BnManifest *manifest)
{
  const char *module = bn_manifest_get_name (manifest);
  GPtrArray *specs = bn_manifest_get_workers (manifest);
  GHashTableIter iter;
  BnWorker *worker;

  g_hash_table_insert (self->manifests, g_strdup (module), bn_manifest_ref (manifest));
  g_hash_table_iter_init (&iter, self->workers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&worker))
    if (g_str_equal (bn_worker_get_module (worker), module)
        && bn_manifest_lookup_worker (manifest, bn_worker_get_local (worker)) == NULL)
      {
        g_signal_emit (self, signals[SIGNAL_REMOVED], 0, worker);
        g_hash_table_iter_remove (&iter);
      }
  for (guint i = 0; i < specs->len; i++)
    {
      const BnWorkerSpec *spec = g_ptr_array_index (specs, i);
      g_autofree char *name = g_strconcat (module, ".", spec->name, NULL);

      worker = g_hash_table_lookup (self->workers, name);
      if (worker != NULL)
        bn_worker_set_spec (worker, spec);
      else
        {
          worker = bn_worker_new (module, spec);
          g_hash_table_insert (self->workers, (gpointer)bn_worker_get_name (worker), worker);
          g_signal_emit (self, signals[SIGNAL_ADDED], 0, worker);
        }
      bn_worker_set_interest (worker, get_interest_ms (self, worker));
    }
}

void
bn_workers_remove_module (BnWorkers *self, const char *module)
{
  GHashTableIter iter;
  BnWorker *worker;

  g_hash_table_iter_init (&iter, self->workers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&worker))
    if (g_str_equal (bn_worker_get_module (worker), module))
      {
        g_signal_emit (self, signals[SIGNAL_REMOVED], 0, worker);
        g_hash_table_iter_remove (&iter);
      }
  g_hash_table_remove (self->manifests, module);
}

void
bn_workers_set_available (BnWorkers *self, const char *module, gboolean available)
{
  GHashTableIter iter;
  BnWorker *worker;

  g_hash_table_iter_init (&iter, self->workers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&worker))
    if (g_str_equal (bn_worker_get_module (worker), module))
      {
        bn_worker_set_available (worker, available);
        bn_worker_set_interest (worker, get_interest_ms (self, worker));
      }
}

GVariant *
bn_workers_get_demand (BnWorkers *self, BnManifest *manifest)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{su}"));
  GPtrArray *specs = bn_manifest_get_workers (manifest);

  for (guint i = 0; i < specs->len; i++)
    {
      const BnWorkerSpec *spec = g_ptr_array_index (specs, i);
      g_autofree char *name = g_strconcat (bn_manifest_get_name (manifest), ".", spec->name, NULL);
      BnWorker *worker = g_hash_table_lookup (self->workers, name);

      g_variant_builder_add (&builder, "{su}", spec->name,
                             worker != NULL ? bn_worker_get_running_ms (worker) : 0);
    }
  return g_variant_builder_end (&builder);
}

gboolean
bn_demand_is_none (GVariant *demand)
{
  GVariantIter iter;
  guint32 interval_ms = 0;

  g_variant_iter_init (&iter, demand);
  while (interval_ms == 0 && g_variant_iter_next (&iter, "{&su}", NULL, &interval_ms))
    continue;
  return interval_ms == 0;
}

guint
bn_workers_get_shortest_ms (BnWorkers *self, const char *module)
{
  GHashTableIter iter;
  BnWorker *worker;
  guint shortest_ms = 0;

  g_hash_table_iter_init (&iter, self->workers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&worker))
    {
      guint ms = bn_worker_get_running_ms (worker);

      if (ms != 0 && (shortest_ms == 0 || ms < shortest_ms)
          && g_str_equal (bn_worker_get_module (worker), module))
        shortest_ms = ms;
    }
  return shortest_ms;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (bn_worker_get_name (*(BnWorker *const *)a),
                 bn_worker_get_name (*(BnWorker *const *)b));
}

GPtrArray *
bn_workers_list (BnWorkers *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, self->workers);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_ptr_array_add (list, item);
  g_ptr_array_sort (list, compare_names);
  return list;
}

BnWorker *
bn_workers_find (BnWorkers *self, const char *name, GError **error)
{
  BnWorker *found = g_hash_table_lookup (self->workers, name);
  GHashTableIter iter;
  BnWorker *worker;

  if (found != NULL)
    return found;
  g_hash_table_iter_init (&iter, self->workers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&worker))
    {
      if (!g_str_equal (bn_worker_get_local (worker), name))
        continue;
      if (found != NULL)
        {
          g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                       "Both %s and %s have that name: use the long one",
                       bn_worker_get_name (found), bn_worker_get_name (worker));
          return NULL;
        }
      found = worker;
    }
  if (found == NULL)
    g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "There is no worker “%s”", name);
  return found;
}

/* The worker, if its module is there. */
static BnWorker *
find_available (BnWorkers *self, const char *name, GError **error)
{
  BnWorker *worker = bn_workers_find (self, name, error);

  if (worker != NULL && g_str_equal (bn_worker_get_state (worker), "unavailable"))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE,
                   "The module %s of this worker does not run; load it first",
                   bn_worker_get_module (worker));
      return NULL;
    }
  return worker;
}

static void
restart (BnWorkers *self, BnWorker *worker)
{
  bn_worker_set_stopped (worker, TRUE);
  g_signal_emit (self, signals[SIGNAL_DEMAND_CHANGED], 0, bn_worker_get_module (worker));
  bn_worker_count_restart (worker);
  bn_worker_set_stopped (worker, FALSE);
}

static gboolean
set_interval (BnWorker *worker, guint interval_ms, GError **error)
{
  if (interval_ms != 0
      && (interval_ms < BN_WORKER_INTERVAL_MIN_MS || interval_ms > BN_WORKER_INTERVAL_MAX_MS))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "interval_ms must be between %d and %d, or 0 for the manifest's, not %u",
                   BN_WORKER_INTERVAL_MIN_MS, BN_WORKER_INTERVAL_MAX_MS, interval_ms);
      return FALSE;
    }
  bn_worker_set_own_ms (worker, interval_ms);
  return TRUE;
}

BnWorker *
bn_workers_act (BnWorkers *self, BnWorkerVerb verb, const char *name, guint interval_ms,
                GError **error)
{
  BnWorker *worker = find_available (self, name, error);

  if (worker == NULL)
    return NULL;
  switch (verb)
    {
    case BN_WORKER_VERB_RUN_NOW:
      g_signal_emit (self, signals[SIGNAL_RUN_NOW], 0, bn_worker_get_module (worker),
                     bn_worker_get_local (worker));
      return worker; /* its state stays as it is */
    case BN_WORKER_VERB_START:
    case BN_WORKER_VERB_STOP:
      bn_worker_set_stopped (worker, verb == BN_WORKER_VERB_STOP);
      break;
    case BN_WORKER_VERB_RESTART:
      restart (self, worker);
      break;
    case BN_WORKER_VERB_SET_INTERVAL:
      if (!set_interval (worker, interval_ms, error))
        return NULL;
      break;
    }
  worker_acted_on (self, worker);
  return worker;
}

static void
publish_failure (BnWorkers *self, BnWorker *worker, const char *message)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&builder, "{sv}", "name",
                         g_variant_new_string (bn_worker_get_name (worker)));
  g_variant_builder_add (&builder, "{sv}", "error", g_variant_new_string (message));
  g_variant_builder_add (&builder, "{sv}", "consecutive_errors",
                         g_variant_new_uint64 (bn_worker_get_consecutive_errors (worker)));
  publish (self, "worker.failed", g_variant_builder_end (&builder));
}

static void
publish_overrun (BnWorkers *self, BnWorker *worker, const BnRunReport *run)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&builder, "{sv}", "name",
                         g_variant_new_string (bn_worker_get_name (worker)));
  g_variant_builder_add (&builder, "{sv}", "duration_usec",
                         g_variant_new_uint64 (run->duration_usec));
  g_variant_builder_add (&builder, "{sv}", "interval",
                         g_variant_new_uint32 (bn_worker_get_interval_ms (worker)));
  g_variant_builder_add (&builder, "{sv}", "missed", g_variant_new_uint32 (run->missed));
  publish (self, "worker.overrun", g_variant_builder_end (&builder));
}

gboolean
bn_workers_report (BnWorkers *self, const char *module, const char *worker_name, GVariant *report)
{
  g_autofree char *name = g_strconcat (module, ".", worker_name, NULL);
  BnWorker *worker = g_hash_table_lookup (self->workers, name);
  g_auto (BnEntries) entries = { NULL };
  g_autofree char *error = NULL;
  BnRunReport run = { 0 };
  const char *field;
  GVariant *value;

  if (worker == NULL)
    return FALSE;
  bn_entries_init (&entries, report);
  while (bn_entries_next (&entries, &field, &value))
    if (g_str_equal (field, "duration-usec") && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
      run.duration_usec = g_variant_get_uint64 (value);
    else if (g_str_equal (field, "missed") && g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
      run.missed = g_variant_get_uint32 (value);
    else if (g_str_equal (field, "error") && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
      {
        g_free (error);
        run.error = error = g_variant_dup_string (value, NULL);
      }
  bn_worker_report (worker, &run);
  if (run.error != NULL)
    publish_failure (self, worker, run.error);
  if (run.missed > 0)
    publish_overrun (self, worker, &run);
  return TRUE;
}

static void
bn_workers_dispose (GObject *object)
{
  BnWorkers *self = BN_WORKERS (object);

  if (self->bus != NULL)
    g_signal_handlers_disconnect_by_data (self->bus, self);
  g_clear_object (&self->bus);
  G_OBJECT_CLASS (bn_workers_parent_class)->dispose (object);
}

static void
bn_workers_finalize (GObject *object)
{
  BnWorkers *self = BN_WORKERS (object);

  g_hash_table_unref (self->workers);
  g_hash_table_unref (self->manifests);
  G_OBJECT_CLASS (bn_workers_parent_class)->finalize (object);
}

static void
bn_workers_class_init (BnWorkersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bn_workers_dispose;
  object_class->finalize = bn_workers_finalize;

  signals[SIGNAL_ADDED] = g_signal_new ("added", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, BN_TYPE_WORKER);
  signals[SIGNAL_REMOVED] = g_signal_new ("removed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, BN_TYPE_WORKER);
  signals[SIGNAL_DEMAND_CHANGED] = g_signal_new ("demand-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_RUN_NOW] = g_signal_new ("run-now", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
bn_workers_init (BnWorkers *self)
{
  self->workers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  self->manifests =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)bn_manifest_unref);
}

BnWorkers *
bn_workers_new (BnEventBus *bus)
{
  BnWorkers *self = g_object_new (BN_TYPE_WORKERS, NULL);

  self->bus = g_object_ref (bus);
  g_signal_connect_swapped (bus, "interest-changed", G_CALLBACK (update_interest), self);
  return self;
}
