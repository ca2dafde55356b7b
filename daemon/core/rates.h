/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How fast counters grow: what is counted now against what was counted the last time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BN_RATES_MAX 8 /* counters of one thing */

/* Things that count, by name. */
typedef struct _BnRates BnRates;

BnRates *bn_rates_new (void);
void bn_rates_free (BnRates *self);

/* A round over all things begins, and ends; things that were not in it are gone: @gone, unless it
 * is NULL, is called with their names. Between the two, each thing is given once. */
void bn_rates_begin (BnRates *self);
void bn_rates_end (BnRates *self, void (*gone) (const char *name, gpointer user_data),
                   gpointer user_data);

/* Takes @counters of the thing @name; @rates receives how much they grew a second, NAN where that
 * is not known: it is the first time, or after a rest. */
void bn_rates_take (BnRates *self, const char *name, const guint64 *counters, double *rates,
                    guint n_counters);

/* Nobody counts for a while: what comes next is no rate. */
void bn_rates_rest (BnRates *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnRates, bn_rates_free)

G_END_DECLS
