/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How a subscription begins.
 *
 * The order is: its reply, what the client missed, the retained samples, then what happens from now
 * on. The hub's answers and signals come in the order in which it sent them, so an answer is an
 * instant. Events are cut where the hub had no more to replay, samples where GetRetained answers;
 * events that come in between are held and follow the retained samples. So nothing is missing and
 * nothing comes twice. */
#include "introspection/names.h"
#include "protocol/client-private.h"

#include "introspection/error.h"

/* An answer that is awaited. */
typedef struct
{
  BnClient *client; /* (owned) */
  guint64 serial;   /* of the subscription */
  char *id;         /* (nullable): of the message to answer */
  gboolean retained;
  BnSince since;
  BnReplay *replay; /* (owned, nullable): what it missed, once the hub has said it */
  guint64 cut;      /* the last event before what is live */
} Joining;

static void
joining_free (Joining *joining)
{
  bn_client_unref (joining->client);
  g_free (joining->id);
  bn_since_clear (&joining->since);
  g_clear_pointer (&joining->replay, bn_replay_free);
  g_free (joining);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Joining, joining_free)

/* A failed subscription is none. */
static void
fail_joining (Joining *joining, const GError *error)
{
  BnClient *self = joining->client;
  BnSubscription *subscription = bn_client_find_subscription (self, joining->serial);

  if (subscription != NULL)
    g_ptr_array_remove_fast (self->subscriptions, subscription);
  bn_client_fail (self, joining->id, "websocket.subscribe", error);
}

/* Is the subscription still wanted? If not, says so. */
static BnSubscription *
find_joining (Joining *joining)
{
  BnClient *self = joining->client;
  BnSubscription *subscription = bn_client_find_subscription (self, joining->serial);
  g_autoptr (GError) error = NULL;

  if (subscription != NULL || self->closing)
    return subscription;
  g_set_error (&error, BN_ERROR, BN_ERROR_CONFLICT,
               "This subscription was replaced or ended before it began");
  bn_client_fail (self, joining->id, "websocket.subscribe", error);
  return NULL;
}

static void
become_member (BnSubscription *subscription)
{
  GPtrArray *members = subscription->lease->members;

  subscription->position = members->len;
  subscription->member = TRUE;
  g_ptr_array_add (members, subscription);
}

void
bn_subscription_hold (BnSubscription *subscription, BnBroadcast *broadcast)
{
  const BnLimits *limits = bn_room_get_limits (subscription->client->room);

  if (bn_broadcast_get_class (broadcast) != BN_BROADCAST_EVENT)
    return;
  if (subscription->held->len >= limits->queue_events)
    {
      g_ptr_array_remove_index (subscription->held, 0);
      subscription->held_too_many = TRUE;
    }
  g_ptr_array_add (subscription->held, bn_broadcast_ref (broadcast));
}

static void
send_reply (Joining *joining, BnSubscription *subscription, gboolean recovered, guint retained)
{
  BnClient *self = joining->client;
  GVariantBuilder reply;
  guint replayed = joining->replay != NULL ? bn_replay_get_events (joining->replay) : 0;

  if (joining->id == NULL)
    return;
  g_variant_builder_init (&reply, G_VARIANT_TYPE_VARDICT);
  if (subscription->name != NULL)
    g_variant_builder_add (&reply, "{sv}", "sub", g_variant_new_string (subscription->name));
  if (joining->since.epoch != NULL)
    {
      g_variant_builder_add (&reply, "{sv}", "recovered", g_variant_new_boolean (recovered));
      g_variant_builder_add (&reply, "{sv}", "replayed", g_variant_new_uint32 (replayed));
    }
  g_variant_builder_add (&reply, "{sv}", "retained", g_variant_new_uint32 (retained));
  g_variant_builder_add (&reply, "{sv}", "seq", g_variant_new_uint64 (joining->cut));
  bn_client_send (self, bn_message_frame_reply ("websocket.subscribe.result", joining->id,
                                                g_variant_builder_end (&reply)));
}

static void
send_retained (BnClient *self, BnSubscription *subscription, GVariant *samples)
{
  GVariantIter iter;
  const char *type;
  GVariant *next_payload, *next_meta;

  g_variant_iter_init (&iter, samples);
  /* What is sent may close the client, and with it the subscription. */
  while (!self->closing
         && g_variant_iter_next (&iter, "(&s@a{sv}@a{sv})", &type, &next_payload, &next_meta))
    {
      g_autoptr (GVariant) payload = next_payload;
      g_autoptr (GVariant) meta = next_meta;
      g_autoptr (BnBroadcast) broadcast =
          bn_broadcast_new (BN_BROADCAST_SAMPLE, type, payload, meta, BN_BROADCAST_RETAINED);

      bn_client_deliver (self, broadcast, subscription->json_name);
    }
}

/* The subscription begins. @samples may be NULL. */
static void
begin (Joining *joining, BnSubscription *subscription, GVariant *samples)
{
  BnClient *self = joining->client;
  g_autoptr (GPtrArray) held = g_steal_pointer (&subscription->held);
  gboolean recovered = joining->replay != NULL && bn_replay_is_complete (joining->replay)
                       && !subscription->held_too_many;

  if (joining->replay != NULL && !bn_client_takes_replay (self, joining->replay))
    {
      g_clear_pointer (&joining->replay, bn_replay_free);
      recovered = FALSE;
    }
  if (held == NULL)
    joining->cut = bn_room_sequence (self->room);
  send_reply (joining, subscription, recovered,
              samples != NULL ? g_variant_n_children (samples) : 0);
  if (joining->replay != NULL && !self->closing)
    bn_client_send_replay (self, g_steal_pointer (&joining->replay), subscription->json_name);
  if (samples != NULL)
    send_retained (self, subscription, samples);
  for (guint i = 0; held != NULL && i < held->len && !self->closing; i++)
    bn_client_deliver (self, held->pdata[i], subscription->json_name);
  if (!self->closing && !subscription->member)
    become_member (subscription);
}

static void
on_retained (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Joining) joining = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);
  g_autoptr (GVariant) samples = NULL;
  BnSubscription *subscription = find_joining (joining);

  if (subscription == NULL)
    return;
  if (reply == NULL)
    {
      fail_joining (joining, error);
      return;
    }
  g_variant_get (reply, "(@a(sa{sv}a{sv}))", &samples);
  begin (joining, subscription, samples);
}

/* Takes @joining. */
static void
ask_retained (Joining *joining, BnSubscription *subscription)
{
  BnClient *self = joining->client;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  bn_session_add_option (self->session, &options);
  bn_backend_call_async (
      bn_room_get_backend (self->room), BN_IFACE_EVENT_BUS, "GetRetained",
      g_variant_new ("(^as@a{sv})", subscription->patterns, g_variant_dict_end (&options)),
      on_retained, joining);
}

static void
on_replay (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Joining) joining = user_data;
  g_autoptr (GError) error = NULL;
  BnSubscription *subscription = find_joining (joining);

  joining->replay = bn_replays_read_finish (BN_REPLAYS (source), result, &error);
  if (subscription == NULL)
    return;
  if (joining->replay == NULL)
    {
      fail_joining (joining, error);
      return;
    }
  bn_room_note_sequence (joining->client->room, bn_replay_get_last (joining->replay));
  if (!joining->retained)
    {
      begin (joining, subscription, NULL);
      return;
    }
  joining->cut = bn_room_sequence (joining->client->room);
  subscription->held = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_broadcast_unref);
  become_member (subscription);
  ask_retained (g_steal_pointer (&joining), subscription);
}

/* Takes @joining. */
static void
ask_replay (Joining *joining, BnSubscription *subscription)
{
  BnClient *self = joining->client;

  if (self->recoveries == NULL)
    self->recoveries = g_cancellable_new ();
  bn_replays_read_async (bn_room_replays (self->room), self->session, joining->since.epoch,
                         joining->since.sequence, (const char *const *)subscription->patterns,
                         self->recoveries, on_replay, joining);
}

static void
on_joined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Joining) joining = user_data;
  BnLeases *leases = BN_LEASES (source);
  g_autoptr (GError) error = NULL;
  BnLease *lease = bn_leases_join_finish (leases, result, &error);
  BnSubscription *subscription = find_joining (joining);

  if (subscription == NULL)
    {
      if (lease != NULL)
        bn_leases_leave (leases, lease);
      return;
    }
  if (lease == NULL)
    {
      fail_joining (joining, error);
      return;
    }
  subscription->lease = lease;
  if (joining->since.epoch != NULL)
    ask_replay (g_steal_pointer (&joining), subscription);
  else if (joining->retained)
    ask_retained (g_steal_pointer (&joining), subscription);
  else
    begin (joining, subscription, NULL);
}

void
bn_client_join (BnSubscription *subscription, const char *id, gboolean retained,
                const BnSince *since)
{
  BnClient *self = subscription->client;
  Joining *joining = g_new0 (Joining, 1);

  joining->client = bn_client_ref (self);
  joining->serial = subscription->serial;
  joining->id = g_strdup (id);
  joining->retained = retained;
  if (since != NULL)
    joining->since = (BnSince){ g_strdup (since->epoch), since->sequence };
  bn_leases_join_async (bn_room_get_lease_table (self->room), self->session,
                        (const char *const *)subscription->patterns, subscription->interval_ms,
                        on_joined, joining);
}
