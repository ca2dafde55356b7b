/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A peer of the event bus at the other end of a link. It gets exactly what it subscribed to. */
#pragma once

#include "core/peer.h"
#include "link/link.h"

G_BEGIN_DECLS

#define BN_TYPE_LINK_PEER (bn_link_peer_get_type ())
G_DECLARE_DERIVABLE_TYPE (BnLinkPeer, bn_link_peer, BN, LINK_PEER, BnPeer)

struct _BnLinkPeerClass
{
  BnPeerClass parent_class;
};

/* Takes @link, and closes it in dispose. Once. */
void bn_link_peer_take_link (BnLinkPeer *self, BnLink *link);
BnLink *bn_link_peer_get_link (BnLinkPeer *self);

/* Sends a signal of @interface from the hub's object; FALSE if the link takes no more. @body is a
 * tuple, floating. */
gboolean bn_link_peer_send_signal (BnLinkPeer *self, const char *interface, const char *name,
                                   GVariant *body);

G_END_DECLS
