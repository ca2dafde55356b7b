/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Everybody who is connected by WebSocket. */
#include "protocol/room-private.h"

#include "introspection/error.h"
#include "introspection/names.h"

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
bn_room_get_lease_table (BnRoom *self)
{
  return self->leases;
}

BnChannels *
bn_room_channels (BnRoom *self)
{
  return self->channels;
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

gsize
bn_room_get_queued (BnRoom *self)
{
  GHashTableIter iter;
  BnClient *client;
  gsize bytes = 0;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, (gpointer *)&client, NULL))
    bytes += bn_client_get_queued (client);
  return bytes;
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
GPtrArray *
bn_room_hold_clients (BnRoom *self)
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

BnResumes *
bn_room_resumes (BnRoom *self)
{
  return self->resumes;
}

void
bn_room_tick (BnRoom *self)
{
  g_autoptr (GPtrArray) clients = bn_room_hold_clients (self);
  gint64 now = bn_room_now (self);
  gint64 lost, next;

  self->wake_usec = 0;
  lost = bn_resumes_tick (self->resumes, now);
  if (lost != 0)
    bn_room_wake (self, lost);
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
bn_room_say_hello (BnRoom *self)
{
  g_autoptr (GPtrArray) clients = bn_room_hold_clients (self);

  for (guint i = 0; i < clients->len; i++)
    bn_client_say_hello (clients->pdata[i]);
}

void
bn_room_close_all (BnRoom *self, guint code, const char *reason)
{
  g_autoptr (GPtrArray) clients = bn_room_hold_clients (self);

  for (guint i = 0; i < clients->len; i++)
    bn_client_close (clients->pdata[i], code, reason);
}

GVariant *
bn_room_list_clients (BnRoom *self)
{
  GVariantBuilder rows;
  GHashTableIter iter;
  gpointer key;

  g_variant_builder_init (&rows, G_VARIANT_TYPE ("aa{sv}"));
  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_variant_builder_add_value (&rows, bn_client_describe (key));
  return g_variant_builder_end (&rows);
}

GVariant *
bn_room_describe_clients (BnRoom *self)
{
  return g_variant_new_parsed ("{'connections': <%@aa{sv}>}", bn_room_list_clients (self));
}

static void
on_session_ended (BnRoom *self, BnSession *session, gboolean lowered)
{
  g_autoptr (GPtrArray) clients = bn_room_hold_clients (self);

  bn_channels_end_session (self->channels, session);
  for (guint i = 0; i < clients->len; i++)
    {
      BnClient *client = clients->pdata[i];

      if (client->session == session && lowered)
        bn_client_close (client, BN_CLOSE_RESTARTING, "You may do less than before; come again");
      else if (client->session == session)
        bn_client_close (client, BN_CLOSE_UNAUTHENTICATED, "The session has ended");
    }
  if (self->watch != NULL && self->watch->session == session
      && bn_room_find_heir (self->watch, self) == NULL)
    {
      bn_leases_leave (self->leases, g_steal_pointer (&self->watch));
      bn_catalog_forget_all (self->catalog);
    }
  if (bn_leases_inherit (self->leases, session, bn_room_find_heir, self))
    bn_room_announce_missing (self, self->sequence + 1);
}

static void
on_session_changed (BnRoom *self, BnSession *session)
{
  g_autoptr (GPtrArray) clients = bn_room_hold_clients (self);

  for (guint i = 0; i < clients->len; i++)
    {
      BnClient *client = clients->pdata[i];

      if (client->session == session)
        bn_client_say_access (client);
    }
}

/* A hello without an epoch says that the hub is not there. */
static void
on_lost (BnRoom *self)
{
  bn_counters_add (self->counters, BN_COUNT_HUB_LOST);
  bn_leases_reset (self->leases);
  bn_room_say_hello (self);
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
  g_clear_pointer (&self->channels, bn_channels_free);
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
  bn_resumes_free (self->resumes);
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
  self->resumes = bn_resumes_new (limits, counters);
  self->sessions = bn_sessions_new (backend, limits);
  self->catalog = bn_catalog_new (backend);
  self->leases = bn_leases_new (backend);
  self->replays = bn_replays_new (backend);
  self->channels = bn_channels_new (self);
  g_signal_connect_swapped (backend, "event", G_CALLBACK (bn_room_on_event), self);
  g_signal_connect_swapped (backend, "samples", G_CALLBACK (bn_room_on_samples), self);
  g_signal_connect_swapped (backend, "gap", G_CALLBACK (bn_room_on_gap), self);
  g_signal_connect_swapped (backend, "lost", G_CALLBACK (on_lost), self);
  g_signal_connect_swapped (self->sessions, "ended", G_CALLBACK (on_session_ended), self);
  g_signal_connect_swapped (self->sessions, "changed", G_CALLBACK (on_session_changed), self);
  g_signal_connect_swapped (self->sessions, "restored", G_CALLBACK (bn_room_on_restored), self);
  return self;
}
