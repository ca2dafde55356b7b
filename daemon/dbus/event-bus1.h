/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.EventBus1 on the bus. */
#pragma once

#include "core/hub.h"
#include "dbus/gate.h"
#include "introspection/contract-generated.h"

G_BEGIN_DECLS

#define BN_BUS_PEERS_MAX 256 /* callers with subscriptions; a bus allows 512 match rules */

#define BN_TYPE_EVENT_BUS1_SERVICE (bn_event_bus1_service_get_type ())
G_DECLARE_FINAL_TYPE (BnEventBus1Service, bn_event_bus1_service, BN, EVENT_BUS1_SERVICE,
                      BnEventBus1Skeleton)

/* Serves and broadcasts on @connection. */
BnEventBus1Service *bn_event_bus1_service_new (BnHub *hub, BnGate *gate,
                                               GDBusConnection *connection);

G_END_DECLS
