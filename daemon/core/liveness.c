/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Finds out that a process hangs.
 *
 * What is expected of it is an answer to each call, and a word until a certain time. When one of
 * them is 3 s overdue, it is pinged. One timer serves all; it is not moved when what it waits for
 * is done, but looks again when it fires: a busy process costs one wake-up in about 3 s, an idle
 * one none. */
#include "core/liveness.h"

struct _BnLiveness
{
  void (*ping) (gpointer user_data);
  gpointer user_data;
  GQueue calls;         /* (element-type gint64*): when they began, oldest first */
  gint64 given_up_usec; /* when the first call began whose answer nobody waits for; 0: none */
  gint64 expected_usec; /* 0: no word is expected */
  guint timer_id;
  gboolean pinging;
  gboolean heard; /* since the ping */
  gboolean stopped;
};

BnLiveness *
bn_liveness_new (void (*ping) (gpointer user_data), gpointer user_data)
{
  BnLiveness *self = g_new0 (BnLiveness, 1);

  self->ping = ping;
  self->user_data = user_data;
  g_queue_init (&self->calls);
  return self;
}

void
bn_liveness_free (BnLiveness *self)
{
  bn_liveness_stop (self);
  g_queue_clear_full (&self->calls, g_free);
  g_free (self);
}

/* When the first thing is overdue; 0 if nothing is expected. */
static gint64
get_overdue_usec (BnLiveness *self)
{
  gint64 *oldest = g_queue_peek_head (&self->calls);
  gint64 at = oldest != NULL ? *oldest : 0;

  if (self->given_up_usec != 0 && (at == 0 || self->given_up_usec < at))
    at = self->given_up_usec;
  if (self->expected_usec != 0 && (at == 0 || self->expected_usec < at))
    at = self->expected_usec;
  return at != 0 ? at + BN_LIVENESS_OVERDUE_USEC : 0;
}

static void arm (BnLiveness *self);

static gboolean
timer_cb (gpointer user_data)
{
  BnLiveness *self = user_data;
  gint64 overdue = get_overdue_usec (self);

  self->timer_id = 0;
  if (overdue == 0 || g_get_monotonic_time () < overdue)
    arm (self);
  else
    {
      self->pinging = TRUE;
      self->heard = FALSE;
      self->ping (self->user_data);
    }
  return G_SOURCE_REMOVE;
}

static void
arm (BnLiveness *self)
{
  gint64 overdue = get_overdue_usec (self);
  gint64 wait_ms;

  if (overdue == 0 || self->timer_id != 0 || self->pinging || self->stopped)
    return;
  wait_ms = (overdue - g_get_monotonic_time () + 999) / 1000;
  self->timer_id = g_timeout_add (CLAMP (wait_ms, 0, G_MAXINT), timer_cb, self);
}

static void
disarm_if_idle (BnLiveness *self)
{
  if (get_overdue_usec (self) == 0)
    g_clear_handle_id (&self->timer_id, g_source_remove);
}

gpointer
bn_liveness_call_began (BnLiveness *self)
{
  gint64 *began = g_new (gint64, 1);

  *began = g_get_monotonic_time ();
  g_queue_push_tail (&self->calls, began);
  arm (self);
  return self->calls.tail;
}

void
bn_liveness_call_ended (BnLiveness *self, gpointer call)
{
  GList *link = call;

  g_free (link->data);
  g_queue_delete_link (&self->calls, link);
  disarm_if_idle (self);
}

void
bn_liveness_call_given_up (BnLiveness *self, gpointer call)
{
  GList *link = call;

  if (self->given_up_usec == 0)
    self->given_up_usec = *(gint64 *)link->data;
  bn_liveness_call_ended (self, call);
}

gboolean
bn_liveness_has_calls (BnLiveness *self)
{
  return !g_queue_is_empty (&self->calls);
}

void
bn_liveness_expect (BnLiveness *self, gint64 next_usec)
{
  self->expected_usec = next_usec;
  disarm_if_idle (self);
  arm (self);
}

void
bn_liveness_heard (BnLiveness *self)
{
  self->heard = TRUE;
  if (self->given_up_usec == 0)
    return;
  self->given_up_usec = 0;
  disarm_if_idle (self);
}

gboolean
bn_liveness_was_heard (BnLiveness *self)
{
  return self->heard;
}

void
bn_liveness_answered (BnLiveness *self)
{
  gint64 now_usec = g_get_monotonic_time ();

  self->pinging = FALSE;
  self->given_up_usec = 0;
  if (self->expected_usec != 0)
    self->expected_usec = MAX (self->expected_usec, now_usec);
  for (GList *at = self->calls.head; at != NULL; at = at->next)
    *(gint64 *)at->data = now_usec;
  arm (self);
}

void
bn_liveness_stop (BnLiveness *self)
{
  self->stopped = TRUE;
  g_clear_handle_id (&self->timer_id, g_source_remove);
}
