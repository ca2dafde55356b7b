/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One periodic task of a module: its state and its statistics. The module keeps the time. */
#pragma once

#include "core/manifest.h"

G_BEGIN_DECLS

#define BN_WORKER_INTERVAL_MIN_MS 100
#define BN_WORKER_INTERVAL_MAX_MS 86400000

#define BN_TYPE_WORKER (bn_worker_get_type ())
G_DECLARE_FINAL_TYPE (BnWorker, bn_worker, BN, WORKER, GObject)

/* Signal "changed" (): its state or interval. */

/* What a run told. */
typedef struct
{
  guint64 duration_usec;
  const char *error; /* (nullable) */
  guint missed;      /* runs left out because this one took too long */
} BnRunReport;

BnWorker *bn_worker_new (const char *module, const BnWorkerSpec *spec);

const char *bn_worker_get_name (BnWorker *self);   /* MODULE.WORKER */
const char *bn_worker_get_module (BnWorker *self); /* MODULE */
const char *bn_worker_get_local (BnWorker *self);  /* WORKER */
const char *bn_worker_get_state (BnWorker *self);
gboolean bn_worker_is_on_demand (BnWorker *self);
/* In force: 0 while it does not run. */
guint bn_worker_get_running_ms (BnWorker *self);
/* To show: what is in force, or would be. */
guint bn_worker_get_interval_ms (BnWorker *self);
/* Its own: the manifest's, or what SetInterval said. */
guint bn_worker_get_own_ms (BnWorker *self);
guint64 bn_worker_get_restarts (BnWorker *self);
/* How long all its runs took together. */
guint64 bn_worker_get_total_usec (BnWorker *self);

/* A reload may change its interval; statistics go on. */
void bn_worker_set_spec (BnWorker *self, const BnWorkerSpec *spec);
void bn_worker_set_own_ms (BnWorker *self, guint interval_ms); /* 0: the manifest's */
void bn_worker_set_stopped (BnWorker *self, gboolean stopped);
void bn_worker_set_available (BnWorker *self, gboolean available);
void bn_worker_count_restart (BnWorker *self);
/* The finest interval that somebody wants, 0 if nobody does. TRUE if what is in force changed. */
gboolean bn_worker_set_interest (BnWorker *self, guint interest_ms);

void bn_worker_report (BnWorker *self, const BnRunReport *report);
guint64 bn_worker_get_consecutive_errors (BnWorker *self);

/* a{sv}, floating, as Worker1.GetStatistics */
GVariant *bn_worker_get_statistics (BnWorker *self);

G_END_DECLS
