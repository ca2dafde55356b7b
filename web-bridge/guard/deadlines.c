/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Deadlines of many connections with one timer. */
#include "guard/deadlines.h"

struct _BnDeadlines
{
  guint lengths_ms[BN_N_DEADLINES];
  GQueue lists[BN_N_DEADLINES];
  GSource *timer;    /* (owned) */
  gint64 armed_usec; /* when it fires; -1: never */
  BnDeadlineFunc passed;
  gpointer user_data;
};

static void
arm_at (BnDeadlines *self, gint64 at_usec)
{
  self->armed_usec = at_usec;
  g_source_set_ready_time (self->timer, at_usec);
}

/* Next time the timer has to look: the earliest head of the lists. */
static void
arm_for_first (BnDeadlines *self)
{
  gint64 next = -1;

  for (guint i = BN_DEADLINE_HEAD; i < BN_N_DEADLINES; i++)
    {
      const BnDeadline *first = (const BnDeadline *)self->lists[i].head;

      if (first != NULL && (next < 0 || first->due_usec < next))
        next = first->due_usec;
    }
  arm_at (self, next);
}

static gboolean
on_timer (gpointer user_data)
{
  BnDeadlines *self = user_data;
  gint64 now = g_get_monotonic_time ();

  for (guint i = BN_DEADLINE_HEAD; i < BN_N_DEADLINES; i++)
    for (;;)
      {
        BnDeadline *first = (BnDeadline *)self->lists[i].head;
        gpointer owner;

        if (first == NULL || first->due_usec > now)
          break;
        owner = first->link.data;
        bn_deadlines_set (self, first, BN_DEADLINE_NONE, owner);
        self->passed (owner, i, self->user_data);
      }
  arm_for_first (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch };

BnDeadlines *
bn_deadlines_new (const guint lengths_ms[BN_N_DEADLINES], BnDeadlineFunc passed, gpointer user_data)
{
  BnDeadlines *self = g_new0 (BnDeadlines, 1);

  for (guint i = 0; i < BN_N_DEADLINES; i++)
    self->lengths_ms[i] = lengths_ms[i];
  self->passed = passed;
  self->user_data = user_data;
  self->timer = g_source_new (&timer_funcs, sizeof (GSource));
  self->armed_usec = -1;
  g_source_set_static_name (self->timer, "deadlines");
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  return self;
}

void
bn_deadlines_free (BnDeadlines *self)
{
  for (guint i = 0; i < BN_N_DEADLINES; i++)
    g_assert (self->lists[i].length == 0);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_free (self);
}

void
bn_deadlines_set (BnDeadlines *self, BnDeadline *deadline, BnDeadlineClass class, gpointer owner)
{
  G_STATIC_ASSERT (G_STRUCT_OFFSET (BnDeadline, link) == 0);

  if (deadline->class != BN_DEADLINE_NONE)
    g_queue_unlink (&self->lists[deadline->class], &deadline->link);
  deadline->class = class;
  deadline->link.data = owner;
  if (class == BN_DEADLINE_NONE)
    return;
  deadline->due_usec = g_get_monotonic_time () + self->lengths_ms[class] * G_GINT64_CONSTANT (1000);
  g_queue_push_tail_link (&self->lists[class], &deadline->link);
  /* The timer is only ever moved forward, and may find that it came too early: moving it costs a
   * system call and a turn of the main loop, and most deadlines are gone before they pass. */
  if (self->armed_usec == -1 || deadline->due_usec < self->armed_usec)
    arm_at (self, deadline->due_usec);
}

gpointer
bn_deadlines_find (BnDeadlines *self, BnDeadlineClass class,
                   gboolean (*fits) (gpointer owner, gpointer data), gpointer data)
{
  for (GList *at = self->lists[class].head; at != NULL; at = at->next)
    if (fits (at->data, data))
      return at->data;
  return NULL;
}
