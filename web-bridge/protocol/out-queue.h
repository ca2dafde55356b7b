/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What waits for a client that does not take it fast enough. */
#pragma once

#include "protocol/bridge-limits.h"
#include "protocol/replays.h"

G_BEGIN_DECLS

typedef struct _BnOutQueue BnOutQueue;

BnOutQueue *bn_out_queue_new (const BnLimits *limits, BnCounters *counters);
void bn_out_queue_free (BnOutQueue *self);

/* @names as for bn_broadcast_get_frame(). */
void bn_out_queue_push (BnOutQueue *self, BnBroadcast *broadcast, char *names);
/* A reply or another message that must arrive. */
void bn_out_queue_push_frame (BnOutQueue *self, GBytes *frame);
/* What a client missed (taken): goes out event by event, at this place. It is not counted with the
 * rest, for it is bounded by the hub's ring. */
void bn_out_queue_push_replay (BnOutQueue *self, BnReplay *replay, char *names);
/* Announces a loss that happened before the bridge. */
void bn_out_queue_push_gap (BnOutQueue *self, guint64 from, guint64 to);

/* The next frame (full), NULL if there is none. */
GBytes *bn_out_queue_pop (BnOutQueue *self);

gboolean bn_out_queue_is_empty (BnOutQueue *self);
guint bn_out_queue_get_length (BnOutQueue *self);
/* Without replays ... */
gsize bn_out_queue_get_bytes (BnOutQueue *self);
/* ... and of them alone. */
gsize bn_out_queue_get_replay_bytes (BnOutQueue *self);
/* TRUE if it has so much that the client must soon be closed. */
gboolean bn_out_queue_is_full (BnOutQueue *self);

/* The message that announces a loss. */
GBytes *bn_gap_frame (guint64 from, guint64 to);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnOutQueue, bn_out_queue_free)

G_END_DECLS
