/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Somebody at the event bus: a caller on D-Bus, a module, the web bridge. */
#pragma once

#include "core/event.h"

G_BEGIN_DECLS

/* A sample on its way to one peer. */
typedef struct
{
  BnEvent *event;    /* (owned) */
  GArray *ids;       /* (owned): guint32, the subscriptions it is for */
  gboolean retained; /* measured before the subscription */
} BnDelivery;

void bn_delivery_free (BnDelivery *self);

/* The body of a Samples message, (a(sa{sv}a{sv})), floating: the deliveries from @next on, as many
 * as fit into BN_SAMPLES_MESSAGE_BYTES, at least one. @next goes on; NULL after the last.
 * @with_ids: for the link. */
#define BN_SAMPLES_MESSAGE_BYTES 65536
GVariant *bn_deliveries_next_message (GPtrArray *deliveries, guint *next, gboolean with_ids);

#define BN_TYPE_PEER (bn_peer_get_type ())
G_DECLARE_DERIVABLE_TYPE (BnPeer, bn_peer, BN, PEER, GObject)

/* The senders return FALSE if the peer takes no more now. It must then call
 * bn_event_bus_peer_drained() when it does again. */
struct _BnPeerClass
{
  GObjectClass parent_class;

  gboolean (*send_event) (BnPeer *self, BnEvent *event, GArray *ids);
  gboolean (*send_samples) (BnPeer *self, GPtrArray *deliveries);
  void (*send_gap) (BnPeer *self, const char *epoch, guint64 from, guint64 to);

  /* EventHandler1.Handle of the object @handler (NULL: the only one it has). */
  void (*handle_async) (BnPeer *self, const char *handler, GVariant *arguments, guint timeout_ms,
                        GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data);
  GVariant *(*handle_finish) (BnPeer *self, GAsyncResult *result, GError **error);
};

/* Its name as the source of events and in messages: a module's name, or BN_PEER_USER. */
#define BN_PEER_USER "user"
const char *bn_peer_get_name (BnPeer *self);
void bn_peer_set_name (BnPeer *self, const char *name);

/* TRUE if what everybody may see reaches it by broadcast. */
gboolean bn_peer_is_on_bus (BnPeer *self);
void bn_peer_set_on_bus (BnPeer *self, gboolean on_bus);

G_END_DECLS
