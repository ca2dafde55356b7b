/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Values as text, by unit. */
#include "introspection/format/format.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <math.h>

#define NBSP "\u00a0"
#define GROUP "\u202f"
#define GROUP_FROM_DIGITS 5

/* What a person chose; used by the main thread, as everything that is shown. */
static BnFormatOptions chosen_options;
static gboolean chosen;

const BnFormatOptions *
bn_format_get_locale_options (void)
{
  static BnFormatOptions options;
  static gsize once;

  if (g_once_init_enter (&once))
    {
      /* glibc has no item for the scale of temperatures; the custom goes with the measures. The
       * item is one byte: 1 metric, 2 customary of the United States. */
      options.fahrenheit = *nl_langinfo (_NL_MEASUREMENT_MEASUREMENT) == 2;
      g_once_init_leave (&once, 1);
    }
  return &options;
}

const BnFormatOptions *
bn_format_get_options (void)
{
  return chosen ? &chosen_options : bn_format_get_locale_options ();
}

void
bn_format_set_options (const BnFormatOptions *options)
{
  chosen = options != NULL;
  if (chosen)
    chosen_options = *options;
}

/* Digits with @decimals, the integral part grouped. Never "-0". */
static char *
grouped (double value, int decimals)
{
  g_autofree char *plain = g_strdup_printf ("%.*f", decimals, fabs (value));
  gsize digits = strspn (plain, "0123456789");
  gboolean zero = strspn (plain, "0.,") == strlen (plain);
  g_autoptr (GString) out = g_string_new (value < 0 && !zero ? "-" : "");

  for (gsize i = 0; i < digits; i++)
    {
      if (i > 0 && digits >= GROUP_FROM_DIGITS && (digits - i) % 3 == 0)
        g_string_append (out, GROUP);
      g_string_append_c (out, plain[i]);
    }
  g_string_append (out, plain + digits);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* 1.5 KiB, 120 MB: @prefixes begins with the unscaled unit. The rounded value decides, so that
 * 1023.99 KiB is 1.0 MiB and not 1024 KiB. */
static char *
scaled (double value, double base, const char *const *prefixes, guint n_prefixes,
        const char *suffix)
{
  double magnitude = fabs (value);
  guint i = 0;
  int decimals;
  g_autofree char *digits = NULL;

  while (i + 1 < n_prefixes && round (magnitude) >= base)
    {
      magnitude /= base;
      i++;
    }
  decimals = i == 0 || round (magnitude * 10) / 10 >= 100 ? 0 : 1;
  digits = grouped (copysign (magnitude, value), decimals);
  return g_strconcat (digits, NBSP, prefixes[i], suffix, NULL);
}

static char *
format_bytes (double value, const char *suffix, gboolean decimal)
{
  static const char *const binary[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
  static const char *const si[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };

  if (decimal)
    return scaled (value, 1000, si, G_N_ELEMENTS (si), suffix);
  return scaled (value, 1024, binary, G_N_ELEMENTS (binary), suffix);
}

static char *
format_hertz (double value)
{
  static const char *const prefixes[] = { "Hz", "kHz", "MHz", "GHz", "THz" };

  return scaled (value, 1000, prefixes, G_N_ELEMENTS (prefixes), "");
}

/* One decimal below 10, none above; 9.96 is 10. */
static char *
short_number (double value)
{
  return grouped (value, value != 0 && round (fabs (value) * 10) / 10 < 10 ? 1 : 0);
}

static char *
format_ops (double value)
{
  static const char *const prefixes[] = { "", "k", "M", "G" };

  if (fabs (value) < 10000)
    {
      g_autofree char *digits = short_number (value);

      return g_strconcat (digits, "/s", NULL);
    }
  return scaled (value, 1000, prefixes, G_N_ELEMENTS (prefixes), "/s");
}

static char *
format_count (double value)
{
  double magnitude = fabs (value);

  if (value == round (value))
    return grouped (value, 0);
  return grouped (value, magnitude < 10 ? 2 : magnitude < 100 ? 1 : 0);
}

static char *
two_parts (gint64 big, const char *big_unit, gint64 little, const char *little_unit)
{
  if (little == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT NBSP "%s", big, big_unit);
  return g_strdup_printf ("%" G_GINT64_FORMAT NBSP "%s %" G_GINT64_FORMAT NBSP "%s", big, big_unit,
                          little, little_unit);
}

/* Two units at most: nobody reads the seconds of a week. */
static char *
format_magnitude_seconds (double seconds)
{
  gint64 whole;

  if (seconds == 0)
    return g_strdup_printf ("0" NBSP "%s", _ ("s"));
  if (seconds < 0.0009995)
    return g_strdup_printf ("%.0f" NBSP "%s", seconds * 1e6, _ ("µs"));
  if (seconds < 0.00995)
    return g_strdup_printf ("%.1f" NBSP "%s", seconds * 1e3, _ ("ms"));
  if (seconds < 0.9995)
    return g_strdup_printf ("%.0f" NBSP "%s", seconds * 1e3, _ ("ms"));
  if (seconds < 9.95)
    return g_strdup_printf ("%.1f" NBSP "%s", seconds, _ ("s"));
  if (seconds > 1e15)
    return g_strdup (BN_FORMAT_UNKNOWN);
  whole = (gint64)round (seconds);
  if (whole < 60)
    return g_strdup_printf ("%" G_GINT64_FORMAT NBSP "%s", whole, _ ("s"));
  if (whole < 3600)
    return two_parts (whole / 60, _ ("min"), whole % 60, _ ("s"));
  if (whole < 86400)
    return two_parts (whole / 3600, _ ("h"), whole % 3600 / 60, _ ("min"));
  return two_parts (whole / 86400, _ ("d"), whole % 86400 / 3600, _ ("h"));
}

static char *
format_seconds (double seconds)
{
  g_autofree char *text = format_magnitude_seconds (fabs (seconds));

  return seconds < 0 ? g_strconcat ("-", text, NULL) : g_steal_pointer (&text);
}

static char *
format_time (double time_usec)
{
  g_autoptr (GDateTime) time = NULL;

  if (time_usec <= 0 || time_usec > 2.5e17)
    return g_strdup (BN_FORMAT_UNKNOWN);
  time = g_date_time_new_from_unix_local ((gint64)(time_usec / G_USEC_PER_SEC));
  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M:%S")
                      : g_strdup (BN_FORMAT_UNKNOWN);
}

char *
bn_format_clock (gint64 time_usec)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_usec / G_USEC_PER_SEC);

  return time != NULL ? g_date_time_format (time, "%H:%M:%S") : g_strdup (BN_FORMAT_UNKNOWN);
}

static char *
with_unit (double value, int decimals, const char *unit)
{
  g_autofree char *digits = grouped (value, decimals);

  return g_strconcat (digits, NBSP, unit, NULL);
}

static char *
format_celsius (double value, gboolean fahrenheit)
{
  return fahrenheit ? with_unit (value * 9 / 5 + 32, 0, "°F") : with_unit (value, 0, "°C");
}

static char *
format_percent (double value)
{
  g_autofree char *digits = short_number (value);

  return g_strconcat (digits, "%", NULL);
}

/* A number that is an identifier or whose unit is not declared: no grouping. */
static char *
format_plain (double value)
{
  if (value == round (value) && fabs (value) < 9007199254740992.0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, (gint64)value);
  return g_strdup_printf ("%.*f", fabs (value) < 100 ? 2 : 1, value);
}

char *
bn_format_number (double value, const char *unit, const BnFormatOptions *options)
{
  if (options == NULL)
    options = bn_format_get_options ();
  if (!isfinite (value))
    return g_strdup (BN_FORMAT_UNKNOWN);
  if (unit == NULL)
    return format_plain (value);
  if (g_str_equal (unit, "bytes"))
    return format_bytes (value, "", options->decimal_bytes);
  if (g_str_equal (unit, "bytes/s"))
    return format_bytes (value, "/s", options->decimal_bytes);
  if (g_str_equal (unit, "percent"))
    return format_percent (value);
  if (g_str_equal (unit, "seconds"))
    return format_seconds (value);
  if (g_str_equal (unit, "ms"))
    return format_seconds (value / 1e3);
  if (g_str_equal (unit, "usec"))
    return format_seconds (value / 1e6);
  if (g_str_equal (unit, "time"))
    return format_time (value);
  if (g_str_equal (unit, "celsius"))
    return format_celsius (value, options->fahrenheit);
  if (g_str_equal (unit, "hertz"))
    return format_hertz (value);
  if (g_str_equal (unit, "ops/s"))
    return format_ops (value);
  if (g_str_equal (unit, "count"))
    return format_count (value);
  if (g_str_equal (unit, "rpm"))
    return with_unit (value, 0, "rpm");
  if (g_str_equal (unit, "watts"))
    return with_unit (value, fabs (value) < 99.95 ? 1 : 0, "W");
  if (g_str_equal (unit, "volts"))
    return with_unit (value, 2, "V");
  return format_plain (value);
}

gboolean
bn_format_get_number (GVariant *value, double *number)
{
  if (value == NULL)
    return FALSE;
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BYTE:
      *number = g_variant_get_byte (value);
      return TRUE;
    case G_VARIANT_CLASS_INT16:
      *number = g_variant_get_int16 (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT16:
      *number = g_variant_get_uint16 (value);
      return TRUE;
    case G_VARIANT_CLASS_INT32:
      *number = g_variant_get_int32 (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT32:
      *number = g_variant_get_uint32 (value);
      return TRUE;
    case G_VARIANT_CLASS_INT64:
      *number = (double)g_variant_get_int64 (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT64:
      *number = (double)g_variant_get_uint64 (value);
      return TRUE;
    case G_VARIANT_CLASS_DOUBLE:
      *number = g_variant_get_double (value);
      return TRUE;
    default:
      return FALSE;
    }
}

/* 64-bit integers without a unit are identifiers: a double would lose their last digits. */
static gboolean
is_wide_plain (GVariant *value, const char *unit)
{
  return unit == NULL
         && (g_variant_is_of_type (value, G_VARIANT_TYPE_INT64)
             || g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64));
}

char *
bn_format_variant (GVariant *value, const char *unit, const BnFormatOptions *options)
{
  double number;

  if (value == NULL)
    return g_strdup (BN_FORMAT_UNKNOWN);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      g_autoptr (GVariant) inner = g_variant_get_variant (value);

      return bn_format_variant (inner, unit, options);
    }
  if (is_wide_plain (value, unit))
    return g_variant_print (value, FALSE);
  if (bn_format_get_number (value, &number))
    return bn_format_number (number, unit, options);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strdup (g_variant_get_boolean (value) ? _ ("yes") : _ ("no"));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
      || g_variant_is_of_type (value, G_VARIANT_TYPE_OBJECT_PATH)
      || g_variant_is_of_type (value, G_VARIANT_TYPE_SIGNATURE))
    {
      const char *text = g_variant_get_string (value, NULL);

      return g_strdup (*text != '\0' ? text : BN_FORMAT_UNKNOWN);
    }
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **words = g_variant_get_strv (value, NULL);

      return words[0] != NULL ? g_strjoinv (", ", (char **)words) : g_strdup (BN_FORMAT_UNKNOWN);
    }
  return g_variant_print (value, FALSE);
}

char *
bn_format_words (const char *name)
{
  char *words = g_strdelimit (g_strdup (name), "_", ' ');

  *words = g_ascii_toupper (*words);
  return words;
}
