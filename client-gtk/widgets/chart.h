/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A chart: lines or stacked areas over time, and a legend with the last values, or those under the
 * cursor. For screen readers it is an image with name, values and range; Enter (or the menu key)
 * shows the points as a table. */
#pragma once

#include "widgets/plot.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BN_CHART_CAPACITY 600

#define BN_TYPE_CHART (bn_chart_get_type ())
G_DECLARE_FINAL_TYPE (BnChart, bn_chart, BN, CHART, GtkWidget)

/* @names: 1 to BN_CHART_MAX_SERIES. @maximum: the top of the axis; 0: as the values need. */
GtkWidget *bn_chart_new (const char *title, const char *const *names, const char *unit,
                         double maximum, gboolean stacked);

/* @values has one number a name, NAN where it is not known. */
void bn_chart_append (BnChart *self, gint64 time_usec, const float *values);

/* The next point is not joined to the last one. */
void bn_chart_break (BnChart *self);

/* One of many: less height, no axes, and the title in place of the name of a single series. */
void bn_chart_set_compact (BnChart *self, gboolean compact);

/* Shows the points as a table in a window of its own. */
void bn_chart_show_table (BnChart *self);

/* What a screen reader says. */
char *bn_chart_describe (BnChart *self);

BnChartData *bn_chart_get_data (BnChart *self);
const char *bn_chart_get_title (BnChart *self);
const char *const *bn_chart_get_names (BnChart *self);
const char *bn_chart_get_unit (BnChart *self);
BnPlot *bn_chart_get_plot (BnChart *self);
/* The text of a series in the legend. */
const char *bn_chart_get_value_text (BnChart *self, guint series);

G_END_DECLS
