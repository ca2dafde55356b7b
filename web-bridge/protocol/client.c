/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One WebSocket client: what it says is read here and handed on; what it gets goes out here. */
#include "protocol/client-private.h"

#include "introspection/error.h"

/* Refused requests: so many at once, and so many a second, are still haste. */
#define REFUSALS_BURST 200
#define REFUSALS_PER_SECOND 10

BnClient *
bn_client_ref (BnClient *self)
{
  self->references++;
  return self;
}

void
bn_client_unref (BnClient *self)
{
  if (--self->references > 0)
    return;
  g_clear_pointer (&self->session, bn_session_unref);
  g_clear_pointer (&self->resume, bn_resume_unref);
  g_clear_pointer (&self->subscriptions, g_ptr_array_unref);
  g_clear_pointer (&self->queue, bn_out_queue_free);
  g_clear_object (&self->recoveries);
  g_free (self->address);
  g_free (self->user_agent);
  g_free (self->name);
  g_free (self);
}

void
bn_client_close (BnClient *self, guint code, const char *reason)
{
  if (self->closing || self->socket == NULL)
    return;
  self->closing = TRUE;
  bn_client_drop_subscriptions (self);
  self->outlet->close (self->socket, code, reason);
}

static void
count_for_queue (BnClient *self)
{
  const BnLimits *limits = bn_room_get_limits (self->room);
  gint64 now = bn_room_now (self->room);

  if (bn_out_queue_get_bytes (self->queue) >= limits->queue_hard_bytes)
    {
      bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_SLOW_CONSUMERS);
      bn_client_close (self, BN_CLOSE_SLOW_CONSUMER, "Too much waits for this client");
      return;
    }
  if (self->full_usec == 0 && bn_out_queue_is_full (self->queue))
    {
      self->full_usec = now;
      bn_room_wake (self->room, now + limits->queue_soft_ms * 1000);
    }
}

static BnOutQueue *
ensure_queue (BnClient *self)
{
  const BnLimits *limits = bn_room_get_limits (self->room);

  if (self->queue == NULL)
    {
      self->queue = bn_out_queue_new (limits, bn_room_get_counters (self->room));
      bn_room_wake (self->room, bn_room_now (self->room) + limits->stall_ms * 1000);
    }
  return self->queue;
}

/* TRUE if the message must wait. */
gboolean
bn_client_must_wait (BnClient *self)
{
  if (!self->blocked && self->queue == NULL)
    return FALSE;
  ensure_queue (self);
  return TRUE;
}

void
bn_client_send (BnClient *self, GBytes *frame)
{
  g_autoptr (GBytes) owned = frame;

  if (self->closing || self->socket == NULL)
    return;
  if (bn_client_must_wait (self))
    {
      bn_out_queue_push_frame (self->queue, owned);
      count_for_queue (self);
      return;
    }
  self->sent++;
  self->outlet->send (self->socket, owned);
}

void
bn_client_deliver (BnClient *self, BnBroadcast *broadcast, char *names)
{
  if (self->closing || self->socket == NULL)
    return;
  bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_DELIVERIES);
  if (bn_client_must_wait (self))
    {
      bn_out_queue_push (self->queue, broadcast, names);
      count_for_queue (self);
      return;
    }
  self->sent++;
  self->outlet->send (self->socket, bn_broadcast_get_frame (broadcast, names));
}

void
bn_client_send_gap (BnClient *self, guint64 from, guint64 to)
{
  if (self->closing || self->socket == NULL)
    return;
  if (bn_client_must_wait (self))
    bn_out_queue_push_gap (self->queue, from, to);
  else
    bn_client_send (self, bn_gap_frame (from, to));
}

void
bn_client_set_blocked (BnClient *self)
{
  self->blocked = TRUE;
  self->progress_usec = bn_room_now (self->room);
}

void
bn_client_note_progress (BnClient *self)
{
  self->progress_usec = bn_room_now (self->room);
}

/* Sends what waits, as much as the kernel takes. */
static void
pump (BnClient *self)
{
  while (self->queue != NULL && !self->blocked && self->socket != NULL)
    {
      g_autoptr (GBytes) frame = bn_out_queue_pop (self->queue);

      if (frame == NULL)
        {
          g_clear_pointer (&self->queue, bn_out_queue_free);
          self->full_usec = 0;
          break;
        }
      self->sent++;
      self->outlet->send (self->socket, frame);
    }
  if (self->queue != NULL && !bn_out_queue_is_full (self->queue))
    self->full_usec = 0;
}

void
bn_client_unblock (BnClient *self)
{
  self->blocked = FALSE;
  pump (self);
  bn_channels_continue (self);
}

gboolean
bn_client_takes_replay (BnClient *self, const BnReplay *replay)
{
  gsize most = bn_room_get_limits (self->room)->queue_hard_bytes;

  if (self->queue == NULL
      || bn_out_queue_get_replay_bytes (self->queue) + bn_replay_get_bytes (replay) <= most)
    return TRUE;
  bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_REPLAYS_REFUSED);
  return FALSE;
}

void
bn_client_send_replay (BnClient *self, BnReplay *replay, char *names)
{
  BnCounters *counters = bn_room_get_counters (self->room);

  if (self->closing || self->socket == NULL)
    {
      bn_replay_free (replay);
      return;
    }
  counters->values[BN_COUNT_REPLAYED] += bn_replay_get_events (replay);
  bn_out_queue_push_replay (ensure_queue (self), replay, names);
  if (!self->blocked)
    pump (self);
}

gsize
bn_client_get_queued (BnClient *self)
{
  if (self->queue == NULL)
    return 0;
  return bn_out_queue_get_bytes (self->queue) + bn_out_queue_get_replay_bytes (self->queue);
}

void
bn_client_answer (BnClient *self, const char *id, GBytes *frame)
{
  BnClient *now = self->resume != NULL ? bn_resume_get_client (self->resume) : self;

  if (self->resume != NULL && id != NULL)
    bn_resume_keep (self->resume, id, frame);
  if (now != NULL)
    bn_client_send (now, frame);
  else
    g_bytes_unref (frame);
}

void
bn_client_fail (BnClient *self, const char *id, const char *type, const GError *error)
{
  bn_client_send (self, bn_message_frame_error (id, type, error));
}

static void
on_ping (BnClient *self, BnMessage *message)
{
  GVariantDict payload;
  GVariant *sequence = bn_payload_lookup (message->payload, "seq", NULL);

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "time", "x", bn_room_real_time (self->room) / 1000);
  if (sequence != NULL)
    {
      g_variant_dict_insert_value (&payload, "seq", sequence);
      g_variant_unref (sequence);
    }
  bn_client_send (
      self, bn_message_frame_reply ("system.pong", message->id, g_variant_dict_end (&payload)));
}

static void
on_connections (BnClient *self, BnMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (!bn_access_level_allows (bn_client_get_level (self), BN_ACCESS_ADMIN))
    {
      g_set_error (&error, BN_ERROR, BN_ERROR_FORBIDDEN,
                   "The list of connections needs the access level admin");
      bn_client_fail (self, message->id, message->type, error);
      return;
    }
  bn_client_send (self, bn_message_frame_reply ("websocket.connections.result", message->id,
                                                bn_room_describe_clients (self->room)));
}

static void
ignore (BnClient *self, BnMessage *message)
{
}

/* The bridge's own requests. All else is the hub's. */
static const struct
{
  const char *type;
  void (*handle) (BnClient *self, BnMessage *message);
  gboolean open; /* also for who has not said who it is */
} own[] = {
  { "system.hello", bn_client_on_hello, TRUE },
  { "system.auth", bn_client_on_auth, TRUE },
  { "system.ping", on_ping, TRUE },
  { "system.pong", ignore, TRUE },
  { "system.heartbeat", ignore, TRUE },
  { "websocket.subscribe", bn_client_on_subscribe, FALSE },
  { "websocket.unsubscribe", bn_client_on_unsubscribe, FALSE },
  { "websocket.connections", on_connections, FALSE },
  { "channel.open", bn_client_on_channel_open, FALSE },
  { "channel.ack", ignore, FALSE }, /* it was heard already */
  { "channel.eof", bn_client_on_channel_eof, FALSE },
  { "channel.close", bn_client_on_channel_close, FALSE },
};

static gboolean
check_authenticated (BnClient *self, BnMessage *message)
{
  g_autoptr (GError) error = NULL;

  if (self->session != NULL)
    return TRUE;
  g_set_error (&error, BN_ERROR, BN_ERROR_UNAUTHENTICATED,
               "Say who you are first: {\"type\":\"system.auth\",\"payload\":{\"token\":...}}");
  bn_client_fail (self, message->id, message->type, error);
  return FALSE;
}

static void
dispatch (BnClient *self, BnMessage *message)
{
  g_autoptr (BnMessage) owned = message;

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    if (g_str_equal (own[i].type, owned->type))
      {
        if (own[i].open || check_authenticated (self, owned))
          own[i].handle (self, owned);
        return;
      }
  if (check_authenticated (self, owned))
    bn_client_request (self, g_steal_pointer (&owned));
}

/* Its share of messages: 50 a second, 100 at once; what is beyond is refused, and who goes on all
 * the same is closed. */
static gboolean
take_share (BnClient *self, const char *id, const char *type)
{
  const BnLimits *limits = bn_room_get_limits (self->room);
  BnCounters *counters = bn_room_get_counters (self->room);
  gint64 now = bn_room_now (self->room);
  g_autoptr (GError) error = NULL;

  if (bn_bucket_take (&self->requests, now, limits->requests_per_second, limits->requests_burst))
    return TRUE;
  bn_counters_add (counters, BN_COUNT_BUSY);
  if (!bn_bucket_take (&self->refusals, now, REFUSALS_PER_SECOND, REFUSALS_BURST))
    {
      bn_counters_add (counters, BN_COUNT_FLOODS);
      bn_client_close (self, BN_CLOSE_FLOOD, "Too many messages");
      return FALSE;
    }
  g_set_error (&error, BN_ERROR, BN_ERROR_BUSY, "More than %u messages a second; wait a little",
               limits->requests_per_second);
  bn_client_fail (self, id, type, error);
  return FALSE;
}

static void
refuse_message (BnClient *self, const char *id, const GError *error)
{
  bn_client_fail (self, id, NULL, error);
  if (bn_error_is (error, BN_ERROR_BAD_PAYLOAD))
    return;
  bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_BAD_MESSAGES);
  if (++self->bad_messages >= bn_room_get_limits (self->room)->bad_messages)
    bn_client_close (self, BN_CLOSE_BAD_MESSAGES, "Too many messages that cannot be read");
}

void
bn_client_receive (BnClient *self, const char *text, gsize length)
{
  g_autoptr (BnClient) held = bn_client_ref (self);
  g_autoptr (BnMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  if (self->closing)
    return;
  self->heard_usec = bn_room_now (self->room);
  message = bn_message_parse (text, length, &id, &error);
  /* There are as many of those as there are bytes. */
  if (message != NULL && g_str_equal (message->type, "channel.ack")
      && bn_client_on_channel_ack (self, message))
    return;
  if (!take_share (self, message != NULL ? message->id : id,
                   message != NULL ? message->type : NULL))
    return;
  if (message == NULL)
    {
      refuse_message (self, id, error);
      return;
    }
  self->bad_messages = 0;
  dispatch (self, g_steal_pointer (&message));
}

void
bn_client_receive_binary (BnClient *self, const guint8 *bytes, gsize length)
{
  g_autoptr (BnClient) held = bn_client_ref (self);
  g_autoptr (GError) error = NULL;

  if (self->closing)
    return;
  self->heard_usec = bn_room_now (self->room);
  if (!bn_channels_receive (self, bytes, length, &error))
    refuse_message (self, NULL, error);
}

gboolean
bn_client_receive_ping (BnClient *self)
{
  guint per_second = bn_room_get_limits (self->room)->pings_per_second;

  self->heard_usec = bn_room_now (self->room);
  return bn_bucket_take (&self->pings, self->heard_usec, per_second, 2 * per_second);
}

void
bn_client_receive_pong (BnClient *self)
{
  self->heard_usec = bn_room_now (self->room);
}

BnAccessLevel
bn_client_get_level (BnClient *self)
{
  return self->session != NULL ? self->session->level : BN_ACCESS_NONE;
}

/* One deadline: TRUE if it has passed, else @next is not after it. */
static gboolean
is_due (gint64 since_usec, guint after_ms, gint64 now_usec, gint64 *next)
{
  gint64 due = since_usec + after_ms * G_GINT64_CONSTANT (1000);

  if (now_usec >= due)
    return TRUE;
  *next = *next == 0 ? due : MIN (*next, due);
  return FALSE;
}

gint64
bn_client_tick (BnClient *self, gint64 now_usec)
{
  const BnLimits *limits = bn_room_get_limits (self->room);
  BnCounters *counters = bn_room_get_counters (self->room);
  gint64 next = 0;

  if (self->closing)
    return 0;
  if (self->session == NULL && is_due (self->connected_usec, limits->auth_ms, now_usec, &next))
    {
      bn_counters_add (counters, BN_COUNT_NOT_AUTHENTICATED_IN_TIME);
      bn_client_close (self, BN_CLOSE_UNAUTHENTICATED, "Not authenticated in time");
    }
  else if (self->answers_heartbeat
           && is_due (self->heard_usec, limits->silence_ms, now_usec, &next))
    {
      bn_counters_add (counters, BN_COUNT_HEARTBEATS_LOST);
      bn_client_close (self, BN_CLOSE_HEARTBEAT_LOST, "Heartbeat lost");
    }
  else if ((self->full_usec != 0
            && is_due (self->full_usec, limits->queue_soft_ms, now_usec, &next))
           || (self->blocked && is_due (self->progress_usec, limits->stall_ms, now_usec, &next)))
    {
      bn_counters_add (counters, BN_COUNT_SLOW_CONSUMERS);
      bn_client_close (self, BN_CLOSE_SLOW_CONSUMER, "Consumer too slow");
    }
  return next;
}

BnClient *
bn_client_new (BnRoom *room, const BnOutlet *outlet, gpointer socket, BnSession *session,
               const char *address, const char *user_agent)
{
  BnClient *self = g_new0 (BnClient, 1);

  self->references = 1;
  self->room = room;
  self->outlet = outlet;
  self->socket = socket;
  self->transport = "websocket";
  self->address = g_strdup (address);
  self->user_agent = g_strdup (user_agent);
  self->connected_usec = self->heard_usec = bn_room_now (room);
  self->since_usec = bn_room_real_time (room);
  bn_room_add (room, self);
  if (session != NULL)
    bn_client_set_session (self, session);
  bn_client_say_hello (self);
  return self;
}

void
bn_client_set_transport (BnClient *self, const char *transport)
{
  self->transport = transport;
}

void
bn_client_free (BnClient *self)
{
  self->closing = TRUE;
  self->socket = NULL;
  bn_client_drop_subscriptions (self);
  bn_channels_detach (self);
  bn_room_remove (self->room, self);
  if (self->resume != NULL)
    {
      gint64 until = bn_resumes_lose (bn_room_resumes (self->room), self->resume, self,
                                      bn_room_now (self->room));

      if (until != 0)
        bn_room_wake (self->room, until);
    }
  if (self->session != NULL)
    self->session->uses--;
  bn_client_unref (self);
}
