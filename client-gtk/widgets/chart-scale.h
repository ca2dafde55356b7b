/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The y axis of a chart: round numbers, and calm. It grows at once and shrinks only when less than
 * two fifths of it are used, so that it does not dance around a border. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double bottom;   /* 0, or below it where there are negative values */
  double top;      /* above bottom */
  gboolean fixed;  /* the limits are given */
  gboolean binary; /* round in powers of two and of 1024: bytes */
} BnChartScale;

/* The scale of @unit: 0 to 100 for percent; of 0 to @maximum if that is above 0. */
void bn_chart_scale_init (BnChartScale *self, const char *unit, double maximum);

/* TRUE if the limits have changed. */
gboolean bn_chart_scale_fit (BnChartScale *self, double minimum, double maximum);

/* The least round number that is not below @value (which is above 0). */
double bn_chart_scale_round_up (double value, gboolean binary);

G_END_DECLS
