/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rasteriser of charts. */
#include "widgets/raster.h"

#include <math.h>
#include <string.h>

guint32
bn_raster_colour (double red, double green, double blue, double alpha)
{
  guint32 a = (guint32)lround (CLAMP (alpha, 0, 1) * 255);

  return a << 24 | (guint32)lround (CLAMP (red, 0, 1) * a) << 16
         | (guint32)lround (CLAMP (green, 0, 1) * a) << 8
         | (guint32)lround (CLAMP (blue, 0, 1) * a);
}

/* All four components times @factor / 256, two at a time. */
static inline guint32
scale_pixel (guint32 pixel, guint32 factor)
{
  guint32 even = ((pixel & 0x00ff00ff) * factor >> 8) & 0x00ff00ff;
  guint32 odd = ((pixel >> 8 & 0x00ff00ff) * factor) & 0xff00ff00;

  return even | odd;
}

/* @coverage is 0 to 256. */
static inline void
blend (guint32 *pixel, guint32 colour, guint32 coverage)
{
  guint32 source = coverage == 256 ? colour : scale_pixel (colour, coverage);
  guint32 alpha = source >> 24;

  *pixel = alpha == 255 ? source : source + scale_pixel (*pixel, 256 - alpha);
}

void
bn_raster_clear_columns (const BnRaster *raster, int from, int to)
{
  g_assert (from >= 0 && from <= to && to <= raster->width);

  for (int y = 0; y < raster->height; y++)
    memset (raster->pixels + (gsize)y * raster->stride + from, 0,
            (gsize)(to - from) * sizeof *raster->pixels);
}

void
bn_raster_line_column (const BnRaster *raster, int x, float low, float high, float thickness,
                       guint32 colour)
{
  float top = MIN (low, high) - thickness / 2;
  float bottom = MAX (low, high) + thickness / 2;
  int first, last;
  guint32 *pixel;

  g_assert (x >= 0 && x < raster->width);

  if (!(bottom > 0 && top < raster->height)) /* also if one is not a number */
    return;
  top = MAX (top, 0);
  bottom = MIN (bottom, raster->height);
  first = (int)top;
  last = MIN ((int)ceilf (bottom), raster->height) - 1;
  /* Only the ends are covered in part. */
  pixel = raster->pixels + (gsize)first * raster->stride + x;
  blend (pixel, colour, (guint32)((MIN (bottom, first + 1) - top) * 256));
  for (int y = first + 1; y < last; y++)
    {
      pixel += raster->stride;
      blend (pixel, colour, 256);
    }
  if (last > first)
    blend (pixel + raster->stride, colour, (guint32)((bottom - last) * 256));
}

/* How much of the pixel in row @y lies below an edge that goes from @a to @b within the column. */
static inline float
below_edge (float a, float b, int y)
{
  float high = MIN (a, b);
  float low = MAX (a, b);

  if (low - high <= 1)
    return CLAMP (y + 1 - (a + b) / 2, 0, 1);
  return CLAMP ((y + 0.5f - high) / (low - high), 0, 1);
}

void
bn_raster_area_column (const BnRaster *raster, int x, float top_left, float top_right,
                       float bottom_left, float bottom_right, guint32 colour)
{
  float top = MIN (top_left, top_right);
  float bottom = MAX (bottom_left, bottom_right);
  int first, last;

  g_assert (x >= 0 && x < raster->width);

  if (!(bottom > 0 && top < raster->height))
    return;
  first = (int)MAX (floorf (top), 0);
  last = (int)MIN (ceilf (bottom), raster->height) - 1;
  for (int y = first; y <= last; y++)
    {
      float covered =
          below_edge (top_left, top_right, y) - below_edge (bottom_left, bottom_right, y);
      int coverage = (int)(covered * 256);

      if (coverage > 0)
        blend (raster->pixels + (gsize)y * raster->stride + x, colour, MIN (coverage, 256));
    }
}
