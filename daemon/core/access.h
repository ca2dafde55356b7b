/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Who may do what over the web: login secrets, tokens and sessions. */
#pragma once

#include "core/peer.h"

G_BEGIN_DECLS

#define BN_LOGIN_SECRET_SECONDS 120
#define BN_LOGIN_PER_MINUTE 10 /* secrets made, and wrong tokens, each */

#define BN_TYPE_ACCESS (bn_access_get_type ())
G_DECLARE_FINAL_TYPE (BnAccess, bn_access, BN, ACCESS, GObject)

/* Signal "session-ended" (BnPeer *, const char *session, const char *reason): not for EndSession.
 */

/* Writes the token for local scripts to @token_path (mode 0600). */
BnAccess *bn_access_new (const char *devices_path, const char *token_path, GError **error);

/* A secret with which one browser becomes a device with @level. Error: rate_limited. */
char *bn_access_create_login_secret (BnAccess *self, BnAccessLevel level, GError **error);

/* Opens a session of @peer; @info (floating a{sv}) as Access1.Authenticate. Errors:
 * unauthenticated, rate_limited. */
char *bn_access_authenticate (BnAccess *self, BnPeer *peer, const char *token, GVariant *client,
                              GVariant **info, GError **error);

gboolean bn_access_end_session (BnAccess *self, BnPeer *peer, const char *session, gboolean forget,
                                GError **error);
void bn_access_end_peer (BnAccess *self, BnPeer *peer);

/* The local token ends with its file: the hub goes. */
void bn_access_close (BnAccess *self);

/* The level of a session of @peer; NONE with the error unauthenticated if there is none. */
BnAccessLevel bn_access_get_level (BnAccess *self, BnPeer *peer, const char *session,
                                   GError **error);

/* Sessions that are open; sessions and login secrets that were refused, for whatever reason. */
guint bn_access_get_sessions (BnAccess *self);
guint64 bn_access_get_refused (BnAccess *self);

G_END_DECLS
