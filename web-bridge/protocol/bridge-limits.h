/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Every limit of the bridge in one table, and a counter for each way to meet one. */
#pragma once

#include "frames/frame-parser.h"

G_BEGIN_DECLS

/* Times in milliseconds, sizes in bytes. */
typedef struct
{
  guint connections;                 /* HTTP and WebSocket together */
  guint connections_per_address;     /* of one peer address */
  guint connections_unauthenticated; /* WebSockets that have not said who they are */
  guint tls_ms;                      /* from the connection to the end of TLS' handshake */
  guint head_ms;                     /* from the connection to the end of a request's head */
  guint body_ms;                     /* from there to the end of its body */
  guint idle_ms;                     /* a kept-alive connection between two requests */
  guint auth_ms;                     /* a WebSocket until it has said who it is */
  gsize head_bytes;
  gsize body_bytes;
  BnFrameLimits frames;
  guint bad_messages; /* in a row, then the WebSocket is closed */
  guint requests_per_second;
  guint requests_burst;
  guint requests_in_flight;
  guint pings_per_second;
  guint heartbeat_ms;
  guint silence_ms; /* of a client that promised to answer heartbeats */
  guint subscriptions;
  guint rate;             /* samples a second and key, the most a client may ask for */
  guint queue_events;     /* events kept for a slow client; older ones become a gap */
  gsize queue_bytes;      /* likewise; reaching it for queue_soft_ms closes */
  gsize queue_hard_bytes; /* reaching it closes at once */
  guint queue_soft_ms;
  guint stall_ms;       /* something waits and nothing was taken */
  guint resumes;        /* clients whose connection is lost, and that may come back */
  guint resume_ms;      /* for how long */
  guint resume_replies; /* answers that are kept for one */
  gsize resume_bytes;   /* likewise */
  guint sessions;       /* kept open, WebSockets or not */
  guint channels;       /* of all clients */
  guint channels_per_client;
  guint channel_window;    /* bytes that were not acknowledged, at most */
  guint engines;           /* sessions of Engine.IO */
  guint engine_namespaces; /* of one of them */
  guint engine_ping_ms;
  guint engine_timeout_ms; /* until the peer has answered a ping */
} BnLimits;

extern const BnLimits bn_default_limits;

typedef enum
{
  BN_COUNT_ACCEPTED,
  BN_COUNT_REFUSED_TOTAL,
  BN_COUNT_REFUSED_ADDRESS,
  BN_COUNT_REFUSED_UNAUTHENTICATED,
  BN_COUNT_REFUSED_DESCRIPTORS,
  BN_COUNT_TLS_CONNECTIONS,
  BN_COUNT_TLS_FAILED,
  BN_COUNT_LATE_TLS,
  BN_COUNT_LATE_HEAD,
  BN_COUNT_LATE_BODY,
  BN_COUNT_IDLE,
  BN_COUNT_BAD_REQUEST,
  BN_COUNT_BAD_HOST,
  BN_COUNT_BAD_ORIGIN,
  BN_COUNT_HEAD_TOO_LARGE,
  BN_COUNT_BODY_TOO_LARGE,
  BN_COUNT_LOGIN_FAILED,
  BN_COUNT_LOGIN_DELAYED,
  BN_COUNT_WEBSOCKETS,
  BN_COUNT_WS_PROTOCOL_ERROR,
  BN_COUNT_WS_TOO_BIG,
  BN_COUNT_WS_BAD_UTF8,
  BN_COUNT_WS_PING_FLOOD,
  BN_COUNT_BAD_MESSAGES,
  BN_COUNT_REQUESTS,
  BN_COUNT_REQUEST_ERRORS,
  BN_COUNT_STREAMS, /* bodies that were sent as they came */
  BN_COUNT_BUSY,
  BN_COUNT_FLOODS,
  BN_COUNT_NOT_AUTHENTICATED_IN_TIME,
  BN_COUNT_HEARTBEATS_LOST,
  BN_COUNT_DELIVERIES,
  BN_COUNT_COALESCED,
  BN_COUNT_DROPPED,
  BN_COUNT_GAPS,
  BN_COUNT_REPLAYED,        /* events */
  BN_COUNT_REPLAYS_REFUSED, /* more than queue_hard_bytes of them waited for a client */
  BN_COUNT_SLOW_CONSUMERS,
  BN_COUNT_RESUMED,          /* clients that came back */
  BN_COUNT_RESUMES_DROPPED,  /* more than the limit of them were away */
  BN_COUNT_REPLIES_DROPPED,  /* answers that one who is away will not get */
  BN_COUNT_CHANNELS,         /* opened */
  BN_COUNT_CHANNELS_REFUSED, /* there were too many */
  BN_COUNT_CHANNELS_RESUMED,
  BN_COUNT_CHANNEL_ERRORS,  /* bytes for none, out of their order or beyond the window */
  BN_COUNT_ENGINES,         /* sessions of Engine.IO */
  BN_COUNT_ENGINES_REFUSED, /* too many of them, or of their namespaces */
  BN_COUNT_SCRAPES,         /* of /metrics */
  BN_COUNT_SERIES_LEFT_OUT, /* there were too many */
  BN_COUNT_HUB_LOST,
} BnCount;

#define BN_N_COUNTS (BN_COUNT_HUB_LOST + 1)

typedef struct
{
  guint64 values[BN_N_COUNTS];
} BnCounters;

/* Its name in snake case, such as "refused_total". */
const char *bn_count_name (BnCount count);

static inline void
bn_counters_add (BnCounters *self, BnCount count)
{
  self->values[count]++;
}

G_END_DECLS
