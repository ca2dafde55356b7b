/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What goes to the peer. */
#include <gio/gunixfdlist.h>

#include "introspection/error.h"
#include "link/link-private.h"

gboolean
bn_link_has_output (BnLink *self)
{
  return self->handshake_writer.queued_bytes > 0 || (self->ready && self->writer.queued_bytes > 0);
}

void
bn_link_flush (BnLink *self)
{
  if (!bn_link_writer_flush (&self->handshake_writer, self->fd, &self->statistics.bytes_out))
    self->write_failed = TRUE;
  else if (self->ready && self->handshake_writer.queued_bytes == 0
           && !bn_link_writer_flush (&self->writer, self->fd, &self->statistics.bytes_out))
    self->write_failed = TRUE;
  if (self->write_failed)
    {
      bn_link_writer_clear (&self->handshake_writer);
      bn_link_writer_clear (&self->writer);
    }
  self->blocked = bn_link_has_output (self);
}

/* Replies may use as much again as everything else, and are not refused: a peer that calls but
 * does not read has lost the right to be talked to. */
static gboolean
make_room (BnLink *self, gsize size, gboolean is_reply, GError **error)
{
  if (self->writer.queued_bytes == 0
      || self->writer.queued_bytes + size <= self->limits.queue_bytes)
    return TRUE;
  if (!is_reply)
    {
      self->statistics.refused_queue++;
      self->wants_drained = TRUE;
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY,
                   "%" G_GSIZE_FORMAT " bytes wait to be read by the peer; at most %u may",
                   self->writer.queued_bytes, self->limits.queue_bytes);
      return FALSE;
    }
  if (self->writer.queued_bytes + size <= 2 * (gsize)self->limits.queue_bytes)
    return TRUE;
  self->statistics.refused_queue++;
  bn_link_fail (self,
                g_error_new (BN_ERROR, BN_ERROR_BUSY,
                             "the peer does not read the answers to its calls: %" G_GSIZE_FORMAT
                             " bytes wait",
                             self->writer.queued_bytes));
  g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE, "the peer does not read its answers");
  return FALSE;
}

static gboolean
refuse_size (BnLink *self, GError **error)
{
  self->statistics.refused_size++;
  g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
               "the message is larger than the %u bytes that a link carries",
               self->limits.message_bytes);
  return FALSE;
}

static gboolean
check_descriptors (BnLink *self, GUnixFDList *descriptors, GError **error)
{
  guint n = descriptors != NULL ? g_unix_fd_list_get_length (descriptors) : 0;

  if (n > self->limits.descriptors)
    {
      self->statistics.refused_size++;
      g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
                   "the message carries %u file descriptors; a link carries at most %u", n,
                   self->limits.descriptors);
      return FALSE;
    }
  if (n > 0 && self->ready && !self->sasl.descriptors)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED,
                   "the peer has not agreed to receive file descriptors");
      return FALSE;
    }
  return TRUE;
}

gboolean
bn_link_enqueue (BnLink *self, GDBusMessage *message, gboolean is_reply, GError **error)
{
  GUnixFDList *descriptors = g_dbus_message_get_unix_fd_list (message);
  GVariant *body = g_dbus_message_get_body (message);
  g_autofree guint8 *bytes = NULL;
  g_autoptr (GError) reason = NULL;
  guint32 serial = self->serial == G_MAXUINT32 ? 1 : self->serial + 1;
  gsize size;

  if (self->fd == -1 || self->write_failed)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE, "the link is closed");
      return FALSE;
    }
  /* Before it is written out; the two sizes differ, but not by so much. */
  if (body != NULL && g_variant_get_size (body) > 2 * (gsize)self->limits.message_bytes)
    return refuse_size (self, error);
  if (!check_descriptors (self, descriptors, error))
    return FALSE;
  g_dbus_message_set_serial (message, serial);
  bytes = g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &reason);
  if (bytes == NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "the message cannot be sent: %s",
                   reason->message);
      return FALSE;
    }
  if (size > self->limits.message_bytes)
    return refuse_size (self, error);
  if (!make_room (self, size, is_reply, error))
    return FALSE;
  self->serial = serial;
  self->statistics.messages_out++;
  if (descriptors != NULL && g_unix_fd_list_get_length (descriptors) == 0)
    descriptors = NULL;
  bn_link_writer_push (&self->writer, g_steal_pointer (&bytes), size, descriptors);
  if (self->ready && !self->blocked)
    bn_link_flush (self);
  return TRUE;
}
