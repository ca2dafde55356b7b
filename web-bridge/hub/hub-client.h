/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The connection to the hub's private socket, kept up. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

#define BN_TYPE_HUB_CLIENT (bn_hub_client_get_type ())
G_DECLARE_FINAL_TYPE (BnHubClient, bn_hub_client, BN, HUB_CLIENT, GObject)

/* Signals, in the order in which the hub sent them, also between answers:
 *
 * "event" (char *type, GVariant *payload, GVariant *meta)
 * "samples" (GVariant *samples)
 * "gap" (char *epoch, guint64 from, guint64 to)
 * "session-ended" (char *session, char *reason)
 * "session-changed" (char *session, GVariant *info)
 * "exposure-changed" (gboolean wanted, guint port)
 * "connected" (), "lost" ()
 */

/* Connects to the socket at @path, and again whenever it is lost: after 0.1 s, then twice as long
 * up to 5 s, with jitter. */
BnHubClient *bn_hub_client_new (const char *path);
void bn_hub_client_start (BnHubClient *self);
void bn_hub_client_stop (BnHubClient *self);

/* What the bridge tells the hub when it asks, floating. */
typedef struct
{
  GVariant *(*get_statistics) (gpointer user_data);   /* a{sv}: BridgePeer1.GetStatistics */
  GVariant *(*list_connections) (gpointer user_data); /* aa{sv}: BridgePeer1.ListConnections */
} BnHubAnswers;

/* Before the start; @answers must stay. */
void bn_hub_client_set_answers (BnHubClient *self, const BnHubAnswers *answers, gpointer user_data);

/* NULL while the hub is not there. */
const char *bn_hub_client_get_epoch (BnHubClient *self);
guint64 bn_hub_client_get_sequence (BnHubClient *self);

/* Calls a method of /org/binnacle/Hub1; @arguments is sunk. @callback may be NULL. */
void bn_hub_client_call_async (BnHubClient *self, const char *interface, const char *method,
                               GVariant *arguments, GAsyncReadyCallback callback,
                               gpointer user_data);
/* @descriptors: what the handles in the reply stand for, NULL if it has none. Full reference. */
GVariant *bn_hub_client_call_finish (BnHubClient *self, GAsyncResult *result,
                                     GUnixFDList **descriptors, GError **error);

G_END_DECLS
