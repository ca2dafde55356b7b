/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The connection to the hub: finds it on the bus, sees it come and go, asks it. Interest is
 * declared through leases (model/lease.h).
 *
 * While the hub is away the connection waits; nothing that was received is forgotten. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  BN_HUB_NO_BUS,   /* the bus itself cannot be reached; tried again */
  BN_HUB_ABSENT,   /* nobody owns the hub's name */
  BN_HUB_STARTING, /* asked to start */
  BN_HUB_READY,
} BnHubState;

#define BN_TYPE_HUB (bn_hub_get_type ())
G_DECLARE_FINAL_TYPE (BnHub, bn_hub, BN, HUB, GObject)

/* Properties: "state" (BnHubState as guint), "suspended".
 * Signal "samples" (GVariant a(sa{sv}a{sv})). */

/* G_BUS_TYPE_SESSION or G_BUS_TYPE_SYSTEM */
BnHub *bn_hub_new (GBusType bus_type);

/* Connects, once. */
void bn_hub_open (BnHub *self);

/* Has the bus start the hub's service. */
void bn_hub_activate (BnHub *self);

BnHubState bn_hub_get_state (BnHub *self);
/* Why the state is what it is, for people; NULL if there is nothing to say. */
const char *bn_hub_get_message (BnHub *self);
GBusType bn_hub_get_bus_type (BnHub *self);

/* While suspended all leases rest: nobody looks. */
void bn_hub_set_suspended (BnHub *self, gboolean suspended);
gboolean bn_hub_get_suspended (BnHub *self);

/* EventBus1.Request. @payload (a{sv}, floating) may be NULL. Fails with BN_ERROR_UNAVAILABLE while
 * there is no hub; other errors have the hub's message, without the D-Bus name. */
void bn_hub_request_async (BnHub *self, const char *type, GVariant *payload,
                           GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data);
/* The reply, a{sv}. */
GVariant *bn_hub_request_finish (BnHub *self, GAsyncResult *result, GError **error);

/* The same for a request that returns a stream: its descriptor, which the caller closes; -1 with
 * the error. */
void bn_hub_open_stream_async (BnHub *self, const char *type, GVariant *payload,
                               GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data);
int bn_hub_open_stream_finish (BnHub *self, GAsyncResult *result, GError **error);

/* For leases: NULL while there is no hub. */
GDBusConnection *bn_hub_get_connection (BnHub *self);
const char *bn_hub_get_owner (BnHub *self);
/* While somebody uses them, Samples are received. */
void bn_hub_use_samples (BnHub *self);
void bn_hub_unuse_samples (BnHub *self);

G_END_DECLS
