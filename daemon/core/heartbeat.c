/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's own worker. */
#include "core/heartbeat.h"

#define WORKER "heartbeat"
#define EVENT "system.heartbeat"

struct _BnHeartbeat
{
  GObject parent_instance;

  BnEventBus *bus;      /* (owned) */
  BnWorkers *workers;   /* (owned) */
  BnManifest *manifest; /* (owned) */
  guint interval_ms;    /* of the timer */
  guint timer_id;
  gint64 started_usec;
};

G_DEFINE_FINAL_TYPE (BnHeartbeat, bn_heartbeat, G_TYPE_OBJECT)

static void
run (BnHeartbeat *self)
{
  gint64 now_usec = g_get_monotonic_time ();
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (BnEvent) event = NULL;
  g_autoptr (GVariant) report = NULL;

  g_variant_builder_add (
      &payload, "{sv}", "uptime",
      g_variant_new_double ((double)(now_usec - self->started_usec) / G_USEC_PER_SEC));
  g_variant_builder_add (&payload, "{sv}", "sequence",
                         g_variant_new_uint64 (bn_event_bus_get_sequence (self->bus)));
  event = bn_event_new (EVENT, BN_EVENT_CLASS_SAMPLE, BN_ACCESS_OBSERVE,
                        g_variant_builder_end (&payload), "hub", NULL);
  bn_event_bus_publish (self->bus, event);
  report = g_variant_ref_sink (g_variant_new_parsed (
      "{'duration-usec': <%t>}", (guint64)(g_get_monotonic_time () - now_usec)));
  bn_workers_report (self->workers, "hub", WORKER, report);
}

static gboolean
timer_cb (gpointer user_data)
{
  run (user_data);
  return G_SOURCE_CONTINUE;
}

static void
demand_changed_cb (BnWorkers *workers, const char *module, gpointer user_data)
{
  BnHeartbeat *self = user_data;
  g_autoptr (GVariant) demand = NULL;
  guint interval_ms = 0;

  if (!g_str_equal (module, "hub"))
    return;
  demand = g_variant_ref_sink (bn_workers_get_demand (workers, self->manifest));
  g_variant_lookup (demand, WORKER, "u", &interval_ms);
  if (interval_ms == self->interval_ms)
    return;
  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (interval_ms != 0)
    self->timer_id = g_timeout_add (interval_ms, timer_cb, self);
  if (interval_ms != 0 && self->interval_ms == 0)
    run (self);
  self->interval_ms = interval_ms;
}

static void
run_now_cb (BnWorkers *workers, const char *module, const char *worker, gpointer user_data)
{
  if (g_str_equal (module, "hub"))
    run (user_data);
}

static void
bn_heartbeat_dispose (GObject *object)
{
  BnHeartbeat *self = BN_HEARTBEAT (object);

  g_clear_handle_id (&self->timer_id, g_source_remove);
  if (self->workers != NULL)
    g_signal_handlers_disconnect_by_data (self->workers, self);
  g_clear_object (&self->workers);
  g_clear_object (&self->bus);
  g_clear_pointer (&self->manifest, bn_manifest_unref);
  G_OBJECT_CLASS (bn_heartbeat_parent_class)->dispose (object);
}

static void
bn_heartbeat_class_init (BnHeartbeatClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_heartbeat_dispose;
}

static void
bn_heartbeat_init (BnHeartbeat *self)
{
  self->started_usec = g_get_monotonic_time ();
}

BnHeartbeat *
bn_heartbeat_new (BnEventBus *bus, BnWorkers *workers, BnManifest *manifest)
{
  BnHeartbeat *self = g_object_new (BN_TYPE_HEARTBEAT, NULL);

  self->bus = g_object_ref (bus);
  self->workers = g_object_ref (workers);
  self->manifest = bn_manifest_ref (manifest);
  bn_workers_set_manifest (workers, manifest);
  bn_workers_set_available (workers, bn_manifest_get_name (manifest), TRUE);
  g_signal_connect (workers, "demand-changed", G_CALLBACK (demand_changed_cb), self);
  g_signal_connect (workers, "run-now", G_CALLBACK (run_now_cb), self);
  return self;
}
