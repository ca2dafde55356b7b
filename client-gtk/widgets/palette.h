/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The colours and line styles of series: Okabe and Ito's palette, which the colour-blind tell
 * apart, and a dash of its own for each series besides. */
#pragma once

#include "widgets/chart-data.h"

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* On and off lengths in logical pixels; all 0: solid. */
typedef struct
{
  guint8 lengths[4];
} BnDash;

/* @series is below BN_CHART_MAX_SERIES. */
const GdkRGBA *bn_palette_get_colour (guint series, gboolean dark);
const BnDash *bn_palette_get_dash (guint series);

/* TRUE if the dash is on at @position logical pixels from its start. */
gboolean bn_dash_is_on (const BnDash *dash, gint64 position);

G_END_DECLS
