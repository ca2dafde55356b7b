/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of the jobs share. */
#pragma once

#include "core/job.h"

G_BEGIN_DECLS

struct _BnJob
{
  GObject parent_instance;

  guint id;
  char *module;        /* (owned) */
  char *method;        /* (owned) (nullable) */
  BnAccessLevel level; /* of the method; NONE without */
  char *title;         /* (owned) */
  gboolean cancellable;
  gboolean survives;
  BnJobState state;
  double progress;
  char *message;    /* (owned) */
  char *error;      /* (owned) */
  GVariant *result; /* (owned) */
  gint64 started_usec;
  gint64 finished_usec;
  gint64 finished_monotonic_usec;
  BnJobLog *log;  /* (owned) */
  GObject *owner; /* (owned) (nullable): none when it is over */
  GObject *heir;  /* (owned) (nullable): the generation that will go on with it */
  gboolean dirty; /* others are to be told of a change */
};

BnJob *bn_job_new (guint id, const BnJobSpec *spec, BnJobLogPool *logs);

/* It is over. @result (nullable) and @error (nullable) are what it brought. */
void bn_job_end (BnJob *self, BnJobState state, GVariant *result, const GError *error);

void bn_job_emit_changed (BnJob *self);
void bn_job_emit_finished (BnJob *self);

G_END_DECLS
