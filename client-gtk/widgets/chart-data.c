/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The points of a chart: a ring of fixed size. */
#include "widgets/chart-data.h"

#include <math.h>

/* A hole is a pause of this many times the distance of the points before it. */
#define HOLE_FACTOR 2.5
#define BACKWARD_CLEAR_USEC (60 * G_USEC_PER_SEC)

struct _BnChartData
{
  grefcount ref_count;
  guint n_series;
  guint capacity;
  guint head; /* where the next point goes */
  guint n_points;
  guint epoch;
  guint64 n_appended;
  gint64 interval_usec; /* between the last two joined points, 0 if unknown */
  gboolean broken;      /* the next point starts anew */
  gint64 *times;
  guint8 *breaks;
  float *values; /* capacity rows of n_series */
};

BnChartData *
bn_chart_data_new (guint n_series, guint capacity)
{
  BnChartData *self;

  g_return_val_if_fail (n_series > 0 && n_series <= BN_CHART_MAX_SERIES, NULL);
  g_return_val_if_fail (capacity > 1, NULL);

  self = g_new0 (BnChartData, 1);
  g_ref_count_init (&self->ref_count);
  self->n_series = n_series;
  self->capacity = capacity;
  self->times = g_new (gint64, capacity);
  self->breaks = g_new (guint8, capacity);
  self->values = g_new (float, (gsize)capacity *n_series);
  return self;
}

BnChartData *
bn_chart_data_ref (BnChartData *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
bn_chart_data_unref (BnChartData *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;
  g_free (self->times);
  g_free (self->breaks);
  g_free (self->values);
  g_free (self);
}

/* Without a division: it is asked for every pixel column of a chart. */
static guint
slot_of (const BnChartData *self, guint index)
{
  guint slot = self->head + self->capacity - self->n_points + index;

  g_assert (index < self->n_points);
  return slot >= self->capacity ? slot - self->capacity : slot;
}

/* A longer pause is a hole; if it stays, it is a slower rhythm, and only its first step a hole. */
static gboolean
is_hole (BnChartData *self, gint64 time_usec)
{
  gint64 step_usec = time_usec - bn_chart_data_get_time (self, self->n_points - 1);
  gboolean hole = self->interval_usec > 0 && step_usec > self->interval_usec * HOLE_FACTOR;

  self->interval_usec = step_usec;
  return hole;
}

/* The first point may be one that the hub kept from long ago: that is known when the third comes.
 */
static void
part_first (BnChartData *self, gint64 time_usec)
{
  gint64 first_usec = bn_chart_data_get_time (self, 0);
  gint64 second_usec = bn_chart_data_get_time (self, 1);

  if (second_usec - first_usec <= (time_usec - second_usec) * HOLE_FACTOR)
    return;
  self->breaks[slot_of (self, 1)] = TRUE;
  self->epoch++;
}

gboolean
bn_chart_data_append (BnChartData *self, gint64 time_usec, const float *values)
{
  gboolean is_break = TRUE;

  if (self->n_points > 0)
    {
      gint64 last_usec = bn_chart_data_get_time (self, self->n_points - 1);

      if (time_usec < last_usec - BACKWARD_CLEAR_USEC)
        bn_chart_data_clear (self);
      else if (time_usec <= last_usec)
        return FALSE;
    }
  if (self->n_points == 2)
    part_first (self, time_usec);
  if (self->n_points > 0)
    is_break = is_hole (self, time_usec) || self->broken;
  self->broken = FALSE;
  self->times[self->head] = time_usec;
  self->breaks[self->head] = is_break;
  memcpy (self->values + (gsize)self->head * self->n_series, values,
          self->n_series * sizeof *values);
  self->head = (self->head + 1) % self->capacity;
  self->n_points = MIN (self->n_points + 1, self->capacity);
  self->n_appended++;
  return TRUE;
}

void
bn_chart_data_break (BnChartData *self)
{
  self->broken = TRUE;
}

void
bn_chart_data_clear (BnChartData *self)
{
  self->n_points = 0;
  self->interval_usec = 0;
  self->epoch++;
}

guint
bn_chart_data_get_n_series (const BnChartData *self)
{
  return self->n_series;
}

guint
bn_chart_data_get_n_points (const BnChartData *self)
{
  return self->n_points;
}

guint64
bn_chart_data_get_n_appended (const BnChartData *self)
{
  return self->n_appended;
}

guint
bn_chart_data_get_epoch (const BnChartData *self)
{
  return self->epoch;
}

gint64
bn_chart_data_get_time (const BnChartData *self, guint index)
{
  return self->times[slot_of (self, index)];
}

float
bn_chart_data_get_value (const BnChartData *self, guint index, guint series)
{
  g_assert (series < self->n_series);
  return self->values[(gsize)slot_of (self, index) * self->n_series + series];
}

const float *
bn_chart_data_get_row (const BnChartData *self, guint index)
{
  return self->values + (gsize)slot_of (self, index) * self->n_series;
}

gboolean
bn_chart_data_is_break (const BnChartData *self, guint index)
{
  return index == 0 || self->breaks[slot_of (self, index)];
}

guint
bn_chart_data_find (const BnChartData *self, gint64 time_usec)
{
  guint low = 0;
  guint high = self->n_points;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (bn_chart_data_get_time (self, middle) < time_usec)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

gboolean
bn_chart_data_find_nearest (const BnChartData *self, gint64 time_usec, guint *index)
{
  guint after = bn_chart_data_find (self, time_usec);

  if (self->n_points == 0)
    return FALSE;
  if (after == self->n_points)
    after--;
  else if (after > 0
           && time_usec - bn_chart_data_get_time (self, after - 1)
                  < bn_chart_data_get_time (self, after) - time_usec)
    after--;
  *index = after;
  return TRUE;
}

gboolean
bn_chart_data_get_range (const BnChartData *self, gint64 since_usec, gboolean stacked,
                         double *minimum, double *maximum)
{
  double low = INFINITY;
  double high = -INFINITY;

  for (guint i = bn_chart_data_find (self, since_usec); i < self->n_points; i++)
    {
      const float *row = self->values + (gsize)slot_of (self, i) * self->n_series;
      double sum = 0;

      for (guint s = 0; s < self->n_series; s++)
        {
          double value = stacked ? (sum += isfinite (row[s]) ? row[s] : 0) : row[s];

          if (!isfinite (value))
            continue;
          low = MIN (low, value);
          high = MAX (high, value);
        }
    }
  if (low > high)
    return FALSE;
  *minimum = low;
  *maximum = high;
  return TRUE;
}
