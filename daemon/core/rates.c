/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How fast counters grow. */
#include "core/rates.h"

#include <math.h>

typedef struct
{
  gint64 time_usec; /* monotonic; 0: its counters are too old */
  guint round;
  guint64 counters[BN_RATES_MAX];
} Thing;

struct _BnRates
{
  GHashTable *things; /* (owned): name -> Thing */
  guint round;
};

BnRates *
bn_rates_new (void)
{
  BnRates *self = g_new0 (BnRates, 1);

  self->things = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
bn_rates_free (BnRates *self)
{
  g_hash_table_unref (self->things);
  g_free (self);
}

void
bn_rates_begin (BnRates *self)
{
  self->round++;
}

void
bn_rates_end (BnRates *self, void (*gone) (const char *name, gpointer user_data),
              gpointer user_data)
{
  GHashTableIter iter;
  const char *name;
  Thing *thing;

  g_hash_table_iter_init (&iter, self->things);
  while (g_hash_table_iter_next (&iter, (gpointer *)&name, (gpointer *)&thing))
    {
      if (thing->round == self->round)
        continue;
      if (gone != NULL)
        gone (name, user_data);
      g_hash_table_iter_remove (&iter);
    }
}

/* A counter that went back began anew. */
static double
get_rate (guint64 before, guint64 now, gint64 passed_usec)
{
  return (double)(now >= before ? now - before : now) * G_USEC_PER_SEC / (double)passed_usec;
}

void
bn_rates_take (BnRates *self, const char *name, const guint64 *counters, double *rates,
               guint n_counters)
{
  Thing *thing = g_hash_table_lookup (self->things, name);
  gint64 now_usec = g_get_monotonic_time ();

  g_assert (n_counters <= BN_RATES_MAX);
  if (thing == NULL)
    {
      thing = g_new0 (Thing, 1);
      g_hash_table_insert (self->things, g_strdup (name), thing);
    }
  for (guint i = 0; i < n_counters; i++)
    {
      rates[i] = thing->time_usec != 0 && now_usec > thing->time_usec
                     ? get_rate (thing->counters[i], counters[i], now_usec - thing->time_usec)
                     : NAN;
      thing->counters[i] = counters[i];
    }
  thing->time_usec = now_usec;
  thing->round = self->round;
}

void
bn_rates_rest (BnRates *self)
{
  GHashTableIter iter;
  Thing *thing;

  g_hash_table_iter_init (&iter, self->things);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&thing))
    thing->time_usec = 0;
}
