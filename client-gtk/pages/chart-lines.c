/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The lines of a chart that shows several instances of an event. */
#include "pages/chart-lines.h"

#include "introspection/format/format.h"
#include "widgets/chart-data.h"

#include <glib/gi18n.h>
#include <math.h>

/* What was measured within this time of one another is one point. */
#define SAME_TIME_USEC (G_USEC_PER_SEC / 10)

struct _BnChartLines
{
  BnSampleStore *samples; /* owned */
  char *type;             /* owned */
  char **series;          /* owned */
  char **keys;            /* owned */
  guint n_series;
  guint n_keys;
  float *row; /* owned: n_keys times n_series */
};

/* What the store has of one instance. */
typedef struct
{
  GArray *times;  /* gint64 */
  GArray *values; /* float, n_series a point */
  const int *columns;
  guint n_series;
  guint next;
} History;

BnChartLines *
bn_chart_lines_new (BnSampleStore *samples, const char *type, const char *const *series,
                    const char *const *keys)
{
  BnChartLines *self = g_new0 (BnChartLines, 1);

  self->samples = g_object_ref (samples);
  self->type = g_strdup (type);
  self->series = g_strdupv ((char **)series);
  self->keys = g_strdupv ((char **)keys);
  self->n_series = g_strv_length (self->series);
  self->n_keys = g_strv_length (self->keys);
  self->row = g_new (float, self->n_keys * self->n_series);
  for (guint i = 0; i < self->n_keys * self->n_series; i++)
    self->row[i] = NAN;
  return self;
}

void
bn_chart_lines_free (BnChartLines *self)
{
  g_object_unref (self->samples);
  g_free (self->type);
  g_strfreev (self->series);
  g_strfreev (self->keys);
  g_free (self->row);
  g_free (self);
}

gboolean
bn_chart_lines_has (BnChartLines *self, const char *key)
{
  return g_strv_contains ((const char *const *)self->keys, key);
}

char **
bn_chart_lines_dup_labels (BnChartLines *self, const char *const *labels)
{
  char **all = g_new0 (char *, self->n_keys * self->n_series + 1);

  for (guint k = 0; k < self->n_keys; k++)
    for (guint s = 0; s < self->n_series; s++)
      all[k * self->n_series + s] = self->n_series > 1
                                        ? g_strdup_printf ("%s %s", self->keys[k], labels[s])
                                        : g_strdup (self->keys[k]);
  return all;
}

float
bn_chart_lines_read (GVariant *payload, const char *field)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (payload, field, NULL);
  double number = NAN;

  bn_format_get_number (value, &number);
  return (float)number;
}

void
bn_chart_lines_set (BnChartLines *self, const char *key, GVariant *payload)
{
  for (guint k = 0; k < self->n_keys; k++)
    for (guint s = 0; g_str_equal (self->keys[k], key) && s < self->n_series; s++)
      self->row[k * self->n_series + s] = bn_chart_lines_read (payload, self->series[s]);
}

const float *
bn_chart_lines_get_row (BnChartLines *self, guint *n_values)
{
  *n_values = self->n_keys * self->n_series;
  return self->row;
}

static void
collect_cb (gint64 time_usec, const float *values, gpointer user_data)
{
  History *history = user_data;

  g_array_append_val (history->times, time_usec);
  for (guint s = 0; s < history->n_series; s++)
    {
      float value = history->columns[s] >= 0 ? values[history->columns[s]] : NAN;

      g_array_append_val (history->values, value);
    }
}

static gint64
time_of (const History *history)
{
  return history->next < history->times->len ? g_array_index (history->times, gint64, history->next)
                                             : G_MAXINT64;
}

/* The histories side by side: the earliest points that were not taken yet are one row. */
static void
merge (BnChartLines *self, History *histories, BnChartLinesFunc func, gpointer user_data)
{
  for (;;)
    {
      gint64 time_usec = G_MAXINT64;

      for (guint k = 0; k < self->n_keys; k++)
        time_usec = MIN (time_usec, time_of (&histories[k]));
      if (time_usec == G_MAXINT64)
        return;
      for (guint k = 0; k < self->n_keys; k++)
        {
          History *history = &histories[k];
          gboolean there = time_of (history) - time_usec <= SAME_TIME_USEC;

          for (guint s = 0; s < self->n_series; s++)
            self->row[k * self->n_series + s] =
                there ? g_array_index (history->values, float, history->next * self->n_series + s)
                      : NAN;
          history->next += there;
        }
      func (user_data, time_usec, self->row, self->n_keys * self->n_series);
    }
}

void
bn_chart_lines_fill (BnChartLines *self, BnChartLinesFunc func, gpointer user_data)
{
  g_autofree History *histories = g_new0 (History, self->n_keys);
  g_autofree int *columns = g_new (int, self->n_series);

  for (guint s = 0; s < self->n_series; s++)
    columns[s] = bn_sample_store_get_column (self->samples, self->type, self->series[s]);
  for (guint k = 0; k < self->n_keys; k++)
    {
      histories[k] = (History){
        .times = g_array_new (FALSE, FALSE, sizeof (gint64)),
        .values = g_array_new (FALSE, FALSE, sizeof (float)),
        .columns = columns,
        .n_series = self->n_series,
      };
      bn_sample_store_foreach_point (self->samples, self->type, self->keys[k], collect_cb,
                                     &histories[k]);
    }
  merge (self, histories, func, user_data);
  for (guint k = 0; k < self->n_keys; k++)
    {
      g_array_unref (histories[k].times);
      g_array_unref (histories[k].values);
    }
}

void
bn_chart_lines_fold (const float *values, guint n_values, float *folded)
{
  guint n_own = n_values > BN_CHART_MAX_SERIES ? BN_CHART_MAX_SERIES - 1 : n_values;

  for (guint i = 0; i < n_own; i++)
    folded[i] = values[i];
  if (n_own == n_values)
    return;
  folded[n_own] = NAN;
  for (guint i = n_own; i < n_values; i++)
    if (isfinite (values[i]))
      folded[n_own] = (isfinite (folded[n_own]) ? folded[n_own] : 0) + values[i];
}

char **
bn_chart_lines_fold_names (const char *const *names)
{
  guint n_names = g_strv_length ((char **)names);
  guint n_own = n_names > BN_CHART_MAX_SERIES ? BN_CHART_MAX_SERIES - 1 : n_names;
  char **folded = g_new0 (char *, BN_CHART_MAX_SERIES + 1);

  for (guint i = 0; i < n_own; i++)
    folded[i] = g_strdup (names[i]);
  /* Translators: the sum of the series of a chart that have no line of their own. */
  if (n_own < n_names)
    folded[n_own] = g_strdup (_ ("Other"));
  return folded;
}
