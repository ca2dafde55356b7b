/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The workers of all modules: what runs how often, and for whom. */
#pragma once

#include "core/event-bus.h"
#include "core/worker.h"

G_BEGIN_DECLS

#define BN_TYPE_WORKERS (bn_workers_get_type ())
G_DECLARE_FINAL_TYPE (BnWorkers, bn_workers, BN, WORKERS, GObject)

/* Signals:
 *
 * "added" (BnWorker *), "removed" (BnWorker *).
 * "demand-changed" (const char *module): intervals of its workers changed.
 * "run-now" (const char *module, const char *worker): run it once now.
 */

BnWorkers *bn_workers_new (BnEventBus *bus);

/* The workers of @manifest stand from now on, in place of those it had. */
void bn_workers_set_manifest (BnWorkers *self, BnManifest *manifest);
void bn_workers_remove_module (BnWorkers *self, const char *module);
void bn_workers_set_available (BnWorkers *self, const char *module, gboolean available);

/* The intervals of the workers of @manifest (a{su}, floating), 0 for those that are not to run. */
GVariant *bn_workers_get_demand (BnWorkers *self, BnManifest *manifest);
/* TRUE if none of the workers in @demand is to run. */
gboolean bn_demand_is_none (GVariant *demand);
/* The shortest interval in force of the module's workers, 0 if none runs. */
guint bn_workers_get_shortest_ms (BnWorkers *self, const char *module);

/* BnWorker, sorted by name; (transfer container) */
GPtrArray *bn_workers_list (BnWorkers *self);

/* @name: MODULE.WORKER, or WORKER where only one has that name. Errors: not_found, conflict. */
BnWorker *bn_workers_find (BnWorkers *self, const char *name, GError **error);

/* What people do; see org.binnacle.Workers1. */
typedef enum
{
  BN_WORKER_VERB_START,
  BN_WORKER_VERB_STOP,
  BN_WORKER_VERB_RESTART,
  BN_WORKER_VERB_RUN_NOW,
  BN_WORKER_VERB_SET_INTERVAL,
} BnWorkerVerb;

/* @interval_ms is for SET_INTERVAL. Returns the worker; NULL with the error: those of find,
 * unavailable, bad_payload. */
BnWorker *bn_workers_act (BnWorkers *self, BnWorkerVerb verb, const char *name, guint interval_ms,
                          GError **error);

/* A run of @module's @worker ended; @report: a{sv} as ModuleHost1.ReportRun. FALSE if it has no
 * such worker. */
gboolean bn_workers_report (BnWorkers *self, const char *module, const char *worker,
                            GVariant *report);

G_END_DECLS
