/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The points of a chart: a ring of fixed size, one time and N values a point. No growth, ever. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BN_CHART_MAX_SERIES 8

typedef struct _BnChartData BnChartData;

BnChartData *bn_chart_data_new (guint n_series, guint capacity);
BnChartData *bn_chart_data_ref (BnChartData *self);
void bn_chart_data_unref (BnChartData *self);

/* @values has one number a series, NAN where it is not known. A time that is not later than the
 * last is refused (FALSE): a clock was set back, and the new points would be drawn over the old
 * ones. A step back of more than a minute clears the ring instead. */
gboolean bn_chart_data_append (BnChartData *self, gint64 time_usec, const float *values);

/* The next point is not joined to the last one. */
void bn_chart_data_break (BnChartData *self);
void bn_chart_data_clear (BnChartData *self);

guint bn_chart_data_get_n_series (const BnChartData *self);
guint bn_chart_data_get_n_points (const BnChartData *self);
/* Counts the points ever added, and the clearings: a reader sees what is new. */
guint64 bn_chart_data_get_n_appended (const BnChartData *self);
guint bn_chart_data_get_epoch (const BnChartData *self);

/* @index counts from the oldest point. */
gint64 bn_chart_data_get_time (const BnChartData *self, guint index);
float bn_chart_data_get_value (const BnChartData *self, guint index, guint series);
/* The values of all series at a point; borrowed, until the next point is added. */
const float *bn_chart_data_get_row (const BnChartData *self, guint index);
/* TRUE if the point is not joined to the one before it: a forced break, or a hole in time. */
gboolean bn_chart_data_is_break (const BnChartData *self, guint index);

/* The first point at or after @time_usec, n_points if there is none. */
guint bn_chart_data_find (const BnChartData *self, gint64 time_usec);
/* The point nearest to @time_usec; FALSE if there are none. */
gboolean bn_chart_data_find_nearest (const BnChartData *self, gint64 time_usec, guint *index);

/* The smallest and the largest value (of the sums, if @stacked) at or after @since_usec; FALSE if
 * no value is known. */
gboolean bn_chart_data_get_range (const BnChartData *self, gint64 since_usec, gboolean stacked,
                                  double *minimum, double *maximum);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnChartData, bn_chart_data_unref)

G_END_DECLS
