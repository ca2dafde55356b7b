/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The area of a chart: grid, lines, the labels of the axes, and a cursor that follows the pointer
 * or the arrow keys. Time runs left to right, the newest point is at the right edge. */
#pragma once

#include "widgets/chart-data.h"
#include "widgets/plot-surface.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BN_TYPE_PLOT (bn_plot_get_type ())
G_DECLARE_FINAL_TYPE (BnPlot, bn_plot, BN, PLOT, GtkWidget)

/* Signal "cursor-changed": the cursor moved, appeared or went. */

GtkWidget *bn_plot_new (BnChartData *data, BnPlotStyle style, const char *unit, double maximum);

/* From the left edge to the right one; 5 minutes at first. */
void bn_plot_set_span (BnPlot *self, gint64 span_usec);

/* The top of the axis from now on; 0: as the values need. */
void bn_plot_set_maximum (BnPlot *self, double maximum);

/* Without labels and with less height: one of many. */
void bn_plot_set_compact (BnPlot *self, gboolean compact);

/* The data have changed. */
void bn_plot_refresh (BnPlot *self);

/* The point under the cursor; FALSE if there is no cursor. */
gboolean bn_plot_get_cursor (BnPlot *self, guint *index);
/* From the newest point where there is none. */
void bn_plot_move_cursor (BnPlot *self, int n_steps);
void bn_plot_clear_cursor (BnPlot *self);

double bn_plot_get_top (BnPlot *self);
double bn_plot_get_bottom (BnPlot *self);
BnPlotSurface *bn_plot_get_surface (BnPlot *self);

G_END_DECLS
