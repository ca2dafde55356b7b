/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Everybody who is connected by WebSocket.
 *
 * The fan-out: an event names the hub's subscriptions that it is for, each is a lease, and each
 * lease has its members. A client may be met more than once; the first pass gathers the clients and
 * the names of their subscriptions, the second gives each one frame. */
#include "protocol/client-private.h"

#include "introspection/error.h"
#include "introspection/names.h"

struct _BnRoom
{
  GObject parent_instance;

  BnBackend *backend; /* (owned) */
  BnSessions *sessions;
  BnCatalog *catalog;
  BnLeases *leases;
  BnReplays *replays;
  const BnLimits *limits;
  BnCounters *counters;
  const BnClock *clock;
  char *hello_constants;
  GHashTable *clients; /* a set of BnClient (unowned) */
  guint64 last_number;
  guint64 round;
  GPtrArray *met;    /* BnClient: those that a round has met */
  GPtrArray *early;  /* BnSubscription: those that have not begun */
  GPtrArray *joined; /* GRefString: names that a round has put together */
  guint unauthenticated;
  gint64 wake_usec; /* when bn_room_tick() was asked for; 0: not */
  gint64 heartbeat_usec;
  guint64 sequence;  /* the last one seen */
  char *epoch;       /* (nullable): the last one seen */
  BnLease *watch;    /* (nullable): for the catalog */
  gboolean watching; /* asked for @watch */
};

G_DEFINE_FINAL_TYPE (BnRoom, bn_room, G_TYPE_OBJECT)

static const char *const watch_patterns[] = { "module.state_changed", NULL };

BnSessions *
bn_room_get_sessions (BnRoom *self)
{
  return self->sessions;
}

BnCatalog *
bn_room_get_catalog (BnRoom *self)
{
  return self->catalog;
}

BnBackend *
bn_room_get_backend (BnRoom *self)
{
  return self->backend;
}

const BnLimits *
bn_room_get_limits (BnRoom *self)
{
  return self->limits;
}

BnCounters *
bn_room_get_counters (BnRoom *self)
{
  return self->counters;
}

BnLeases *
bn_room_leases (BnRoom *self)
{
  return self->leases;
}

BnReplays *
bn_room_replays (BnRoom *self)
{
  return self->replays;
}

const char *
bn_room_hello_constants (BnRoom *self)
{
  return self->hello_constants;
}

guint64
bn_room_sequence (BnRoom *self)
{
  return self->sequence;
}

void
bn_room_note_sequence (BnRoom *self, guint64 sequence)
{
  self->sequence = MAX (self->sequence, sequence);
}

gint64
bn_room_now (BnRoom *self)
{
  return self->clock->now (self->clock->data);
}

gint64
bn_room_real_time (BnRoom *self)
{
  return self->clock->real_time (self->clock->data);
}

guint
bn_room_get_clients (BnRoom *self)
{
  return g_hash_table_size (self->clients);
}

guint
bn_room_get_leases (BnRoom *self)
{
  return bn_leases_get_count (self->leases);
}

guint
bn_room_get_unauthenticated (BnRoom *self)
{
  return self->unauthenticated;
}

void
bn_room_wake (BnRoom *self, gint64 at_usec)
{
  if (self->wake_usec != 0 && self->wake_usec <= at_usec)
    return;
  self->wake_usec = at_usec;
  self->clock->wake_at (self->clock->data, at_usec);
}

void
bn_room_add (BnRoom *self, BnClient *client)
{
  gint64 now = bn_room_now (self);

  client->number = ++self->last_number;
  self->unauthenticated++;
  if (g_hash_table_size (self->clients) == 0)
    self->heartbeat_usec = now + self->limits->heartbeat_ms * G_GINT64_CONSTANT (1000);
  g_hash_table_add (self->clients, client);
  bn_counters_add (self->counters, BN_COUNT_WEBSOCKETS);
  bn_room_wake (self,
                MIN (self->heartbeat_usec, now + self->limits->auth_ms * G_GINT64_CONSTANT (1000)));
}

void
bn_room_remove (BnRoom *self, BnClient *client)
{
  g_hash_table_remove (self->clients, client);
  if (client->session == NULL)
    self->unauthenticated--;
}

void
bn_room_note_authenticated (BnRoom *self)
{
  self->unauthenticated--;
}

/* The clients of now: what is done to one may remove it or another. */
static GPtrArray *
hold_clients (BnRoom *self)
{
  GPtrArray *held =
      g_ptr_array_new_full (g_hash_table_size (self->clients), (GDestroyNotify)bn_client_unref);
  GHashTableIter iter;
  gpointer client;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &client, NULL))
    g_ptr_array_add (held, bn_client_ref (client));
  return held;
}

static void
send_heartbeat (BnRoom *self, GPtrArray *clients)
{
  g_autoptr (GBytes) frame = NULL;
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "seq", "t", self->sequence);
  g_variant_dict_insert (&payload, "time", "x", bn_room_real_time (self) / 1000);
  frame = bn_message_frame ("system.heartbeat", g_variant_dict_end (&payload));
  for (guint i = 0; i < clients->len; i++)
    {
      BnClient *client = clients->pdata[i];

      /* A client that something waits for hears soon enough. */
      if (client->queue == NULL)
        bn_client_send (client, g_bytes_ref (frame));
    }
}

void
bn_room_tick (BnRoom *self)
{
  g_autoptr (GPtrArray) clients = hold_clients (self);
  gint64 now = bn_room_now (self);
  gint64 next;

  self->wake_usec = 0;
  if (clients->len == 0)
    return;
  if (now >= self->heartbeat_usec)
    {
      send_heartbeat (self, clients);
      self->heartbeat_usec = now + self->limits->heartbeat_ms * G_GINT64_CONSTANT (1000);
    }
  next = self->heartbeat_usec;
  for (guint i = 0; i < clients->len; i++)
    {
      gint64 due = bn_client_tick (clients->pdata[i], now);

      if (due != 0)
        next = MIN (next, due);
    }
  bn_room_wake (self, next);
}

void
bn_room_close_all (BnRoom *self, guint code, const char *reason)
{
  g_autoptr (GPtrArray) clients = hold_clients (self);

  for (guint i = 0; i < clients->len; i++)
    bn_client_close (clients->pdata[i], code, reason);
}

GVariant *
bn_room_describe_clients (BnRoom *self)
{
  GVariantBuilder rows;
  GHashTableIter iter;
  gpointer key;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_variant_builder_add_value (&rows, bn_client_describe (key));
  return g_variant_new_parsed ("{'connections': <%*>}", g_variant_builder_end (&rows));
}

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

static void
broadcast_one (BnRoom *self, BnBroadcastClass class, const char *type, GVariant *payload,
               GVariant *meta)
{
  g_autoptr (GVariant) ids = g_variant_lookup_value (meta, "ids", G_VARIANT_TYPE ("au"));
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

static void
on_event (BnRoom *self, const char *type, GVariant *payload, GVariant *meta)
{
  guint64 sequence;

  if (g_variant_lookup (meta, "sequence", "t", &sequence))
    bn_room_note_sequence (self, sequence);
  bn_catalog_see_event (self->catalog, type, payload);
  broadcast_one (self, BN_BROADCAST_EVENT, type, payload, meta);
}

static void
on_samples (BnRoom *self, GVariant *samples)
{
  GVariantIter iter;
  const char *type;
  GVariant *payload, *meta;

  g_variant_iter_init (&iter, samples);
  while (g_variant_iter_loop (&iter, "(&s@a{sv}@a{sv})", &type, &payload, &meta))
    broadcast_one (self, BN_BROADCAST_SAMPLE, type, payload, meta);
}

/* The hub could not keep up with us: nobody knows who would have got what is lost. */
static void
on_gap (BnRoom *self, const char *epoch, guint64 from, guint64 to)
{
  g_autoptr (GPtrArray) clients = hold_clients (self);

  bn_room_note_sequence (self, to);
  for (guint i = 0; i < clients->len; i++)
    {
      BnClient *client = clients->pdata[i];

      if (client->subscriptions != NULL && client->subscriptions->len > 0)
        bn_client_send_gap (client, from, to);
    }
}

static void
on_session_ended (BnRoom *self, BnSession *session)
{
  g_autoptr (GPtrArray) clients = hold_clients (self);
  BnSession *heir = NULL;

  for (guint i = 0; i < clients->len; i++)
    {
      BnClient *client = clients->pdata[i];

      if (client->session == session)
        bn_client_close (client, BN_CLOSE_UNAUTHENTICATED, "The session has ended");
      else if (client->session != NULL && client->session->level == session->level)
        heir = client->session;
    }
  if (heir == NULL && self->watch != NULL && self->watch->session == session)
    {
      bn_leases_leave (self->leases, g_steal_pointer (&self->watch));
      bn_catalog_forget_all (self->catalog);
    }
  bn_leases_inherit (self->leases, session, heir);
}

static void
on_lost (BnRoom *self)
{
  bn_counters_add (self->counters, BN_COUNT_HUB_LOST);
  bn_leases_reset (self->leases);
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
  if (lease->session->handle != NULL)
    g_variant_dict_insert (&options, "session", "s", lease->session->handle);
  bn_backend_call_async (
      self->backend, BN_IFACE_EVENT_BUS, "GetRetained",
      g_variant_new ("(^as@a{sv})", lease->patterns, g_variant_dict_end (&options)), on_refreshed,
      refresh);
}

/* Some other client that sees the same. */
static BnSession *
find_heir (BnLease *lease, gpointer user_data)
{
  BnRoom *self = user_data;
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

/* The hub is back and knows the sessions. With a new epoch its numbers begin anew, which a second
 * hello says; with the old one, what passed meanwhile is a gap. */
static void
on_restored (BnRoom *self)
{
  g_autoptr (GPtrArray) clients = hold_clients (self);
  const char *epoch = bn_backend_get_epoch (self->backend);
  guint64 sequence = bn_backend_get_sequence (self->backend);
  gboolean same = g_strcmp0 (epoch, self->epoch) == 0;
  guint64 before = self->sequence;

  self->sequence = sequence;
  g_free (self->epoch);
  self->epoch = g_strdup (epoch);
  for (guint i = 0; i < clients->len; i++)
    {
      if (!same)
        bn_client_say_hello (clients->pdata[i]);
      else if (sequence > before)
        bn_client_send_gap (clients->pdata[i], before + 1, sequence);
    }
  if (self->watch != NULL && self->watch->session->handle == NULL
      && find_heir (self->watch, self) == NULL)
    bn_leases_leave (self->leases, g_steal_pointer (&self->watch));
  bn_leases_restore (self->leases, find_heir, on_lease_restored, self);
}

static void
on_watched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnRoom) self = user_data;

  self->watching = FALSE;
  self->watch = bn_leases_join_finish (BN_LEASES (source), result, NULL);
}

void
bn_room_watch_modules (BnRoom *self, BnSession *session)
{
  if (self->watch != NULL || self->watching || session->handle == NULL)
    return;
  self->watching = TRUE;
  bn_leases_join_async (self->leases, session, watch_patterns, 0, on_watched, g_object_ref (self));
}

static void
bn_room_dispose (GObject *object)
{
  BnRoom *self = BN_ROOM (object);

  if (self->backend != NULL)
    g_signal_handlers_disconnect_by_data (self->backend, self);
  if (self->sessions != NULL)
    g_signal_handlers_disconnect_by_data (self->sessions, self);
  g_clear_object (&self->catalog);
  g_clear_object (&self->leases);
  g_clear_object (&self->replays);
  g_clear_object (&self->sessions);
  g_clear_object (&self->backend);
  G_OBJECT_CLASS (bn_room_parent_class)->dispose (object);
}

static void
bn_room_finalize (GObject *object)
{
  BnRoom *self = BN_ROOM (object);

  g_assert (g_hash_table_size (self->clients) == 0);
  g_hash_table_unref (self->clients);
  g_ptr_array_unref (self->met);
  g_ptr_array_unref (self->early);
  g_ptr_array_unref (self->joined);
  g_free (self->hello_constants);
  g_free (self->epoch);
  G_OBJECT_CLASS (bn_room_parent_class)->finalize (object);
}

static void
bn_room_class_init (BnRoomClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_room_dispose;
  object_class->finalize = bn_room_finalize;
}

static void
bn_room_init (BnRoom *self)
{
  self->clients = g_hash_table_new (NULL, NULL);
  self->met = g_ptr_array_new ();
  self->early = g_ptr_array_new ();
  self->joined = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ref_string_release);
}

BnRoom *
bn_room_new (BnBackend *backend, const BnLimits *limits, BnCounters *counters, const BnClock *clock,
             const char *version)
{
  BnRoom *self = g_object_new (BN_TYPE_ROOM, NULL);

  self->backend = g_object_ref (backend);
  self->limits = limits;
  self->counters = counters;
  self->clock = clock;
  self->hello_constants = bn_hello_encode_constants (limits, version);
  self->epoch = g_strdup (bn_backend_get_epoch (backend));
  self->sequence = bn_backend_get_sequence (backend);
  self->sessions = bn_sessions_new (backend, limits);
  self->catalog = bn_catalog_new (backend);
  self->leases = bn_leases_new (backend);
  self->replays = bn_replays_new (backend);
  g_signal_connect_swapped (backend, "event", G_CALLBACK (on_event), self);
  g_signal_connect_swapped (backend, "samples", G_CALLBACK (on_samples), self);
  g_signal_connect_swapped (backend, "gap", G_CALLBACK (on_gap), self);
  g_signal_connect_swapped (backend, "lost", G_CALLBACK (on_lost), self);
  g_signal_connect_swapped (self->sessions, "ended", G_CALLBACK (on_session_ended), self);
  g_signal_connect_swapped (self->sessions, "restored", G_CALLBACK (on_restored), self);
  return self;
}
