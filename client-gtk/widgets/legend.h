/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The names of a chart's series, each with its colour and its value. Drawn, not built of labels: a
 * label that changes each second lays out its window again. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BN_TYPE_LEGEND (bn_legend_get_type ())
G_DECLARE_FINAL_TYPE (BnLegend, bn_legend, BN, LEGEND, GtkWidget)

GtkWidget *bn_legend_new (void);

/* At most BN_CHART_MAX_SERIES @names. */
void bn_legend_set_names (BnLegend *self, const char *const *names);

/* Areas have a square, lines their dash. */
void bn_legend_set_stacked (BnLegend *self, gboolean stacked);

/* @text may be NULL: not known. Queues a draw, and a resize only if the text got wider than any
 * before. */
void bn_legend_set_value (BnLegend *self, guint series, const char *text);
const char *bn_legend_get_value (BnLegend *self, guint series);

G_END_DECLS
