/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What waits for a client that does not take it fast enough.
 *
 * The rule for each class of message (the same on every surface):
 * - a sample waits at most once for each type and key: a newer one takes the older one's place, and
 *   says how many it replaced;
 * - events wait in order; past the limit the oldest go, and one message says which numbers are
 *   lost, at the place where they would have been;
 * - replies are never dropped: their number is bounded by the requests that a client may have in
 *   flight;
 * - a replay is taken apart when its events go out, and is never cut: it would be asked again.
 * All together have a hard limit, and a client that stays full is closed; that is its owner's
 * business (client.c). */
#include "protocol/out-queue.h"

#include "protocol/message.h"

typedef struct
{
  BnBroadcast *broadcast; /* (owned, nullable) */
  GBytes *frame;          /* (owned, nullable): of a reply */
  BnReplay *replay;       /* (owned, nullable) */
  char *names;            /* (owned, nullable): GRefString */
  guint64 skipped;
  guint64 from, to; /* of a gap, when it is nothing else */
  gsize bytes;
} Entry;

struct _BnOutQueue
{
  const BnLimits *limits;
  BnCounters *counters;
  GQueue entries;      /* Entry */
  GQueue events;       /* links of @entries that are events, the oldest first */
  GHashTable *samples; /* identity -> link of @entries */
  Entry *gap;          /* (unowned, nullable): the gap that waits, which a further loss widens */
  gsize bytes;
  gsize event_bytes;
};

#define GAP_BYTES 96

static void
entry_free (Entry *entry)
{
  g_clear_pointer (&entry->broadcast, bn_broadcast_unref);
  g_clear_pointer (&entry->frame, g_bytes_unref);
  g_clear_pointer (&entry->replay, bn_replay_free);
  g_clear_pointer (&entry->names, g_ref_string_release);
  g_free (entry);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Entry, entry_free)

BnOutQueue *
bn_out_queue_new (const BnLimits *limits, BnCounters *counters)
{
  BnOutQueue *self = g_new0 (BnOutQueue, 1);

  self->limits = limits;
  self->counters = counters;
  g_queue_init (&self->entries);
  g_queue_init (&self->events);
  self->samples = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
bn_out_queue_free (BnOutQueue *self)
{
  g_hash_table_unref (self->samples);
  g_queue_clear (&self->events);
  g_queue_clear_full (&self->entries, (GDestroyNotify)entry_free);
  g_free (self);
}

GBytes *
bn_gap_frame (guint64 from, guint64 to)
{
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "from", "t", from);
  g_variant_dict_insert (&payload, "to", "t", to);
  return bn_message_frame ("system.gap", g_variant_dict_end (&payload));
}

static gboolean
is_sample (const Entry *entry)
{
  return entry->broadcast != NULL
         && bn_broadcast_get_class (entry->broadcast) == BN_BROADCAST_SAMPLE;
}

static gboolean
is_event (const Entry *entry)
{
  return entry->broadcast != NULL
         && bn_broadcast_get_class (entry->broadcast) == BN_BROADCAST_EVENT;
}

static GList *
append (BnOutQueue *self, Entry *entry)
{
  g_queue_push_tail (&self->entries, entry);
  self->bytes += entry->bytes;
  return self->entries.tail;
}

/* The oldest event goes; its place in the queue becomes the gap's, unless one stands already. */
static void
drop_oldest_event (BnOutQueue *self)
{
  GList *link = g_queue_pop_head (&self->events);
  Entry *entry = link->data;
  guint64 sequence = bn_broadcast_get_sequence (entry->broadcast);

  bn_counters_add (self->counters, BN_COUNT_DROPPED);
  self->bytes -= entry->bytes;
  self->event_bytes -= entry->bytes;
  if (self->gap != NULL)
    {
      self->gap->to = MAX (self->gap->to, sequence);
      self->gap->from = MIN (self->gap->from, sequence);
      g_queue_delete_link (&self->entries, link);
      entry_free (entry);
      return;
    }
  bn_counters_add (self->counters, BN_COUNT_GAPS);
  g_clear_pointer (&entry->broadcast, bn_broadcast_unref);
  g_clear_pointer (&entry->names, g_ref_string_release);
  entry->from = entry->to = sequence;
  entry->bytes = GAP_BYTES;
  self->bytes += entry->bytes;
  self->gap = entry;
}

static void
push_event (BnOutQueue *self, Entry *entry)
{
  g_queue_push_tail (&self->events, append (self, entry));
  self->event_bytes += entry->bytes;
  while (self->events.length > self->limits->queue_events
         || (self->event_bytes > self->limits->queue_bytes && self->events.length > 1))
    drop_oldest_event (self);
}

static void
push_sample (BnOutQueue *self, Entry *entry)
{
  const char *identity = bn_broadcast_get_identity (entry->broadcast);
  GList *link = g_hash_table_lookup (self->samples, identity);
  Entry *old;

  if (link == NULL)
    {
      g_hash_table_insert (self->samples, (gpointer)identity, append (self, entry));
      return;
    }
  old = link->data;
  entry->skipped = old->skipped + 1;
  self->bytes += entry->bytes - old->bytes;
  /* The key belongs to the broadcast that goes. */
  g_hash_table_replace (self->samples, (gpointer)identity, link);
  link->data = entry;
  entry_free (old);
  bn_counters_add (self->counters, BN_COUNT_COALESCED);
}

void
bn_out_queue_push (BnOutQueue *self, BnBroadcast *broadcast, char *names)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->broadcast = bn_broadcast_ref (broadcast);
  entry->names = names != NULL ? g_ref_string_acquire (names) : NULL;
  entry->bytes = bn_broadcast_get_size (broadcast);
  if (is_sample (entry))
    push_sample (self, entry);
  else
    push_event (self, entry);
}

void
bn_out_queue_push_frame (BnOutQueue *self, GBytes *frame)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->frame = g_bytes_ref (frame);
  entry->bytes = g_bytes_get_size (frame);
  append (self, entry);
}

void
bn_out_queue_push_replay (BnOutQueue *self, BnReplay *replay, char *names)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->replay = replay;
  entry->names = names != NULL ? g_ref_string_acquire (names) : NULL;
  append (self, entry);
}

void
bn_out_queue_push_gap (BnOutQueue *self, guint64 from, guint64 to)
{
  Entry *entry;

  if (self->gap != NULL)
    {
      self->gap->from = MIN (self->gap->from, from);
      self->gap->to = MAX (self->gap->to, to);
      return;
    }
  entry = g_new0 (Entry, 1);
  entry->from = from;
  entry->to = to;
  entry->bytes = GAP_BYTES;
  append (self, entry);
  self->gap = entry;
}

/* Replays that stand first: their next frame, NULL when they are over. */
static GBytes *
pop_replay (BnOutQueue *self)
{
  Entry *first;

  while ((first = g_queue_peek_head (&self->entries)) != NULL && first->replay != NULL)
    {
      GBytes *frame = bn_replay_take_frame (first->replay, first->names);

      if (frame != NULL)
        return frame;
      entry_free (g_queue_pop_head (&self->entries));
    }
  return NULL;
}

GBytes *
bn_out_queue_pop (BnOutQueue *self)
{
  GBytes *replayed = pop_replay (self);
  g_autoptr (Entry) entry = NULL;

  if (replayed != NULL)
    return replayed;
  entry = g_queue_pop_head (&self->entries);
  if (entry == NULL)
    return NULL;
  self->bytes -= entry->bytes;
  if (entry->frame != NULL)
    return g_steal_pointer (&entry->frame);
  if (entry->broadcast == NULL)
    {
      self->gap = NULL;
      return bn_gap_frame (entry->from, entry->to);
    }
  if (is_event (entry))
    {
      g_queue_pop_head (&self->events);
      self->event_bytes -= entry->bytes;
    }
  else
    g_hash_table_remove (self->samples, bn_broadcast_get_identity (entry->broadcast));
  if (entry->skipped > 0)
    return bn_broadcast_make_frame (entry->broadcast, entry->names, entry->skipped);
  return g_bytes_ref (bn_broadcast_get_frame (entry->broadcast, entry->names));
}

gboolean
bn_out_queue_is_empty (BnOutQueue *self)
{
  return self->entries.length == 0;
}

guint
bn_out_queue_get_length (BnOutQueue *self)
{
  return self->entries.length;
}

gsize
bn_out_queue_get_bytes (BnOutQueue *self)
{
  return self->bytes;
}

gsize
bn_out_queue_get_replay_bytes (BnOutQueue *self)
{
  gsize bytes = 0;

  for (GList *at = self->entries.head; at != NULL; at = at->next)
    {
      const Entry *entry = at->data;

      if (entry->replay != NULL)
        bytes += bn_replay_get_bytes (entry->replay);
    }
  return bytes;
}

gboolean
bn_out_queue_is_full (BnOutQueue *self)
{
  return self->gap != NULL || self->bytes >= self->limits->queue_bytes;
}
