/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* From counters to rates: the time between two readings, and counters that wrap or start over. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of less time than this no rate is made: the kernel's clock ticks are 1 to 10 ms. */
#define BN_WINDOW_MIN_USEC (50 * 1000)

typedef struct
{
  gint64 last_usec; /* 0: never */
} BnRateWindow;

typedef enum
{
  BN_WINDOW_BASELINE, /* remember the counters, there are no rates yet */
  BN_WINDOW_RATES,    /* rates over *seconds */
  BN_WINDOW_SHORT,    /* too soon: leave everything as it is */
} BnWindowState;

/* @now_usec is monotonic time, @period_usec the time expected between two readings: after more than
 * three of it (a suspended machine, a worker that slept) the counters are a new baseline. */
BnWindowState bn_rate_window_advance (BnRateWindow *window, gint64 now_usec, gint64 period_usec,
                                      double *seconds);

/* What each of the @n counters of one device grew by. A single counter that went down has wrapped
 * at 32 bits, if that makes a small step of it; anything else that goes down is a device that
 * started over: FALSE. */
gboolean bn_counters_delta (const guint64 *before, const guint64 *now, guint64 *delta, guint n);

/* @part of @whole as a percentage, 0 to 100; 0 of nothing is 0. */
double bn_percent (double part, double whole);

G_END_DECLS
