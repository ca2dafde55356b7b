/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How long the turns of a main loop take.
 *
 * A source of the highest priority is asked first before the loop sleeps (prepare) and first when
 * it woke up (check): what lies between a check and the next prepare is one turn. */
#include "core/loop-watch.h"

struct _BnLoopWatch
{
  GSource source;

  gint64 woke_usec; /* 0: it has not slept yet */
  guint turns;
  guint64 longest_usec;
  guint64 total_usec;
};

static gboolean
watch_prepare (GSource *source, int *timeout_ms)
{
  BnLoopWatch *self = (BnLoopWatch *)source;
  guint64 took_usec;

  *timeout_ms = -1;
  if (self->woke_usec == 0)
    return FALSE;
  took_usec = (guint64)(g_get_monotonic_time () - self->woke_usec);
  self->woke_usec = 0;
  self->turns++;
  self->total_usec += took_usec;
  self->longest_usec = MAX (self->longest_usec, took_usec);
  return FALSE;
}

static gboolean
watch_check (GSource *source)
{
  ((BnLoopWatch *)source)->woke_usec = g_get_monotonic_time ();
  return FALSE;
}

static gboolean
watch_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE; /* it is never ready */
}

static GSourceFuncs watch_funcs = {
  .prepare = watch_prepare,
  .check = watch_check,
  .dispatch = watch_dispatch,
};

BnLoopWatch *
bn_loop_watch_new (void)
{
  GSource *source = g_source_new (&watch_funcs, sizeof (BnLoopWatch));

  g_source_set_static_name (source, "binnacle loop watch");
  g_source_set_priority (source, G_MININT);
  g_source_attach (source, g_main_context_get_thread_default ());
  return (BnLoopWatch *)source;
}

void
bn_loop_watch_free (BnLoopWatch *self)
{
  g_source_destroy (&self->source);
  g_source_unref (&self->source);
}

void
bn_loop_watch_take (BnLoopWatch *self, guint *turns, guint64 *longest_usec, guint64 *total_usec)
{
  *turns = self->turns;
  *longest_usec = self->longest_usec;
  *total_usec = self->total_usec;
  self->turns = 0;
  self->longest_usec = 0;
  self->total_usec = 0;
}
