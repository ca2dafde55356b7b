/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of the jobs share. */
#pragma once

#include "core/job-private.h"
#include "core/jobs.h"

G_BEGIN_DECLS

struct _BnJobs
{
  GObject parent_instance;

  BnEventBus *bus; /* (owned) */
  BnJobLimits limits;
  BnJobLogPool *logs; /* (owned) */
  GPtrArray *jobs;    /* (owned): BnJob, by their numbers */
  GHashTable *making; /* (owned): module -> Making */
  guint last_id;
  guint publish_id;
  guint expire_id;
  guint64 created;
  guint64 limited;   /* refused for a limit */
  guint64 late;      /* of jobs that are over or not known */
  guint64 coalesced; /* changes that a newer one replaced before they were told */
  guint64 evicted;   /* dropped early, since too many were kept */
};

/* jobs-publish.c */

/* "job.started" or "job.finished" */
void bn_jobs_publish_event (BnJobs *self, BnJob *job, const char *type);
/* Tells everybody how it is now. */
void bn_jobs_tell (BnJobs *self, BnJob *job);
/* Likewise, but not too often. */
void bn_jobs_note_change (BnJobs *self, BnJob *job);
/* It is over: there is no progress any more. */
void bn_jobs_tell_end (BnJobs *self, BnJob *job);

/* jobs.c */

/* Drops what is over for too long or too much, and waits for the next. */
void bn_jobs_drop_old (BnJobs *self);

/* jobs-changes.c */

/* One line: nothing that would move what stands beside it. */
char *bn_job_make_line (const char *text);
gboolean bn_job_check_title (const char *title, GError **error);

G_END_DECLS
