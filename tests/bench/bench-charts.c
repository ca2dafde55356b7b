/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What charts cost: a line a figure. Run it under recipes/ui.sh, on a machine that does nothing
 * else; figures are microseconds of CPU of this process, the median of several rounds. */
#include "widgets/chart.h"

#include <adwaita.h>
#include <math.h>
#include <time.h>

#define N_CHARTS 12
#define N_POINTS 600
#define N_SERIES 8
#define ROUNDS 7
#define UPDATES 30

static const char *const one_name[] = { "Usage", NULL };
static const char *const all_names[] = { "a", "b", "c", "d", "e", "f", "g", "h", NULL };
static gint64 now_usec = 1000 * G_USEC_PER_SEC;

static double
cpu_usec (void)
{
  struct timespec spec;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &spec);
  return (double)spec.tv_sec * 1e6 + (double)spec.tv_nsec / 1e3;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  return *(const double *)a < *(const double *)b ? -1 : *(const double *)a > *(const double *)b;
}

static void
report (const char *what, double *rounds, double target_usec)
{
  qsort (rounds, ROUNDS, sizeof *rounds, compare_doubles);
  g_print ("%-58s %8.0f us  (%.0f to %.0f; target %.0f)\n", what, rounds[ROUNDS / 2], rounds[0],
           rounds[ROUNDS - 1], target_usec);
}

static void
append_points (BnChart **charts, guint n_charts, guint n_series)
{
  now_usec += G_USEC_PER_SEC;
  for (guint c = 0; c < n_charts; c++)
    {
      float values[N_SERIES];

      for (guint s = 0; s < n_series; s++)
        values[s] = 50 + 45 * sinf ((float)(now_usec / G_USEC_PER_SEC) / (float)(5 + s + c));
      bn_chart_append (charts[c], now_usec, values);
    }
}

static void
painted_cb (GdkFrameClock *clock, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

/* One update of all charts up to the frame on the screen. */
static void
update_and_paint (GtkWidget *window, BnChart **charts, guint n_charts, guint n_series)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  gboolean painted = FALSE;
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), &painted);

  append_points (charts, n_charts, n_series);
  while (!painted)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, id);
}

static void
bench_window (const char *what, guint n_charts, guint n_series, int width, int height,
              double target_usec)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *grid = gtk_grid_new ();
  BnChart *charts[N_CHARTS];
  double rounds[ROUNDS];

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  for (guint i = 0; i < n_charts; i++)
    {
      GtkWidget *chart =
          bn_chart_new ("CPU", n_series == 1 ? one_name : all_names, "percent", 0, FALSE);

      charts[i] = BN_CHART (chart);
      bn_plot_set_span (bn_chart_get_plot (charts[i]), N_POINTS * G_USEC_PER_SEC);
      gtk_widget_set_vexpand (GTK_WIDGET (bn_chart_get_plot (charts[i])), TRUE);
      gtk_grid_attach (GTK_GRID (grid), chart, (int)i % 3, (int)i / 3, 1, 1);
    }
  gtk_window_set_child (GTK_WINDOW (window), grid);
  for (guint i = 0; i < N_POINTS; i++)
    append_points (charts, n_charts, n_series);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  for (guint r = 0; r < ROUNDS; r++)
    {
      double start = cpu_usec ();

      for (guint i = 0; i < UPDATES; i++)
        update_and_paint (window, charts, n_charts, n_series);
      rounds[r] = (cpu_usec () - start) / UPDATES;
    }
  report (what, rounds, target_usec);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The picture alone, drawn into memory as the cairo renderer does. */
static void
bench_surface (const char *what, gboolean anew, double target_usec)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (N_SERIES, N_POINTS);
  g_autoptr (BnPlotSurface) surface = bn_plot_surface_new ();
  cairo_surface_t *target = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 1200, 400);
  cairo_t *cr = cairo_create (target);
  BnPlotGeometry geometry = {
    .width = 1200,
    .height = 400,
    .scale = 1,
    .top = 100,
    .span_usec = N_POINTS * G_USEC_PER_SEC,
  };
  double rounds[ROUNDS];

  for (guint r = 0; r < ROUNDS; r++)
    {
      double start = cpu_usec ();

      for (guint i = 0; i < (r == 0 ? N_POINTS : UPDATES); i++)
        {
          float values[N_SERIES];

          now_usec += G_USEC_PER_SEC;
          for (guint s = 0; s < N_SERIES; s++)
            values[s] = 50 + 45 * sinf ((float)(now_usec / G_USEC_PER_SEC) / (float)(5 + s));
          bn_chart_data_append (data, now_usec, values);
          if (anew)
            geometry.top = 100 + i % 2;
          bn_plot_surface_update (surface, data, &geometry);
          bn_plot_surface_paint (surface, cr);
        }
      rounds[r] = (cpu_usec () - start) / (r == 0 ? N_POINTS : UPDATES);
    }
  report (what, rounds, target_usec);
  cairo_destroy (cr);
  cairo_surface_destroy (target);
}

int
main (int argc, char **argv)
{
  gtk_init ();
  adw_init ();
  bench_surface ("one chart 600 x 8, 1200 x 400: a point more, and shown", FALSE, 1000);
  bench_surface ("one chart 600 x 8, 1200 x 400: all drawn anew, and shown", TRUE, 1000);
  bench_window ("12 charts of 600 points: an update up to the screen", N_CHARTS, 1, 1100, 800,
                5000);
  bench_window ("one chart 600 x 8 in a window: an update up to the screen", 1, N_SERIES, 1200, 500,
                5000);
  return 0;
}
