/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The picture of a chart's lines: a ring of pixel columns. */
#include "widgets/plot-surface.h"

#include "widgets/palette.h"
#include "widgets/raster.h"

#include <math.h>

#define LINE_WIDTH 1.6
#define FAINT_ALPHA 0.16
#define STACKED_ALPHA 0.55

struct _BnPlotSurface
{
  cairo_surface_t *surface; /* NULL before the first update */
  BnPlotGeometry geometry;
  gint64 column_usec;
  gint64 last_column; /* the right edge */
  gint64 last_usec;   /* the last point that is drawn */
  guint64 n_appended;
  guint epoch;
  guint64 n_columns;
  guint32 lines[BN_CHART_MAX_SERIES];
  guint32 areas[BN_CHART_MAX_SERIES];
};

/* One pixel column of one series: the curve enters at left, leaves at right, and runs between low
 * and high, all in values. */
typedef struct
{
  double left, right, low, high;
  gboolean known;
} ColumnSpan;

BnPlotSurface *
bn_plot_surface_new (void)
{
  return g_new0 (BnPlotSurface, 1);
}

void
bn_plot_surface_free (BnPlotSurface *self)
{
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_free (self);
}

static void
span_add (ColumnSpan *span, double value)
{
  if (!span->known)
    *span = (ColumnSpan){ value, value, value, value, TRUE };
  span->right = value;
  span->low = MIN (span->low, value);
  span->high = MAX (span->high, value);
}

/* What the joined points @index - 1 and @index say of @time_usec; at @index itself with @exact. */
static void
span_add_sum (ColumnSpan *spans, const BnChartData *data, gboolean stacked, guint index,
              gint64 time_usec, gboolean exact)
{
  guint n_series = bn_chart_data_get_n_series (data);
  const float *after = bn_chart_data_get_row (data, index);
  const float *before = exact ? after : bn_chart_data_get_row (data, index - 1);
  double part = 1;
  double sum = 0;

  if (!exact)
    {
      gint64 from_usec = bn_chart_data_get_time (data, index - 1);
      gint64 to_usec = bn_chart_data_get_time (data, index);

      part = (double)(time_usec - from_usec) / (double)(to_usec - from_usec);
    }
  for (guint s = 0; s < n_series; s++)
    {
      double value = exact ? after[s] : before[s] + ((double)after[s] - before[s]) * part;

      if (stacked)
        value = sum += isfinite (value) ? value : 0;
      if (isfinite (value))
        span_add (&spans[s], value);
    }
}

/* Collects what the curves do between @from_usec and @to_usec. @index is the first point at or
 * after
 * @from_usec; returns the first at or after @to_usec. */
static guint
collect_column (const BnChartData *data, gboolean stacked, guint index, gint64 from_usec,
                gint64 to_usec, ColumnSpan *spans)
{
  guint n_points = bn_chart_data_get_n_points (data);

  if (index > 0 && index < n_points && !bn_chart_data_is_break (data, index)
      && bn_chart_data_get_time (data, index) > from_usec)
    span_add_sum (spans, data, stacked, index, from_usec, FALSE);
  while (index < n_points && bn_chart_data_get_time (data, index) < to_usec)
    {
      span_add_sum (spans, data, stacked, index, 0, TRUE);
      index++;
    }
  if (index > 0 && index < n_points && !bn_chart_data_is_break (data, index))
    span_add_sum (spans, data, stacked, index, to_usec, FALSE);
  return index;
}

static float
height_of (const BnPlotGeometry *geometry, double value)
{
  double inset = LINE_WIDTH * geometry->scale / 2;
  double part = (value - geometry->bottom) / (geometry->top - geometry->bottom);

  return (float)(geometry->height - inset - CLAMP (part, -1, 2) * (geometry->height - 2 * inset));
}

static void
draw_stacked (BnPlotSurface *self, const BnRaster *raster, int x, const ColumnSpan *spans,
              guint n_series)
{
  const BnPlotGeometry *g = &self->geometry;
  float thickness = (float)(LINE_WIDTH * g->scale);
  float base = height_of (g, MAX (g->bottom, 0)) + thickness / 2;
  float bottom_left = base;
  float bottom_right = base;

  for (guint s = 0; s < n_series; s++)
    {
      float left = height_of (g, spans[s].left);
      float right = height_of (g, spans[s].right);

      if (!spans[s].known)
        continue;
      bn_raster_area_column (raster, x, left, right, bottom_left, bottom_right, self->areas[s]);
      bottom_left = left;
      bottom_right = right;
    }
  for (guint s = 0; s < n_series; s++)
    if (spans[s].known)
      bn_raster_line_column (raster, x, height_of (g, spans[s].low), height_of (g, spans[s].high),
                             thickness, self->lines[s]);
}

static void
draw_lines (BnPlotSurface *self, const BnRaster *raster, int x, gint64 column,
            const ColumnSpan *spans, guint n_series)
{
  const BnPlotGeometry *g = &self->geometry;
  float thickness = (float)(LINE_WIDTH * g->scale);
  float base = height_of (g, MAX (g->bottom, 0)) + thickness / 2;

  /* The last series first: the first is the most important and stays on top. */
  for (guint s = n_series; s-- > 0;)
    {
      float low = height_of (g, spans[s].low);
      float high = height_of (g, spans[s].high);

      if (!spans[s].known)
        continue;
      if (g->style == BN_PLOT_FILLED)
        bn_raster_area_column (raster, x, height_of (g, spans[s].left),
                               height_of (g, spans[s].right), base, base, self->areas[s]);
      if (n_series == 1 || bn_dash_is_on (bn_palette_get_dash (s), column / g->scale)
          || fabsf (high - low) > thickness)
        bn_raster_line_column (raster, x, low, high, thickness, self->lines[s]);
    }
}

/* Row by row: column by column it is half of the cost of a drawing. */
static void
clear_ring (const BnRaster *raster, gint64 first, gint64 last)
{
  int from = (int)(first % raster->width);
  int to = (int)(last % raster->width) + 1;

  if (from < to)
    bn_raster_clear_columns (raster, from, to);
  else
    {
      bn_raster_clear_columns (raster, from, raster->width);
      bn_raster_clear_columns (raster, 0, to);
    }
}

/* Draws the columns from @first to @last, which are inside the picture. */
static void
draw_columns (BnPlotSurface *self, const BnChartData *data, gint64 first, gint64 last)
{
  guint n_series = bn_chart_data_get_n_series (data);
  gboolean stacked = self->geometry.style == BN_PLOT_STACKED;
  int width = self->geometry.width;
  guint index = bn_chart_data_find (data, first * self->column_usec);
  BnRaster raster;

  cairo_surface_flush (self->surface);
  raster = (BnRaster){
    .pixels = (guint32 *)(gpointer)cairo_image_surface_get_data (self->surface),
    .width = width,
    .height = self->geometry.height,
    .stride = cairo_image_surface_get_stride (self->surface) / (int)sizeof (guint32),
  };
  clear_ring (&raster, first, last);
  for (gint64 column = first; column <= last; column++)
    {
      ColumnSpan spans[BN_CHART_MAX_SERIES] = { 0 };
      int x = (int)(column % width);

      index = collect_column (data, stacked, index, column * self->column_usec,
                              (column + 1) * self->column_usec, spans);
      if (stacked)
        draw_stacked (self, &raster, x, spans, n_series);
      else
        draw_lines (self, &raster, x, column, spans, n_series);
    }
  self->n_columns += (guint64)(last - first + 1);
  cairo_surface_mark_dirty (self->surface);
}

static void
apply_geometry (BnPlotSurface *self, const BnPlotGeometry *geometry)
{
  double alpha = geometry->style == BN_PLOT_STACKED ? STACKED_ALPHA : FAINT_ALPHA;

  if (self->surface == NULL || self->geometry.width != geometry->width
      || self->geometry.height != geometry->height)
    {
      g_clear_pointer (&self->surface, cairo_surface_destroy);
      self->surface =
          cairo_image_surface_create (CAIRO_FORMAT_ARGB32, geometry->width, geometry->height);
    }
  self->geometry = *geometry;
  self->column_usec = MAX (geometry->span_usec / geometry->width, 1);
  for (guint s = 0; s < BN_CHART_MAX_SERIES; s++)
    {
      const GdkRGBA *c = bn_palette_get_colour (s, geometry->dark);

      self->lines[s] = bn_raster_colour (c->red, c->green, c->blue, 1);
      self->areas[s] = bn_raster_colour (c->red, c->green, c->blue, alpha);
    }
}

static gboolean
geometry_equal (const BnPlotGeometry *a, const BnPlotGeometry *b)
{
  return a->width == b->width && a->height == b->height && a->scale == b->scale
         && a->style == b->style && a->dark == b->dark && a->bottom == b->bottom && a->top == b->top
         && a->span_usec == b->span_usec;
}

void
bn_plot_surface_update (BnPlotSurface *self, const BnChartData *data,
                        const BnPlotGeometry *geometry)
{
  guint n_points = bn_chart_data_get_n_points (data);
  gboolean anew = self->surface == NULL || !geometry_equal (&self->geometry, geometry)
                  || self->epoch != bn_chart_data_get_epoch (data) || self->n_appended == 0;
  gint64 first, newest;

  g_return_if_fail (geometry->width > 0 && geometry->height > 0 && geometry->scale > 0);
  g_return_if_fail (geometry->top > geometry->bottom);

  if (!anew && self->n_appended == bn_chart_data_get_n_appended (data))
    return;
  if (anew)
    apply_geometry (self, geometry);
  newest = n_points > 0 ? bn_chart_data_get_time (data, n_points - 1) : 0;
  /* What ran up to the last point is drawn again: its column was not complete. */
  first = anew ? G_MININT64 : self->last_usec / self->column_usec - 1;
  self->last_column = newest / self->column_usec;
  first = MAX (first, self->last_column - self->geometry.width + 1);
  self->last_usec = newest;
  self->n_appended = bn_chart_data_get_n_appended (data);
  self->epoch = bn_chart_data_get_epoch (data);
  if (n_points > 0)
    draw_columns (self, data, MAX (first, 0), self->last_column);
  else
    {
      cairo_surface_destroy (self->surface);
      self->surface =
          cairo_image_surface_create (CAIRO_FORMAT_ARGB32, geometry->width, geometry->height);
    }
}

void
bn_plot_surface_paint (BnPlotSurface *self, cairo_t *cr)
{
  int width = self->geometry.width;
  int height = self->geometry.height;
  int start;

  if (self->surface == NULL)
    return;
  start = (int)((self->last_column + 1) % width);
  cairo_save (cr);
  cairo_scale (cr, 1.0 / self->geometry.scale, 1.0 / self->geometry.scale);
  cairo_set_source_surface (cr, self->surface, -start, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_rectangle (cr, 0, 0, width - start, height);
  cairo_fill (cr);
  if (start > 0)
    {
      cairo_set_source_surface (cr, self->surface, width - start, 0);
      cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
      cairo_rectangle (cr, width - start, 0, start, height);
      cairo_fill (cr);
    }
  cairo_restore (cr);
}

guint64
bn_plot_surface_get_n_columns (const BnPlotSurface *self)
{
  return self->n_columns;
}

guint32
bn_plot_surface_get_pixel (BnPlotSurface *self, int x, int y)
{
  int width = self->geometry.width;
  int column = (int)((self->last_column + 1 + x) % width);
  const guchar *row;

  g_return_val_if_fail (self->surface != NULL, 0);
  g_return_val_if_fail (x >= 0 && x < width && y >= 0 && y < self->geometry.height, 0);

  cairo_surface_flush (self->surface);
  row = cairo_image_surface_get_data (self->surface)
        + (gsize)y * (gsize)cairo_image_surface_get_stride (self->surface);
  return ((const guint32 *)(gconstpointer)row)[column];
}

gint64
bn_plot_surface_get_time (const BnPlotSurface *self, double x)
{
  double from_right = self->geometry.width - x * self->geometry.scale - 0.5;

  return (gint64)((double)(self->last_column + 1) - from_right) * self->column_usec;
}

double
bn_plot_surface_get_x (const BnPlotSurface *self, gint64 time_usec)
{
  double columns =
      (double)(self->last_column + 1) - (double)time_usec / (double)MAX (self->column_usec, 1);

  return (self->geometry.width - columns) / MAX (self->geometry.scale, 1);
}
