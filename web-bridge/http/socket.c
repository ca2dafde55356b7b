/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One WebSocket's bytes: frames in to its client, frames of its client out. */
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
  if (self->client != NULL)
    bn_client_set_blocked (self->client);
}

void
bn_socket_continue (BnSocket *self)
{
  gsize before = self->offset;

  if (self->backlog == NULL || self->dead)
    return;
  if (!write_bytes (self, self->backlog, &self->offset))
    {
      if (!self->dead && self->client != NULL && self->offset > before)
        bn_client_note_progress (self->client);
      return;
    }
  g_clear_pointer (&self->backlog, g_bytes_unref);
  self->offset = 0;
  bn_pump_watch (self->pump, self, FALSE);
  if (self->client != NULL)
    bn_client_unblock (self->client);
  else if (self->closing && self->node == NULL)
    finish_sending (self);
}

/* Outlet: the client gives a frame. */
static void
outlet_send (gpointer socket, GBytes *frame)
{
  BnSocket *self = socket;

  if (self->closing || self->dead)
    return;
  append (self, frame);
  if (bn_turn_get_size (self->node) >= TURN_BYTES)
    bn_socket_flush (self);
}

/* Ends our side with a close frame. The client is let go by who called. */
static void
begin_close (BnSocket *self, guint code, const char *reason)
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
outlet_close (gpointer socket, guint code, const char *reason)
{
  begin_close (socket, code, reason);
}

const BnOutlet bn_socket_outlet = { outlet_send, outlet_close };

static void
let_go (BnSocket *self)
{
  if (self->client != NULL)
    bn_client_free (g_steal_pointer (&self->client));
}

static void
on_parse_error (BnSocket *self, const BnFrameMessage *message)
{
  BnCounters *counters = bn_room_get_counters (self->pump->room);

  bn_counters_add (counters, message->code == BN_CLOSE_TOO_BIG    ? BN_COUNT_WS_TOO_BIG
                             : message->code == BN_CLOSE_BAD_DATA ? BN_COUNT_WS_BAD_UTF8
                                                                  : BN_COUNT_WS_PROTOCOL_ERROR);
  begin_close (self, message->code, message->reason);
  let_go (self);
}

static void
on_ping (BnSocket *self, const BnFrameMessage *message)
{
  g_autoptr (GBytes) pong = NULL;

  if (!bn_client_receive_ping (self->client))
    {
      bn_counters_add (bn_room_get_counters (self->pump->room), BN_COUNT_WS_PING_FLOOD);
      begin_close (self, BN_CLOSE_POLICY, "Too many pings");
      let_go (self);
      return;
    }
  /* A pong is not worth waiting for: a client that does not read gets none. */
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
      bn_client_receive (self->client, (const char *)message->payload, message->length);
      break;
    case BN_OPCODE_BINARY:
      bn_client_receive_binary (self->client);
      break;
    case BN_OPCODE_PING:
      on_ping (self, message);
      break;
    case BN_OPCODE_PONG:
      bn_client_receive_pong (self->client);
      break;
    case BN_OPCODE_CLOSE:
      self->peer_done = TRUE;
      begin_close (self, message->code, NULL);
      let_go (self);
      break;
    default:
      g_assert_not_reached ();
    }
  /* The client may have closed itself. */
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
