/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Packets of Socket.IO in the messages of Engine.IO, and the binary messages that belong to them.
 */
#include <string.h>

#include "socketio/engine-private.h"

static BnSioNamespace *
find (BnEngine *self, BnSlice name)
{
  for (guint i = 0; i < self->namespaces->len; i++)
    {
      BnSioNamespace *space = g_ptr_array_index (self->namespaces, i);

      if (bn_slice_equals (name, bn_sio_namespace_get_name (space)))
        return space;
    }
  return NULL;
}

static void
refuse (BnEngine *self, BnSlice name, const char *error)
{
  g_autofree char *space = g_strndup (name.at, name.length);
  g_autofree char *packet =
      bn_sio_packet_format (BN_SIO_CONNECT_ERROR, space, (BnSlice){ "", 0 }, error);

  bn_engine_send (self, packet, strlen (packet));
}

static void
on_connect (BnEngine *self, const BnSioPacket *packet)
{
  const BnLimits *limits = bn_room_get_limits (self->room);
  BnSioNamespace *space;

  /* Each client begins with a burst of its own, so how often there is a new one has a limit too. */
  if (!bn_bucket_take (&self->connects, g_get_monotonic_time (), limits->engine_namespaces,
                       2 * limits->engine_namespaces))
    {
      bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_FLOODS);
      bn_engine_close (self);
      return;
    }
  if (find (self, packet->namespace_name) != NULL)
    return;
  if (self->namespaces->len >= limits->engine_namespaces)
    {
      bn_counters_add (bn_room_get_counters (self->room), BN_COUNT_ENGINES_REFUSED);
      refuse (self, packet->namespace_name,
              "{\"message\":\"Too many namespaces\",\"data\":{\"code\":\"busy\"}}");
      return;
    }
  space = bn_sio_namespace_new (self, packet->namespace_name, packet->data);
  if (space == NULL)
    return;
  g_ptr_array_add (self->namespaces, space);
  if (self->blocked)
    bn_sio_namespace_set_blocked (space, TRUE);
  bn_sio_namespace_begin (space, packet->data);
}

/* @packet has all its attachments. FALSE if it is nothing that a peer may send. */
static gboolean
on_packet (BnEngine *self, const BnSioPacket *packet, BnSlice data)
{
  BnSioNamespace *space = find (self, packet->namespace_name);

  switch (packet->type)
    {
    case BN_SIO_CONNECT:
      on_connect (self, packet);
      return TRUE;
    case BN_SIO_DISCONNECT:
      if (space != NULL)
        bn_engine_drop (self, space);
      return TRUE;
    case BN_SIO_EVENT:
    case BN_SIO_BINARY_EVENT:
      /* One may be under way when the namespace ends. */
      return space == NULL || bn_sio_namespace_receive (space, packet->id, data);
    case BN_SIO_ACK:
    case BN_SIO_BINARY_ACK:
      return TRUE; /* we ask the peer nothing */
    default:
      return FALSE;
    }
}

gboolean
bn_engine_read_text (BnEngine *self, const char *text, gsize length)
{
  BnSioPacket packet;

  if (self->attachments != NULL || !bn_sio_packet_parse (text, length, &packet))
    return FALSE;
  if (packet.attachments == 0)
    return on_packet (self, &packet, packet.data);
  self->pending_text = g_strndup (text, length);
  bn_sio_packet_parse (self->pending_text, length, &self->pending);
  self->attachments = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  self->attachment_bytes = 0;
  return TRUE;
}

gboolean
bn_engine_read_binary (BnEngine *self, const guint8 *bytes, gsize length)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autofree char *text = NULL;
  g_autofree char *data = NULL;

  if (self->attachments == NULL)
    return FALSE;
  self->attachment_bytes += length;
  if (self->attachment_bytes > bn_room_get_limits (self->room)->body_bytes)
    return FALSE;
  g_ptr_array_add (self->attachments, g_bytes_new (bytes, length));
  if (self->attachments->len < self->pending.attachments)
    return TRUE;
  all = g_steal_pointer (&self->attachments);
  text = g_steal_pointer (&self->pending_text);
  data = bn_sio_packet_fill (self->pending.data, all);
  return data != NULL && on_packet (self, &self->pending, (BnSlice){ data, strlen (data) });
}
