/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the hub tells, and who gets it.
 *
 * The fan-out: an event names the hub's subscriptions that it is for, each is a lease, and each
 * lease has its members. A client may be met more than once; the first pass gathers the clients and
 * the names of their subscriptions, the second gives each one frame. */
#include "introspection/entries.h"
#include "introspection/names.h"
#include "protocol/room-private.h"

/* First pass: a member of a lease. */
static void
meet (BnRoom *self, BnSubscription *member)
{
  BnClient *client = member->client;

  if (member->held != NULL)
    {
      g_ptr_array_add (self->early, member);
      return;
    }
  if (client->round != self->round)
    {
      client->round = self->round;
      client->round_names = member->json_name;
      g_ptr_array_add (self->met, client);
      return;
    }
  if (member->json_name == NULL)
    return;
  if (client->round_names == NULL)
    client->round_names = member->json_name;
  else
    {
      g_autofree char *both = g_strconcat (client->round_names, ",", member->json_name, NULL);

      client->round_names = g_ref_string_new_intern (both);
      g_ptr_array_add (self->joined, client->round_names);
    }
}

/* Second pass. A delivery may close a client, which leaves its leases: they are not walked here,
 * and its memory stays until its socket is gone. */
static void
fan_out (BnRoom *self, BnBroadcast *broadcast)
{
  for (guint i = 0; i < self->early->len; i++)
    bn_subscription_hold (self->early->pdata[i], broadcast);
  g_ptr_array_set_size (self->early, 0);
  for (guint i = 0; i < self->met->len; i++)
    {
      BnClient *client = self->met->pdata[i];

      bn_client_deliver (client, broadcast, client->round_names);
    }
  g_ptr_array_set_size (self->met, 0);
  g_ptr_array_set_size (self->joined, 0);
}

/* The hub's subscriptions that it is for. */
static GVariant *
find_ids (GVariant *meta)
{
  g_auto (BnEntries) entries = { NULL };
  const char *name;
  GVariant *value;

  bn_entries_init (&entries, meta);
  while (bn_entries_next (&entries, &name, &value))
    if (g_str_equal (name, "ids") && g_variant_is_of_type (value, G_VARIANT_TYPE ("au")))
      return g_variant_ref (value);
  return NULL;
}

static void
broadcast_one (BnRoom *self, BnBroadcastClass class, const char *type, GVariant *payload,
               GVariant *meta)
{
  g_autoptr (GVariant) ids = find_ids (meta);
  g_autoptr (BnBroadcast) broadcast = NULL;
  const guint32 *numbers;
  gsize n = 0;

  if (ids == NULL)
    return;
  numbers = g_variant_get_fixed_array (ids, &n, sizeof *numbers);
  self->round++;
  for (gsize i = 0; i < n; i++)
    {
      BnLease *lease = bn_leases_find (self->leases, numbers[i]);

      for (guint j = 0; lease != NULL && j < lease->members->len; j++)
        meet (self, lease->members->pdata[j]);
    }
  if (self->met->len == 0 && self->early->len == 0)
    return;
  broadcast = bn_broadcast_new (class, type, payload, meta, BN_BROADCAST_LIVE);
  fan_out (self, broadcast);
}

void
bn_room_on_event (BnRoom *self, const char *type, GVariant *payload, GVariant *meta)
{
  guint64 sequence;

  if (g_variant_lookup (meta, "sequence", "t", &sequence))
    bn_room_note_sequence (self, sequence);
  bn_catalog_see_event (self->catalog, type, payload);
  broadcast_one (self, BN_BROADCAST_EVENT, type, payload, meta);
}

void
bn_room_on_samples (BnRoom *self, GVariant *samples)
{
  gsize n = g_variant_n_children (samples);

  /* No "&s": see introspection/entries.h. */
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) sample = g_variant_get_child_value (samples, i);
      g_autoptr (GVariant) type = g_variant_get_child_value (sample, 0);
      g_autoptr (GVariant) payload = g_variant_get_child_value (sample, 1);
      g_autoptr (GVariant) meta = g_variant_get_child_value (sample, 2);

      broadcast_one (self, BN_BROADCAST_SAMPLE, g_variant_get_string (type, NULL), payload, meta);
    }
}

/* The hub could not keep up with us: nobody knows who would have got what is lost. */
void
bn_room_on_gap (BnRoom *self, const char *epoch, guint64 from, guint64 to)
{
  g_autoptr (GPtrArray) clients = bn_room_hold_clients (self);

  bn_room_note_sequence (self, to);
  for (guint i = 0; i < clients->len; i++)
    {
      BnClient *client = clients->pdata[i];

      if (client->subscriptions != NULL && client->subscriptions->len > 0)
        bn_client_send_gap (client, from, to);
    }
}

typedef struct
{
  BnRoom *room; /* (owned) */
  guint32 id;   /* of the lease */
} Refresh;

static void
on_refreshed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Refresh *refresh = user_data;
  g_autoptr (BnRoom) self = refresh->room;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, NULL);
  g_autoptr (GVariantIter) samples = NULL;
  BnLease *lease = bn_leases_find (self->leases, refresh->id);
  const char *type;
  GVariant *payload, *meta;

  g_free (refresh);
  if (reply == NULL || lease == NULL)
    return;
  g_variant_get (reply, "(a(sa{sv}a{sv}))", &samples);
  while (g_variant_iter_loop (samples, "(&s@a{sv}@a{sv})", &type, &payload, &meta))
    {
      g_autoptr (BnBroadcast) broadcast =
          bn_broadcast_new (BN_BROADCAST_SAMPLE, type, payload, meta, BN_BROADCAST_RETAINED);

      self->round++;
      for (guint i = 0; i < lease->members->len; i++)
        meet (self, lease->members->pdata[i]);
      fan_out (self, broadcast);
      if (bn_leases_find (self->leases, lease->id) != lease)
        break;
    }
}

/* A lease that the hub has again: its members want to see how things stand now. */
static void
on_lease_restored (BnLease *lease, gpointer user_data)
{
  BnRoom *self = user_data;
  Refresh *refresh;
  GVariantDict options;

  if (lease->members->len == 0)
    return;
  refresh = g_new0 (Refresh, 1);
  refresh->room = g_object_ref (self);
  refresh->id = lease->id;
  g_variant_dict_init (&options, NULL);
  bn_session_add_option (lease->session, &options);
  bn_backend_call_async (
      self->backend, BN_IFACE_EVENT_BUS, "GetRetained",
      g_variant_new ("(^as@a{sv})", lease->patterns, g_variant_dict_end (&options)), on_refreshed,
      refresh);
}

BnSession *
bn_room_find_heir (BnLease *lease, gpointer room)
{
  BnRoom *self = room;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      BnSession *session = ((BnClient *)key)->session;

      if (session != NULL && session->handle != NULL && session->level == lease->level)
        return session;
    }
  return NULL;
}

typedef struct
{
  BnRoom *room; /* (owned) */
  char *epoch;
  guint64 from; /* the first event that may be missing */
} Missing;

static void
on_sequence (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Missing *missing = user_data;
  g_autoptr (BnRoom) self = missing->room;
  g_autofree char *epoch = missing->epoch;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, NULL);
  g_autoptr (GVariant) properties = NULL;
  guint64 sequence = 0;

  if (reply == NULL || g_strcmp0 (epoch, self->epoch) != 0)
    return;
  g_variant_get (reply, "(@a{sv})", &properties);
  g_variant_lookup (properties, "Sequence", "t", &sequence);
  if (sequence >= missing->from)
    bn_room_on_gap (self, epoch, missing->from, sequence);
}

/* Asked behind the subscriptions, and so answered behind them: what happened before the answer may
 * not have come, and later events do. */
void
bn_room_announce_missing (BnRoom *self, guint64 from)
{
  Missing *missing = g_new0 (Missing, 1);

  missing->room = g_object_ref (self);
  missing->epoch = g_strdup (self->epoch);
  missing->from = from;
  bn_backend_call_async (self->backend, "org.freedesktop.DBus.Properties", "GetAll",
                         g_variant_new ("(s)", BN_IFACE_EVENT_BUS), on_sequence, missing);
}

/* With a new epoch the numbers begin anew. */
void
bn_room_on_restored (BnRoom *self)
{
  const char *epoch = bn_backend_get_epoch (self->backend);
  guint64 before = self->sequence;
  gboolean same = g_strcmp0 (epoch, self->epoch) == 0;

  self->sequence = bn_backend_get_sequence (self->backend);
  g_free (self->epoch);
  self->epoch = g_strdup (epoch);
  bn_room_say_hello (self);
  if (self->watch != NULL && self->watch->session->handle == NULL
      && bn_room_find_heir (self->watch, self) == NULL)
    bn_leases_leave (self->leases, g_steal_pointer (&self->watch));
  bn_leases_restore (self->leases, bn_room_find_heir, on_lease_restored, self);
  bn_room_announce_missing (self, (same ? before : self->sequence) + 1);
}
