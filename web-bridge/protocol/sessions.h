/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's sessions, by the token that opened each. The hub judges; this only remembers, so that a
 * token is asked once and not with every request. */
#pragma once

#include "introspection/access-level.h"
#include "protocol/backend.h"
#include "protocol/bridge-limits.h"

G_BEGIN_DECLS

/* Counted references. It stays the same session over a restart of the hub, with another handle. */
typedef struct
{
  guint references;
  guint uses;   /* WebSockets that speak for it */
  char *token;  /* what opened it; the new device's token after a login secret */
  char *digest; /* of the token: the key */
  char *handle; /* the hub's name for it; NULL while the hub is away or after its end */
  char *device; /* (nullable): its name */
  BnAccessLevel level;
  BnGrants grants;
  BnAccessLevel base_level;   /* without a step-up */
  gint64 elevated_until_usec; /* since 1970; 0: there is no step-up */
  char *auth_json;            /* (nullable): what the hello says of it */
  gboolean fresh_token;       /* @token is new and the browser must be told */
} BnSession;

/* Says on whose behalf a method of the hub is called: adds "session" to its options. */
void bn_session_add_option (BnSession *self, GVariantDict *options);
/* Options with nothing else, floating. */
GVariant *bn_session_make_options (BnSession *self);

/* Adds its level, scopes, grants and device, for an answer about it. */
void bn_session_describe (BnSession *self, GVariantDict *dict);

BnSession *bn_session_ref (BnSession *self);
void bn_session_unref (BnSession *self);

#define BN_TYPE_SESSIONS (bn_sessions_get_type ())
G_DECLARE_FINAL_TYPE (BnSessions, bn_sessions, BN, SESSIONS, GObject)

/* Signals:
 *
 * "ended" (BnSession *, gboolean lowered): the hub ended it; close its WebSockets. If @lowered the
 *   same token opens one that may do less.
 * "changed" (BnSession *): it may do more than before.
 * "restored" (): the hub is back, and it was asked again about every session in use.
 */

BnSessions *bn_sessions_new (BnBackend *backend, const BnLimits *limits);

/* The session of a token that was opened before; NULL if there is none (unowned). */
BnSession *bn_sessions_find (BnSessions *self, const char *token);

/* Opens one with a token or a login secret. Errors: unauthenticated, rate_limited, unavailable. */
void bn_sessions_open_async (BnSessions *self, const char *token, const char *address,
                             const char *client_name, GAsyncReadyCallback callback,
                             gpointer user_data);
BnSession *bn_sessions_open_finish (BnSessions *self, GAsyncResult *result, GError **error);

/* Ends it; the hub forgets the device's token if @forget. "ended" is emitted. */
void bn_sessions_end (BnSessions *self, BnSession *session, gboolean forget);

guint bn_sessions_get_count (BnSessions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnSession, bn_session_unref)

G_END_DECLS
