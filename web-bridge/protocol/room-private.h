/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The parts of a room that only its own files see. */
#pragma once

#include "protocol/client-private.h"

G_BEGIN_DECLS

struct _BnRoom
{
  GObject parent_instance;

  BnBackend *backend; /* (owned) */
  BnSessions *sessions;
  BnCatalog *catalog;
  BnLeases *leases;
  BnReplays *replays;
  BnChannels *channels;
  const BnLimits *limits;
  BnCounters *counters;
  const BnClock *clock;
  char *hello_constants;
  BnResumes *resumes;
  GHashTable *clients; /* a set of BnClient (unowned) */
  guint64 last_number;
  guint64 round;
  GPtrArray *met;    /* BnClient: those that a round has met */
  GPtrArray *early;  /* BnSubscription: those that have not begun */
  GPtrArray *joined; /* GRefString: names that a round has put together */
  guint unauthenticated;
  gint64 wake_usec; /* when bn_room_tick() was asked for; 0: not */
  gint64 heartbeat_usec;
  guint64 sequence;  /* the last one seen */
  char *epoch;       /* (nullable): the last one seen */
  BnLease *watch;    /* (nullable): for the catalog */
  gboolean watching; /* asked for @watch */
};

/* All of them, each with a reference. */
GPtrArray *bn_room_hold_clients (BnRoom *self);

/* To everybody: the hub went or came. */
void bn_room_say_hello (BnRoom *self);

/* room-events.c */
void bn_room_on_event (BnRoom *self, const char *type, GVariant *payload, GVariant *meta);
void bn_room_on_samples (BnRoom *self, GVariant *samples);
void bn_room_on_gap (BnRoom *self, const char *epoch, guint64 from, guint64 to);
/* Some other client's session that sees what @lease brings; for bn_leases_inherit(). */
BnSession *bn_room_find_heir (BnLease *lease, gpointer room);
/* Subscriptions were made anew: events from @from on may not have come. */
void bn_room_announce_missing (BnRoom *self, guint64 from);
/* The hub is back and knows the sessions. */
void bn_room_on_restored (BnRoom *self);

G_END_DECLS
