/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The y axis of a chart: round numbers, and calm. */
#include "widgets/chart-scale.h"

#include <math.h>

#define SHRINK_BELOW 0.4

void
bn_chart_scale_init (BnChartScale *self, const char *unit, double maximum)
{
  gboolean percent = g_strcmp0 (unit, "percent") == 0;

  *self = (BnChartScale){
    .top = maximum > 0 ? maximum
           : percent   ? 100
                       : 1,
    .fixed = maximum > 0 || percent,
    .binary = g_strcmp0 (unit, "bytes") == 0 || g_strcmp0 (unit, "bytes/s") == 0,
  };
  if (self->binary && !self->fixed)
    self->top = 1024;
}

double
bn_chart_scale_round_up (double value, gboolean binary)
{
  static const double steps[] = { 1, 2, 5, 10 };
  double magnitude;

  g_return_val_if_fail (value > 0 && isfinite (value), 1);

  if (binary)
    return exp2 (ceil (log2 (value) - 1e-9));
  magnitude = pow (10, floor (log10 (value)));
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (value <= steps[i] * magnitude * (1 + 1e-9))
      return steps[i] * magnitude;
  return 10 * magnitude;
}

/* The limit for @extent, with the current one as the wish. */
static double
fit_limit (const BnChartScale *self, double limit, double extent)
{
  double least = self->binary ? 1024 : extent > 0 ? 1e-3 : 1;

  if (extent <= limit && extent >= limit * SHRINK_BELOW)
    return limit;
  return bn_chart_scale_round_up (MAX (extent, least), self->binary);
}

gboolean
bn_chart_scale_fit (BnChartScale *self, double minimum, double maximum)
{
  double top = fit_limit (self, self->top, MAX (maximum, 0));
  double bottom = minimum < 0 ? -fit_limit (self, -self->bottom, -minimum) : 0;

  if (self->fixed || !isfinite (minimum) || !isfinite (maximum))
    return FALSE;
  if (top == self->top && bottom == self->bottom)
    return FALSE;
  self->top = top;
  self->bottom = bottom;
  return TRUE;
}
