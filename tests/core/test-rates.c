/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How fast counters grow. */
#include "core/rates.h"

#include <math.h>

static void
pass_usec (gint64 usec)
{
  gint64 until = g_get_monotonic_time () + usec;

  while (g_get_monotonic_time () < until)
    continue;
}

static double
take (BnRates *rates, const char *name, guint64 counter)
{
  double rate;

  bn_rates_take (rates, name, &counter, &rate, 1);
  return rate;
}

/* The first look is no rate, the second is, over the time between them. */
static void
test_rate (void)
{
  g_autoptr (BnRates) rates = bn_rates_new ();
  gint64 began = g_get_monotonic_time ();
  double rate;
  gint64 passed;

  g_assert_true (isnan (take (rates, "a", 1000)));
  pass_usec (10000);
  rate = take (rates, "a", 1100);
  passed = g_get_monotonic_time () - began;
  g_assert_cmpfloat (rate, >=, 100.0 * G_USEC_PER_SEC / (double)passed);
  g_assert_cmpfloat (rate, <=, 100.0 * G_USEC_PER_SEC / 10000);
  pass_usec (1000);
  g_assert_cmpfloat (take (rates, "a", 1100), ==, 0);
}

/* A counter of a process that was started again begins at 0: what it has is what it grew. */
static void
test_restart (void)
{
  g_autoptr (BnRates) rates = bn_rates_new ();
  double rate;

  take (rates, "a", 1000);
  pass_usec (10000);
  rate = take (rates, "a", 50);
  g_assert_cmpfloat (rate, >, 0);
  g_assert_cmpfloat (rate, <=, 50.0 * G_USEC_PER_SEC / 10000);
}

static void
test_rest (void)
{
  g_autoptr (BnRates) rates = bn_rates_new ();

  take (rates, "a", 1);
  pass_usec (100);
  bn_rates_rest (rates);
  g_assert_true (isnan (take (rates, "a", 2)));
  pass_usec (100);
  g_assert_true (isfinite (take (rates, "a", 3)));
}

static void
gone_cb (const char *name, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup (name));
}

/* Also what was there before a rest. */
static void
test_gone (void)
{
  g_autoptr (BnRates) rates = bn_rates_new ();
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);

  bn_rates_begin (rates);
  take (rates, "a", 1);
  take (rates, "b", 1);
  bn_rates_end (rates, gone_cb, gone);
  g_assert_cmpuint (gone->len, ==, 0);
  bn_rates_rest (rates);
  bn_rates_begin (rates);
  take (rates, "b", 2);
  bn_rates_end (rates, gone_cb, gone);
  g_assert_cmpuint (gone->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (gone, 0), ==, "a");
  bn_rates_begin (rates);
  bn_rates_end (rates, gone_cb, gone);
  g_assert_cmpuint (gone->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (gone, 1), ==, "b");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rates/rate", test_rate);
  g_test_add_func ("/rates/restart", test_restart);
  g_test_add_func ("/rates/rest", test_rest);
  g_test_add_func ("/rates/gone", test_gone);
  return g_test_run ();
}
