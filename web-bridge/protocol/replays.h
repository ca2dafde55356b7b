/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What clients missed, read from the hub's ring. */
#pragma once

#include "protocol/broadcast.h"
#include "protocol/sessions.h"

G_BEGIN_DECLS

/* Events on their way to one client, the oldest first. */
typedef struct _BnReplay BnReplay;

void bn_replay_free (BnReplay *self);

/* FALSE if events before the first one may be lost to the client: the epoch is another one, or the
 * ring has gone on. */
gboolean bn_replay_is_complete (const BnReplay *self);
/* The number of the last event; 0: there is none. */
guint64 bn_replay_get_last (const BnReplay *self);
/* Those that were not taken yet. */
guint bn_replay_get_events (const BnReplay *self);
gsize bn_replay_get_bytes (const BnReplay *self);

/* The frame of the next event (full), NULL if there is none. @names as for
 * bn_broadcast_get_frame(). */
GBytes *bn_replay_take_frame (BnReplay *self, const char *names);

#define BN_TYPE_REPLAYS (bn_replays_get_type ())
G_DECLARE_FINAL_TYPE (BnReplays, bn_replays, BN, REPLAYS, GObject)

BnReplays *bn_replays_new (BnBackend *backend);

/* Reads the events after @since that match. The result comes at the instant at which the hub had no
 * more: an event that it sends later is not among them, one that it sent before is. One client
 * after the other is served, so that a herd of them does not fill the memory; @cancellable takes
 * one out that is gone.
 * Errors: those of EventBus1.Replay. */
void bn_replays_read_async (BnReplays *self, BnSession *session, const char *epoch, guint64 since,
                            const char *const *patterns, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data);
BnReplay *bn_replays_read_finish (BnReplays *self, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnReplay, bn_replay_free)

G_END_DECLS
