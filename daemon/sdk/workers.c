/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Runs a module's workers at the intervals that the hub asks for.
 *
 * A worker is due at the multiples of its interval on CLOCK_MONOTONIC. So it does not drift, and
 * workers of all modules with the same interval, or one that divides the other, wake the machine up
 * once. A worker with no interval has no time set: it costs no wake-up at all.
 *
 * Runs of one worker never overlap. A due time that passes while a run goes on, or because
 * something else held the loop, is left out and counted as missed. */
#include "sdk/workers.h"

#include "sdk/run-private.h"

struct _BnWorkers
{
  BnModule *module;      /* borrowed */
  BnOutbox *outbox;      /* borrowed */
  GHashTable *workers;   /* name -> Worker, owned */
  GHashTable *intervals; /* name -> milliseconds, of workers that are not added yet too */
  gboolean paused;
};

typedef struct
{
  BnWorkers *set; /* borrowed */
  char *name;     /* owned */
  BnWorkerFunc func;
  BnWorkerStartFunc start_func;
  gpointer user_data;     /* owned, by destroy */
  GDestroyNotify destroy; /* nullable */

  GSource *timer;       /* owned */
  gint64 interval_usec; /* 0: do not run */
  gint64 due_usec;      /* of the next run; 0: none */
  BnRun *run;           /* weak: the one that goes on */
  gboolean run_again;   /* RunNow came while it could not start */
} Worker;

static void
set_due (Worker *worker, gint64 due_usec)
{
  worker->due_usec = due_usec;
  g_source_set_ready_time (worker->timer, due_usec != 0 ? due_usec : -1);
}

/* Sets the time of the next run; @at_once: now. */
static void
schedule (Worker *worker, gboolean at_once)
{
  gint64 now_usec = g_get_monotonic_time ();

  if (worker->set->paused || worker->run != NULL)
    set_due (worker, 0);
  else if (at_once || worker->run_again)
    set_due (worker, now_usec);
  else if (worker->interval_usec > 0)
    set_due (worker, (now_usec / worker->interval_usec + 1) * worker->interval_usec);
  else
    set_due (worker, 0);
}

static void
run_ended (gpointer user_data, gint64 started_usec, gint64 due_usec, const char *error_message)
{
  Worker *worker = user_data;
  gint64 now_usec = g_get_monotonic_time ();
  gint64 missed = 0;

  g_clear_weak_pointer (&worker->run);
  if (worker->interval_usec > 0)
    missed = now_usec / worker->interval_usec - due_usec / worker->interval_usec;

  bn_outbox_add_run (worker->set->outbox, worker->name, (guint64)(now_usec - started_usec),
                     error_message, (guint)CLAMP (missed, 0, G_MAXUINT));
  schedule (worker, FALSE);
}

static void
start_run (Worker *worker)
{
  g_autoptr (BnRun) run = bn_run_new (worker->name, worker->due_usec, run_ended, worker);
  g_autoptr (GError) error = NULL;

  set_due (worker, 0);
  worker->run_again = FALSE;
  g_set_weak_pointer (&worker->run, run);
  if (worker->start_func != NULL)
    worker->start_func (worker->set->module, run, worker->user_data);
  else if (worker->func (worker->set->module, worker->user_data, &error))
    bn_run_finish (run, NULL);
  else
    bn_run_finish (run, error != NULL ? error->message : "the run failed without a reason");
}

static gboolean
timer_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static gboolean
timer_ready (gpointer user_data)
{
  start_run (user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs timer_funcs = {
  .dispatch = timer_dispatch,
};

static void
worker_free (gpointer data)
{
  Worker *worker = data;

  if (worker->run != NULL)
    bn_run_detach (worker->run);
  g_clear_weak_pointer (&worker->run);
  g_source_destroy (worker->timer);
  g_clear_pointer (&worker->timer, g_source_unref);
  if (worker->destroy != NULL)
    worker->destroy (worker->user_data);
  g_free (worker->name);
  g_free (worker);
}

BnWorkers *
bn_workers_new (BnModule *module, BnOutbox *outbox)
{
  BnWorkers *self = g_new0 (BnWorkers, 1);

  self->module = module;
  self->outbox = outbox;
  self->workers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, worker_free);
  self->intervals = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->paused = TRUE;
  return self;
}

void
bn_workers_free (BnWorkers *self)
{
  g_clear_pointer (&self->workers, g_hash_table_unref);
  g_clear_pointer (&self->intervals, g_hash_table_unref);
  g_free (self);
}

static void
set_interval (Worker *worker, guint interval_ms)
{
  gint64 interval_usec = (gint64)interval_ms * 1000;
  gboolean was_asleep = worker->interval_usec == 0;

  if (interval_usec == worker->interval_usec)
    return;
  worker->interval_usec = interval_usec;
  schedule (worker, was_asleep);
}

void
bn_workers_add (BnWorkers *self, const char *name, BnWorkerFunc func, BnWorkerStartFunc start_func,
                gpointer user_data, GDestroyNotify destroy)
{
  Worker *worker;

  g_assert ((func != NULL) != (start_func != NULL));
  g_return_if_fail (!g_hash_table_contains (self->workers, name));

  worker = g_new0 (Worker, 1);
  worker->set = self;
  worker->name = g_strdup (name);
  worker->func = func;
  worker->start_func = start_func;
  worker->user_data = user_data;
  worker->destroy = destroy;
  worker->timer = g_source_new (&timer_funcs, sizeof (GSource));
  g_source_set_static_name (worker->timer, "binnacle worker");
  g_source_set_callback (worker->timer, timer_ready, worker, NULL);
  g_source_attach (worker->timer, g_main_context_get_thread_default ());
  g_hash_table_insert (self->workers, worker->name, worker);
  set_interval (worker, GPOINTER_TO_UINT (g_hash_table_lookup (self->intervals, name)));
}

void
bn_workers_set_demand (BnWorkers *self, GVariant *intervals)
{
  GVariantIter iter;
  const char *name;
  guint interval_ms;

  g_variant_iter_init (&iter, intervals);
  while (g_variant_iter_next (&iter, "{&su}", &name, &interval_ms))
    {
      Worker *worker = g_hash_table_lookup (self->workers, name);

      g_hash_table_insert (self->intervals, g_strdup (name), GUINT_TO_POINTER (interval_ms));
      if (worker != NULL)
        set_interval (worker, interval_ms);
    }
}

guint
bn_workers_get_interval (BnWorkers *self, const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->intervals, name));
}

gboolean
bn_workers_run_now (BnWorkers *self, const char *name)
{
  Worker *worker = g_hash_table_lookup (self->workers, name);

  if (worker == NULL)
    return FALSE;
  worker->run_again = TRUE;
  schedule (worker, FALSE);
  return TRUE;
}

static void
set_paused (BnWorkers *self, gboolean paused)
{
  GHashTableIter iter;
  gpointer worker;

  if (self->paused == paused)
    return;
  self->paused = paused;
  g_hash_table_iter_init (&iter, self->workers);
  while (g_hash_table_iter_next (&iter, NULL, &worker))
    schedule (worker, !paused && ((Worker *)worker)->interval_usec > 0);
}

void
bn_workers_pause (BnWorkers *self)
{
  set_paused (self, TRUE);
}

void
bn_workers_resume (BnWorkers *self)
{
  set_paused (self, FALSE);
}
