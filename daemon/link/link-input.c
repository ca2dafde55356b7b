/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What comes from the peer: the handshake, then messages, with the descriptors that belong to them.
 *
 * A failed write does not close the link. What the peer said before it left is still in the socket,
 * and is read to its end first. For the same reason a pause ends when the peer hangs up: what is
 * left is no more than a socket buffer. */
#include <gio/gunixfdlist.h>

#include "introspection/error.h"
#include "link/link-decode.h"
#include "link/link-private.h"

/* More than a socket holds. */
#define REST_TURNS_MAX 256

gboolean
bn_link_is_paused (BnLink *self)
{
  return g_hash_table_size (self->served) >= self->limits.pending_served && !self->hung_up
         && !self->write_failed;
}

gboolean
bn_link_take_served (BnLink *self, GDBusMessage *call)
{
  return g_hash_table_remove (self->served, GUINT_TO_POINTER (g_dbus_message_get_serial (call)));
}

static void
deliver_reply (BnLink *self, GDBusMessage *reply)
{
  g_autoptr (GTask) task =
      bn_link_calls_take (&self->calls, g_dbus_message_get_reply_serial (reply));

  if (task == NULL)
    self->statistics.late_replies++;
  else
    g_task_return_pointer (task, g_object_ref (reply), g_object_unref);
}

static void
deliver (BnLink *self, GDBusMessage *message)
{
  GDBusMessageType type = g_dbus_message_get_message_type (message);
  guint32 serial = g_dbus_message_get_serial (message);

  if (type == G_DBUS_MESSAGE_TYPE_METHOD_RETURN || type == G_DBUS_MESSAGE_TYPE_ERROR)
    {
      deliver_reply (self, message);
      return;
    }
  if (type == G_DBUS_MESSAGE_TYPE_METHOD_CALL
      && !(g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED))
    {
      if (!g_hash_table_add (self->served, GUINT_TO_POINTER (serial)))
        {
          bn_link_fail (self,
                        g_error_new (BN_ERROR, BN_ERROR_BAD_MESSAGE,
                                     "the peer used serial %u for two calls at once", serial));
          return;
        }
      if (g_hash_table_size (self->served) == self->limits.pending_served)
        self->statistics.pauses++;
    }
  bn_link_emit_message (self, message);
}

/* Gives @message the descriptors that its header announces. Those that came with the bytes of a
 * message have to be claimed by it. */
static gboolean
claim_descriptors (BnLink *self, GDBusMessage *message, guint64 next_offset)
{
  guint n = g_dbus_message_get_num_unix_fds (message);
  g_autoptr (GUnixFDList) list = NULL;

  if (n > 0)
    {
      list = bn_link_descriptors_take (&self->received, n);
      if (list != NULL)
        g_dbus_message_set_unix_fd_list (message, list);
    }
  if ((n == 0 || list != NULL) && (self->received.n == 0 || next_offset < self->received_until))
    return TRUE;
  bn_link_fail (self,
                g_error_new (BN_ERROR, BN_ERROR_BAD_MESSAGE,
                             "the peer sent another number of file descriptors than it announced"));
  return FALSE;
}

/* FALSE if there is no whole message. */
static gboolean
take_message (BnLink *self)
{
  g_autoptr (GDBusMessage) message = NULL;
  GError *error = NULL;
  const guint8 *frame;
  gsize size;

  switch (bn_link_reader_next (&self->reader, &frame, &size, &error))
    {
    case BN_LINK_FRAME_MORE:
      return FALSE;
    case BN_LINK_FRAME_BAD:
      bn_link_fail (self, error);
      return TRUE;
    case BN_LINK_FRAME_WHOLE:
      break;
    }
  message = bn_link_decode (frame, size, &error);
  if (message == NULL)
    {
      bn_link_fail (self, error);
      return TRUE;
    }
  bn_link_reader_skip (&self->reader, size);
  self->statistics.messages_in++;
  if (claim_descriptors (self, message, self->reader.offset))
    deliver (self, message);
  return TRUE;
}

static void
shake_hands (BnLink *self)
{
  g_autoptr (GString) answer = g_string_new (NULL);
  BnLinkSaslStatus status;
  const guint8 *data;
  gsize size = bn_link_reader_peek (&self->reader, &data);

  bn_link_reader_skip (&self->reader, bn_link_sasl_feed (&self->sasl, data, size, answer, &status));
  if (answer->len > 0)
    {
      gsize length = answer->len;

      bn_link_writer_push (&self->handshake_writer,
                           (guint8 *)g_string_free (g_steal_pointer (&answer), FALSE), length,
                           NULL);
      bn_link_flush (self);
    }
  if (status == BN_LINK_SASL_FAILED)
    bn_link_fail (self, g_error_new_literal (BN_ERROR, BN_ERROR_FORBIDDEN, self->sasl.failure));
  else if (status == BN_LINK_SASL_DONE && self->writer.with_descriptors > 0
           && !self->sasl.descriptors)
    bn_link_fail (self, g_error_new_literal (BN_ERROR, BN_ERROR_UNSUPPORTED,
                                             "the peer does not receive file descriptors"));
  else if (status == BN_LINK_SASL_DONE)
    {
      self->ready = TRUE;
      bn_link_flush (self);
      bn_link_emit_ready (self);
    }
}

/* Descriptors are welcome after the handshake, from a peer that has announced them, and only
 * together with bytes of a message. */
static void
check_received (BnLink *self)
{
  if (self->received.n == 0)
    return;
  if (!self->ready || !self->sasl.descriptors)
    bn_link_fail (self,
                  g_error_new_literal (BN_ERROR, BN_ERROR_BAD_MESSAGE,
                                       "the peer sent file descriptors without having asked to"));
}

/* FALSE when the socket has nothing more for now. */
static gboolean
receive (BnLink *self, gsize *bytes)
{
  GError *error = NULL;
  guint8 *room;
  gsize space = bn_link_reader_get_room (&self->reader, &room);
  gsize size = space;
  guint held = self->received.n;
  BnLinkReceived received =
      bn_link_receive (self->fd, room, &size, self->limits.descriptors, &self->received, &error);

  if (received != BN_LINK_RECEIVED)
    bn_link_reader_skip (&self->reader, 0);
  switch (received)
    {
    case BN_LINK_RECEIVED:
      break;
    case BN_LINK_RECEIVED_NOTHING:
      if (self->write_failed)
        bn_link_fail (self, g_error_new_literal (BN_ERROR, BN_ERROR_UNAVAILABLE,
                                                 "the peer cannot be written to"));
      return FALSE;
    case BN_LINK_RECEIVED_END:
      bn_link_fail (
          self, g_error_new_literal (BN_ERROR, BN_ERROR_UNAVAILABLE, "the peer closed the link"));
      return FALSE;
    case BN_LINK_RECEIVED_BAD:
      bn_link_fail (self, error);
      return FALSE;
    }
  bn_link_reader_add (&self->reader, size);
  self->statistics.bytes_in += size;
  *bytes += size;
  if (self->received.n > held)
    self->received_until = self->reader.offset + self->reader.end - self->reader.start;
  if (!self->ready)
    shake_hands (self);
  if (self->fd != -1)
    check_received (self);
  return size == space;
}

void
bn_link_read_turn (BnLink *self, gboolean readable)
{
  guint messages = 0;
  gsize bytes = 0;

  while (self->fd != -1)
    {
      while (self->ready && self->fd != -1 && !bn_link_is_paused (self)
             && messages < self->limits.turn_messages && take_message (self))
        messages++;
      if (self->fd == -1 || bn_link_is_paused (self) || messages >= self->limits.turn_messages
          || bytes >= self->limits.turn_bytes || !readable)
        return;
      readable = receive (self, &bytes);
    }
}

/* Somebody else may have the peer's end, and fill the socket for ever: hence the bound. */
void
bn_link_read_rest (BnLink *self)
{
  guint64 before = 0;
  guint64 now = 1;

  g_return_if_fail (BN_IS_LINK (self));

  self->hung_up = TRUE;
  for (guint turn = 0; turn < REST_TURNS_MAX && now > before && self->fd != -1; turn++)
    {
      before = self->statistics.bytes_in + self->statistics.messages_in;
      bn_link_read_turn (self, TRUE);
      now = self->statistics.bytes_in + self->statistics.messages_in;
    }
}

gboolean
bn_link_has_input (BnLink *self)
{
  const guint8 *frame;
  gsize size;

  return self->ready && !bn_link_is_paused (self)
         && bn_link_reader_next (&self->reader, &frame, &size, NULL) != BN_LINK_FRAME_MORE;
}
