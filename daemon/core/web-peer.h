/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The web bridge at the private socket: what it may ask, in the name of which session. */
#pragma once

#include "core/access.h"
#include "core/exposure.h"
#include "core/link-peer.h"
#include "core/requests.h"

G_BEGIN_DECLS

#define BN_TYPE_WEB_PEER (bn_web_peer_get_type ())
G_DECLARE_FINAL_TYPE (BnWebPeer, bn_web_peer, BN, WEB_PEER, BnLinkPeer)

/* Serves EventBus1 and the session half of Access1 on @link (taken). Every call but Authenticate
 * names a session, and has its level. Signal "closed" (): the bridge left. */
BnWebPeer *bn_web_peer_new (BnLink *link, BnEventBus *bus, BnRequests *requests, BnAccess *access,
                            BnExposure *exposure);

/* How the bridge at the other end of @link is called: "web-" and its process. No module can have
 * such a name. */
char *bn_web_peer_dup_name (BnLink *link);

G_END_DECLS
