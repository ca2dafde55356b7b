/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rasteriser of charts: antialiased lines and areas that are functions of x, one pixel column
 * at a time, into premultiplied ARGB32.
 *
 * A chart is drawn once a second and more often by a dozen; cairo's strokes of 8 lines of 600
 * points cost 20 ms in software rendering, columns of coverage 0.5 ms, and a column can be drawn
 * alone when a point is added. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint32 *pixels; /* borrowed */
  int width;
  int height;
  int stride; /* in pixels */
} BnRaster;

/* A colour premultiplied with its alpha, as the pixels are. Components are 0 to 1. */
guint32 bn_raster_colour (double red, double green, double blue, double alpha);

/* Makes the columns @from (inclusive) to @to transparent. */
void bn_raster_clear_columns (const BnRaster *raster, int from, int to);

/* One column of a line of @thickness pixels that runs between the heights @low and @high there
 * (pixels from the top, in either order). */
void bn_raster_line_column (const BnRaster *raster, int x, float low, float high, float thickness,
                            guint32 colour);

/* One column of an area whose upper edge goes from @top_left to @top_right and whose lower edge is
 * the line from @bottom_left to @bottom_right. */
void bn_raster_area_column (const BnRaster *raster, int x, float top_left, float top_right,
                            float bottom_left, float bottom_right, guint32 colour);

G_END_DECLS
