/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The module's side of the link: what the hub calls and signals. */
#pragma once

#include "sdk/module.h"

G_BEGIN_DECLS

typedef struct _BnPeer BnPeer;

/* Serves org.binnacle.ModulePeer1 for @module, which is borrowed, and passes on what it subscribed
 * to. To be called before Hello: Restore may follow its answer at once. */
BnPeer *bn_peer_new (GDBusConnection *connection, BnModule *module, GError **error);
void bn_peer_free (BnPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnPeer, bn_peer_free)

G_END_DECLS
