/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The last events of class "event", for those who were away. */
#include "core/replay-ring.h"

const BnReplayLimits bn_replay_default_limits = { 4096, 4 * 1024 * 1024, 10 * G_TIME_SPAN_MINUTE };

typedef struct
{
  BnEvent *event; /* (owned) */
  gint64 time_usec;
  gsize bytes;
} Entry;

struct _BnReplayRing
{
  BnReplayLimits limits;
  Entry *entries; /* (owned): limits.events of them, used as a ring */
  guint first;
  guint length;
  gsize bytes;
};

static Entry *
get_entry (BnReplayRing *self, guint index)
{
  return &self->entries[(self->first + index) % self->limits.events];
}

static void
drop_first (BnReplayRing *self)
{
  Entry *entry = get_entry (self, 0);

  self->bytes -= entry->bytes;
  g_clear_pointer (&entry->event, bn_event_unref);
  self->first = (self->first + 1) % self->limits.events;
  self->length--;
}

static void
drop_old (BnReplayRing *self, gint64 now_usec)
{
  while (self->length > 0 && get_entry (self, 0)->time_usec < now_usec - self->limits.age_usec)
    drop_first (self);
}

BnReplayRing *
bn_replay_ring_new (const BnReplayLimits *limits)
{
  BnReplayRing *self = g_new0 (BnReplayRing, 1);

  g_assert (limits->events > 0);
  self->limits = *limits;
  return self;
}

void
bn_replay_ring_free (BnReplayRing *self)
{
  while (self->length > 0)
    drop_first (self);
  g_free (self->entries);
  g_free (self);
}

void
bn_replay_ring_append (BnReplayRing *self, BnEvent *event, gint64 now_usec)
{
  gsize bytes = bn_event_get_size (event);

  /* As bytes a payload takes what is counted here; as the tree it was built of, ten times that. */
  g_variant_get_data (event->payload);
  if (self->entries == NULL)
    self->entries = g_new0 (Entry, self->limits.events);
  drop_old (self, now_usec);
  while (self->length > 0
         && (self->length == self->limits.events || self->bytes + bytes > self->limits.bytes))
    drop_first (self);
  *get_entry (self, self->length) = (Entry){ bn_event_ref (event), now_usec, bytes };
  self->length++;
  self->bytes += bytes;
}

gboolean
bn_replay_ring_read (BnReplayRing *self, guint64 after, guint64 last, gint64 now_usec,
                     BnReplayFunc func, gpointer user_data)
{
  guint64 oldest;

  if (after >= last)
    return after == last;
  drop_old (self, now_usec);
  oldest = self->length > 0 ? get_entry (self, 0)->event->sequence : last + 1;
  for (guint i = after >= oldest ? after - oldest + 1 : 0; i < self->length; i++)
    if (!func (get_entry (self, i)->event, user_data))
      break;
  return after + 1 >= oldest;
}

guint
bn_replay_ring_get_length (BnReplayRing *self)
{
  return self->length;
}

gsize
bn_replay_ring_get_bytes (BnReplayRing *self)
{
  return self->bytes;
}
