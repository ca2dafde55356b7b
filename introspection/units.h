/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The units of fields, columns and metrics. The list is closed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* UNKNOWN stands first so that a zeroed structure has no unit. */
typedef enum
{
  BN_UNIT_UNKNOWN, /* no unit, or none of ours */
  BN_UNIT_BYTES,
  BN_UNIT_BYTES_PER_SECOND,
  BN_UNIT_PERCENT, /* 0 to 100 */
  BN_UNIT_SECONDS, /* a duration */
  BN_UNIT_CELSIUS,
  BN_UNIT_HERTZ,
  BN_UNIT_OPS_PER_SECOND,
  BN_UNIT_RPM,
  BN_UNIT_WATTS,
  BN_UNIT_VOLTS,
  BN_UNIT_COUNT,
  BN_UNIT_TIME, /* microseconds since 1970 */
  BN_UNIT_USEC, /* microseconds, a duration */
  BN_UNIT_MS,   /* milliseconds, a duration */
} BnUnit;

#define BN_N_UNITS (BN_UNIT_MS + 1)

/* The names of all units as they stand in a manifest; NULL-terminated. */
extern const char *const bn_unit_names[];

/* UNKNOWN if @name is NULL or not a unit. */
BnUnit bn_unit_from_string (const char *name);

/* The name, such as "bytes/s"; NULL for UNKNOWN. */
const char *bn_unit_to_string (BnUnit unit);

/* The symbol that stands behind a number, such as "B/s" or "°C"; empty where there is none (count,
 * time, UNKNOWN). */
const char *bn_unit_symbol (BnUnit unit);

G_END_DECLS
