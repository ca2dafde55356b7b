/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Invitations to devices: a secret for a QR code and a code that a person can type. */
#pragma once

#include <gio/gio.h>

#include "introspection/access-level.h"

G_BEGIN_DECLS

#define BN_PAIRINGS_MAX 8
#define BN_PAIRING_WRONG_CODES 5 /* then it ends */
#define BN_PAIRING_CODE_LETTERS "BCDFGHJKLMNPQRSTVWXZ"
#define BN_PAIRING_CODE_LENGTH 8

typedef struct
{
  guint id;
  char *code;   /* BN_PAIRING_CODE_LENGTH letters; NULL: a login secret, which has none */
  char *secret; /* 128 bit, hexadecimal */
  char *name;   /* (nullable): what the device shall be called */
  BnAccessLevel level;
  BnGrants grants;
  guint wrong_codes;
  gint64 expires_usec;      /* CLOCK_BOOTTIME */
  gint64 expires_real_usec; /* since 1970, to be shown */
} BnPairing;

void bn_pairing_free (BnPairing *self);

typedef struct _BnPairings BnPairings;

/* A pairing with a code is over: "used", "expired", "cancelled" or "wrong_codes". */
typedef void (*BnPairingEnded) (const BnPairing *pairing, const char *result, gpointer user_data);

/* @seconds: how long a pairing is open. */
BnPairings *bn_pairings_new (guint seconds, BnPairingEnded ended, gpointer user_data);
void bn_pairings_free (BnPairings *self);

/* Borrowed. @with_code: FALSE makes a login secret. Error: busy (BN_PAIRINGS_MAX are open). */
const BnPairing *bn_pairings_add (BnPairings *self, BnAccessLevel level, BnGrants grants,
                                  const char *name, gboolean with_code, GError **error);

/* The pairing whose secret or code @text is; it is used up. A code may have dashes and spaces and
 * small letters. NULL: there is none; if @text looked like a code that counts against each code. */
BnPairing *bn_pairings_use (BnPairings *self, const char *text);

gboolean bn_pairings_cancel (BnPairings *self, guint id);
guint bn_pairings_get_count (BnPairings *self);

/* A code as people read it, with a dash in the middle. */
char *bn_pairing_code_format (const char *code);
/* NULL if @text is no code. */
char *bn_pairing_code_normalise (const char *text);

/* CLOCK_BOOTTIME in microseconds: it goes on while the machine sleeps. */
gint64 bn_boot_time (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnPairing, bn_pairing_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnPairings, bn_pairings_free)

G_END_DECLS
