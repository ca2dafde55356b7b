/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of the event bus share. */
#pragma once

#include "core/event-bus.h"
#include "core/pattern-trie.h"
#include "core/retained-store.h"
#include "core/sample-pacer.h"

G_BEGIN_DECLS

typedef struct _BnPeerState BnPeerState;

typedef struct
{
  BnPeerState *state; /* not owned: it owns us */
  guint32 id;
  char **patterns; /* (owned) */
  BnAccessLevel level;
  char *session; /* (owned) (nullable) */
  BnSubscribeClass class;
  guint interval_ms;
  BnSamplePacer *pacer; /* (owned) (nullable): if it has its own pace */
  gboolean responder;
  gboolean ordered;
  int priority;
  char *handler;    /* (owned) (nullable) */
  guint64 match_id; /* the last match that reported it: overlapping patterns count once */
} BnSubscription;

struct _BnPeerState
{
  BnEventBus *bus;          /* not owned */
  BnPeer *peer;             /* (owned) */
  GPtrArray *subscriptions; /* (owned): BnSubscription */
  GPtrArray *deliveries;    /* (owned): BnDelivery, samples of this turn */
  GArray *event_ids;        /* (owned): of the event that is being published */
  guint pace_id;            /* the timer of kept samples */
  gint64 pace_due_usec;     /* what it is armed for, monotonic */
  guint32 last_id;
  gboolean congested; /* it refused a message and has not drained yet */
  guint64 missed_from;
  guint64 missed_to;
};

/* What others add to the statistics. */
typedef struct
{
  BnStatisticsFunc func;
  gpointer user_data;
} BnStatisticsSource;

struct _BnEventBus
{
  GObject parent_instance;

  char *epoch; /* (owned) */
  guint64 sequence;
  BnEventBusCounters counters;
  BnPatternTrie *trie;       /* (owned): BnSubscription */
  BnRetainedStore *retained; /* (owned) */
  BnReplayRing *ring;        /* (owned) */
  GHashTable *peers;         /* (owned): BnPeer -> BnPeerState */
  GPtrArray *broadcast;      /* (owned): BnEvent, samples of this turn for the bus */
  GArray *statistics;        /* (owned): BnStatisticsSource */
  guint64 match_id;
  guint flush_id;    /* samples wait for the end of the turn */
  guint interest_id; /* "interest-changed" waits for the end of the turn */
};

/* event-bus.c */
void bn_event_bus_schedule_flush (BnEventBus *self);
void bn_event_bus_queue_sample (BnSubscription *subscription, BnEvent *event, gboolean retained);

/* event-bus-subscriptions.c */
void bn_event_bus_queue_retained (BnSubscription *subscription);
void bn_event_bus_schedule_interest (BnEventBus *self);
void bn_peer_state_free (BnPeerState *state);

G_END_DECLS
