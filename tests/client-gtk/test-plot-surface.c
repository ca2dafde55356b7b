/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The picture of a chart: a ring that is drawn bit by bit shows what one drawn at once shows, and
 * costs little. */
#include "widgets/plot-surface.h"

#include <math.h>

#define WIDTH 60
#define HEIGHT 40
#define SPAN_USEC (60 * G_USEC_PER_SEC)

static const BnPlotGeometry geometry = {
  .width = WIDTH,
  .height = HEIGHT,
  .scale = 1,
  .top = 100,
  .span_usec = SPAN_USEC,
};

static void
append (BnChartData *data, double seconds, float a, float b)
{
  const float values[] = { a, b };

  g_assert_true (bn_chart_data_append (data, (gint64)(seconds * G_USEC_PER_SEC), values));
}

static guint
column_alpha (BnPlotSurface *surface, int x)
{
  guint sum = 0;

  for (int y = 0; y < HEIGHT; y++)
    sum += bn_plot_surface_get_pixel (surface, x, y) >> 24;
  return sum;
}

static void
test_incremental (gconstpointer user_data)
{
  BnPlotGeometry g = geometry;
  g_autoptr (BnChartData) data = bn_chart_data_new (2, 600);
  g_autoptr (BnPlotSurface) ring = bn_plot_surface_new ();
  g_autoptr (BnPlotSurface) whole = bn_plot_surface_new ();

  g.style = (BnPlotStyle)GPOINTER_TO_INT (user_data);
  for (int i = 0; i < 150; i++)
    {
      append (data, 1000 + i * 1.3, 50 + 40 * sinf ((float)i / 7), 20 + (float)(i % 9));
      bn_plot_surface_update (ring, data, &g);
    }
  bn_plot_surface_update (whole, data, &g);
  for (int x = 0; x < WIDTH; x++)
    for (int y = 0; y < HEIGHT; y++)
      g_assert_cmphex (bn_plot_surface_get_pixel (ring, x, y), ==,
                       bn_plot_surface_get_pixel (whole, x, y));
}

static void
test_cost (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (2, 600);
  g_autoptr (BnPlotSurface) surface = bn_plot_surface_new ();
  BnPlotGeometry g = geometry;
  guint64 before;

  for (int i = 0; i < 100; i++)
    append (data, 1000 + i, 1, 2);
  bn_plot_surface_update (surface, data, &g);
  before = bn_plot_surface_get_n_columns (surface);
  g_assert_cmpuint (before, ==, WIDTH);
  bn_plot_surface_update (surface, data, &g);
  g_assert_cmpuint (bn_plot_surface_get_n_columns (surface), ==, before);
  append (data, 1100, 1, 2);
  bn_plot_surface_update (surface, data, &g);
  g_assert_cmpuint (bn_plot_surface_get_n_columns (surface) - before, <=, 3);
  before = bn_plot_surface_get_n_columns (surface);
  g.top = 50;
  bn_plot_surface_update (surface, data, &g);
  g_assert_cmpuint (bn_plot_surface_get_n_columns (surface) - before, ==, WIDTH);
}

static void
test_place (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (2, 600);
  g_autoptr (BnPlotSurface) surface = bn_plot_surface_new ();

  for (int i = 0; i <= 30; i++)
    append (data, 1000 + i, 100, NAN);
  bn_plot_surface_update (surface, data, &geometry);
  /* Now at the right edge; half a span of nothing on the left; full values at the top. */
  g_assert_cmpuint (column_alpha (surface, WIDTH - 1), >, 0);
  g_assert_cmpuint (column_alpha (surface, WIDTH - 32), ==, 0);
  g_assert_cmpuint (bn_plot_surface_get_pixel (surface, WIDTH - 5, 0) >> 24, >, 0);
  g_assert_cmpuint (bn_plot_surface_get_pixel (surface, WIDTH - 5, 5) >> 24, ==, 0);
  g_assert_cmpint (ABS (bn_plot_surface_get_time (surface, WIDTH - 11) - 1020 * G_USEC_PER_SEC), <=,
                   G_USEC_PER_SEC);
  g_assert_cmpfloat_with_epsilon (bn_plot_surface_get_x (surface, 1020 * G_USEC_PER_SEC),
                                  WIDTH - 11, 1);
}

static void
test_gap (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (2, 600);
  g_autoptr (BnPlotSurface) surface = bn_plot_surface_new ();

  for (int i = 0; i <= 50; i++)
    if (i < 20 || i > 30)
      append (data, 1000 + i, 50, NAN);
  bn_plot_surface_update (surface, data, &geometry);
  /* 1050 is at 59: the hole from 1019 to 1031 is from 28 to 40. */
  g_assert_cmpuint (column_alpha (surface, 26), >, 0);
  for (int x = 30; x < 39; x++)
    g_assert_cmpuint (column_alpha (surface, x), ==, 0);
  g_assert_cmpuint (column_alpha (surface, 42), >, 0);
}

static void
test_unknown_value (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (2, 600);
  g_autoptr (BnPlotSurface) surface = bn_plot_surface_new ();

  for (int i = 0; i <= 50; i++)
    append (data, 1000 + i, i == 20 ? NAN : 50, NAN);
  bn_plot_surface_update (surface, data, &geometry);
  g_assert_cmpuint (column_alpha (surface, 29), ==, 0);
  g_assert_cmpuint (column_alpha (surface, 26), >, 0);
  g_assert_cmpuint (column_alpha (surface, 33), >, 0);
}

static void
test_clear (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (2, 600);
  g_autoptr (BnPlotSurface) surface = bn_plot_surface_new ();

  for (int i = 0; i <= 50; i++)
    append (data, 1000 + i, 50, 20);
  bn_plot_surface_update (surface, data, &geometry);
  bn_chart_data_clear (data);
  bn_plot_surface_update (surface, data, &geometry);
  for (int x = 0; x < WIDTH; x++)
    g_assert_cmpuint (column_alpha (surface, x), ==, 0);
}

static void
test_scale_factor (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (2, 600);
  g_autoptr (BnPlotSurface) surface = bn_plot_surface_new ();
  BnPlotGeometry g = geometry;
  cairo_surface_t *target;
  cairo_t *cr;

  g.width *= 2;
  g.height *= 2;
  g.scale = 2;
  for (int i = 0; i <= 70; i++)
    append (data, 1000 + i, 50, 20);
  bn_plot_surface_update (surface, data, &g);
  /* Painted into the logical size it fills it just so. */
  target = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, WIDTH + 10, HEIGHT);
  cr = cairo_create (target);
  bn_plot_surface_paint (surface, cr);
  cairo_destroy (cr);
  cairo_surface_flush (target);
  for (int x = 0; x < WIDTH + 10; x++)
    {
      guint32 alpha = 0;

      for (int y = 0; y < HEIGHT; y++)
        alpha += ((guint32 *)(gpointer)cairo_image_surface_get_data (target))[y * (WIDTH + 10) + x];
      g_assert_cmpint (alpha > 0, ==, x < WIDTH);
    }
  cairo_surface_destroy (target);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/plot-surface/incremental/lines", GINT_TO_POINTER (BN_PLOT_LINES),
                        test_incremental);
  g_test_add_data_func ("/plot-surface/incremental/filled", GINT_TO_POINTER (BN_PLOT_FILLED),
                        test_incremental);
  g_test_add_data_func ("/plot-surface/incremental/stacked", GINT_TO_POINTER (BN_PLOT_STACKED),
                        test_incremental);
  g_test_add_func ("/plot-surface/cost", test_cost);
  g_test_add_func ("/plot-surface/place", test_place);
  g_test_add_func ("/plot-surface/gap", test_gap);
  g_test_add_func ("/plot-surface/unknown-value", test_unknown_value);
  g_test_add_func ("/plot-surface/clear", test_clear);
  g_test_add_func ("/plot-surface/scale-factor", test_scale_factor);
  return g_test_run ();
}
