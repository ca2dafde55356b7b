/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The ring of points: bounds, holes, clocks that are set back. */
#include "widgets/chart-data.h"

#include <math.h>

static gboolean
append (BnChartData *data, double seconds, float value)
{
  return bn_chart_data_append (data, (gint64)(seconds * G_USEC_PER_SEC), &value);
}

static void
test_ring (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (1, 4);

  for (int i = 1; i <= 10; i++)
    g_assert_true (append (data, i, (float)i));
  g_assert_cmpuint (bn_chart_data_get_n_points (data), ==, 4);
  g_assert_cmpuint (bn_chart_data_get_n_appended (data), ==, 10);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (bn_chart_data_get_value (data, i, 0), ==, 7 + (float)i);
}

static void
test_find (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (1, 8);
  guint index;

  g_assert_false (bn_chart_data_find_nearest (data, 5, &index));
  for (int i = 0; i < 11; i++)
    append (data, 10 + 2 * i, 0);
  /* 16 18 ... 30 are left */
  g_assert_cmpuint (bn_chart_data_find (data, 0), ==, 0);
  g_assert_cmpuint (bn_chart_data_find (data, 17 * G_USEC_PER_SEC), ==, 1);
  g_assert_cmpuint (bn_chart_data_find (data, 18 * G_USEC_PER_SEC), ==, 1);
  g_assert_cmpuint (bn_chart_data_find (data, 31 * G_USEC_PER_SEC), ==, 8);
  g_assert_true (bn_chart_data_find_nearest (data, (gint64)(18.9 * G_USEC_PER_SEC), &index));
  g_assert_cmpuint (index, ==, 1);
  g_assert_true (bn_chart_data_find_nearest (data, (gint64)(19.1 * G_USEC_PER_SEC), &index));
  g_assert_cmpuint (index, ==, 2);
  g_assert_true (bn_chart_data_find_nearest (data, 99 * G_USEC_PER_SEC, &index));
  g_assert_cmpuint (index, ==, 7);
}

static void
test_breaks (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (1, 16);
  /* A second apart, a hole of 3, then a slower rhythm of 5: its first step is a hole, too. */
  const double times[] = { 1, 2, 3, 6, 7, 12, 17, 18 };
  const gboolean breaks[] = { TRUE, FALSE, FALSE, TRUE, FALSE, TRUE, FALSE, TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      if (i == G_N_ELEMENTS (times) - 1)
        bn_chart_data_break (data);
      append (data, times[i], 0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    g_assert_cmpint (bn_chart_data_is_break (data, i), ==, breaks[i]);
}

/* The hub keeps the last sample: whoever looks again gets an old point first. */
static void
test_old_first (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (1, 16);
  guint epoch;

  append (data, 1, 0);
  append (data, 100, 0);
  g_assert_false (bn_chart_data_is_break (data, 1)); /* it may be that slow */
  epoch = bn_chart_data_get_epoch (data);
  append (data, 101, 0);
  g_assert_true (bn_chart_data_is_break (data, 1));
  g_assert_false (bn_chart_data_is_break (data, 2));
  g_assert_cmpuint (bn_chart_data_get_epoch (data), ==, epoch + 1); /* drawn anew */
}

static void
test_clock (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (1, 16);

  append (data, 1000, 1);
  g_assert_false (append (data, 1000, 2));
  g_assert_false (append (data, 990, 2));
  g_assert_cmpuint (bn_chart_data_get_n_points (data), ==, 1);
  /* Set back by an hour: the old points would hide the new ones for an hour. */
  g_assert_true (append (data, 100, 3));
  g_assert_cmpuint (bn_chart_data_get_n_points (data), ==, 1);
  g_assert_cmpuint (bn_chart_data_get_epoch (data), ==, 1);
  g_assert_cmpfloat (bn_chart_data_get_value (data, 0, 0), ==, 3);
}

static void
test_range (void)
{
  g_autoptr (BnChartData) data = bn_chart_data_new (2, 16);
  const float rows[][2] = { { 90, 90 }, { 1, 2 }, { -3, NAN }, { 5, 4 } };
  double low, high;

  g_assert_false (bn_chart_data_get_range (data, 0, FALSE, &low, &high));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    bn_chart_data_append (data, 10 + (gint64)i, rows[i]);
  g_assert_true (bn_chart_data_get_range (data, 11, FALSE, &low, &high));
  g_assert_cmpfloat (low, ==, -3);
  g_assert_cmpfloat (high, ==, 5);
  g_assert_true (bn_chart_data_get_range (data, 11, TRUE, &low, &high));
  g_assert_cmpfloat (high, ==, 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart-data/ring", test_ring);
  g_test_add_func ("/chart-data/find", test_find);
  g_test_add_func ("/chart-data/breaks", test_breaks);
  g_test_add_func ("/chart-data/old-first", test_old_first);
  g_test_add_func ("/chart-data/clock", test_clock);
  g_test_add_func ("/chart-data/range", test_range);
  return g_test_run ();
}
