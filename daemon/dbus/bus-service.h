/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub on a bus: owns the name, exports the objects, comes back when the bus does. */
#pragma once

#include "core/hub.h"

G_BEGIN_DECLS

#define BN_TYPE_BUS_SERVICE (bn_bus_service_get_type ())
G_DECLARE_FINAL_TYPE (BnBusService, bn_bus_service, BN, BUS_SERVICE, GObject)

/* Signals:
 *
 * "name-acquired" (): the objects can be called.
 * "name-taken" (): somebody else has the name; this hub is one too many.
 */

BnBusService *bn_bus_service_new (BnHub *hub, GBusType bus_type);

/* Connects; goes on trying until it succeeds. */
void bn_bus_service_start (BnBusService *self);

/* Gives the name up and leaves the bus. */
void bn_bus_service_stop (BnBusService *self);

G_END_DECLS
