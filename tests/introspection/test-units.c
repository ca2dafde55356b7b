/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The units. */
#include "introspection/units.h"

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    BnUnit unit;
    const char *symbol;
  } rows[] = {
    { "bytes", BN_UNIT_BYTES, "B" },
    { "bytes/s", BN_UNIT_BYTES_PER_SECOND, "B/s" },
    { "percent", BN_UNIT_PERCENT, "%" },
    { "seconds", BN_UNIT_SECONDS, "s" },
    { "celsius", BN_UNIT_CELSIUS, "°C" },
    { "hertz", BN_UNIT_HERTZ, "Hz" },
    { "ops/s", BN_UNIT_OPS_PER_SECOND, "/s" },
    { "rpm", BN_UNIT_RPM, "rpm" },
    { "watts", BN_UNIT_WATTS, "W" },
    { "volts", BN_UNIT_VOLTS, "V" },
    { "count", BN_UNIT_COUNT, "" },
    { "time", BN_UNIT_TIME, "" },
    { "usec", BN_UNIT_USEC, "µs" },
    { "ms", BN_UNIT_MS, "ms" },
  };

  g_assert_cmpuint (G_N_ELEMENTS (rows), ==, BN_N_UNITS - 1);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpint (bn_unit_from_string (rows[i].name), ==, rows[i].unit);
      g_assert_cmpstr (bn_unit_to_string (rows[i].unit), ==, rows[i].name);
      g_assert_cmpstr (bn_unit_symbol (rows[i].unit), ==, rows[i].symbol);
    }
}

static void
test_unknown (void)
{
  g_assert_cmpint (bn_unit_from_string (NULL), ==, BN_UNIT_UNKNOWN);
  g_assert_cmpint (bn_unit_from_string (""), ==, BN_UNIT_UNKNOWN);
  g_assert_cmpint (bn_unit_from_string ("Bytes"), ==, BN_UNIT_UNKNOWN);
  g_assert_cmpint (bn_unit_from_string ("byte"), ==, BN_UNIT_UNKNOWN);
  g_assert_null (bn_unit_to_string (BN_UNIT_UNKNOWN));
  g_assert_cmpstr (bn_unit_symbol (BN_UNIT_UNKNOWN), ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/units/names", test_names);
  g_test_add_func ("/units/unknown", test_unknown);
  return g_test_run ();
}
