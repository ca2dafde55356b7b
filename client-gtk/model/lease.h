/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* An interest in events or samples, for as long as the object lives. It survives the hub: when it
 * comes back, or the client is looked at again, the interest is declared anew, and events that were
 * missed in between are read from the hub's replay ring. */
#pragma once

#include "model/hub.h"

G_BEGIN_DECLS

typedef enum
{
  BN_LEASE_SAMPLES = 1 << 0,
  BN_LEASE_EVENTS = 1 << 1,
  BN_LEASE_REPLAY = 1 << 2, /* begin with the events that the hub still has */
  BN_LEASE_UNSEEN = 1 << 3, /* also while nobody looks at the client */
} BnLeaseFlags;

#define BN_TYPE_LEASE (bn_lease_get_type ())
G_DECLARE_FINAL_TYPE (BnLease, bn_lease, BN, LEASE, GObject)

/* Signal "event" (char *type, GVariant *payload, GVariant *meta), in order, each once.
 * Signal "lost": events in between are lost; what was derived from them must be read again.
 * Signal "failed" (char *message): the hub refused the interest.
 * Signal "caught-up": what the replay ring has was delivered. */

/* @patterns must be valid. @interval_ms: 0 for that of the workers. */
BnLease *bn_lease_new (BnHub *hub, const char *const *patterns, guint interval_ms,
                       BnLeaseFlags flags);

/* With BN_LEASE_REPLAY, once caught up: FALSE if events are missing, because the ring of the hub
 * does not go back to the hub's start, or because there was another hub in between. */
gboolean bn_lease_get_complete (BnLease *self);

/* While it rests there is no interest. Afterwards it goes on where it was, as after an absence of
 * the hub. */
void bn_lease_set_resting (BnLease *self, gboolean resting);

G_END_DECLS
