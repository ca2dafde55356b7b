/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The event bus: subscriptions, and the interest that they declare. */
#include "core/event-bus-private.h"

#include "introspection/error.h"
#include "introspection/event-type.h"

static void
subscription_free (BnSubscription *subscription)
{
  g_strfreev (subscription->patterns);
  g_free (subscription->session);
  g_free (subscription->handler);
  g_clear_pointer (&subscription->pacer, bn_sample_pacer_free);
  g_free (subscription);
}

static void
leave_trie (BnSubscription *subscription)
{
  for (char **pattern = subscription->patterns; *pattern != NULL; pattern++)
    bn_pattern_trie_remove (subscription->state->bus->trie, *pattern, subscription);
}

static void
remove_subscription (BnPeerState *state, guint index)
{
  leave_trie (g_ptr_array_index (state->subscriptions, index));
  g_ptr_array_remove_index (state->subscriptions, index);
  bn_event_bus_schedule_interest (state->bus);
}

void
bn_peer_state_free (BnPeerState *state)
{
  for (guint i = 0; i < state->subscriptions->len; i++)
    leave_trie (g_ptr_array_index (state->subscriptions, i));
  g_ptr_array_unref (state->subscriptions);
  g_ptr_array_unref (state->deliveries);
  g_array_unref (state->event_ids);
  g_clear_handle_id (&state->pace_id, g_source_remove);
  g_object_unref (state->peer);
  g_free (state);
}

static BnPeerState *
get_state (BnEventBus *self, BnPeer *peer)
{
  BnPeerState *state = g_hash_table_lookup (self->peers, peer);

  if (state != NULL)
    return state;
  state = g_new0 (BnPeerState, 1);
  state->bus = self;
  state->peer = g_object_ref (peer);
  state->subscriptions = g_ptr_array_new_with_free_func ((GDestroyNotify)subscription_free);
  state->deliveries = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_delivery_free);
  state->event_ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_hash_table_insert (self->peers, peer, state);
  return state;
}

gboolean
bn_patterns_check (const char *const *patterns, GError **error)
{
  guint n = g_strv_length ((char **)patterns);

  if (n == 0 || n > BN_PATTERNS_MAX)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "Give 1 to %d patterns, not %u",
                   BN_PATTERNS_MAX, n);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    if (!bn_pattern_is_valid (patterns[i]))
      {
        g_autofree char *escaped = g_strescape (patterns[i], NULL);

        g_set_error (
            error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
            "“%.80s” is not a pattern: it needs segments of a-z, 0-9 and _, or *, split by "
            "dots, such as system_info.*",
            escaped);
        return FALSE;
      }
  return TRUE;
}

/* Two generations of a module stand in for one another while it is replaced. */
static gboolean
is_other_generation (BnPeer *peer, BnPeer *other)
{
  return peer != other && !g_str_equal (bn_peer_get_name (peer), BN_PEER_USER)
         && g_str_equal (bn_peer_get_name (peer), bn_peer_get_name (other));
}

/* Also @peer itself, but not another generation of it. */
static gboolean
has_responder (BnEventBus *self, BnPeer *peer, const char *const *patterns)
{
  GHashTableIter iter;
  BnPeerState *state;

  g_hash_table_iter_init (&iter, self->peers);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&state))
    for (guint i = 0; i < state->subscriptions->len && !is_other_generation (peer, state->peer);
         i++)
      {
        BnSubscription *other = g_ptr_array_index (state->subscriptions, i);

        for (char **theirs = other->patterns; other->responder && *theirs != NULL; theirs++)
          for (const char *const *ours = patterns; *ours != NULL; ours++)
            if (bn_patterns_overlap (*theirs, *ours))
              return TRUE;
      }
  return FALSE;
}

static gboolean
check_options (BnEventBus *self, BnPeerState *state, const char *const *patterns,
               const BnSubscribeOptions *options, GError **error)
{
  if (!bn_patterns_check (patterns, error))
    return FALSE;
  if (options->interval_ms != 0
      && (options->interval_ms < BN_INTERVAL_MIN_MS || options->interval_ms > BN_INTERVAL_MAX_MS))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "interval-ms must be between %d and %d, not %u", BN_INTERVAL_MIN_MS,
                   BN_INTERVAL_MAX_MS, options->interval_ms);
      return FALSE;
    }
  if (state->subscriptions->len >= BN_SUBSCRIPTIONS_MAX)
    {
      self->counters.subscriptions_limited++;
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY,
                   "A connection can have %d subscriptions; end one first", BN_SUBSCRIPTIONS_MAX);
      return FALSE;
    }
  if (options->responder && has_responder (self, state->peer, patterns))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT, "Somebody answers requests of “%s” already",
                   patterns[0]);
      return FALSE;
    }
  return TRUE;
}

void
bn_event_bus_queue_retained (BnSubscription *subscription)
{
  BnEventBus *self = subscription->state->bus;
  g_autoptr (GPtrArray) events = bn_retained_store_find (
      self->retained, (const char *const *)subscription->patterns, subscription->level);

  for (guint i = 0; i < events->len; i++)
    bn_event_bus_queue_sample (subscription, g_ptr_array_index (events, i), TRUE);
  bn_event_bus_schedule_flush (self);
}

gboolean
bn_event_bus_subscribe (BnEventBus *self, BnPeer *peer, const char *const *patterns,
                        const BnSubscribeOptions *options, guint32 *id, GError **error)
{
  BnPeerState *state = get_state (self, peer);
  BnSubscription *subscription;

  if (!check_options (self, state, patterns, options, error))
    {
      if (state->subscriptions->len == 0)
        g_hash_table_remove (self->peers, peer);
      return FALSE;
    }
  subscription = g_new0 (BnSubscription, 1);
  subscription->state = state;
  subscription->id = ++state->last_id;
  subscription->patterns = g_strdupv ((char **)patterns);
  subscription->level = options->level;
  subscription->session = g_strdup (options->session);
  subscription->class = options->class;
  subscription->interval_ms = options->interval_ms;
  subscription->responder = options->responder;
  subscription->ordered = options->ordered;
  subscription->priority = options->priority;
  subscription->handler = g_strdup (options->handler);
  if (options->interval_ms != 0 && !bn_peer_is_on_bus (peer))
    subscription->pacer = bn_sample_pacer_new (options->interval_ms);
  g_ptr_array_add (state->subscriptions, subscription);
  for (guint i = 0; patterns[i] != NULL; i++)
    bn_pattern_trie_insert (self->trie, patterns[i], subscription);
  if (options->retained && !options->responder && !options->ordered
      && options->class != BN_SUBSCRIBE_EVENTS)
    bn_event_bus_queue_retained (subscription);
  bn_event_bus_schedule_interest (self);
  *id = subscription->id;
  return TRUE;
}

gboolean
bn_event_bus_unsubscribe (BnEventBus *self, BnPeer *peer, guint32 id, GError **error)
{
  BnPeerState *state = g_hash_table_lookup (self->peers, peer);

  for (guint i = 0; state != NULL && i < state->subscriptions->len; i++)
    {
      BnSubscription *subscription = g_ptr_array_index (state->subscriptions, i);

      if (subscription->id == id)
        {
          remove_subscription (state, i);
          return TRUE;
        }
    }
  g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND, "This connection has no subscription %u", id);
  return FALSE;
}

void
bn_event_bus_remove_peer (BnEventBus *self, BnPeer *peer)
{
  if (g_hash_table_remove (self->peers, peer))
    bn_event_bus_schedule_interest (self);
}

void
bn_event_bus_remove_session (BnEventBus *self, BnPeer *peer, const char *session)
{
  BnPeerState *state = g_hash_table_lookup (self->peers, peer);

  if (state == NULL)
    return;
  for (guint i = state->subscriptions->len; i > 0; i--)
    {
      BnSubscription *subscription = g_ptr_array_index (state->subscriptions, i - 1);

      if (g_strcmp0 (subscription->session, session) == 0)
        remove_subscription (state, i - 1);
    }
}

typedef struct
{
  BnAccessLevel access;
  guint own_ms;
  guint finest_ms;
} Interest;

static void
match_interest (gpointer value, gpointer user_data)
{
  BnSubscription *subscription = value;
  Interest *interest = user_data;
  guint ms = subscription->interval_ms != 0 ? subscription->interval_ms : interest->own_ms;

  if (subscription->responder || subscription->ordered || subscription->class == BN_SUBSCRIBE_EVENTS
      || !bn_access_level_allows (subscription->level, interest->access))
    return;
  if (interest->finest_ms == 0 || ms < interest->finest_ms)
    interest->finest_ms = ms;
}

guint
bn_event_bus_get_interest (BnEventBus *self, const char *type, BnAccessLevel access, guint own_ms)
{
  Interest interest = { access, own_ms, 0 };

  bn_pattern_trie_match (self->trie, type, match_interest, &interest);
  return interest.finest_ms;
}

static void
match_responder (gpointer value, gpointer user_data)
{
  BnSubscription *subscription = value;
  BnSubscription **found = user_data;

  if (subscription->responder)
    *found = subscription;
}

BnPeer *
bn_event_bus_find_responder (BnEventBus *self, const char *type, const char **handler)
{
  BnSubscription *found = NULL;

  bn_pattern_trie_match (self->trie, type, match_responder, &found);
  if (found == NULL)
    return NULL;
  *handler = found->handler;
  return found->state->peer;
}

gboolean
bn_event_bus_has_subscriptions (BnEventBus *self, BnPeer *peer)
{
  BnPeerState *state = g_hash_table_lookup (self->peers, peer);

  return state != NULL && state->subscriptions->len > 0;
}
