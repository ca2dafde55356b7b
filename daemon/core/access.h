/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Who may do what over the web: login secrets, tokens and sessions. */
#pragma once

#include "core/device-store.h"
#include "core/pairings.h"
#include "core/step-ups.h"

G_BEGIN_DECLS

#define BN_LOGIN_PER_MINUTE 10 /* addresses and codes made, and wrong tokens, each */

#define BN_TYPE_ACCESS (bn_access_get_type ())
G_DECLARE_FINAL_TYPE (BnAccess, bn_access, BN, ACCESS, GObject)

/* Signals:
 *
 * "session-ended" (BnPeer *, const char *session, const char *reason): "revoked", "expired" or
 *   "lowered": it may do less than before; who opens it again gets what it has now. Not for
 *   EndSession.
 * "session-changed" (BnPeer *, const char *session): it may do more than before.
 * "event" (const char *type, GVariant *payload): something to publish for those with admin.
 */

/* What a session may do. */
typedef struct
{
  BnAccessLevel level; /* now */
  BnGrants grants;
  BnAccessLevel base_level; /* without a step-up */
  gint64 raised_until_usec; /* since 1970; 0: there is no step-up */
  const char *device;       /* (nullable): the id, borrowed; NULL: the token for local scripts */
  const char *name;         /* borrowed */
} BnRights;

/* In seconds. */
typedef struct
{
  guint pairing; /* an invitation */
  guint ask;     /* a device that asks for more, until it is answered */
  guint raised;  /* what it got */
} BnAccessTimes;

extern const BnAccessTimes bn_access_default_times;

/* Writes the token for local scripts to @token_path (mode 0600). */
BnAccess *bn_access_new (const char *devices_path, const char *token_path,
                         const BnAccessTimes *times, GError **error);
const BnAccessTimes *bn_access_get_times (BnAccess *self);

/* A secret with which one browser becomes a device with @level and all grants. Errors:
 * rate_limited, busy. */
char *bn_access_create_login_secret (BnAccess *self, BnAccessLevel level, GError **error);

/* Invites a device; borrowed. Errors: rate_limited, busy. */
const BnPairing *bn_access_pair (BnAccess *self, BnAccessLevel level, BnGrants grants,
                                 const char *name, GError **error);
gboolean bn_access_cancel_pairing (BnAccess *self, guint id, GError **error);

/* Opens a session of @peer; @info (floating a{sv}) as Access1.Authenticate. Errors:
 * unauthenticated, rate_limited. */
char *bn_access_authenticate (BnAccess *self, BnPeer *peer, const char *token, GVariant *client,
                              GVariant **info, GError **error);

gboolean bn_access_end_session (BnAccess *self, BnPeer *peer, const char *session, gboolean forget,
                                GError **error);
void bn_access_end_peer (BnAccess *self, BnPeer *peer);

/* The local token ends with its file: the hub goes. */
void bn_access_close (BnAccess *self);

/* What a session of @peer may do; FALSE with the error unauthenticated if there is none. */
gboolean bn_access_get_rights (BnAccess *self, BnPeer *peer, const char *session, BnRights *rights,
                               GError **error);
/* The level alone, NONE if there is none. */
BnAccessLevel bn_access_get_level (BnAccess *self, BnPeer *peer, const char *session,
                                   GError **error);
/* As the info of Access1.SessionChanged: a{sv}, floating. */
GVariant *bn_access_describe_rights (const BnRights *rights);

/* Devices: BnDevice, and how many sessions one has open. */
GPtrArray *bn_access_list_devices (BnAccess *self);
guint bn_access_get_connections (BnAccess *self, const char *device);
/* Why nobody is paired any more, or NULL. */
const char *bn_access_get_damage (BnAccess *self);
/* Errors: not_found, internal. */
gboolean bn_access_change_device (BnAccess *self, const BnDevice *device, GError **error);
gboolean bn_access_revoke (BnAccess *self, const char *device, GError **error);
/* How many there were. */
guint bn_access_revoke_all (BnAccess *self, GError **error);

/* Asks, for a session of a device, for @level and @grants; borrowed. Errors: unauthenticated,
 * unsupported (the token for local scripts has everything), conflict, busy, rate_limited. */
const BnStepUp *bn_access_step_up (BnAccess *self, BnPeer *peer, const char *session,
                                   BnAccessLevel level, BnGrants grants, const char *reason,
                                   GError **error);
GPtrArray *bn_access_list_step_ups (BnAccess *self); /* borrowed: BnStepUp */
gboolean bn_access_confirm (BnAccess *self, guint id, gboolean yes, GError **error);

/* Sessions that are open; sessions and login secrets that were refused, for whatever reason; and
 * step-ups that were refused for a limit. */
guint bn_access_get_sessions (BnAccess *self);
guint64 bn_access_get_refused (BnAccess *self);
guint64 bn_access_get_step_ups_limited (BnAccess *self);

G_END_DECLS
