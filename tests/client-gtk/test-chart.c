/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The chart as a widget: legend, cursor, and what a screen reader is told. */
#include "widgets/chart-table.h"
#include "widgets/chart.h"

#include <adwaita.h>
#include <math.h>

static const char *const names[] = { "User", "System", NULL };

static GtkWidget *
make_chart (void)
{
  GtkWidget *chart = g_object_ref_sink (bn_chart_new ("CPU", names, "percent", 0, TRUE));

  for (int i = 0; i < 5; i++)
    {
      const float values[] = { 10 + (float)i, i == 4 ? NAN : (float)i };

      bn_chart_append (BN_CHART (chart), (1000 + i) * G_USEC_PER_SEC, values);
    }
  return chart;
}

static void
test_legend (void)
{
  g_autoptr (GtkWidget) chart = make_chart ();

  g_assert_cmpstr (bn_chart_get_value_text (BN_CHART (chart), 0), ==, "14%");
  g_assert_cmpstr (bn_chart_get_value_text (BN_CHART (chart), 1), ==, "-");
}

static void
test_cursor (void)
{
  g_autoptr (GtkWidget) chart = make_chart ();
  BnPlot *plot = bn_chart_get_plot (BN_CHART (chart));
  guint index;

  g_assert_false (bn_plot_get_cursor (plot, &index));
  bn_plot_move_cursor (plot, -2);
  bn_plot_move_cursor (plot, -2);
  g_assert_true (bn_plot_get_cursor (plot, &index));
  g_assert_cmpuint (index, ==, 2);
  g_assert_cmpstr (bn_chart_get_value_text (BN_CHART (chart), 0), ==, "12%");
  g_assert_cmpstr (bn_chart_get_value_text (BN_CHART (chart), 1), ==, "2.0%");
  bn_plot_move_cursor (plot, -100);
  g_assert_true (bn_plot_get_cursor (plot, &index));
  g_assert_cmpuint (index, ==, 0);
  bn_plot_clear_cursor (plot);
  g_assert_cmpstr (bn_chart_get_value_text (BN_CHART (chart), 0), ==, "14%");
}

static void
test_accessible (void)
{
  g_autoptr (GtkWidget) chart = g_object_ref_sink (bn_chart_new ("CPU", names, "percent", 0, TRUE));
  g_autofree char *empty = bn_chart_describe (BN_CHART (chart));
  /* Not in place: the macro prints its arguments with printf. */
  const char *description = "User 12%, System 3.0%; from 0% to 100%";
  const float values[] = { 12, 3 };

  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "CPU");
  g_assert_cmpstr (empty, ==, "No data yet");
  bn_chart_append (BN_CHART (chart), 1000, values);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (chart), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       description);
}

static void
test_maximum (void)
{
  const char *const one[] = { "Used", NULL };
  g_autoptr (GtkWidget) chart = g_object_ref_sink (bn_chart_new ("Memory", one, "bytes", 0, FALSE));
  BnPlot *plot = bn_chart_get_plot (BN_CHART (chart));
  const float value = 3000;

  bn_chart_append (BN_CHART (chart), 1000, &value);
  g_assert_cmpfloat (bn_plot_get_top (plot), ==, 4096);
  bn_plot_set_maximum (plot, 16000);
  g_assert_cmpfloat (bn_plot_get_top (plot), ==, 16000);
}

static void
test_table (void)
{
  g_autoptr (GtkWidget) chart = make_chart ();
  GtkWindow *window = bn_chart_table_present (BN_CHART (chart), NULL);

  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_assert_cmpstr (gtk_window_get_title (window), ==, "CPU");
  gtk_window_destroy (window);
}

static void
test_draws (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *chart = make_chart ();
  BnPlotSurface *surface = bn_plot_get_surface (bn_chart_get_plot (BN_CHART (chart)));

  gtk_window_set_default_size (GTK_WINDOW (window), 400, 240);
  gtk_window_set_child (GTK_WINDOW (window), chart);
  g_object_unref (chart);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  g_assert_cmpuint (bn_plot_surface_get_n_columns (surface), >, 0);
  /* The newest point is at the right edge, 14 of 100: near the bottom. */
  g_assert_cmpuint (bn_plot_surface_get_pixel (surface, gtk_widget_get_width (chart) - 1, 2) >> 24,
                    ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/chart/legend", test_legend);
  g_test_add_func ("/chart/cursor", test_cursor);
  g_test_add_func ("/chart/accessible", test_accessible);
  g_test_add_func ("/chart/maximum", test_maximum);
  g_test_add_func ("/chart/table", test_table);
  g_test_add_func ("/chart/draws", test_draws);
  return g_test_run ();
}
