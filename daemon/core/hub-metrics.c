/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the hub measures of itself. What is not known is left out, as everywhere. */
#include "core/hub-metrics.h"

#include <math.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/loop-watch.h"
#include "core/process-usage.h"
#include "core/rates.h"
#include "core/web-peer.h"
#include "introspection/names.h"

/* The only thing of a metric without a key. */
#define ITSELF "hub"
/* A bridge answers within a turn of its loop, or is in trouble. */
#define BRIDGE_TIMEOUT_MS 2000

struct _BnHubMetrics
{
  GObject parent_instance;

  BnEventBus *bus;                  /* (owned) */
  BnModules *modules;               /* (owned) */
  BnWorkers *workers;               /* (owned) */
  BnManifest *manifest;             /* (owned) */
  GPtrArray *web_peers;             /* (owned): BnLinkPeer */
  BnRates *rates[BN_N_HUB_METRICS]; /* (owned) */
  BnLoopWatch *loop;                /* (owned) (nullable): while somebody is interested */
  gint64 started_usec;
};

G_DEFINE_FINAL_TYPE (BnHubMetrics, bn_hub_metrics, G_TYPE_OBJECT)

static const char *const types[] = {
  [BN_HUB_METRIC_PROCESS] = "hub.statistics",    [BN_HUB_METRIC_EVENTS] = "event.statistics",
  [BN_HUB_METRIC_MODULES] = "module.statistics", [BN_HUB_METRIC_WORKERS] = "worker.statistics",
  [BN_HUB_METRIC_LINKS] = "link.statistics",     [BN_HUB_METRIC_BRIDGES] = "websocket.statistics",
};

G_STATIC_ASSERT (G_N_ELEMENTS (types) == BN_N_HUB_METRICS);

static void
publish (BnHubMetrics *self, BnHubMetric metric, GVariantBuilder *payload, const char *key_field)
{
  g_autoptr (BnEvent) event = bn_event_new (types[metric], BN_EVENT_CLASS_SAMPLE, BN_ACCESS_OBSERVE,
                                            g_variant_builder_end (payload), "hub", key_field);

  bn_event_bus_publish (self->bus, event);
}

static void
add_uint (GVariantBuilder *payload, const char *name, guint32 value)
{
  g_variant_builder_add (payload, "{sv}", name, g_variant_new_uint32 (value));
}

static void
add_string (GVariantBuilder *payload, const char *name, const char *value)
{
  g_variant_builder_add (payload, "{sv}", name, g_variant_new_string (value));
}

static void
add_rate (GVariantBuilder *payload, const char *name, double value)
{
  if (isfinite (value))
    g_variant_builder_add (payload, "{sv}", name, g_variant_new_double (value));
}

/* Microseconds a second, as a share. */
static double
to_percent (double usec_per_second)
{
  return usec_per_second * 100 / G_USEC_PER_SEC;
}

/* The process of the hub */

static guint64
get_own_cpu_usec (void)
{
  struct rusage usage;

  if (getrusage (RUSAGE_SELF, &usage) != 0)
    return 0;
  return (guint64)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC
         + (guint64)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void
add_process (GVariantBuilder *payload, GPid pid)
{
  guint descriptors = bn_process_count_descriptors (pid);
  guint64 memory_bytes;
  guint64 cpu_usec;

  if (bn_process_read_usage (pid, &memory_bytes, &cpu_usec))
    bn_statistics_add (payload, "memory", memory_bytes);
  if (descriptors > 0)
    add_uint (payload, "descriptors", descriptors);
}

static void
add_turns (BnHubMetrics *self, GVariantBuilder *payload)
{
  guint turns;
  guint64 longest_usec;
  guint64 total_usec;

  if (self->loop == NULL)
    {
      self->loop = bn_loop_watch_new ();
      return;
    }
  bn_loop_watch_take (self->loop, &turns, &longest_usec, &total_usec);
  if (turns == 0)
    return;
  bn_statistics_add (payload, "latency", longest_usec);
  bn_statistics_add (payload, "mean_latency", total_usec / turns);
}

static void
publish_process (BnHubMetrics *self)
{
  const guint64 counter = get_own_cpu_usec ();
  double rate;
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  gint64 uptime_usec = g_get_monotonic_time () - self->started_usec;

  bn_rates_take (self->rates[BN_HUB_METRIC_PROCESS], ITSELF, &counter, &rate, 1);
  g_variant_builder_add (&payload, "{sv}", "uptime",
                         g_variant_new_double ((double)uptime_usec / G_USEC_PER_SEC));
  add_process (&payload, getpid ());
  add_rate (&payload, "cpu", to_percent (rate));
  add_turns (self, &payload);
  publish (self, BN_HUB_METRIC_PROCESS, &payload, NULL);
}

/* What the event bus and its surroundings count */

/* The sum of those of @names that are known. */
static guint64
add_up (GVariant *statistics, const char *const *names)
{
  guint64 sum = 0;
  guint64 value;

  for (; *names != NULL; names++)
    if (g_variant_lookup (statistics, *names, "t", &value))
      sum += value;
  return sum;
}

static void
publish_events (BnHubMetrics *self)
{
  static const struct
  {
    const char *name;
    const char *of[10];
  } growing[] = {
    { "event_rate", { "events" } },
    { "sample_rate", { "samples" } },
    { "delivery_rate", { "deliveries" } },
    { "request_rate", { "requests" } },
    { "failure_rate", { "request_errors", "call_timeouts", "handler_timeouts" } },
    { "loss_rate", { "dropped" } },
    { "refusal_rate",
      { "rejected", "late", "calls_forbidden", "calls_limited", "subscriptions_limited",
        "logins_refused", "connections_refused", "jobs_limited", "job_log_readers_limited" } },
  };
  g_autoptr (GVariant) statistics = g_variant_ref_sink (bn_event_bus_get_statistics (self->bus));
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  guint64 counters[G_N_ELEMENTS (growing)];
  double rates[G_N_ELEMENTS (growing)];
  GVariantIter iter;
  GVariant *entry;

  G_STATIC_ASSERT (G_N_ELEMENTS (growing) <= BN_RATES_MAX);

  for (guint i = 0; i < G_N_ELEMENTS (growing); i++)
    counters[i] = add_up (statistics, growing[i].of);
  bn_rates_take (self->rates[BN_HUB_METRIC_EVENTS], ITSELF, counters, rates,
                 G_N_ELEMENTS (growing));
  for (guint i = 0; i < G_N_ELEMENTS (growing); i++)
    add_rate (&payload, growing[i].name, rates[i]);
  g_variant_iter_init (&iter, statistics);
  while ((entry = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_variant_builder_add_value (&payload, entry);
      g_variant_unref (entry);
    }
  publish (self, BN_HUB_METRIC_EVENTS, &payload, NULL);
}

/* Things with names */

typedef struct
{
  BnHubMetrics *self;
  BnHubMetric metric;
} Gone;

static void
gone_cb (const char *name, gpointer user_data)
{
  const Gone *gone = user_data;
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (BnEvent) event = NULL;

  add_string (&payload, "name", name);
  event = bn_event_new (types[gone->metric], BN_EVENT_CLASS_SAMPLE, BN_ACCESS_OBSERVE,
                        g_variant_builder_end (&payload), "hub", "name");
  event->gone = TRUE;
  bn_event_bus_publish (gone->self->bus, event);
}

/* @publish_each gives each thing to the rates. */
static void
publish_round (BnHubMetrics *self, BnHubMetric metric, void (*publish_each) (BnHubMetrics *self))
{
  Gone gone = { self, metric };

  bn_rates_begin (self->rates[metric]);
  publish_each (self);
  bn_rates_end (self->rates[metric], gone_cb, &gone);
}

/* What a module's process and its link hold now. */
static void
add_live (GVariantBuilder *payload, BnModuleProcess *process)
{
  BnLink *link = bn_link_peer_get_link (BN_LINK_PEER (process));

  add_process (payload, bn_module_process_get_pid (process));
  bn_statistics_add (payload, "queued_bytes", bn_link_get_queued (link));
  add_uint (payload, "calls_waiting", bn_link_get_pending (link));
}

static void
add_counters (GVariantBuilder *payload, const BnModuleCounters *c)
{
  const struct
  {
    const char *name;
    guint64 value;
  } rows[] = {
    { "events", c->events },
    { "samples", c->samples },
    { "reloads", c->reloads },
    { "planned_reloads", c->planned_reloads },
    { "roll_backs", c->roll_backs },
    { "refused_versions", c->refused_versions },
    { "limits_passed", c->limits_passed },
    { "bad_replies", c->bad_replies },
    { "rejected", c->rejected },
    { "late", c->late },
    { "call_timeouts", c->call_timeouts },
    { "calls_cancelled", c->calls_cancelled },
    { "calls_refused", c->calls_refused },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    bn_statistics_add (payload, rows[i].name, rows[i].value);
}

static void
publish_module (BnHubMetrics *self, BnHostedModule *module)
{
  BnModuleProcess *process = bn_hosted_module_get_process (module);
  const BnModuleCounters *counted = bn_hosted_module_get_counters (module);
  guint64 counters[] = { counted->events, counted->samples, 0 };
  double rates[G_N_ELEMENTS (counters)];
  gboolean runs = process != NULL && bn_module_process_get_pid (process) != 0;
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  runs = runs && bn_process_read_cpu_usec (bn_module_process_get_pid (process), &counters[2]);
  bn_rates_take (self->rates[BN_HUB_METRIC_MODULES], bn_hosted_module_get_name (module), counters,
                 rates, G_N_ELEMENTS (counters));
  add_string (&payload, "name", bn_hosted_module_get_name (module));
  add_string (&payload, "state", bn_module_state_to_string (bn_hosted_module_get_state (module)));
  add_uint (&payload, "generation", bn_hosted_module_get_generation (module));
  add_uint (&payload, "restarts", bn_hosted_module_get_restarts (module));
  add_uint (&payload, "failures", bn_hosted_module_get_failures (module));
  if (runs)
    {
      add_live (&payload, process);
      add_rate (&payload, "cpu", to_percent (rates[2]));
    }
  add_uint (&payload, "calls_held", bn_hosted_module_get_held (module));
  add_rate (&payload, "event_rate", rates[0]);
  add_rate (&payload, "sample_rate", rates[1]);
  add_counters (&payload, counted);
  publish (self, BN_HUB_METRIC_MODULES, &payload, "name");
}

static void
publish_modules (BnHubMetrics *self)
{
  g_autoptr (GPtrArray) modules = bn_modules_list (self->modules);

  for (guint i = 0; i < modules->len; i++)
    publish_module (self, g_ptr_array_index (modules, i));
}

static void
publish_worker (BnHubMetrics *self, BnWorker *worker)
{
  g_autoptr (GVariant) statistics = g_variant_ref_sink (bn_worker_get_statistics (worker));
  const guint64 counters[] = { bn_worker_get_total_usec (worker) };
  double rates[G_N_ELEMENTS (counters)];
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  GVariantIter iter;
  GVariant *entry;

  bn_rates_take (self->rates[BN_HUB_METRIC_WORKERS], bn_worker_get_name (worker), counters, rates,
                 G_N_ELEMENTS (counters));
  add_string (&payload, "name", bn_worker_get_name (worker));
  add_string (&payload, "state", bn_worker_get_state (worker));
  add_uint (&payload, "interval", bn_worker_get_interval_ms (worker));
  add_rate (&payload, "busy", to_percent (rates[0]));
  g_variant_iter_init (&iter, statistics);
  while ((entry = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_variant_builder_add_value (&payload, entry);
      g_variant_unref (entry);
    }
  publish (self, BN_HUB_METRIC_WORKERS, &payload, "name");
}

static void
publish_workers (BnHubMetrics *self)
{
  g_autoptr (GPtrArray) workers = bn_workers_list (self->workers);

  for (guint i = 0; i < workers->len; i++)
    publish_worker (self, g_ptr_array_index (workers, i));
}

static void
publish_link (BnHubMetrics *self, const char *name, BnLink *link)
{
  BnLinkStatistics counted;
  double rates[2];
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  bn_link_get_statistics (link, &counted);
  bn_rates_take (self->rates[BN_HUB_METRIC_LINKS], name,
                 (const guint64[]){ counted.bytes_in, counted.bytes_out }, rates, 2);
  add_string (&payload, "name", name);
  bn_statistics_add (&payload, "queued_bytes", bn_link_get_queued (link));
  add_uint (&payload, "calls_waiting", bn_link_get_pending (link));
  add_uint (&payload, "calls_served", bn_link_get_served (link));
  add_rate (&payload, "received", rates[0]);
  add_rate (&payload, "sent", rates[1]);
  bn_statistics_add (&payload, "messages_in", counted.messages_in);
  bn_statistics_add (&payload, "messages_out", counted.messages_out);
  bn_statistics_add (&payload, "bytes_in", counted.bytes_in);
  bn_statistics_add (&payload, "bytes_out", counted.bytes_out);
  bn_statistics_add (&payload, "refused_queue", counted.refused_queue);
  bn_statistics_add (&payload, "refused_size", counted.refused_size);
  bn_statistics_add (&payload, "refused_pending", counted.refused_pending);
  bn_statistics_add (&payload, "late_replies", counted.late_replies);
  bn_statistics_add (&payload, "pauses", counted.pauses);
  publish (self, BN_HUB_METRIC_LINKS, &payload, "name");
}

/* A module's link has its name. */
static void
publish_links (BnHubMetrics *self)
{
  g_autoptr (GPtrArray) modules = bn_modules_list (self->modules);

  for (guint i = 0; i < modules->len; i++)
    {
      BnHostedModule *module = g_ptr_array_index (modules, i);
      BnModuleProcess *process = bn_hosted_module_get_process (module);

      if (process != NULL)
        publish_link (self, bn_hosted_module_get_name (module),
                      bn_link_peer_get_link (BN_LINK_PEER (process)));
    }
  for (guint i = 0; i < self->web_peers->len; i++)
    {
      BnLink *link = bn_link_peer_get_link (g_ptr_array_index (self->web_peers, i));
      g_autofree char *name = bn_web_peer_dup_name (link);

      publish_link (self, name, link);
    }
}

/* What bridges say of themselves. They parse what strangers send: nothing is passed on that is not
 * declared. */

static GVariant *
read_bridge_answer (GDBusMessage *reply, const char *name)
{
  GVariant *body = g_dbus_message_get_body (reply);
  g_autoptr (GVariant) statistics = NULL;
  GVariantDict dict;

  if (g_dbus_message_get_message_type (reply) != G_DBUS_MESSAGE_TYPE_METHOD_RETURN || body == NULL
      || !g_variant_is_of_type (body, G_VARIANT_TYPE ("(a{sv})")))
    return NULL;
  statistics = g_variant_get_child_value (body, 0);
  g_variant_dict_init (&dict, statistics);
  g_variant_dict_insert (&dict, "name", "s", name);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
bridge_answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnHubMetrics) self = user_data;
  BnLink *link = BN_LINK (object);
  const BnEventSpec *spec = bn_manifest_lookup_event (self->manifest, types[BN_HUB_METRIC_BRIDGES]);
  g_autoptr (GDBusMessage) reply = bn_link_call_finish (link, result, NULL);
  g_autofree char *name = bn_web_peer_dup_name (link);
  g_autoptr (GVariant) payload = reply != NULL ? read_bridge_answer (reply, name) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnEvent) event = NULL;

  if (reply == NULL)
    return; /* it left, or is slow: the next round asks again */
  if (payload == NULL || !bn_event_spec_check (spec, payload, &error))
    {
      bn_event_bus_get_counters (self->bus)->rejected++;
      return;
    }
  event = bn_event_new (spec->type, BN_EVENT_CLASS_SAMPLE, BN_ACCESS_OBSERVE, payload, "hub",
                        spec->key);
  bn_event_bus_publish (self->bus, event);
}

static void
publish_bridges (BnHubMetrics *self)
{
  for (guint i = 0; i < self->web_peers->len; i++)
    {
      BnLink *link = bn_link_peer_get_link (g_ptr_array_index (self->web_peers, i));
      g_autofree char *name = bn_web_peer_dup_name (link);
      g_autoptr (GDBusMessage) call = g_dbus_message_new_method_call (
          NULL, BN_BRIDGE_PATH, BN_IFACE_BRIDGE_PEER, "GetStatistics");

      bn_rates_take (self->rates[BN_HUB_METRIC_BRIDGES], name, NULL, NULL, 0);
      bn_link_call_async (link, call, BRIDGE_TIMEOUT_MS, NULL, bridge_answered_cb,
                          g_object_ref (self));
    }
}

/* All together */

void
bn_hub_metrics_publish (BnHubMetrics *self, BnHubMetric metric)
{
  g_return_if_fail (BN_IS_HUB_METRICS (self));

  switch (metric)
    {
    case BN_HUB_METRIC_PROCESS:
      publish_process (self);
      break;
    case BN_HUB_METRIC_EVENTS:
      publish_events (self);
      break;
    case BN_HUB_METRIC_MODULES:
      publish_round (self, metric, publish_modules);
      break;
    case BN_HUB_METRIC_WORKERS:
      publish_round (self, metric, publish_workers);
      break;
    case BN_HUB_METRIC_LINKS:
      publish_round (self, metric, publish_links);
      break;
    case BN_HUB_METRIC_BRIDGES:
      publish_round (self, metric, publish_bridges);
      break;
    default:
      g_assert_not_reached ();
    }
}

void
bn_hub_metrics_rest (BnHubMetrics *self, BnHubMetric metric)
{
  g_return_if_fail (BN_IS_HUB_METRICS (self));

  bn_rates_rest (self->rates[metric]);
  if (metric == BN_HUB_METRIC_PROCESS)
    g_clear_pointer (&self->loop, bn_loop_watch_free);
}

static void
bn_hub_metrics_finalize (GObject *object)
{
  BnHubMetrics *self = BN_HUB_METRICS (object);

  for (guint i = 0; i < BN_N_HUB_METRICS; i++)
    bn_rates_free (self->rates[i]);
  g_clear_pointer (&self->loop, bn_loop_watch_free);
  g_object_unref (self->bus);
  g_object_unref (self->modules);
  g_object_unref (self->workers);
  bn_manifest_unref (self->manifest);
  g_ptr_array_unref (self->web_peers);
  G_OBJECT_CLASS (bn_hub_metrics_parent_class)->finalize (object);
}

static void
bn_hub_metrics_class_init (BnHubMetricsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_hub_metrics_finalize;
}

static void
bn_hub_metrics_init (BnHubMetrics *self)
{
  self->started_usec = g_get_monotonic_time ();
  for (guint i = 0; i < BN_N_HUB_METRICS; i++)
    self->rates[i] = bn_rates_new ();
}

BnHubMetrics *
bn_hub_metrics_new (BnEventBus *bus, BnModules *modules, BnWorkers *workers, BnManifest *manifest,
                    GPtrArray *web_peers)
{
  BnHubMetrics *self = g_object_new (BN_TYPE_HUB_METRICS, NULL);

  self->bus = g_object_ref (bus);
  self->modules = g_object_ref (modules);
  self->workers = g_object_ref (workers);
  self->manifest = bn_manifest_ref (manifest);
  self->web_peers = g_ptr_array_ref (web_peers);
  return self;
}
