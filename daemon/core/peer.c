/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Somebody at the event bus. */
#include "core/peer.h"

typedef struct
{
  char *name; /* (owned) */
  gboolean on_bus;
} BnPeerPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (BnPeer, bn_peer, G_TYPE_OBJECT)

static void
bn_peer_finalize (GObject *object)
{
  BnPeerPrivate *priv = bn_peer_get_instance_private (BN_PEER (object));

  g_free (priv->name);
  G_OBJECT_CLASS (bn_peer_parent_class)->finalize (object);
}

static void
bn_peer_class_init (BnPeerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_peer_finalize;
}

static void
bn_peer_init (BnPeer *self)
{
  bn_peer_set_name (self, BN_PEER_USER);
}

void
bn_delivery_free (BnDelivery *self)
{
  bn_event_unref (self->event);
  g_array_unref (self->ids);
  g_free (self);
}

GVariant *
bn_deliveries_next_message (GPtrArray *deliveries, guint *next, gboolean with_ids)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  gsize bytes = 0;
  guint first = *next;

  if (first >= deliveries->len)
    return NULL;
  for (; *next < deliveries->len; (*next)++)
    {
      BnDelivery *delivery = g_ptr_array_index (deliveries, *next);

      bytes += bn_event_get_size (delivery->event) + delivery->ids->len * sizeof (guint32);
      if (bytes > BN_SAMPLES_MESSAGE_BYTES && *next > first)
        break;
      g_variant_builder_add_value (&builder, bn_event_to_variant (delivery->event,
                                                                  with_ids ? delivery->ids : NULL,
                                                                  delivery->retained));
    }
  return g_variant_new ("(a(sa{sv}a{sv}))", &builder);
}

const char *
bn_peer_get_name (BnPeer *self)
{
  BnPeerPrivate *priv = bn_peer_get_instance_private (self);

  return priv->name;
}

void
bn_peer_set_name (BnPeer *self, const char *name)
{
  BnPeerPrivate *priv = bn_peer_get_instance_private (self);

  g_free (priv->name);
  priv->name = g_strdup (name);
}

gboolean
bn_peer_is_on_bus (BnPeer *self)
{
  BnPeerPrivate *priv = bn_peer_get_instance_private (self);

  return priv->on_bus;
}

void
bn_peer_set_on_bus (BnPeer *self, gboolean on_bus)
{
  BnPeerPrivate *priv = bn_peer_get_instance_private (self);

  priv->on_bus = on_bus;
}
