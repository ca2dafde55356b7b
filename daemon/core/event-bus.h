/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The event bus: who publishes what, who is told, what is kept. */
#pragma once

#include "core/peer.h"
#include "core/replay-ring.h"

G_BEGIN_DECLS

#define BN_TYPE_EVENT_BUS (bn_event_bus_get_type ())
G_DECLARE_FINAL_TYPE (BnEventBus, bn_event_bus, BN, EVENT_BUS, GObject)

/* Signals:
 *
 * "broadcast-event" (BnEvent *): an event that everybody on the bus may see.
 * "broadcast-samples" (GPtrArray * of BnEvent): samples of one turn that somebody on the bus
 *   subscribed to and everybody may see.
 * "interest-changed" (): subscriptions came or went; see bn_event_bus_get_interest(). Once a turn.
 */

#define BN_SUBSCRIPTIONS_MAX 128 /* of one peer */
#define BN_PATTERNS_MAX 64       /* of one subscription */
#define BN_EVENT_BYTES_MAX 4096  /* of a payload of class "event" */
#define BN_SAMPLE_BYTES_MAX 65536
#define BN_INTERVAL_MIN_MS 100
#define BN_INTERVAL_MAX_MS 3600000

typedef struct
{
  guint64 events;
  guint64 samples;
  guint64 sample_messages;
  guint64 deliveries;
  guint64 coalesced; /* samples that a newer one replaced before they were sent */
  guint64 dropped;   /* events and samples that a slow peer did not get; events were announced */
  guint64 gaps;
  guint64 rejected; /* emissions that were refused */
  guint64 late;     /* messages of modules' generations that had been replaced */
  guint64 requests;
  guint64 request_errors;
  guint64 request_timeouts;
  guint64 requests_cancelled; /* their callers had gone */
  guint64 call_timeouts;      /* calls that modules did not answer in time, of all kinds */
  guint64 calls_cancelled;    /* calls that modules were told to forget: their callers had gone */
  guint64 handler_timeouts;
  guint64 subscriptions_limited; /* refused for a limit */
  guint64 bus_losses;            /* how often the connection to the bus ended */
  guint64 bus_stalls;            /* how often the bus took no more messages */
  /* What waits now. */
  guint64 requests_waiting;
  guint64 ordered_waiting; /* ordered events whose handlers have not all answered */
} BnEventBusCounters;

/* Adds what @user_data counts, with bn_statistics_add(). */
typedef void (*BnStatisticsFunc) (GVariantBuilder *statistics, gpointer user_data);

/* What a subscription is for. */
typedef enum
{
  BN_SUBSCRIBE_ALL,
  BN_SUBSCRIBE_EVENTS,
  BN_SUBSCRIBE_SAMPLES,
} BnSubscribeClass;

typedef struct
{
  BnSubscribeClass class;
  guint interval_ms;   /* 0: the workers' own */
  gboolean retained;   /* send the retained samples now */
  gboolean responder;  /* answers requests of these types */
  gboolean ordered;    /* takes part in ordered events */
  int priority;        /* of that; higher is called first */
  const char *handler; /* (nullable): object path for Handle */
  const char *session; /* (nullable): ends with this session */
  BnAccessLevel level; /* what the subscriber may see */
} BnSubscribeOptions;

BnEventBus *bn_event_bus_new (const BnReplayLimits *limits);

const char *bn_event_bus_get_epoch (BnEventBus *self);
guint64 bn_event_bus_get_sequence (BnEventBus *self);
BnEventBusCounters *bn_event_bus_get_counters (BnEventBus *self);

/* All counters and depths of queues of the hub, each (t), as EventBus1.GetStatistics; a{sv},
 * floating. */
GVariant *bn_event_bus_get_statistics (BnEventBus *self);
/* From now on they have what @func adds, until bn_event_bus_remove_statistics(). */
void bn_event_bus_add_statistics (BnEventBus *self, BnStatisticsFunc func, gpointer user_data);
void bn_event_bus_remove_statistics (BnEventBus *self, gpointer user_data);
void bn_statistics_add (GVariantBuilder *statistics, const char *name, guint64 value);

/* Gives @event its place and tells everybody. Takes no reference. Returns its sequence number, 0
 * for a sample. */
guint64 bn_event_bus_publish (BnEventBus *self, BnEvent *event);

/* Calls the handlers by priority, then publishes unless the hub goes. @event is of class "event".
 */
void bn_event_bus_publish_ordered (BnEventBus *self, BnEvent *event);

/* Errors: bad_payload, conflict (there is a responder), busy. */
gboolean bn_event_bus_subscribe (BnEventBus *self, BnPeer *peer, const char *const *patterns,
                                 const BnSubscribeOptions *options, guint32 *id, GError **error);
gboolean bn_event_bus_unsubscribe (BnEventBus *self, BnPeer *peer, guint32 id, GError **error);

gboolean bn_event_bus_has_subscriptions (BnEventBus *self, BnPeer *peer);

/* Ends all subscriptions of @peer, or those of one of its sessions. */
void bn_event_bus_remove_peer (BnEventBus *self, BnPeer *peer);
void bn_event_bus_remove_session (BnEventBus *self, BnPeer *peer, const char *session);

/* @peer takes messages again after it had refused one: it gets a gap for the events it missed and
 * the retained samples it subscribed to. */
void bn_event_bus_peer_drained (BnEventBus *self, BnPeer *peer);

/* The broadcast to @peer was interrupted: likewise, also for the events from @from to @to (0:
 * none).
 */
void bn_event_bus_peer_recovered (BnEventBus *self, BnPeer *peer, guint64 from, guint64 to);

/* The finest interval in milliseconds at which somebody wants samples of @type; who named none
 * wants
 * @own_ms. 0: nobody does. */
guint bn_event_bus_get_interest (BnEventBus *self, const char *type, BnAccessLevel access,
                                 guint own_ms);

/* The peer that answers requests of @type, and its handler; NULL if nobody does. */
BnPeer *bn_event_bus_find_responder (BnEventBus *self, const char *type, const char **handler);

/* BnEvent of the retained samples that match and that @level may see. */
GPtrArray *bn_event_bus_get_retained (BnEventBus *self, const char *const *patterns,
                                      BnAccessLevel level);
/* Forgets the retained samples of a source. */
void bn_event_bus_forget_source (BnEventBus *self, const char *source);

/* a(sa{sv}a{sv}), floating; at most about 1 MiB of it. */
GVariant *bn_event_bus_replay (BnEventBus *self, const char *epoch, guint64 after,
                               const char *const *patterns, BnAccessLevel level,
                               gboolean *complete);

/* 1 to BN_PATTERNS_MAX valid patterns, else bad_payload. */
gboolean bn_patterns_check (const char *const *patterns, GError **error);

G_END_DECLS
