/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Devices that ask for more than they have, for a while: somebody at the machine says yes or no. */
#pragma once

#include "core/peer.h"

G_BEGIN_DECLS

#define BN_STEP_UP_PER_MINUTE 6   /* of one device */
#define BN_STEP_UPS_MAX 64        /* open */
#define BN_STEP_UP_REASON_MAX 200 /* bytes */

typedef struct
{
  guint id;
  BnPeer *peer;  /* not owned */
  char *session; /* its handle */
  char *device;  /* its id */
  char *name;    /* of the device */
  char *address;
  char *reason; /* what the device says that it is for */
  BnAccessLevel level;
  BnGrants grants;
  guint number; /* two digits, shown on both sides */
  gint64 created_usec;
  gint64 expires_real_usec;
  gint64 expires_usec; /* CLOCK_BOOTTIME */
} BnStepUp;

void bn_step_up_free (BnStepUp *self);

typedef struct _BnStepUps BnStepUps;

/* One is over: "confirmed", "denied", "expired" or "withdrawn". */
typedef void (*BnStepUpEnded) (const BnStepUp *step_up, const char *result, gpointer user_data);

/* @seconds: how long one waits for its answer. */
BnStepUps *bn_step_ups_new (guint seconds, BnStepUpEnded ended, gpointer user_data);
void bn_step_ups_free (BnStepUps *self);

/* Gives @step_up (taken) an id, a number and its times; borrowed. Errors: conflict (the device asks
 * already), rate_limited, busy. */
const BnStepUp *bn_step_ups_add (BnStepUps *self, BnStepUp *step_up, GError **error);

/* NULL if there is none. */
const BnStepUp *bn_step_ups_lookup (BnStepUps *self, guint id);
GPtrArray *bn_step_ups_list (BnStepUps *self); /* borrowed: BnStepUp, oldest first */

/* Takes it out and says so. */
void bn_step_ups_end (BnStepUps *self, guint id, const char *result);
/* The session is over. */
void bn_step_ups_end_session (BnStepUps *self, const char *session);

/* What was refused for a limit. */
guint64 bn_step_ups_get_limited (BnStepUps *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnStepUp, bn_step_up_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnStepUps, bn_step_ups_free)

G_END_DECLS
