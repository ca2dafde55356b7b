/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Subscriptions at the hub that many browsers share. */
#pragma once

#include "protocol/broadcast.h"
#include "protocol/sessions.h"

G_BEGIN_DECLS

/* One subscription at the hub: the same patterns, at the same interval, seen with the same access
 * level, asked once however many want it. It ends when its last user leaves. */
typedef struct
{
  char *key;
  GStrv patterns;    /* sorted, each once */
  guint interval_ms; /* 0: each worker's own */
  BnAccessLevel level;
  BnSession *session; /* (owned): on whose behalf it was asked */
  guint32 id;         /* the hub's; 0 while it is not subscribed */
  guint users;
  GPtrArray *members; /* whatever the users put in: who gets the events */
} BnLease;

#define BN_TYPE_LEASES (bn_leases_get_type ())
G_DECLARE_FINAL_TYPE (BnLeases, bn_leases, BN, LEASES, GObject)

BnLeases *bn_leases_new (BnBackend *backend);

/* Joins or makes the lease. The caller is a user of what finish returns until bn_leases_leave().
 * Errors: those of EventBus1.Subscribe. */
void bn_leases_join_async (BnLeases *self, BnSession *session, const char *const *patterns,
                           guint interval_ms, GAsyncReadyCallback callback, gpointer user_data);
BnLease *bn_leases_join_finish (BnLeases *self, GAsyncResult *result, GError **error);
void bn_leases_leave (BnLeases *self, BnLease *lease);

/* The lease of a subscription of the hub; NULL if there is none (any more). */
BnLease *bn_leases_find (BnLeases *self, guint32 id);

/* Asks the hub for those leases again that it does not know: after it came back. @heir names the
 * session for a lease whose own is over (NULL: none); @done is called with each lease when the hub
 * has it again. */
typedef BnSession *(*BnLeaseHeirFunc) (BnLease *lease, gpointer user_data);
typedef void (*BnLeaseFunc) (BnLease *lease, gpointer user_data);
void bn_leases_restore (BnLeases *self, BnLeaseHeirFunc heir, BnLeaseFunc done, gpointer user_data);

/* The hub does not know any of them any more. */
void bn_leases_reset (BnLeases *self);

/* @session is over: leases that were asked on its behalf are asked again on behalf of the one that
 * @heir names, or, if it names none, left to die with their users. TRUE if there were heirs: what
 * happens until the hub has answered them is missing. */
gboolean bn_leases_inherit (BnLeases *self, BnSession *session, BnLeaseHeirFunc heir,
                            gpointer user_data);

guint bn_leases_get_count (BnLeases *self);

G_END_DECLS
