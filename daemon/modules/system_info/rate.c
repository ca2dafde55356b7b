/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* From counters to rates. */
#include "modules/system_info/rate.h"

#define WRAP (G_GUINT64_CONSTANT (1) << 32)
#define LARGEST_WRAPPED_STEP (WRAP / 2)
#define PERIODS_MAX 3

BnWindowState
bn_rate_window_advance (BnRateWindow *window, gint64 now_usec, gint64 period_usec, double *seconds)
{
  gint64 passed_usec = now_usec - window->last_usec;

  *seconds = 0;
  if (window->last_usec != 0 && passed_usec >= 0 && passed_usec < BN_WINDOW_MIN_USEC)
    return BN_WINDOW_SHORT;
  if (window->last_usec == 0 || passed_usec < 0 || passed_usec > PERIODS_MAX * period_usec)
    {
      window->last_usec = now_usec;
      return BN_WINDOW_BASELINE;
    }
  window->last_usec = now_usec;
  *seconds = (double)passed_usec / G_USEC_PER_SEC;
  return BN_WINDOW_RATES;
}

gboolean
bn_counters_delta (const guint64 *before, const guint64 *now, guint64 *delta, guint n)
{
  guint wrapped = 0;

  for (guint i = 0; i < n; i++)
    {
      if (now[i] >= before[i])
        {
          delta[i] = now[i] - before[i];
          continue;
        }
      if (before[i] >= WRAP || ++wrapped > 1)
        return FALSE;
      delta[i] = now[i] + WRAP - before[i];
      if (delta[i] >= LARGEST_WRAPPED_STEP)
        return FALSE;
    }
  return TRUE;
}

double
bn_percent (double part, double whole)
{
  return whole <= 0 ? 0 : CLAMP (100 * part / whole, 0, 100);
}
