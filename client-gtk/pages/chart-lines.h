/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The lines of a chart that shows several instances of an event, and how more lines than a chart
 * can have become "other". */
#pragma once

#include "model/sample-store.h"

G_BEGIN_DECLS

typedef struct _BnChartLines BnChartLines;

/* A line for each of @keys and each field of @series, in this order. */
BnChartLines *bn_chart_lines_new (BnSampleStore *samples, const char *type,
                                  const char *const *series, const char *const *keys);
void bn_chart_lines_free (BnChartLines *self);

gboolean bn_chart_lines_has (BnChartLines *self, const char *key);
/* "sda", or "sda Read" where there are several series; @labels are those of the series. */
char **bn_chart_lines_dup_labels (BnChartLines *self, const char *const *labels);
/* Takes what was measured of one instance. */
void bn_chart_lines_set (BnChartLines *self, const char *key, GVariant *payload);
/* The newest values of all lines, NAN where one is not known; borrowed. */
const float *bn_chart_lines_get_row (BnChartLines *self, guint *n_values);

/* Calls @func for each point that the store has, oldest first, with a row of all lines. */
typedef void (*BnChartLinesFunc) (gpointer user_data, gint64 time_usec, const float *row,
                                  guint n_values);
void bn_chart_lines_fill (BnChartLines *self, BnChartLinesFunc func, gpointer user_data);

/* The number in a payload, NAN if there is none. */
float bn_chart_lines_read (GVariant *payload, const char *field);

/* Of more values than a chart has series the last ones become one, their sum. */
void bn_chart_lines_fold (const float *values, guint n_values, float *folded);
char **bn_chart_lines_fold_names (const char *const *names);

G_END_DECLS
