/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* All jobs: those that run, and those that ended a while ago. */
#pragma once

#include "core/event-bus.h"
#include "core/job.h"

G_BEGIN_DECLS

typedef struct
{
  guint live_max;       /* that run, of one module */
  guint total_live_max; /* of all modules */
  guint burst;          /* that one module may make at once */
  guint per_second;     /* and in the long run */
  guint kept_max;       /* that are over */
  guint keep_ms;        /* how long those are kept */
  guint publish_ms;     /* others hear of progress at most this often */
  BnJobLogLimits log;
} BnJobLimits;

extern const BnJobLimits bn_job_default_limits;

#define BN_TYPE_JOBS (bn_jobs_get_type ())
G_DECLARE_FINAL_TYPE (BnJobs, bn_jobs, BN, JOBS, GObject)

/* Signals:
 *
 * "added" (BnJob *), "removed" (BnJob *): the latter when it is not kept any more.
 * "cancel" (BnJob *): its owner is to stop working on it.
 * "unblocked" (const char *): of this module no job runs any more that a reload would end.
 */

BnJobs *bn_jobs_new (BnEventBus *bus, const BnJobLimits *limits);

/* By their numbers; (transfer full) */
GPtrArray *bn_jobs_list (BnJobs *self);
/* Error: not_found. */
BnJob *bn_jobs_find (BnJobs *self, guint id, GError **error);
/* What a module says of a job: it must be @owner's, and run. Errors: not_found, conflict; both are
 * counted. */
BnJob *bn_jobs_find_own (BnJobs *self, guint id, GObject *owner, GError **error);

/* Errors: bad_payload, too_large, busy, rate_limited. */
BnJob *bn_jobs_create (BnJobs *self, const BnJobSpec *spec, GError **error);

/* @changes, @result and @options are those of ModuleHost1. Errors: bad_payload, too_large. */
gboolean bn_jobs_update (BnJobs *self, BnJob *job, GVariant *changes, GError **error);
gboolean bn_jobs_finish (BnJobs *self, BnJob *job, GVariant *result, GVariant *options,
                         GError **error);
/* The writing end of its log; -1 on an error: busy. */
int bn_jobs_open_log (BnJobs *self, BnJob *job, GError **error);

/* Somebody asks to cancel it. Errors: conflict (it is over), unsupported. */
gboolean bn_jobs_cancel (BnJobs *self, BnJob *job, GError **error);

/* @owner is gone: what it did has failed, because of @reason (nullable). */
void bn_jobs_owner_gone (BnJobs *self, GObject *owner, const GError *reason);

/* Hot reload. @heir will go on with @job; it does so when the job is handed over to it. Error:
 * conflict. */
gboolean bn_jobs_adopt (BnJobs *self, BnJob *job, GObject *heir, GError **error);
/* From now on @owner is the module: the job is its own, if it adopted it; else the job has failed,
 * and its old owner is told to stop. */
void bn_jobs_hand_over (BnJobs *self, BnJob *job, GObject *owner);
/* The titles of those jobs of @owner that a reload would end. */
char **bn_jobs_list_blocking (BnJobs *self, GObject *owner);

/* Counters, of EventBus1.GetStatistics: each (t). */
void bn_jobs_add_statistics (BnJobs *self, GVariantBuilder *statistics);

G_END_DECLS
