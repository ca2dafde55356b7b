/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* From counters to rates: first readings, long pauses, wraps and resets. */
#include "modules/system_info/rate.h"

#define SECOND G_USEC_PER_SEC

static void
test_window (void)
{
  BnRateWindow window = { 0 };
  double seconds;

  g_assert_cmpint (bn_rate_window_advance (&window, 5 * SECOND, SECOND, &seconds), ==,
                   BN_WINDOW_BASELINE);
  g_assert_cmpint (bn_rate_window_advance (&window, 6 * SECOND, SECOND, &seconds), ==,
                   BN_WINDOW_RATES);
  g_assert_cmpfloat (seconds, ==, 1);
  g_assert_cmpint (bn_rate_window_advance (&window, 6 * SECOND + 49999, SECOND, &seconds), ==,
                   BN_WINDOW_SHORT);
  /* The short one moved nothing. */
  g_assert_cmpint (bn_rate_window_advance (&window, 7 * SECOND, SECOND, &seconds), ==,
                   BN_WINDOW_RATES);
  g_assert_cmpfloat (seconds, ==, 1);
}

static void
test_pauses (void)
{
  BnRateWindow window = { 0 };
  double seconds;

  bn_rate_window_advance (&window, SECOND, SECOND, &seconds);
  g_assert_cmpint (bn_rate_window_advance (&window, 4 * SECOND, SECOND, &seconds), ==,
                   BN_WINDOW_RATES);
  g_assert_cmpfloat (seconds, ==, 3);
  g_assert_cmpint (bn_rate_window_advance (&window, 7 * SECOND + 1, SECOND, &seconds), ==,
                   BN_WINDOW_BASELINE);
  g_assert_cmpint (bn_rate_window_advance (&window, 8 * SECOND, SECOND, &seconds), ==,
                   BN_WINDOW_RATES);
  /* A clock that goes back is no clock to measure with. */
  g_assert_cmpint (bn_rate_window_advance (&window, 2 * SECOND, SECOND, &seconds), ==,
                   BN_WINDOW_BASELINE);
}

static void
test_counters (void)
{
  guint64 delta[2];
  const guint64 wrap = G_GUINT64_CONSTANT (1) << 32;

  g_assert_true (bn_counters_delta ((guint64[]){ 10, 5 }, (guint64[]){ 30, 5 }, delta, 2));
  g_assert_cmpuint (delta[0], ==, 20);
  g_assert_cmpuint (delta[1], ==, 0);

  /* One that passed 2^32 */
  g_assert_true (bn_counters_delta ((guint64[]){ wrap - 6, 7 }, (guint64[]){ 4, 8 }, delta, 2));
  g_assert_cmpuint (delta[0], ==, 10);
  g_assert_cmpuint (delta[1], ==, 1);

  /* Two that went down: the driver was loaded again. */
  g_assert_false (
      bn_counters_delta ((guint64[]){ wrap - 6, wrap - 9 }, (guint64[]){ 4, 8 }, delta, 2));
  /* One that went down a long way: the same. */
  g_assert_false (bn_counters_delta ((guint64[]){ 1000, 7 }, (guint64[]){ 4, 8 }, delta, 2));
  /* A counter of 64 bits does not wrap. */
  g_assert_false (bn_counters_delta ((guint64[]){ wrap + 5, 7 }, (guint64[]){ 4, 8 }, delta, 2));
  g_assert_true (bn_counters_delta ((guint64[]){ G_MAXUINT64 - 1, 0 },
                                    (guint64[]){ G_MAXUINT64, 0 }, delta, 2));
  g_assert_cmpuint (delta[0], ==, 1);
}

static void
test_percent (void)
{
  g_assert_cmpfloat (bn_percent (1, 4), ==, 25);
  g_assert_cmpfloat (bn_percent (5, 4), ==, 100);
  g_assert_cmpfloat (bn_percent (-1, 4), ==, 0);
  g_assert_cmpfloat (bn_percent (1, 0), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/rate/window", test_window);
  g_test_add_func ("/system-info/rate/pauses", test_pauses);
  g_test_add_func ("/system-info/rate/counters", test_counters);
  g_test_add_func ("/system-info/rate/percent", test_percent);
  return g_test_run ();
}
