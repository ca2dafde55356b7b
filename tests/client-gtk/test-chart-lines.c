/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Several instances in one chart, and what becomes "other". */
#include "pages/chart-lines.h"
#include "widgets/chart-data.h"

#include <math.h>

static const char *const series[] = { "read", "write", NULL };

static void
add_sample (BnSampleStore *store, const char *name, gint64 seconds, double bytes)
{
  g_autofree char *text = g_strdup_printf (
      "[('m.disk', {'name': <'%s'>, 'read': <%f>, 'write': <%f>}, {'time': <int64 %" G_GINT64_FORMAT
      ">})]",
      name, bytes, bytes * 2, seconds * G_USEC_PER_SEC);
  g_autoptr (GVariant) samples = g_variant_ref_sink (
      g_variant_parse (G_VARIANT_TYPE ("a(sa{sv}a{sv})"), text, NULL, NULL, NULL));

  bn_sample_store_add (store, samples);
}

static BnSampleStore *
new_store (void)
{
  BnSampleStore *store = bn_sample_store_new ();
  BnEventInfo event = { .type = (char *)"m.disk", .sample = TRUE, .key = (char *)"name" };

  bn_sample_store_declare (store, &event, series);
  return store;
}

static void
collect_cb (gpointer user_data, gint64 time_usec, const float *row, guint n_values)
{
  GString *out = user_data;

  g_string_append_printf (out, "%" G_GINT64_FORMAT ":", time_usec / G_USEC_PER_SEC);
  for (guint i = 0; i < n_values; i++)
    g_string_append_printf (out, isfinite (row[i]) ? " %.0f" : " -", row[i]);
  g_string_append_c (out, '\n');
}

static void
test_fill (void)
{
  static const char *const keys[] = { "sda", "sdb", NULL };
  g_autoptr (BnSampleStore) store = new_store ();
  g_autoptr (GString) out = g_string_new (NULL);
  BnChartLines *lines;

  add_sample (store, "sda", 1, 10);
  add_sample (store, "sda", 2, 11);
  add_sample (store, "sdb", 2, 20);
  add_sample (store, "sdb", 3, 21);
  lines = bn_chart_lines_new (store, "m.disk", series, keys);
  g_assert_true (bn_chart_lines_has (lines, "sdb"));
  g_assert_false (bn_chart_lines_has (lines, "sdc"));
  bn_chart_lines_fill (lines, collect_cb, out);
  g_assert_cmpstr (out->str, ==, "1: 10 20 - -\n2: 11 22 20 40\n3: - - 21 42\n");
  bn_chart_lines_free (lines);
}

static void
test_set (void)
{
  static const char *const keys[] = { "sda", "sdb", NULL };
  static const char *const labels[] = { "Read", "Write", NULL };
  g_autoptr (BnSampleStore) store = new_store ();
  g_autoptr (GVariant) payload = g_variant_ref_sink (
      g_variant_parse (G_VARIANT_TYPE_VARDICT, "{'read': <5.0>}", NULL, NULL, NULL));
  BnChartLines *lines = bn_chart_lines_new (store, "m.disk", series, keys);
  g_auto (GStrv) names = bn_chart_lines_dup_labels (lines, labels);
  const float *row;
  guint n_values;

  bn_chart_lines_set (lines, "sdb", payload);
  row = bn_chart_lines_get_row (lines, &n_values);
  g_assert_cmpuint (n_values, ==, 4);
  g_assert_true (isnan (row[0]) && isnan (row[1]) && isnan (row[3]));
  g_assert_cmpfloat (row[2], ==, 5);
  g_assert_cmpstr (names[0], ==, "sda Read");
  g_assert_cmpstr (names[3], ==, "sdb Write");
  g_assert_null (names[4]);
  bn_chart_lines_free (lines);
}

static void
test_fold (void)
{
  static const char *const ten[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", NULL };
  static const char *const eight[] = { "a", "b", "c", "d", "e", "f", "g", "h", NULL };
  const float values[] = { 1, 2, 3, 4, 5, 6, 7, 8, NAN, 10 };
  const float unknown[] = { 1, 2, 3, 4, 5, 6, 7, NAN, NAN, NAN };
  float folded[BN_CHART_MAX_SERIES];
  g_auto (GStrv) names = bn_chart_lines_fold_names (ten);
  g_auto (GStrv) whole = bn_chart_lines_fold_names (eight);

  bn_chart_lines_fold (values, 10, folded);
  g_assert_cmpfloat (folded[6], ==, 7);
  g_assert_cmpfloat (folded[7], ==, 18);
  g_assert_cmpuint (g_strv_length (names), ==, BN_CHART_MAX_SERIES);
  g_assert_cmpstr (names[6], ==, "g");
  g_assert_cmpstr (names[7], ==, "Other");
  /* Of what is not known at all the sum is not known. */
  bn_chart_lines_fold (unknown, 10, folded);
  g_assert_true (isnan (folded[7]));
  /* Eight are eight. */
  bn_chart_lines_fold (values, 8, folded);
  g_assert_cmpfloat (folded[7], ==, 8);
  g_assert_cmpstr (whole[7], ==, "h");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart-lines/fill", test_fill);
  g_test_add_func ("/chart-lines/set", test_set);
  g_test_add_func ("/chart-lines/fold", test_fold);
  return g_test_run ();
}
