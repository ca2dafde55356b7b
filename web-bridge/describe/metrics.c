/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What was measured last, as text for Prometheus.
 *
 * A family stands once, with its help, its type and, in OpenMetrics, its unit, and all its series
 * follow. Times are seconds, as both formats want base units. */
#include "describe/metrics.h"

#include <string.h>

#include "introspection/format/format.h"
#include "introspection/units.h"

/* What the hub says of all bridges; this one says it itself, and tells what only grows. */
#define BRIDGES "websocket.statistics"

/* So the names of counters end, and no others may (OpenMetrics 1.0, 5.1). */
#define COUNTERS "_total"

/* How a unit of ours stands in a name, and what a value is multiplied by to be of it. */
static const struct
{
  const char *suffix;
  const char *own; /* (nullable): how our names end that have the unit in them */
  double factor;
} units[BN_N_UNITS] = {
  [BN_UNIT_UNKNOWN] = { "", NULL, 1 },
  [BN_UNIT_BYTES] = { "bytes", "bytes", 1 },
  [BN_UNIT_BYTES_PER_SECOND] = { "bytes_per_second", NULL, 1 },
  [BN_UNIT_PERCENT] = { "percent", NULL, 1 },
  [BN_UNIT_SECONDS] = { "seconds", NULL, 1 },
  [BN_UNIT_CELSIUS] = { "celsius", NULL, 1 },
  [BN_UNIT_HERTZ] = { "hertz", NULL, 1 },
  [BN_UNIT_OPS_PER_SECOND] = { "per_second", NULL, 1 },
  [BN_UNIT_RPM] = { "rpm", NULL, 1 },
  [BN_UNIT_WATTS] = { "watts", NULL, 1 },
  [BN_UNIT_VOLTS] = { "volts", NULL, 1 },
  [BN_UNIT_COUNT] = { "", NULL, 1 },
  [BN_UNIT_TIME] = { "timestamp_seconds", NULL, 1e-6 },
  [BN_UNIT_USEC] = { "seconds", "usec", 1e-6 },
  [BN_UNIT_MS] = { "seconds", "ms", 1e-3 },
};

typedef struct
{
  const BnMetrics *metrics;
  BnMetricsFormat format;
  GString *text;
  guint series;
  guint left_out;
} Writing;

const char *
bn_metrics_content_type (BnMetricsFormat format)
{
  return format == BN_METRICS_OPENMETRICS
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

BnMetricsFormat
bn_metrics_negotiate (const char *accept)
{
  return accept != NULL && strstr (accept, "application/openmetrics-text") != NULL
             ? BN_METRICS_OPENMETRICS
             : BN_METRICS_PROMETHEUS;
}

/* Backslash, quote and line feed are written out (both formats). */
static void
append_escaped (GString *text, const char *value, gboolean quote)
{
  for (const char *p = value; *p != '\0'; p++)
    if (*p == '\n')
      g_string_append (text, "\\n");
    else if (*p == '\\' || (quote && *p == '"'))
      g_string_append_printf (text, "\\%c", *p);
    else
      g_string_append_c (text, *p);
}

/* A boolean counts as 0 or 1. */
static gboolean
get_number (GVariant *value, double *number)
{
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return bn_format_get_number (value, number);
  *number = g_variant_get_boolean (value);
  return TRUE;
}

/* "system_info.cpu" and "usage", percent -> "binnacle_system_info_cpu_usage_percent". */
static char *
make_name (const char *event, const char *field, BnUnit unit)
{
  g_autoptr (GString) name = g_string_new ("binnacle_");
  const char *own = units[unit].own;

  g_string_append_printf (name, "%s_%s", event, field);
  g_string_replace (name, ".", "_", 0);
  if (own != NULL && g_str_has_suffix (name->str, own)
      && name->str[name->len - strlen (own) - 1] == '_')
    g_string_truncate (name, name->len - strlen (own) - 1);
  if (g_str_has_suffix (name->str, COUNTERS))
    g_string_truncate (name, name->len - strlen (COUNTERS));
  if (*units[unit].suffix != '\0')
    g_string_append_printf (name, "_%s", units[unit].suffix);
  return g_string_free (g_steal_pointer (&name), FALSE);
}

static void
append_head (Writing *writing, const char *name, const char *type, const char *unit,
             const char *help)
{
  g_string_append_printf (writing->text, "# TYPE %s %s\n", name, type);
  if (writing->format == BN_METRICS_OPENMETRICS && *unit != '\0')
    g_string_append_printf (writing->text, "# UNIT %s %s\n", name, unit);
  g_string_append_printf (writing->text, "# HELP %s ", name);
  append_escaped (writing->text, help, writing->format == BN_METRICS_OPENMETRICS);
  g_string_append_c (writing->text, '\n');
}

static void
append_series (Writing *writing, const char *name, const char *key, GVariant *key_value,
               double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *label = NULL;

  if (++writing->series > BN_METRIC_SERIES_MAX)
    {
      writing->left_out++;
      return;
    }
  g_string_append (writing->text, name);
  if (key != NULL && key_value != NULL)
    {
      label = g_variant_is_of_type (key_value, G_VARIANT_TYPE_STRING)
                  ? g_variant_dup_string (key_value, NULL)
                  : g_variant_print (key_value, FALSE);
      g_string_append_printf (writing->text, "{%s=\"", key);
      append_escaped (writing->text, label, TRUE);
      g_string_append (writing->text, "\"}");
    }
  g_string_append_printf (writing->text, " %s\n", g_ascii_dtostr (buffer, sizeof buffer, number));
}

static gboolean
is_old (Writing *writing, GVariant *meta)
{
  gint64 then;

  return g_variant_lookup (meta, "time", "x", &then)
         && writing->metrics->now_usec - then > BN_METRIC_AGE_SECONDS * G_USEC_PER_SEC;
}

/* One field of an event: its head before the first number, none if nothing was measured. */
static void
append_field (Writing *writing, const char *event, const char *key, const char *summary,
              GVariant *field)
{
  GVariant *samples = writing->metrics->samples;
  const char *field_name = "";
  const char *unit_name = NULL;
  const char *label = "";
  BnUnit unit;
  g_autofree char *name = NULL;
  g_autofree char *help = NULL;
  gboolean begun = FALSE;

  g_variant_lookup (field, "name", "&s", &field_name);
  g_variant_lookup (field, "unit", "&s", &unit_name);
  g_variant_lookup (field, "label", "&s", &label);
  if (g_strcmp0 (key, field_name) == 0)
    return;
  unit = bn_unit_from_string (unit_name);
  name = make_name (event, field_name, unit);
  help = g_strdup_printf ("%s: %s", summary, label);
  for (gsize i = 0; i < g_variant_n_children (samples); i++)
    {
      const char *type;
      g_autoptr (GVariant) payload = NULL;
      g_autoptr (GVariant) meta = NULL;
      g_autoptr (GVariant) value = NULL;
      g_autoptr (GVariant) key_value = NULL;
      double number;

      g_variant_get_child (samples, i, "(&s@a{sv}@a{sv})", &type, &payload, &meta);
      if (!g_str_equal (type, event) || is_old (writing, meta))
        continue;
      value = g_variant_lookup_value (payload, field_name, NULL);
      if (value == NULL || !get_number (value, &number))
        continue;
      if (!begun)
        append_head (writing, name, "gauge", units[unit].suffix, help);
      begun = TRUE;
      if (key != NULL)
        key_value = g_variant_lookup_value (payload, key, NULL);
      append_series (writing, name, key, key_value, number * units[unit].factor);
    }
}

static void
append_event (Writing *writing, GVariant *event)
{
  g_autoptr (GVariant) fields = g_variant_lookup_value (event, "fields", G_VARIANT_TYPE ("aa{sv}"));
  const char *class = "";
  const char *type = "";
  const char *key = NULL;
  const char *summary = "";

  g_variant_lookup (event, "class", "&s", &class);
  g_variant_lookup (event, "type", "&s", &type);
  g_variant_lookup (event, "key", "&s", &key);
  g_variant_lookup (event, "summary", "&s", &summary);
  if (!g_str_equal (class, "sample") || g_str_equal (type, BRIDGES) || fields == NULL)
    return;
  for (gsize i = 0; i < g_variant_n_children (fields); i++)
    {
      g_autoptr (GVariant) field = g_variant_get_child_value (fields, i);

      append_field (writing, type, key, summary, field);
    }
}

/* @grows: they are counters, which a restart of the bridge sets to 0. */
static void
append_own (Writing *writing, GVariant *values, gboolean grows)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *name = g_strconcat ("binnacle_bridge_", key, NULL);
      g_autofree char *series = grows ? g_strconcat (name, "_total", NULL) : g_strdup (name);
      g_autofree char *help = g_strdelimit (g_strdup (key), "_", ' ');
      const char *unit = g_str_has_suffix (key, "_bytes") ? "bytes" : "";
      double number;

      if (!get_number (value, &number))
        continue;
      append_head (writing, writing->format == BN_METRICS_OPENMETRICS ? name : series,
                   grows ? "counter" : "gauge", unit, help);
      append_series (writing, series, NULL, NULL, number);
    }
}

char *
bn_metrics_format (const BnMetrics *metrics, BnMetricsFormat format, guint *left_out)
{
  Writing writing = { .metrics = metrics, .format = format, .text = g_string_new (NULL) };

  for (guint i = 0; i < metrics->descriptions->len; i++)
    {
      g_autoptr (GVariant) events = g_variant_lookup_value (
          g_ptr_array_index (metrics->descriptions, i), "events", G_VARIANT_TYPE ("aa{sv}"));

      for (gsize j = 0; events != NULL && j < g_variant_n_children (events); j++)
        {
          g_autoptr (GVariant) event = g_variant_get_child_value (events, j);

          append_event (&writing, event);
        }
    }
  append_own (&writing, metrics->gauges, FALSE);
  append_own (&writing, metrics->counters, TRUE);
  if (format == BN_METRICS_OPENMETRICS)
    g_string_append (writing.text, "# EOF\n");
  *left_out = writing.left_out;
  return g_string_free (writing.text, FALSE);
}
