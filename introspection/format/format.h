/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Values as text, by unit: the same on a terminal, in the GTK client and, by its own code, in the
 * browser page. Pure functions; both are tested against tests/fixtures/format.json.
 *
 * Numbers have no more digits than a person reads: one decimal below 100 for scaled values, none
 * above; percent has one decimal below 10. Five and more digits are grouped by U+202F, a unit is
 * set off by U+00A0. What is not known is "-", never 0. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is shown instead of a value that is not known. */
#define BN_FORMAT_UNKNOWN "-"

typedef struct
{
  gboolean decimal_bytes; /* kB, MB, GB instead of KiB, MiB, GiB */
  gboolean fahrenheit;
} BnFormatOptions;

/* The options of the person's locale: degrees Fahrenheit where they are the custom, and bytes in
 * powers of two (KiB): no locale says otherwise. */
const BnFormatOptions *bn_format_get_locale_options (void);

/* What is used where no options are given: those of the locale, until others are set. NULL goes
 * back to them. Main thread only. */
const BnFormatOptions *bn_format_get_options (void);
void bn_format_set_options (const BnFormatOptions *options);

/* @unit is one of the closed list of introspection/README.md, or NULL. @options may be NULL:
 * bn_format_get_options(). */
char *bn_format_number (double value, const char *unit, const BnFormatOptions *options);

/* Any value: numbers by @unit, strings as they are, booleans as words, arrays of strings joined by
 * commas. @value may be NULL: unknown. */
char *bn_format_variant (GVariant *value, const char *unit, const BnFormatOptions *options);

/* "as of" and log times: the hour, minute and second of @time_usec (since 1970), local time. */
char *bn_format_clock (gint64 time_usec);

/* TRUE and the number, if @value is of a numeric type. @value may be NULL. */
gboolean bn_format_get_number (GVariant *value, double *number);

/* A field name as words: "swap_total" -> "Swap total". */
char *bn_format_words (const char *name);

G_END_DECLS
