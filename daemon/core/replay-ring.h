/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The last events of class "event", for those who were away. */
#pragma once

#include "core/event.h"

G_BEGIN_DECLS

/* The oldest go when one of the limits is reached. */
typedef struct
{
  guint events;
  gsize bytes;
  gint64 age_usec;
} BnReplayLimits;

/* 4096 events, 4 MiB, 10 minutes */
extern const BnReplayLimits bn_replay_default_limits;

typedef struct _BnReplayRing BnReplayRing;

BnReplayRing *bn_replay_ring_new (const BnReplayLimits *limits);
void bn_replay_ring_free (BnReplayRing *self);

/* @event has a sequence number, one higher than the last. */
void bn_replay_ring_append (BnReplayRing *self, BnEvent *event, gint64 now_usec);

typedef gboolean (*BnReplayFunc) (BnEvent *event, gpointer user_data);

/* Calls @func for the events after @after, in order, until it returns FALSE. Returns FALSE if
 * events after @after are not in the ring any more; @last is the last sequence number given. */
gboolean bn_replay_ring_read (BnReplayRing *self, guint64 after, guint64 last, gint64 now_usec,
                              BnReplayFunc func, gpointer user_data);

guint bn_replay_ring_get_length (BnReplayRing *self);
gsize bn_replay_ring_get_bytes (BnReplayRing *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnReplayRing, bn_replay_ring_free)

G_END_DECLS
