/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of a job share. */
#pragma once

#include "sdk/job-set.h"
#include "sdk/job.h"

G_BEGIN_DECLS

struct _BnJob
{
  GObject parent_instance;

  GDBusConnection *connection; /* owned, nullable */
  GMainContext *context;       /* owned: of the module */
  GCancellable *cancellable;   /* owned */
  BnJobSet *set;               /* owned */

  guint32 adopting; /* the id that AdoptJob was called with */

  GMutex lock;         /* of all that follows */
  guint32 id;          /* 0 until the hub has answered */
  char *path;          /* owned, nullable: likewise */
  GError *refused;     /* owned, nullable: why the hub did not make it */
  gboolean over;       /* its end was said */
  GVariant *end;       /* owned, nullable: of FinishJob without the id, until it is sent */
  GVariantDict *news;  /* owned, nullable: what is to be sent with UpdateJob */
  gint64 sent_usec;    /* when that was done last */
  GSource *flush;      /* owned, nullable: will send it */
  int log;             /* owned; -1 until the hub has opened it */
  gboolean log_asked;  /* OpenJobLog was called, and not answered */
  gboolean log_failed; /* there is none */
  GString *printed;    /* owned: what waits for the log */
  guint64 cut;         /* how many bytes before that were not kept */
  GQueue waiting;      /* GTask, owned: for the hub's answer */
  GQueue logs;         /* GTask, owned: for the log */
};

/* @connection (nullable): without it the job has failed already. */
BnJob *bn_job_new (GDBusConnection *connection, BnJobSet *set);

/* job-wire.c: one of these, once. */
void bn_job_create (BnJob *self, const char *method, const char *title, BnJobFlags flags);
void bn_job_adopt (BnJob *self, guint id);

/* A copy of at most @max bytes, whole characters. */
char *bn_job_shorten (const char *text, gsize max);
/* The arguments of FinishJob without the id. */
GVariant *bn_job_make_failure (BnError code, const char *message);
/* With the id before them; floating. */
GVariant *bn_job_add_id (BnJob *self, GVariant *end);
/* Calls ModuleHost1. @callback (nullable) is given a reference of the job. */
void bn_job_call_hub (BnJob *self, const char *method, GVariant *parameters, const char *reply_type,
                      GAsyncReadyCallback callback);
/* With the lock held: sends what there is to send, now, or in the module's thread when it is due.
 */
void bn_job_send (BnJob *self);
void bn_job_schedule (BnJob *self);
/* Without the lock: the hub has answered. */
void bn_job_answer_waiting (BnJob *self);

/* job-log.c: with the lock held, once there is an id. */
void bn_job_ask_for_log (BnJob *self);
/* Without the lock: tells those who wait for the log. @fd: -1 with @error (nullable). */
void bn_job_answer_logs (BnJob *self, int fd, const GError *error);

G_END_DECLS
