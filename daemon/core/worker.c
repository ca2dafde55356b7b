/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One periodic task of a module: its state and its statistics. */
#include "core/worker.h"

#include <stdlib.h>
#include <string.h>

#define DURATIONS 512

struct _BnWorker
{
  GObject parent_instance;

  char *name;   /* (owned) */
  char *module; /* (owned) */
  guint spec_ms;
  guint override_ms;
  gboolean demand;
  gboolean stopped;
  gboolean available;
  guint interest_ms;

  guint64 runs;
  guint64 errors;
  guint64 consecutive_errors;
  guint64 overruns;
  guint64 restarts;
  guint64 last_usec;
  guint64 max_usec;
  guint64 total_usec;
  gint64 last_run_usec; /* since 1970 */
  char *last_error;     /* (owned) */
  guint64 *durations;   /* (owned) (nullable): the last DURATIONS runs, as a ring */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnWorker, bn_worker, G_TYPE_OBJECT)

static void
bn_worker_finalize (GObject *object)
{
  BnWorker *self = BN_WORKER (object);

  g_free (self->name);
  g_free (self->module);
  g_free (self->last_error);
  g_free (self->durations);
  G_OBJECT_CLASS (bn_worker_parent_class)->finalize (object);
}

static void
bn_worker_class_init (BnWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_worker_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_worker_init (BnWorker *self)
{
  self->last_error = g_strdup ("");
}

BnWorker *
bn_worker_new (const char *module, const BnWorkerSpec *spec)
{
  BnWorker *self = g_object_new (BN_TYPE_WORKER, NULL);

  self->module = g_strdup (module);
  self->name = g_strconcat (module, ".", spec->name, NULL);
  bn_worker_set_spec (self, spec);
  return self;
}

const char *
bn_worker_get_name (BnWorker *self)
{
  return self->name;
}

const char *
bn_worker_get_module (BnWorker *self)
{
  return self->module;
}

const char *
bn_worker_get_local (BnWorker *self)
{
  return self->name + strlen (self->module) + 1;
}

gboolean
bn_worker_is_on_demand (BnWorker *self)
{
  return self->demand;
}

guint
bn_worker_get_own_ms (BnWorker *self)
{
  return self->override_ms != 0 ? self->override_ms : self->spec_ms;
}

guint
bn_worker_get_running_ms (BnWorker *self)
{
  if (self->stopped || !self->available)
    return 0;
  if (self->demand)
    return self->interest_ms;
  return self->interest_ms != 0 ? MIN (self->interest_ms, bn_worker_get_own_ms (self))
                                : bn_worker_get_own_ms (self);
}

guint
bn_worker_get_interval_ms (BnWorker *self)
{
  guint running_ms = bn_worker_get_running_ms (self);

  return running_ms != 0 ? running_ms : bn_worker_get_own_ms (self);
}

const char *
bn_worker_get_state (BnWorker *self)
{
  if (!self->available)
    return "unavailable";
  if (self->stopped)
    return "stopped";
  return bn_worker_get_running_ms (self) != 0 ? "running" : "sleeping";
}

guint64
bn_worker_get_restarts (BnWorker *self)
{
  return self->restarts;
}

guint64
bn_worker_get_total_usec (BnWorker *self)
{
  return self->total_usec;
}

guint64
bn_worker_get_consecutive_errors (BnWorker *self)
{
  return self->consecutive_errors;
}

static void
emit_changed (BnWorker *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
bn_worker_set_spec (BnWorker *self, const BnWorkerSpec *spec)
{
  self->spec_ms = spec->interval_ms;
  self->demand = spec->demand;
  emit_changed (self);
}

void
bn_worker_set_own_ms (BnWorker *self, guint interval_ms)
{
  self->override_ms = interval_ms;
  emit_changed (self);
}

void
bn_worker_set_stopped (BnWorker *self, gboolean stopped)
{
  if (self->stopped == stopped)
    return;
  self->stopped = stopped;
  emit_changed (self);
}

void
bn_worker_set_available (BnWorker *self, gboolean available)
{
  if (self->available == available)
    return;
  self->available = available;
  emit_changed (self);
}

void
bn_worker_count_restart (BnWorker *self)
{
  self->restarts++;
  self->consecutive_errors = 0;
}

gboolean
bn_worker_set_interest (BnWorker *self, guint interest_ms)
{
  guint before_ms = bn_worker_get_running_ms (self);

  self->interest_ms = interest_ms;
  if (bn_worker_get_running_ms (self) == before_ms)
    return FALSE;
  emit_changed (self);
  return TRUE;
}

void
bn_worker_report (BnWorker *self, const BnRunReport *report)
{
  if (self->durations == NULL)
    self->durations = g_new (guint64, DURATIONS);
  self->durations[self->runs % DURATIONS] = report->duration_usec;
  self->runs++;
  self->last_usec = report->duration_usec;
  self->max_usec = MAX (self->max_usec, report->duration_usec);
  self->total_usec += report->duration_usec;
  self->last_run_usec = g_get_real_time ();
  if (report->missed > 0)
    self->overruns++;
  if (report->error == NULL)
    {
      self->consecutive_errors = 0;
      return;
    }
  self->errors++;
  self->consecutive_errors++;
  g_free (self->last_error);
  self->last_error = g_strdup (report->error);
}

static int
compare_durations (gconstpointer a, gconstpointer b)
{
  guint64 left = *(const guint64 *)a;
  guint64 right = *(const guint64 *)b;

  return (left > right) - (left < right);
}

static guint64
get_p99_usec (BnWorker *self)
{
  guint n = MIN (self->runs, DURATIONS);
  g_autofree guint64 *sorted = n > 0 ? g_memdup2 (self->durations, n * sizeof (guint64)) : NULL;

  if (n == 0)
    return 0;
  qsort (sorted, n, sizeof (guint64), compare_durations);
  return sorted[(n * 99 + 99) / 100 - 1];
}

GVariant *
bn_worker_get_statistics (BnWorker *self)
{
  guint running_ms = bn_worker_get_running_ms (self);
  gint64 next_run_usec = running_ms != 0 && self->last_run_usec != 0
                             ? self->last_run_usec + (gint64)running_ms * 1000
                             : 0;
  const struct
  {
    const char *name;
    guint64 value;
  } counts[] = {
    { "runs", self->runs },
    { "errors", self->errors },
    { "consecutive_errors", self->consecutive_errors },
    { "overruns", self->overruns },
    { "restarts", self->restarts },
  }, durations[] = {
    { "last_usec", self->last_usec },
    { "mean_usec", self->runs > 0 ? self->total_usec / self->runs : 0 },
    { "max_usec", self->max_usec },
    { "p99_usec", get_p99_usec (self) },
  };
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_variant_builder_add (&builder, "{sv}", counts[i].name,
                           g_variant_new_uint64 (counts[i].value));
  /* What is not known is left out. */
  for (guint i = 0; self->runs > 0 && i < G_N_ELEMENTS (durations); i++)
    g_variant_builder_add (&builder, "{sv}", durations[i].name,
                           g_variant_new_uint64 (durations[i].value));
  if (self->last_run_usec != 0)
    g_variant_builder_add (&builder, "{sv}", "last_run", g_variant_new_int64 (self->last_run_usec));
  if (next_run_usec != 0)
    g_variant_builder_add (&builder, "{sv}", "next_run", g_variant_new_int64 (next_run_usec));
  g_variant_builder_add (&builder, "{sv}", "last_error", g_variant_new_string (self->last_error));
  return g_variant_builder_end (&builder);
}
