/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How often a module may be reloaded because it passed a soft limit. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BN_RELOAD_PACER_MIN_USEC (10 * 60 * G_USEC_PER_SEC)
#define BN_RELOAD_PACER_MAX_USEC (24 * 60 * 60 * (gint64)G_USEC_PER_SEC)

/* A value; all zero at the beginning. */
typedef struct
{
  gint64 last_usec; /* of the last reload; 0: none */
  gint64 wait_usec; /* from then until the next may be */
} BnReloadPacer;

/* The limit is passed at @now_usec (monotonic, not 0): TRUE if a reload may be tried now; it counts
 * from then. */
gboolean bn_reload_pacer_pass (BnReloadPacer *self, gint64 now_usec);

G_END_DECLS
