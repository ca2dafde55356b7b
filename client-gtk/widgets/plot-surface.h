/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The picture of a chart's lines: a ring of pixel columns. A column stands for a stretch of time,
 * and its place is that time modulo the width, so a new point draws only the columns since the last
 * one; showing it is two blits. Everything is drawn anew only when size, scale or colours change.
 */
#pragma once

#include "widgets/chart-data.h"

#include <cairo.h>

G_BEGIN_DECLS

typedef enum
{
  BN_PLOT_LINES,
  BN_PLOT_FILLED, /* lines over faint areas; for one series */
  BN_PLOT_STACKED,
} BnPlotStyle;

typedef struct
{
  int width;  /* device pixels */
  int height; /* device pixels */
  int scale;  /* device pixels a logical pixel */
  BnPlotStyle style;
  gboolean dark;
  double bottom;
  double top;
  gint64 span_usec; /* from the left edge to the right one */
} BnPlotGeometry;

typedef struct _BnPlotSurface BnPlotSurface;

BnPlotSurface *bn_plot_surface_new (void);
void bn_plot_surface_free (BnPlotSurface *self);

/* Draws what is not drawn yet. */
void bn_plot_surface_update (BnPlotSurface *self, const BnChartData *data,
                             const BnPlotGeometry *geometry);

/* Shows it with its left upper corner at 0, 0, in device pixels divided by the scale. */
void bn_plot_surface_paint (BnPlotSurface *self, cairo_t *cr);

/* How many columns were drawn so far: that little is drawn is a promise, and tested. */
guint64 bn_plot_surface_get_n_columns (const BnPlotSurface *self);

/* The pixel at a place of the picture as shown (not of the ring), premultiplied ARGB32. */
guint32 bn_plot_surface_get_pixel (BnPlotSurface *self, int x, int y);

/* The time at the place @x (logical pixels), and back. */
gint64 bn_plot_surface_get_time (const BnPlotSurface *self, double x);
double bn_plot_surface_get_x (const BnPlotSurface *self, gint64 time_usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnPlotSurface, bn_plot_surface_free)

G_END_DECLS
