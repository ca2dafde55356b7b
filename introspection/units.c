/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The units. */
#include "introspection/units.h"

/* In the order of BnUnit, from its second member on. */
const char *const bn_unit_names[] = { "bytes", "bytes/s", "percent", "seconds", "celsius",
                                      "hertz", "ops/s",   "rpm",     "watts",   "volts",
                                      "count", "time",    "usec",    "ms",      NULL };

static const char *const symbols[BN_N_UNITS] = {
  [BN_UNIT_UNKNOWN] = "",  [BN_UNIT_BYTES] = "B",           [BN_UNIT_BYTES_PER_SECOND] = "B/s",
  [BN_UNIT_PERCENT] = "%", [BN_UNIT_SECONDS] = "s",         [BN_UNIT_CELSIUS] = "°C",
  [BN_UNIT_HERTZ] = "Hz",  [BN_UNIT_OPS_PER_SECOND] = "/s", [BN_UNIT_RPM] = "rpm",
  [BN_UNIT_WATTS] = "W",   [BN_UNIT_VOLTS] = "V",           [BN_UNIT_COUNT] = "",
  [BN_UNIT_TIME] = "",     [BN_UNIT_USEC] = "µs",           [BN_UNIT_MS] = "ms",
};

G_STATIC_ASSERT (G_N_ELEMENTS (bn_unit_names) == BN_N_UNITS);

BnUnit
bn_unit_from_string (const char *name)
{
  if (name == NULL)
    return BN_UNIT_UNKNOWN;
  for (guint i = 0; bn_unit_names[i] != NULL; i++)
    if (g_str_equal (name, bn_unit_names[i]))
      return i + 1;
  return BN_UNIT_UNKNOWN;
}

const char *
bn_unit_to_string (BnUnit unit)
{
  g_return_val_if_fail (unit < BN_N_UNITS, NULL);

  return unit == BN_UNIT_UNKNOWN ? NULL : bn_unit_names[unit - 1];
}

const char *
bn_unit_symbol (BnUnit unit)
{
  g_return_val_if_fail (unit < BN_N_UNITS, "");

  return symbols[unit];
}
