/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A peer of the event bus at the other end of a link. */
#include "core/link-peer.h"

#include "introspection/names.h"

typedef struct
{
  BnLink *link; /* (owned) */
} BnLinkPeerPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (BnLinkPeer, bn_link_peer, BN_TYPE_PEER)

gboolean
bn_link_peer_send_signal (BnLinkPeer *self, const char *interface, const char *name, GVariant *body)
{
  BnLinkPeerPrivate *priv = bn_link_peer_get_instance_private (self);
  g_autoptr (GDBusMessage) message = g_dbus_message_new_signal (BN_HUB_PATH, interface, name);

  g_dbus_message_set_body (message, body);
  return bn_link_send (priv->link, message, NULL);
}

static gboolean
link_peer_send_event (BnPeer *peer, BnEvent *event, GArray *ids)
{
  return bn_link_peer_send_signal (BN_LINK_PEER (peer), BN_IFACE_EVENT_BUS, "Event",
                                   bn_event_to_variant (event, ids, FALSE));
}

static gboolean
link_peer_send_samples (BnPeer *peer, GPtrArray *deliveries)
{
  GVariant *body;
  guint next = 0;

  while ((body = bn_deliveries_next_message (deliveries, &next, TRUE)) != NULL)
    if (!bn_link_peer_send_signal (BN_LINK_PEER (peer), BN_IFACE_EVENT_BUS, "Samples", body))
      return FALSE;
  return TRUE;
}

static void
link_peer_send_gap (BnPeer *peer, const char *epoch, guint64 from, guint64 to)
{
  bn_link_peer_send_signal (BN_LINK_PEER (peer), BN_IFACE_EVENT_BUS, "Gap",
                            g_variant_new ("(stt)", epoch, from, to));
}

static void
bn_link_peer_dispose (GObject *object)
{
  BnLinkPeerPrivate *priv = bn_link_peer_get_instance_private (BN_LINK_PEER (object));

  if (priv->link != NULL)
    bn_link_close (priv->link);
  G_OBJECT_CLASS (bn_link_peer_parent_class)->dispose (object);
}

static void
bn_link_peer_finalize (GObject *object)
{
  BnLinkPeerPrivate *priv = bn_link_peer_get_instance_private (BN_LINK_PEER (object));

  g_clear_object (&priv->link);
  G_OBJECT_CLASS (bn_link_peer_parent_class)->finalize (object);
}

static void
bn_link_peer_class_init (BnLinkPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  BnPeerClass *peer_class = BN_PEER_CLASS (klass);

  object_class->dispose = bn_link_peer_dispose;
  object_class->finalize = bn_link_peer_finalize;
  peer_class->send_event = link_peer_send_event;
  peer_class->send_samples = link_peer_send_samples;
  peer_class->send_gap = link_peer_send_gap;
}

static void
bn_link_peer_init (BnLinkPeer *self)
{
}

void
bn_link_peer_take_link (BnLinkPeer *self, BnLink *link)
{
  BnLinkPeerPrivate *priv = bn_link_peer_get_instance_private (self);

  g_assert (priv->link == NULL);
  priv->link = link;
}

BnLink *
bn_link_peer_get_link (BnLinkPeer *self)
{
  BnLinkPeerPrivate *priv = bn_link_peer_get_instance_private (self);

  return priv->link;
}
