/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One run of a worker, from its start to its end. */
#include "sdk/run-private.h"

/**
 * BnRun:
 *
 * One run of a worker, from its start to its end.
 *
 * A run ends with [method@Binnacle.Run.finish]. While it goes on the worker is not started again. A
 * run that is dropped without an end counts as failed.
 */
struct _BnRun
{
  GObject parent_instance;

  char *worker;       /* owned */
  BnRunEnded ended;   /* NULL when over */
  gpointer user_data; /* borrowed */
  gint64 started_usec;
  gint64 due_usec;
};

G_DEFINE_FINAL_TYPE (BnRun, bn_run, G_TYPE_OBJECT)

static void
bn_run_dispose (GObject *object)
{
  BnRun *self = BN_RUN (object);

  bn_run_finish (self, "the run was dropped without a result");

  G_OBJECT_CLASS (bn_run_parent_class)->dispose (object);
}

static void
bn_run_finalize (GObject *object)
{
  BnRun *self = BN_RUN (object);

  g_clear_pointer (&self->worker, g_free);

  G_OBJECT_CLASS (bn_run_parent_class)->finalize (object);
}

static void
bn_run_class_init (BnRunClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_run_dispose;
  object_class->finalize = bn_run_finalize;
}

static void
bn_run_init (BnRun *self)
{
}

BnRun *
bn_run_new (const char *worker, gint64 due_usec, BnRunEnded ended, gpointer user_data)
{
  BnRun *self = g_object_new (BN_TYPE_RUN, NULL);

  self->worker = g_strdup (worker);
  self->ended = ended;
  self->user_data = user_data;
  self->started_usec = g_get_monotonic_time ();
  self->due_usec = due_usec != 0 ? due_usec : self->started_usec;
  return self;
}

void
bn_run_detach (BnRun *self)
{
  self->ended = NULL;
}

/**
 * bn_run_get_worker:
 * @self: the run
 *
 * Gets the name of the worker.
 *
 * Returns: the name
 */
const char *
bn_run_get_worker (BnRun *self)
{
  g_return_val_if_fail (BN_IS_RUN (self), NULL);

  return self->worker;
}

/**
 * bn_run_finish:
 * @self: the run
 * @error_message: (nullable): why it failed, or %NULL if it succeeded
 *
 * Ends the run: its duration, its error and how many runs it displaced are told to the hub. Does
 * nothing if it is over.
 */
void
bn_run_finish (BnRun *self, const char *error_message)
{
  BnRunEnded ended;

  g_return_if_fail (BN_IS_RUN (self));

  ended = g_steal_pointer (&self->ended);
  if (ended != NULL)
    ended (self->user_data, self->started_usec, self->due_usec, error_message);
}
