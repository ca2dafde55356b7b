/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One job: something a module does that takes long. */
#pragma once

#include "core/job-log.h"
#include "introspection/access-level.h"
#include "introspection/error.h"
#include "introspection/names.h"

G_BEGIN_DECLS

typedef enum
{
  BN_JOB_RUNNING,
  BN_JOB_CANCELLING, /* somebody asked to cancel it */
  BN_JOB_SUCCEEDED,
  BN_JOB_FAILED,
  BN_JOB_CANCELLED,
} BnJobState;

const char *bn_job_state_to_string (BnJobState state);

/* What a job is made of. */
typedef struct
{
  const char *module;
  const char *method;  /* (nullable): the type of the method that made it, such as docker.install */
  BnAccessLevel level; /* of that method; NONE without */
  const char *title;
  gboolean cancellable;
  gboolean survives; /* the next generation goes on with it */
  GObject *owner;    /* who does it: the process */
} BnJobSpec;

#define BN_TYPE_JOB (bn_job_get_type ())
G_DECLARE_FINAL_TYPE (BnJob, bn_job, BN, JOB, GObject)

/* Signals:
 *
 * "changed" (): title, state, progress or message; of progress and message not each change.
 * "finished" (): it is over; after the last "changed".
 */

guint bn_job_get_id (BnJob *self);
char *bn_job_make_path (BnJob *self);
const char *bn_job_get_module (BnJob *self);
const char *bn_job_get_method (BnJob *self); /* empty if none */
const char *bn_job_get_title (BnJob *self);
BnJobState bn_job_get_state (BnJob *self);
gboolean bn_job_is_over (BnJob *self);
gboolean bn_job_can_cancel (BnJob *self); /* now */
gboolean bn_job_survives (BnJob *self);
double bn_job_get_progress (BnJob *self); /* -1: unknown */
const char *bn_job_get_message (BnJob *self);
const char *bn_job_get_error (BnJob *self); /* "code: text"; empty if none */
GVariant *bn_job_get_result (BnJob *self);  /* a{sv}; (transfer none) */
gint64 bn_job_get_started (BnJob *self);    /* microseconds since 1970 */
gint64 bn_job_get_finished (BnJob *self);   /* likewise; 0: not yet */
GObject *bn_job_get_owner (BnJob *self);    /* (nullable): none when it is over */

/* As a row of job.list, in order: a{sv}, floating. What is not known is left out. @result: with the
 * result, if it succeeded. */
GVariant *bn_job_describe (BnJob *self, gboolean result);

/* Who may do it to the job: a level, and the name of it for the person who is asked. */
typedef enum
{
  BN_JOB_ACT_CANCEL,
  BN_JOB_ACT_OPEN_LOG,
  BN_JOB_ACT_READ_RESULT,
} BnJobAct;

BnAccessLevel bn_job_get_level (BnJob *self, BnJobAct act, const char **what);

/* The reading end of a pipe; -1 on an error: busy, not_found (it is not kept any more). */
int bn_job_open_log (BnJob *self, GError **error);

G_END_DECLS
