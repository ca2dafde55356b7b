/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the event bus sends on the bus, as long as the bus takes it. */
#pragma once

#include "core/event-bus.h"

G_BEGIN_DECLS

#define BN_BUS_QUEUE_BYTES_MAX (1024 * 1024)

#define BN_TYPE_BUS_PUBLISHER (bn_bus_publisher_get_type ())
G_DECLARE_FINAL_TYPE (BnBusPublisher, bn_bus_publisher, BN, BUS_PUBLISHER, GObject)

/* Signal "recovered" (gboolean lost, guint64 from, guint64 to): the bus takes messages again.
 * @lost: some broadcast did not leave; the events in it were @from to @to (0: there were only
 * samples). */

/* Broadcasts the events and samples of @bus on @connection from now on. */
BnBusPublisher *bn_bus_publisher_new (BnEventBus *bus, GDBusConnection *connection);

/* Sends the signal @name with @body to @destination, a unique name; NULL: to everybody. FALSE if
 * the bus takes nothing now: "recovered" will say when it does. */
gboolean bn_bus_publisher_send (BnBusPublisher *self, const char *destination, const char *name,
                                GVariant *body);

/* Bytes that were given to the connection and not yet seen to leave. */
gsize bn_bus_publisher_get_queued (BnBusPublisher *self);

G_END_DECLS
