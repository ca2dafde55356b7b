/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's own workers. */
#include "core/hub-workers.h"

#define EVENT "system.heartbeat"

/* The heartbeat, and one for each of BnHubMetric. */
enum
{
  HEARTBEAT = BN_N_HUB_METRICS,
  N_OWN
};

static const char *const names[] = {
  [BN_HUB_METRIC_PROCESS] = "process", [BN_HUB_METRIC_EVENTS] = "events",
  [BN_HUB_METRIC_MODULES] = "modules", [BN_HUB_METRIC_WORKERS] = "workers",
  [BN_HUB_METRIC_LINKS] = "links",     [BN_HUB_METRIC_BRIDGES] = "bridges",
  [HEARTBEAT] = "heartbeat",
};

G_STATIC_ASSERT (G_N_ELEMENTS (names) == N_OWN);

typedef struct
{
  BnHubWorkers *self; /* not owned: it owns us */
  guint index;
  guint interval_ms; /* of the timer; 0: it does not run */
  guint timer_id;
} Own;

struct _BnHubWorkers
{
  GObject parent_instance;

  BnEventBus *bus;       /* (owned) */
  BnWorkers *workers;    /* (owned) */
  BnManifest *manifest;  /* (owned) */
  BnHubMetrics *metrics; /* (owned) */
  Own own[N_OWN];
  gint64 started_usec;
};

G_DEFINE_FINAL_TYPE (BnHubWorkers, bn_hub_workers, G_TYPE_OBJECT)

static void
publish_heartbeat (BnHubWorkers *self)
{
  gint64 uptime_usec = g_get_monotonic_time () - self->started_usec;
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (BnEvent) event = NULL;

  g_variant_builder_add (&payload, "{sv}", "uptime",
                         g_variant_new_double ((double)uptime_usec / G_USEC_PER_SEC));
  g_variant_builder_add (&payload, "{sv}", "sequence",
                         g_variant_new_uint64 (bn_event_bus_get_sequence (self->bus)));
  event = bn_event_new (EVENT, BN_EVENT_CLASS_SAMPLE, BN_ACCESS_OBSERVE,
                        g_variant_builder_end (&payload), "hub", NULL);
  bn_event_bus_publish (self->bus, event);
}

static void
run (Own *own)
{
  BnHubWorkers *self = own->self;
  gint64 began_usec = g_get_monotonic_time ();
  g_autoptr (GVariant) report = NULL;

  if (own->index == HEARTBEAT)
    publish_heartbeat (self);
  else
    bn_hub_metrics_publish (self->metrics, (BnHubMetric)own->index);
  report = g_variant_ref_sink (g_variant_new_parsed (
      "{'duration-usec': <%t>}", (guint64)(g_get_monotonic_time () - began_usec)));
  bn_workers_report (self->workers, "hub", names[own->index], report);
}

static gboolean
timer_cb (gpointer user_data)
{
  run (user_data);
  return G_SOURCE_CONTINUE;
}

static void
set_interval (Own *own, guint interval_ms)
{
  gboolean begins = own->interval_ms == 0;

  if (interval_ms == own->interval_ms)
    return;
  g_clear_handle_id (&own->timer_id, g_source_remove);
  own->interval_ms = interval_ms;
  if (interval_ms != 0)
    own->timer_id = g_timeout_add (interval_ms, timer_cb, own);
  if (interval_ms != 0 && begins)
    run (own);
  else if (interval_ms == 0 && own->index != HEARTBEAT)
    bn_hub_metrics_rest (own->self->metrics, (BnHubMetric)own->index);
}

static void
demand_changed_cb (BnWorkers *workers, const char *module, gpointer user_data)
{
  BnHubWorkers *self = user_data;
  g_autoptr (GVariant) demand = NULL;

  if (!g_str_equal (module, "hub"))
    return;
  demand = g_variant_ref_sink (bn_workers_get_demand (workers, self->manifest));
  for (guint i = 0; i < N_OWN; i++)
    {
      guint interval_ms = 0;

      g_variant_lookup (demand, names[i], "u", &interval_ms);
      set_interval (&self->own[i], interval_ms);
    }
}

static void
run_now_cb (BnWorkers *workers, const char *module, const char *worker, gpointer user_data)
{
  BnHubWorkers *self = user_data;

  for (guint i = 0; g_str_equal (module, "hub") && i < N_OWN; i++)
    if (g_str_equal (worker, names[i]))
      run (&self->own[i]);
}

static void
bn_hub_workers_dispose (GObject *object)
{
  BnHubWorkers *self = BN_HUB_WORKERS (object);

  for (guint i = 0; i < N_OWN; i++)
    g_clear_handle_id (&self->own[i].timer_id, g_source_remove);
  if (self->workers != NULL)
    g_signal_handlers_disconnect_by_data (self->workers, self);
  g_clear_object (&self->metrics);
  g_clear_object (&self->workers);
  g_clear_object (&self->bus);
  g_clear_pointer (&self->manifest, bn_manifest_unref);
  G_OBJECT_CLASS (bn_hub_workers_parent_class)->dispose (object);
}

static void
bn_hub_workers_class_init (BnHubWorkersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_hub_workers_dispose;
}

static void
bn_hub_workers_init (BnHubWorkers *self)
{
  self->started_usec = g_get_monotonic_time ();
  for (guint i = 0; i < N_OWN; i++)
    self->own[i] = (Own){ .self = self, .index = i };
}

BnHubWorkers *
bn_hub_workers_new (BnEventBus *bus, BnWorkers *workers, BnManifest *manifest,
                    BnHubMetrics *metrics)
{
  BnHubWorkers *self = g_object_new (BN_TYPE_HUB_WORKERS, NULL);

  self->bus = g_object_ref (bus);
  self->workers = g_object_ref (workers);
  self->manifest = bn_manifest_ref (manifest);
  self->metrics = metrics;
  bn_workers_set_manifest (workers, manifest);
  bn_workers_set_available (workers, bn_manifest_get_name (manifest), TRUE);
  g_signal_connect (workers, "demand-changed", G_CALLBACK (demand_changed_cb), self);
  g_signal_connect (workers, "run-now", G_CALLBACK (run_now_cb), self);
  return self;
}
