/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The logs of jobs: kept by the hub, so that they outlive the modules that wrote them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  gsize bytes_max;         /* kept of one log; what is older is cut */
  gsize total_bytes_max;   /* kept of all logs */
  guint readers_max;       /* of one log */
  guint total_readers_max; /* of all logs */
} BnJobLogLimits;

typedef struct
{
  guint64 bytes;           /* that came */
  guint64 bytes_cut;       /* that are not kept any more */
  guint64 readers_limited; /* refused for a limit */
  gsize kept_bytes;        /* gauge */
  guint readers;           /* gauge */
} BnJobLogCounters;

/* What all logs share: their bounds. It outlives them. */
typedef struct _BnJobLogPool BnJobLogPool;

BnJobLogPool *bn_job_log_pool_new (const BnJobLogLimits *limits);
void bn_job_log_pool_free (BnJobLogPool *self);
const BnJobLogCounters *bn_job_log_pool_get_counters (BnJobLogPool *self);

typedef struct _BnJobLog BnJobLog;

BnJobLog *bn_job_log_new (BnJobLogPool *pool);
/* Closes the readers' pipes, whatever they have read. */
void bn_job_log_free (BnJobLog *self);

/* The writing end of the log's pipe, a new descriptor of the caller's; -1 on an error: busy,
 * conflict (it was ended). */
int bn_job_log_open_writer (BnJobLog *self, GError **error);

/* A new pipe's reading end, a descriptor of the caller's: what is kept, then what comes, until the
 * log ends. -1 on an error: busy. */
int bn_job_log_open_reader (BnJobLog *self, GError **error);

/* Takes what stands in the pipe, and then nothing more; the readers come to their end when they
 * have read it all. */
void bn_job_log_end (BnJobLog *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnJobLogPool, bn_job_log_pool_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnJobLog, bn_job_log_free)

G_END_DECLS
