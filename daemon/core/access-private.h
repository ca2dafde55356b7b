/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of the access share. */
#pragma once

#include "core/access.h"

G_BEGIN_DECLS

typedef struct
{
  BnPeer *peer; /* not owned: it ends its sessions */
  char *handle;
  char *device; /* (nullable): its id; NULL: the token for local scripts */
  char *name;
  char *address; /* (nullable) */
  BnAccessLevel level;
  BnGrants grants;
  BnAccessLevel raised_level; /* what a step-up gave it */
  BnGrants raised_grants;
  gint64 raised_until_usec;      /* CLOCK_BOOTTIME; 0: nothing did */
  gint64 raised_until_real_usec; /* since 1970 */
} BnAccessSession;

/* At most BN_LOGIN_PER_MINUTE in a minute. */
typedef struct
{
  gint64 times_usec[BN_LOGIN_PER_MINUTE];
  guint next;
} BnLimiter;

struct _BnAccess
{
  GObject parent_instance;

  BnAccessTimes times;
  BnDeviceStore *devices; /* (owned) */
  char *local_token;      /* (owned) */
  char *token_path;       /* (owned) */
  BnPairings *pairings;   /* (owned) */
  BnStepUps *step_ups;    /* (owned) */
  GHashTable *sessions;   /* (owned): handle -> BnAccessSession */
  GSource *step_down;     /* (owned) (nullable): when the first step-up is over */
  BnLimiter failures;
  BnLimiter created;
  guint64 refused;
};

/* access.c */
BnAccessSession *bn_access_find_session (BnAccess *self, BnPeer *peer, const char *handle,
                                         GError **error);
/* Ends the sessions for which @matches, and says @reason. */
typedef gboolean (*BnAccessMatch) (const BnAccessSession *session, gconstpointer data);
void bn_access_end_matching (BnAccess *self, BnAccessMatch matches, gconstpointer data,
                             const char *reason);
void bn_access_emit_event (BnAccess *self, const char *type, GVariant *payload);
void bn_access_emit_changed (BnAccess *self, const BnAccessSession *session);

/* access-step-up.c */
void bn_access_step_up_ended (const BnStepUp *step_up, const char *result, gpointer user_data);
/* The rights that @session has now. */
BnAccessLevel bn_access_session_level (const BnAccessSession *session);
BnGrants bn_access_session_grants (const BnAccessSession *session);
void bn_access_drop_step_down (BnAccess *self);

G_END_DECLS
