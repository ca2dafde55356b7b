/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The parts of a client that only protocol/ sees. */
#pragma once

#include "protocol/bucket.h"
#include "protocol/channels.h"
#include "protocol/client.h"
#include "protocol/message.h"
#include "protocol/out-queue.h"
#include "protocol/resumes.h"

G_BEGIN_DECLS

/* What a client asked for with one websocket.subscribe. */
typedef struct
{
  BnClient *client; /* (unowned) */
  guint64 serial;   /* tells it from one that takes its place while an answer is awaited */
  char *name;       /* (nullable) */
  char *json_name;  /* (nullable): GRefString, see bn_broadcast_get_frame() */
  GStrv patterns;
  guint interval_ms;
  BnLease *lease;  /* (nullable): NULL until the hub has answered */
  guint position;  /* in the lease's members */
  gboolean member; /* it gets events */
  GPtrArray *held; /* (nullable): BnBroadcast: events that must wait until it has begun */
  gboolean held_too_many;
} BnSubscription;

/* Where a client was when it lost the connection. */
typedef struct
{
  char *epoch; /* (nullable): NULL: it was nowhere */
  guint64 sequence;
} BnSince;

static inline void
bn_since_clear (BnSince *self)
{
  g_clear_pointer (&self->epoch, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BnSince, bn_since_clear)

struct _BnClient
{
  guint references; /* the socket's, and one for each answer that is awaited */
  BnRoom *room;     /* (unowned): outlives its clients */
  const BnOutlet *outlet;
  gpointer socket; /* NULL when it is gone */
  const char *transport;
  BnSession *session; /* (owned, nullable): NULL until it said who it is */
  BnResume *resume;   /* (owned, nullable): once it has said hello and who it is */
  char *address;
  char *user_agent;
  char *name; /* (nullable): what it calls itself */
  guint64 number;
  gint64 connected_usec; /* monotonic */
  gint64 since_usec;     /* since 1970 */
  gint64 heard_usec;
  GPtrArray *subscriptions; /* (nullable): BnSubscription, owned */
  guint64 last_serial;
  GCancellable *recoveries; /* (nullable): of what is read from the hub's ring */
  GPtrArray *channels;      /* (nullable): BnChannel, unowned: the room has them */

  /* Fan-out: what this round has found out; see room.c. */
  guint64 round;
  char *round_names;

  /* Out */
  BnOutQueue *queue; /* (nullable): while something waits */
  gint64 progress_usec;
  gint64 full_usec; /* since when the queue is full; 0: it is not */
  guint64 sent;
  gboolean blocked;

  /* In */
  BnBucket requests;
  BnBucket refusals;
  BnBucket pings;
  guint bad_messages; /* in a row */
  guint in_flight;
  gboolean authenticating;
  gboolean answers_heartbeat;
  gboolean closing;
};

BnClient *bn_client_ref (BnClient *self);
void bn_client_unref (BnClient *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnClient, bn_client_unref)

/* client.c */
void bn_client_send (BnClient *self, GBytes *frame); /* takes @frame */
void bn_client_deliver (BnClient *self, BnBroadcast *broadcast, char *names);
void bn_client_send_gap (BnClient *self, guint64 from, guint64 to);
/* FALSE if too much of earlier replays waits for this client. */
gboolean bn_client_takes_replay (BnClient *self, const BnReplay *replay);
void bn_client_send_replay (BnClient *self, BnReplay *replay, char *names); /* takes @replay */
/* Bytes that wait. */
gsize bn_client_get_queued (BnClient *self);
/* The answer to the request @id (nullable), also if the client came back on another connection.
 * Takes @frame. */
void bn_client_answer (BnClient *self, const char *id, GBytes *frame);
void bn_client_fail (BnClient *self, const char *id, const char *type, const GError *error);
void bn_client_close (BnClient *self, guint code, const char *reason);
void bn_client_say_hello (BnClient *self);
/* Deadlines; returns when to look again, 0 if there is nothing to wait for. */
gint64 bn_client_tick (BnClient *self, gint64 now_usec);

/* What is sent now waits behind something. */
gboolean bn_client_must_wait (BnClient *self);

/* client-channels.c */
void bn_client_on_channel_open (BnClient *self, BnMessage *message);
/* FALSE if it says nothing new. */
gboolean bn_client_on_channel_ack (BnClient *self, BnMessage *message);
void bn_client_on_channel_eof (BnClient *self, BnMessage *message);
void bn_client_on_channel_close (BnClient *self, BnMessage *message);

/* client-identity.c */
/* Its session may do more than before. */
void bn_client_say_access (BnClient *self);
void bn_client_set_session (BnClient *self, BnSession *session);
/* The members of the hello that are the same for all, as JSON without braces. */
char *bn_hello_encode_constants (const BnLimits *limits, const char *version);
GVariant *bn_client_describe (BnClient *self); /* a{sv}, floating */
void bn_client_on_hello (BnClient *self, BnMessage *message);
void bn_client_on_auth (BnClient *self, BnMessage *message);

/* client-subscriptions.c */
void bn_client_on_subscribe (BnClient *self, BnMessage *message);
void bn_client_on_unsubscribe (BnClient *self, BnMessage *message);
void bn_client_drop_subscriptions (BnClient *self);
/* NULL if it has ended, also if one of the same name is there. */
BnSubscription *bn_client_find_subscription (BnClient *self, guint64 serial);

/* client-joining.c: @id is of the message to answer (nullable); @since may be NULL. */
void bn_client_join (BnSubscription *subscription, const char *id, gboolean retained,
                     const BnSince *since);
/* An event came before the subscription has begun. */
void bn_subscription_hold (BnSubscription *subscription, BnBroadcast *broadcast);

/* client-requests.c: takes @message. */
void bn_client_request (BnClient *self, BnMessage *message);

/* room.c */
void bn_room_add (BnRoom *self, BnClient *client);
void bn_room_remove (BnRoom *self, BnClient *client);
void bn_room_note_authenticated (BnRoom *self);
void bn_room_wake (BnRoom *self, gint64 at_usec);
gint64 bn_room_now (BnRoom *self);
gint64 bn_room_real_time (BnRoom *self);
BnResumes *bn_room_resumes (BnRoom *self);
BnReplays *bn_room_replays (BnRoom *self);
BnChannels *bn_room_channels (BnRoom *self);
const char *bn_room_hello_constants (BnRoom *self);
guint64 bn_room_sequence (BnRoom *self);
/* An event with that number was seen. */
void bn_room_note_sequence (BnRoom *self, guint64 sequence);

G_END_DECLS
