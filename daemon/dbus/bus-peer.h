/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A caller on the bus as a peer of the event bus. */
#pragma once

#include "dbus/bus-publisher.h"

G_BEGIN_DECLS

#define BN_TYPE_BUS_PEER (bn_bus_peer_get_type ())
G_DECLARE_FINAL_TYPE (BnBusPeer, bn_bus_peer, BN, BUS_PEER, BnPeer)

/* Signal "vanished" (): it left the bus. */
BnBusPeer *bn_bus_peer_new (GDBusConnection *connection, BnBusPublisher *publisher,
                            const char *unique_name);
const char *bn_bus_peer_get_unique_name (BnBusPeer *self);

G_END_DECLS
