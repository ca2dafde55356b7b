/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Everybody who is connected by WebSocket, and what the hub tells them. No sockets here. */
#pragma once

#include "protocol/catalog.h"
#include "protocol/leases.h"
#include "protocol/bridge-limits.h"
#include "protocol/sessions.h"

G_BEGIN_DECLS

typedef struct _BnClient BnClient;

/* The world outside, so that tests can stand for it. Times in microseconds. */
typedef struct
{
  gint64 (*now) (gpointer data);           /* monotonic */
  gint64 (*real_time) (gpointer data);     /* since 1970 */
  void (*wake_at) (gpointer data, gint64); /* call bn_room_tick() then; replaces the time before */
  gpointer data;
} BnClock;

#define BN_TYPE_ROOM (bn_room_get_type ())
G_DECLARE_FINAL_TYPE (BnRoom, bn_room, BN, ROOM, GObject)

/* @limits, @counters and @clock must outlive it. */
BnRoom *bn_room_new (BnBackend *backend, const BnLimits *limits, BnCounters *counters,
                     const BnClock *clock, const char *version);

BnSessions *bn_room_get_sessions (BnRoom *self);
BnCatalog *bn_room_get_catalog (BnRoom *self);
BnBackend *bn_room_get_backend (BnRoom *self);
const BnLimits *bn_room_get_limits (BnRoom *self);
BnCounters *bn_room_get_counters (BnRoom *self);

guint bn_room_get_clients (BnRoom *self);
guint bn_room_get_unauthenticated (BnRoom *self);
guint bn_room_get_leases (BnRoom *self);
/* Subscriptions at the hub. */
BnLeases *bn_room_get_lease_table (BnRoom *self);
/* Bytes that wait for clients to read. */
gsize bn_room_get_queued (BnRoom *self);

/* Who is connected: aa{sv}, floating; the same as {"connections": aa{sv}}. */
GVariant *bn_room_list_clients (BnRoom *self);
GVariant *bn_room_describe_clients (BnRoom *self);

/* Heartbeats and deadlines. */
void bn_room_tick (BnRoom *self);

/* Closes every client. */
void bn_room_close_all (BnRoom *self, guint code, const char *reason);

/* Lets the catalog know of changed modules, as long as some session is there to ask for it. */
void bn_room_watch_modules (BnRoom *self, BnSession *session);

G_END_DECLS
