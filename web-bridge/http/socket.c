/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One WebSocket's bytes: frames in to who receives them, frames of theirs out. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/pump-private.h"

#define READ_BYTES 65536
/* What one turn gives a client before it is written in between: then the kernel says whether the
 * client keeps up, and if not, its queue decides what it gets. */
#define TURN_BYTES 65536

static void
mark_dirty (BnSocket *self)
{
  if (self->dirty)
    return;
  self->dirty = TRUE;
  g_ptr_array_add (self->pump->dirty, self);
}

static void
append (BnSocket *self, GBytes *frame)
{
  self->node = bn_turn_append (self->pump->turn, self->node, frame);
  mark_dirty (self);
}

void
bn_socket_die (BnSocket *self)
{
  if (self->dead)
    return;
  self->dead = TRUE;
  g_ptr_array_add (self->pump->dead, self);
}

/* All of ours is sent. */
static void
finish_sending (BnSocket *self)
{
  self->shut = TRUE;
  if (self->peer_done || shutdown (self->fd, SHUT_WR) != 0)
    bn_socket_die (self);
}

/* Writes from @bytes on; TRUE if all went. */
static gboolean
write_bytes (BnSocket *self, GBytes *bytes, gsize *offset)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  while (*offset < length)
    {
      ssize_t n = send (self->fd, data + *offset, length - *offset, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n > 0)
        *offset += n;
      else if (n < 0 && errno == EINTR)
        continue;
      else
        {
          if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
            bn_socket_die (self);
          return FALSE;
        }
    }
  return TRUE;
}

void
bn_socket_flush (BnSocket *self)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize offset = 0;

  if (self->node == NULL || self->dead)
    return;
  bytes = g_bytes_ref (bn_turn_get_bytes (self->node));
  self->node = NULL;
  if (self->backlog != NULL)
    {
      /* Only a close frame goes behind a backlog: the client's messages wait in its queue. */
      gsize rest = g_bytes_get_size (self->backlog) - self->offset;
      g_autoptr (GByteArray) both = g_byte_array_sized_new (rest + g_bytes_get_size (bytes));

      g_byte_array_append (
          both, (const guint8 *)g_bytes_get_data (self->backlog, NULL) + self->offset, rest);
      g_byte_array_append (both, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      g_bytes_unref (self->backlog);
      self->backlog = g_byte_array_free_to_bytes (g_steal_pointer (&both));
      self->offset = 0;
      return;
    }
  if (write_bytes (self, bytes, &offset))
    {
      if (self->closing)
        finish_sending (self);
      return;
    }
  if (self->dead)
    return;
  self->backlog = g_steal_pointer (&bytes);
  self->offset = offset;
  bn_pump_watch (self->pump, self, TRUE);
  if (self->receiver != NULL)
    self->receiver->blocked (self->receiver_data);
}

void
bn_socket_continue (BnSocket *self)
{
  gsize before = self->offset;

  if (self->backlog == NULL || self->dead)
    return;
  if (!write_bytes (self, self->backlog, &self->offset))
    {
      if (!self->dead && self->receiver != NULL && self->offset > before)
        self->receiver->progress (self->receiver_data);
      return;
    }
  g_clear_pointer (&self->backlog, g_bytes_unref);
  self->offset = 0;
  bn_pump_watch (self->pump, self, FALSE);
  if (self->receiver != NULL)
    self->receiver->unblock (self->receiver_data);
  else if (self->closing && self->node == NULL)
    finish_sending (self);
}

void
bn_socket_send (BnSocket *self, GBytes *frame)
{
  if (self->closing || self->dead)
    return;
  append (self, frame);
  if (bn_turn_get_size (self->node) >= TURN_BYTES)
    bn_socket_flush (self);
}

void
bn_socket_close (BnSocket *self, guint code, const char *reason)
{
  g_autoptr (GBytes) frame = NULL;

  if (self->closing || self->dead)
    return;
  frame = bn_frame_new_close (code, reason);
  append (self, frame);
  self->closing = TRUE;
  bn_deadlines_set (self->pump->deadlines, &self->deadline, BN_DEADLINE_CLOSE, self);
}

static void
let_go (BnSocket *self)
{
  const BnReceiver *receiver = g_steal_pointer (&self->receiver);

  if (receiver != NULL)
    receiver->done (self->receiver_data);
}

static void
on_parse_error (BnSocket *self, const BnFrameMessage *message)
{
  BnCounters *counters = bn_room_get_counters (self->pump->room);

  bn_counters_add (counters, message->code == BN_CLOSE_TOO_BIG    ? BN_COUNT_WS_TOO_BIG
                             : message->code == BN_CLOSE_BAD_DATA ? BN_COUNT_WS_BAD_UTF8
                                                                  : BN_COUNT_WS_PROTOCOL_ERROR);
  bn_socket_close (self, message->code, message->reason);
  let_go (self);
}

static void
on_ping (BnSocket *self, const BnFrameMessage *message)
{
  g_autoptr (GBytes) pong = NULL;

  if (!self->receiver->ping (self->receiver_data))
    {
      bn_counters_add (bn_room_get_counters (self->pump->room), BN_COUNT_WS_PING_FLOOD);
      bn_socket_close (self, BN_CLOSE_POLICY, "Too many pings");
      let_go (self);
      return;
    }
  /* A pong is not worth waiting for: who does not read gets none. */
  if (self->backlog != NULL)
    return;
  pong = bn_frame_new (BN_OPCODE_PONG, message->payload, message->length);
  append (self, pong);
}

static void
on_message (BnSocket *self, const BnFrameMessage *message)
{
  switch (message->opcode)
    {
    case BN_OPCODE_TEXT:
      self->receiver->text (self->receiver_data, (const char *)message->payload, message->length);
      break;
    case BN_OPCODE_BINARY:
      self->receiver->binary (self->receiver_data, message->payload, message->length);
      break;
    case BN_OPCODE_PING:
      on_ping (self, message);
      break;
    case BN_OPCODE_PONG:
      self->receiver->pong (self->receiver_data);
      break;
    case BN_OPCODE_CLOSE:
      self->peer_done = TRUE;
      bn_socket_close (self, message->code, NULL);
      let_go (self);
      break;
    default:
      g_assert_not_reached ();
    }
  /* Who receives may have closed it. */
  if (self->closing)
    let_go (self);
}

void
bn_socket_feed (BnSocket *self, guint8 *data, gsize length)
{
  while (!self->closing && !self->dead)
    {
      BnFrameMessage message;
      gsize used;
      BnFrameStatus status = bn_frame_parser_read (&self->parser, data, length, &used, &message);

      data += used;
      length -= used;
      if (status == BN_FRAME_MORE)
        return;
      if (status == BN_FRAME_ERROR)
        on_parse_error (self, &message);
      else
        on_message (self, &message);
    }
}

void
bn_socket_read (BnSocket *self)
{
  ssize_t n = recv (self->fd, self->pump->buffer, READ_BYTES, MSG_DONTWAIT);

  if (n > 0)
    bn_socket_feed (self, self->pump->buffer, n);
  else if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
    bn_socket_die (self);
}

void
bn_socket_free (BnSocket *self)
{
  let_go (self);
  bn_deadlines_set (self->pump->deadlines, &self->deadline, BN_DEADLINE_NONE, NULL);
  bn_frame_parser_clear (&self->parser);
  g_clear_pointer (&self->backlog, g_bytes_unref);
  close (self->fd);
  if (self->gone != NULL)
    self->gone (self->gone_data);
  g_free (self);
}

void
bn_socket_set_receiver (BnSocket *self, const BnReceiver *receiver, gpointer data)
{
  g_return_if_fail (self->receiver == NULL);

  self->receiver = receiver;
  self->receiver_data = data;
}

void
bn_socket_feed_early (BnSocket *self, GBytes *early)
{
  g_autofree guint8 *copy = NULL;

  if (early == NULL || g_bytes_get_size (early) == 0)
    return;
  copy = g_memdup2 (g_bytes_get_data (early, NULL), g_bytes_get_size (early));
  bn_socket_feed (self, copy, g_bytes_get_size (early));
}

/* The dashboard's own protocol */

static void
outlet_send (gpointer socket, GBytes *frame)
{
  bn_socket_send (socket, frame);
}

static void
outlet_close (gpointer socket, guint code, const char *reason)
{
  bn_socket_close (socket, code, reason);
}

static const BnOutlet client_outlet = { outlet_send, outlet_close };

static void
client_text (gpointer client, const char *text, gsize length)
{
  bn_client_receive (client, text, length);
}

static void
client_binary (gpointer client, const guint8 *bytes, gsize length)
{
  bn_client_receive_binary (client, bytes, length);
}

static gboolean
client_ping (gpointer client)
{
  return bn_client_receive_ping (client);
}

static void
client_pong (gpointer client)
{
  bn_client_receive_pong (client);
}

static void
client_blocked (gpointer client)
{
  bn_client_set_blocked (client);
}

static void
client_progress (gpointer client)
{
  bn_client_note_progress (client);
}

static void
client_unblock (gpointer client)
{
  bn_client_unblock (client);
}

static void
client_done (gpointer client)
{
  bn_client_free (client);
}

static const BnReceiver client_receiver = { client_text,    client_binary,  client_ping,
                                            client_pong,    client_blocked, client_progress,
                                            client_unblock, client_done };

void
bn_socket_join_room (BnSocket *self, BnSession *session, const char *address,
                     const char *user_agent)
{
  if (!self->dead)
    bn_socket_set_receiver (
        self, &client_receiver,
        bn_client_new (self->pump->room, &client_outlet, self, session, address, user_agent));
}
