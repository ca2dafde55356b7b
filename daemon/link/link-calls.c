/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The calls that wait for a reply. One deadline, the earliest, is all that the main loop needs to
 * know: there is no timer for each call. */
#include "link/link-calls.h"

typedef struct
{
  guint32 serial;
  guint index; /* in by_deadline */
  gint64 deadline_usec;
  GTask *task; /* owned */
  gulong handler;
} Call;

void
bn_link_calls_init (BnLinkCalls *self)
{
  self->by_serial = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->by_deadline = g_ptr_array_new ();
}

void
bn_link_calls_clear (BnLinkCalls *self)
{
  g_assert (self->by_deadline->len == 0);

  g_clear_pointer (&self->by_serial, g_hash_table_unref);
  g_clear_pointer (&self->by_deadline, g_ptr_array_unref);
}

guint
bn_link_calls_get_n (const BnLinkCalls *self)
{
  return self->by_deadline->len;
}

gint64
bn_link_calls_get_deadline (const BnLinkCalls *self)
{
  Call *first;

  if (self->by_deadline->len == 0)
    return G_MAXINT64;
  first = g_ptr_array_index (self->by_deadline, 0);
  return first->deadline_usec;
}

static void
place (BnLinkCalls *self, Call *call, guint index)
{
  self->by_deadline->pdata[index] = call;
  call->index = index;
}

static void
sift_up (BnLinkCalls *self, Call *call)
{
  guint index = call->index;

  while (index > 0)
    {
      Call *parent = g_ptr_array_index (self->by_deadline, (index - 1) / 2);

      if (parent->deadline_usec <= call->deadline_usec)
        break;
      place (self, parent, index);
      index = (index - 1) / 2;
    }
  place (self, call, index);
}

static void
sift_down (BnLinkCalls *self, Call *call)
{
  guint index = call->index;

  for (;;)
    {
      guint child = 2 * index + 1;
      Call *least;

      if (child >= self->by_deadline->len)
        break;
      least = g_ptr_array_index (self->by_deadline, child);
      if (child + 1 < self->by_deadline->len)
        {
          Call *right = g_ptr_array_index (self->by_deadline, child + 1);

          if (right->deadline_usec < least->deadline_usec)
            least = right;
        }
      if (call->deadline_usec <= least->deadline_usec)
        break;
      child = least->index;
      place (self, least, index);
      index = child;
    }
  place (self, call, index);
}

void
bn_link_calls_add (BnLinkCalls *self, guint32 serial, gint64 deadline_usec, GTask *task,
                   gulong handler)
{
  Call *call = g_new (Call, 1);

  *call = (Call){ serial, self->by_deadline->len, deadline_usec, task, handler };
  g_hash_table_insert (self->by_serial, GUINT_TO_POINTER (serial), call);
  g_ptr_array_add (self->by_deadline, call);
  sift_up (self, call);
}

static GTask *
take_out (BnLinkCalls *self, Call *call)
{
  GTask *task = call->task;
  Call *last = g_ptr_array_steal_index (self->by_deadline, self->by_deadline->len - 1);

  if (last != call)
    {
      place (self, last, call->index);
      sift_up (self, last);
      sift_down (self, last);
    }
  if (call->handler != 0)
    g_cancellable_disconnect (g_task_get_cancellable (task), call->handler);
  g_hash_table_remove (self->by_serial, GUINT_TO_POINTER (call->serial));
  return task;
}

GTask *
bn_link_calls_take (BnLinkCalls *self, guint32 serial)
{
  Call *call = g_hash_table_lookup (self->by_serial, GUINT_TO_POINTER (serial));

  return call != NULL ? take_out (self, call) : NULL;
}

GTask *
bn_link_calls_take_overdue (BnLinkCalls *self, gint64 now_usec)
{
  return bn_link_calls_get_deadline (self) <= now_usec ? bn_link_calls_take_first (self) : NULL;
}

GTask *
bn_link_calls_take_cancelled (BnLinkCalls *self)
{
  for (guint i = 0; i < self->by_deadline->len; i++)
    {
      Call *call = g_ptr_array_index (self->by_deadline, i);

      if (g_cancellable_is_cancelled (g_task_get_cancellable (call->task)))
        return take_out (self, call);
    }
  return NULL;
}

GTask *
bn_link_calls_take_first (BnLinkCalls *self)
{
  if (self->by_deadline->len == 0)
    return NULL;
  return take_out (self, g_ptr_array_index (self->by_deadline, 0));
}
