/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The request websocket.connections: who is connected over the web. */
#pragma once

#include "core/requests.h"

G_BEGIN_DECLS

/* @web_peers: BnLinkPeer; stays as long as @requests. */
void bn_connection_requests_add (BnRequests *requests, GPtrArray *web_peers);

G_END_DECLS
