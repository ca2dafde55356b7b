/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The event bus: who publishes what, who is told, what is kept.
 *
 * Samples of one turn of the main loop are gathered and leave together: on D-Bus the message costs,
 * not its content. Events leave at once, in order.
 *
 * Nobody waits for anybody: a peer that refuses a message is congested until it says that it
 * drained, and gets nothing meanwhile. Then it is told which events it missed, and gets the
 * retained samples: the last value of everything is more useful than all that were in between. */
#include "core/event-bus-private.h"

#include "introspection/error.h"
#include "introspection/event-type.h"

#define REPLAY_BYTES_MAX (1000 * 1024)

enum
{
  SIGNAL_BROADCAST_EVENT,
  SIGNAL_BROADCAST_SAMPLES,
  SIGNAL_INTEREST_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnEventBus, bn_event_bus, G_TYPE_OBJECT)

typedef struct
{
  BnEventBus *self;
  BnEvent *event;
  GPtrArray *states;     /* BnPeerState: whom to send it to, each once */
  gboolean bus_wants_it; /* somebody on the bus subscribed to this sample */
} Match;

static void
note_missed (BnPeerState *state, BnEvent *event)
{
  state->bus->counters.dropped++;
  state->congested = TRUE;
  if (event->class != BN_EVENT_CLASS_EVENT)
    return;
  if (state->missed_from == 0)
    state->missed_from = event->sequence;
  state->missed_to = event->sequence;
}

/* TRUE if @subscription is for ordinary deliveries of @event and was not looked at before. */
static gboolean
takes (Match *match, BnSubscription *subscription)
{
  if (subscription->match_id == match->self->match_id)
    return FALSE;
  subscription->match_id = match->self->match_id;
  if (match->event->class == BN_EVENT_CLASS_EVENT ? subscription->class == BN_SUBSCRIBE_SAMPLES
                                                  : subscription->class == BN_SUBSCRIBE_EVENTS)
    return FALSE;
  return !subscription->responder && !subscription->ordered
         && bn_access_level_allows (subscription->level, match->event->access);
}

static void
match_event (gpointer value, gpointer user_data)
{
  BnSubscription *subscription = value;
  Match *match = user_data;
  BnPeerState *state = subscription->state;

  if (!takes (match, subscription))
    return;
  if (bn_peer_is_on_bus (state->peer) && match->event->access == BN_ACCESS_OBSERVE)
    return;
  if (state->event_ids->len == 0)
    g_ptr_array_add (match->states, state);
  g_array_append_val (state->event_ids, subscription->id);
}

static void
fan_out_event (BnEventBus *self, BnEvent *event)
{
  g_autoptr (GPtrArray) states = g_ptr_array_new ();
  Match match = { self, event, states, FALSE };

  self->match_id++;
  bn_pattern_trie_match (self->trie, event->type, match_event, &match);
  for (guint i = 0; i < states->len; i++)
    {
      BnPeerState *state = g_ptr_array_index (states, i);

      if (state->congested
          || !BN_PEER_GET_CLASS (state->peer)->send_event (state->peer, event, state->event_ids))
        note_missed (state, event);
      else
        self->counters.deliveries++;
      g_array_set_size (state->event_ids, 0);
    }
  if (event->access == BN_ACCESS_OBSERVE)
    g_signal_emit (self, signals[SIGNAL_BROADCAST_EVENT], 0, event);
}

/* A peer gets a sample once, whatever the number of its subscriptions. */
void
bn_event_bus_queue_sample (BnSubscription *subscription, BnEvent *event, gboolean retained)
{
  GPtrArray *deliveries = subscription->state->deliveries;
  BnDelivery *last =
      deliveries->len > 0 ? g_ptr_array_index (deliveries, deliveries->len - 1) : NULL;

  if (last == NULL || last->event != event || last->retained != retained)
    {
      last = g_new0 (BnDelivery, 1);
      last->event = bn_event_ref (event);
      last->ids = g_array_new (FALSE, FALSE, sizeof (guint32));
      last->retained = retained;
      g_ptr_array_add (deliveries, last);
    }
  g_array_append_val (last->ids, subscription->id);
}

static void schedule_pace (BnPeerState *state);

static void
match_sample (gpointer value, gpointer user_data)
{
  BnSubscription *subscription = value;
  Match *match = user_data;
  BnPeerState *state = subscription->state;
  gboolean replaced = FALSE;

  if (!takes (match, subscription))
    return;
  if (bn_peer_is_on_bus (state->peer) && match->event->access == BN_ACCESS_OBSERVE)
    {
      match->bus_wants_it = TRUE;
      return;
    }
  if (state->congested)
    {
      match->self->counters.coalesced++;
      return;
    }
  if (subscription->pacer != NULL
      && !bn_sample_pacer_offer (subscription->pacer, match->event, g_get_monotonic_time (),
                                 &replaced))
    schedule_pace (state);
  else
    bn_event_bus_queue_sample (subscription, match->event, FALSE);
  if (replaced)
    match->self->counters.coalesced++;
}

static void
fan_out_sample (BnEventBus *self, BnEvent *event)
{
  Match match = { self, event, NULL, FALSE };

  self->match_id++;
  bn_pattern_trie_match (self->trie, event->type, match_sample, &match);
  if (match.bus_wants_it)
    g_ptr_array_add (self->broadcast, bn_event_ref (event));
  bn_event_bus_schedule_flush (self);
}

/* Of a last value for one subscriber on the bus, a newer one may have been broadcast meanwhile: the
 * old one would come after it. */
static void
drop_superseded (BnPeerState *state)
{
  if (!bn_peer_is_on_bus (state->peer))
    return;
  for (guint i = state->deliveries->len; i > 0; i--)
    {
      const BnDelivery *delivery = g_ptr_array_index (state->deliveries, i - 1);

      if (delivery->retained && delivery->event->access == BN_ACCESS_OBSERVE
          && !bn_retained_store_is_last (state->bus->retained, delivery->event))
        g_ptr_array_remove_index (state->deliveries, i - 1);
    }
}

static void
flush_peer (BnPeerState *state)
{
  BnEventBus *self = state->bus;
  g_autoptr (GPtrArray) deliveries = NULL;

  drop_superseded (state);
  if (state->deliveries->len == 0)
    return;
  deliveries = g_steal_pointer (&state->deliveries);
  state->deliveries = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_delivery_free);
  if (!state->congested && BN_PEER_GET_CLASS (state->peer)->send_samples (state->peer, deliveries))
    {
      self->counters.sample_messages++;
      self->counters.deliveries += deliveries->len;
      return;
    }
  state->congested = TRUE;
  self->counters.dropped += deliveries->len;
}

static gboolean
flush_cb (gpointer user_data)
{
  BnEventBus *self = user_data;
  GHashTableIter iter;
  BnPeerState *state;

  self->flush_id = 0;
  if (self->broadcast->len > 0)
    {
      g_autoptr (GPtrArray) samples = g_steal_pointer (&self->broadcast);

      self->broadcast = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_event_unref);
      self->counters.sample_messages++;
      g_signal_emit (self, signals[SIGNAL_BROADCAST_SAMPLES], 0, samples);
    }
  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&state))
    flush_peer (state);
  return G_SOURCE_REMOVE;
}

void
bn_event_bus_schedule_flush (BnEventBus *self)
{
  if (self->flush_id == 0)
    self->flush_id = g_idle_add_full (G_PRIORITY_DEFAULT, flush_cb, self, NULL);
}

static gboolean
pace_cb (gpointer user_data)
{
  BnPeerState *state = user_data;
  gint64 now_usec = g_get_monotonic_time ();

  state->pace_id = 0;
  for (guint i = 0; i < state->subscriptions->len; i++)
    {
      BnSubscription *subscription = g_ptr_array_index (state->subscriptions, i);
      BnEvent *event;

      while (subscription->pacer != NULL
             && (event = bn_sample_pacer_take_due (subscription->pacer, now_usec)) != NULL)
        {
          bn_event_bus_queue_sample (subscription, event, FALSE);
          bn_event_unref (event);
        }
    }
  bn_event_bus_schedule_flush (state->bus);
  schedule_pace (state);
  return G_SOURCE_REMOVE;
}

/* Arms the timer for the first kept sample of @state. One subscription may keep a sample for an
 * hour and another then one for 100 ms: the timer is moved forward, never back. */
static void
schedule_pace (BnPeerState *state)
{
  gint64 due = -1;

  for (guint i = 0; i < state->subscriptions->len; i++)
    {
      BnSubscription *subscription = g_ptr_array_index (state->subscriptions, i);
      gint64 at = subscription->pacer != NULL ? bn_sample_pacer_get_due (subscription->pacer) : -1;

      if (at != -1 && (due == -1 || at < due))
        due = at;
    }
  if (due != -1 && (state->pace_id == 0 || due < state->pace_due_usec))
    {
      gint64 wait_ms = (due - g_get_monotonic_time () + 999) / 1000;

      g_clear_handle_id (&state->pace_id, g_source_remove);
      state->pace_due_usec = due;
      state->pace_id = g_timeout_add (CLAMP (wait_ms, 1, BN_INTERVAL_MAX_MS), pace_cb, state);
    }
}

guint64
bn_event_bus_publish (BnEventBus *self, BnEvent *event)
{
  g_return_val_if_fail (BN_IS_EVENT_BUS (self), 0);

  if (event->class == BN_EVENT_CLASS_SAMPLE)
    {
      if (!bn_retained_store_update (self->retained, event))
        {
          self->counters.rejected++;
          return 0;
        }
      self->counters.samples++;
      fan_out_sample (self, event);
      return 0;
    }
  self->counters.events++;
  event->sequence = ++self->sequence;
  bn_replay_ring_append (self->ring, event, g_get_monotonic_time ());
  fan_out_event (self, event);
  return event->sequence;
}

/* Tells @state what it missed, and @from to @to besides, and gives it the last values anew. */
static void
resume (BnPeerState *state, guint64 from, guint64 to)
{
  BnEventBus *self = state->bus;

  if (state->missed_from != 0 && (from == 0 || state->missed_from < from))
    from = state->missed_from;
  to = MAX (to, state->missed_to);
  state->congested = FALSE;
  state->missed_from = state->missed_to = 0;
  if (from != 0)
    {
      self->counters.gaps++;
      BN_PEER_GET_CLASS (state->peer)->send_gap (state->peer, self->epoch, from, to);
    }
  for (guint i = 0; i < state->subscriptions->len; i++)
    {
      BnSubscription *subscription = g_ptr_array_index (state->subscriptions, i);

      if (!subscription->responder && !subscription->ordered
          && subscription->class != BN_SUBSCRIBE_EVENTS)
        bn_event_bus_queue_retained (subscription);
    }
}

void
bn_event_bus_peer_drained (BnEventBus *self, BnPeer *peer)
{
  BnPeerState *state = g_hash_table_lookup (self->peers, peer);

  if (state != NULL && state->congested)
    resume (state, 0, 0);
}

void
bn_event_bus_peer_recovered (BnEventBus *self, BnPeer *peer, guint64 from, guint64 to)
{
  BnPeerState *state = g_hash_table_lookup (self->peers, peer);

  if (state != NULL)
    resume (state, from, to);
}

GPtrArray *
bn_event_bus_get_retained (BnEventBus *self, const char *const *patterns, BnAccessLevel level)
{
  return bn_retained_store_find (self->retained, patterns, level);
}

void
bn_event_bus_forget_source (BnEventBus *self, const char *source)
{
  bn_retained_store_forget_source (self->retained, source);
}

typedef struct
{
  const char *const *patterns;
  BnAccessLevel level;
  GVariantBuilder builder;
  gsize bytes;
} Replay;

static gboolean
replay_event (BnEvent *event, gpointer user_data)
{
  Replay *replay = user_data;

  if (!bn_access_level_allows (replay->level, event->access))
    return TRUE;
  for (guint i = 0; replay->patterns[i] != NULL; i++)
    {
      if (!bn_pattern_matches (replay->patterns[i], event->type))
        continue;
      replay->bytes += bn_event_get_size (event);
      if (replay->bytes > REPLAY_BYTES_MAX)
        return FALSE;
      g_variant_builder_add_value (&replay->builder, bn_event_to_variant (event, NULL, FALSE));
      break;
    }
  return TRUE;
}

GVariant *
bn_event_bus_replay (BnEventBus *self, const char *epoch, guint64 after,
                     const char *const *patterns, BnAccessLevel level, gboolean *complete)
{
  Replay replay = { patterns, level };

  g_variant_builder_init (&replay.builder, G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  if (g_str_equal (epoch, self->epoch))
    *complete = bn_replay_ring_read (self->ring, after, self->sequence, g_get_monotonic_time (),
                                     replay_event, &replay);
  else
    *complete = FALSE;
  return g_variant_builder_end (&replay.builder);
}

const char *
bn_event_bus_get_epoch (BnEventBus *self)
{
  return self->epoch;
}

guint64
bn_event_bus_get_sequence (BnEventBus *self)
{
  return self->sequence;
}

BnEventBusCounters *
bn_event_bus_get_counters (BnEventBus *self)
{
  return &self->counters;
}

static void
bn_event_bus_finalize (GObject *object)
{
  BnEventBus *self = BN_EVENT_BUS (object);

  g_clear_handle_id (&self->flush_id, g_source_remove);
  g_clear_handle_id (&self->interest_id, g_source_remove);
  g_hash_table_unref (self->peers);
  g_ptr_array_unref (self->broadcast);
  g_array_unref (self->statistics);
  bn_pattern_trie_free (self->trie);
  bn_retained_store_free (self->retained);
  g_clear_pointer (&self->ring, bn_replay_ring_free);
  g_free (self->epoch);
  G_OBJECT_CLASS (bn_event_bus_parent_class)->finalize (object);
}

static void
bn_event_bus_class_init (BnEventBusClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_event_bus_finalize;

  signals[SIGNAL_BROADCAST_EVENT] =
      g_signal_new ("broadcast-event", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_BROADCAST_SAMPLES] =
      g_signal_new ("broadcast-samples", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  signals[SIGNAL_INTEREST_CHANGED] =
      g_signal_new ("interest-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
}

static void
bn_event_bus_init (BnEventBus *self)
{
  self->trie = bn_pattern_trie_new ();
  self->retained = bn_retained_store_new ();
  self->peers = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)bn_peer_state_free);
  self->broadcast = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_event_unref);
  self->statistics = g_array_new (FALSE, FALSE, sizeof (BnStatisticsSource));
}

static gboolean
interest_cb (gpointer user_data)
{
  BnEventBus *self = user_data;

  self->interest_id = 0;
  g_signal_emit (self, signals[SIGNAL_INTEREST_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

void
bn_event_bus_schedule_interest (BnEventBus *self)
{
  if (self->interest_id == 0)
    self->interest_id = g_idle_add_full (G_PRIORITY_DEFAULT, interest_cb, self, NULL);
}

BnEventBus *
bn_event_bus_new (const BnReplayLimits *limits)
{
  BnEventBus *self = g_object_new (BN_TYPE_EVENT_BUS, NULL);
  g_autofree char *uuid = g_uuid_string_random ();
  g_auto (GStrv) parts = g_strsplit (uuid, "-", -1);

  self->epoch = g_strjoinv ("", parts);
  self->ring = bn_replay_ring_new (limits);
  return self;
}
