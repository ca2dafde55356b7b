/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* After a wrong token an address has to wait.
 *
 * The hub has a limit for all together (ten failures a minute). This one keeps a single address
 * from using that up: the first two mistakes are free, then it is 0.5 s, 1 s ... 32 s. */
#include "guard/login-delay.h"

#define FREE_FAILURES 2
#define FIRST_DELAY_USEC (G_USEC_PER_SEC / 2)
#define LONGEST_DELAY_USEC (32 * G_USEC_PER_SEC)
#define FORGET_USEC (10 * 60 * G_GINT64_CONSTANT (1000000))
#define ADDRESSES_MAX 4096

typedef struct
{
  guint failures;
  gint64 last_usec;
} Record;

struct _BnLoginDelay
{
  GHashTable *records; /* address -> Record */
};

BnLoginDelay *
bn_login_delay_new (void)
{
  BnLoginDelay *self = g_new0 (BnLoginDelay, 1);

  self->records = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
bn_login_delay_free (BnLoginDelay *self)
{
  g_hash_table_unref (self->records);
  g_free (self);
}

gint64
bn_login_delay_get (BnLoginDelay *self, const char *address, gint64 now_usec)
{
  const Record *record = g_hash_table_lookup (self->records, address);
  guint shift;
  gint64 delay;

  if (record == NULL || record->failures <= FREE_FAILURES)
    return 0;
  shift = MIN (record->failures - FREE_FAILURES - 1, 16u);
  delay = MIN ((gint64)FIRST_DELAY_USEC << shift, LONGEST_DELAY_USEC);
  return MAX (record->last_usec + delay - now_usec, 0);
}

static gboolean
is_old (gpointer key, gpointer value, gpointer now_usec)
{
  return *(gint64 *)now_usec - ((Record *)value)->last_usec > FORGET_USEC;
}

void
bn_login_delay_note_failure (BnLoginDelay *self, const char *address, gint64 now_usec)
{
  Record *record;

  g_hash_table_foreach_remove (self->records, is_old, &now_usec);
  record = g_hash_table_lookup (self->records, address);
  if (record == NULL)
    {
      if (g_hash_table_size (self->records) >= ADDRESSES_MAX)
        g_hash_table_remove_all (self->records);
      record = g_new0 (Record, 1);
      g_hash_table_insert (self->records, g_strdup (address), record);
    }
  record->failures++;
  record->last_usec = now_usec;
}

void
bn_login_delay_note_success (BnLoginDelay *self, const char *address)
{
  g_hash_table_remove (self->records, address);
}
