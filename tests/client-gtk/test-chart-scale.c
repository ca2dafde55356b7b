/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The y axis: round numbers that do not dance. */
#include "widgets/chart-scale.h"

static void
test_round (void)
{
  static const struct
  {
    double value;
    gboolean binary;
    double result;
  } rows[] = {
    { 1, FALSE, 1 },        { 1.1, FALSE, 2 },   { 2.1, FALSE, 5 },      { 7, FALSE, 10 },
    { 0.03, FALSE, 0.05 },  { 480, FALSE, 500 }, { 1024, TRUE, 1024 },   { 1025, TRUE, 2048 },
    { 3e6, TRUE, 4194304 }, { 10, FALSE, 10 },   { 999.9, FALSE, 1000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpfloat_with_epsilon (bn_chart_scale_round_up (rows[i].value, rows[i].binary),
                                    rows[i].result, 1e-9);
}

static void
test_hysteresis (void)
{
  BnChartScale scale;

  bn_chart_scale_init (&scale, "count", 0);
  g_assert_true (bn_chart_scale_fit (&scale, 0, 90));
  g_assert_cmpfloat (scale.top, ==, 100);
  g_assert_false (bn_chart_scale_fit (&scale, 0, 99));
  g_assert_true (bn_chart_scale_fit (&scale, 0, 101));
  g_assert_cmpfloat (scale.top, ==, 200);
  /* 95 fits into 100, but the axis stays until two fifths are enough. */
  g_assert_false (bn_chart_scale_fit (&scale, 0, 95));
  g_assert_true (bn_chart_scale_fit (&scale, 0, 79));
  g_assert_cmpfloat (scale.top, ==, 100);
}

static void
test_negative (void)
{
  BnChartScale scale;

  bn_chart_scale_init (&scale, "celsius", 0);
  g_assert_true (bn_chart_scale_fit (&scale, -7, 18));
  g_assert_cmpfloat (scale.top, ==, 20);
  g_assert_cmpfloat (scale.bottom, ==, -10);
  g_assert_true (bn_chart_scale_fit (&scale, 1, 18));
  g_assert_cmpfloat (scale.bottom, ==, 0);
}

static void
test_fixed (void)
{
  BnChartScale scale;

  bn_chart_scale_init (&scale, "percent", 0);
  g_assert_false (bn_chart_scale_fit (&scale, 0, 3));
  g_assert_cmpfloat (scale.top, ==, 100);
  bn_chart_scale_init (&scale, "bytes", 4e9);
  g_assert_false (bn_chart_scale_fit (&scale, 0, 3));
  g_assert_cmpfloat (scale.top, ==, 4e9);
}

static void
test_all_zero (void)
{
  BnChartScale scale;

  bn_chart_scale_init (&scale, "bytes/s", 0);
  bn_chart_scale_fit (&scale, 0, 0);
  g_assert_cmpfloat (scale.top, ==, 1024);
  /* Numbers that can be written beside the axis. */
  bn_chart_scale_init (&scale, "ops/s", 0);
  bn_chart_scale_fit (&scale, 0, 0);
  g_assert_cmpfloat (scale.top, ==, 1);
  g_assert_cmpfloat (scale.bottom, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart-scale/round", test_round);
  g_test_add_func ("/chart-scale/hysteresis", test_hysteresis);
  g_test_add_func ("/chart-scale/negative", test_negative);
  g_test_add_func ("/chart-scale/fixed", test_fixed);
  g_test_add_func ("/chart-scale/all-zero", test_all_zero);
  return g_test_run ();
}
