/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How often one subscription sees a sample.
 *
 * A worker's runs come a little early or late. An event within an eighth of the interval of its
 * time is therefore passed on at once, and a kept one waits for an eighth longer: a subscriber at
 * the worker's own pace costs no timer. */
#include "core/sample-pacer.h"

typedef struct
{
  gint64 sent_usec;
  BnEvent *kept; /* (owned) (nullable) */
} Slot;

struct _BnSamplePacer
{
  gint64 interval_usec;
  GHashTable *slots; /* (owned): "type\nkey" -> Slot */
  guint n_kept;
};

static void
slot_free (Slot *slot)
{
  g_clear_pointer (&slot->kept, bn_event_unref);
  g_free (slot);
}

static gint64
get_slack (BnSamplePacer *self)
{
  return self->interval_usec / 8;
}

BnSamplePacer *
bn_sample_pacer_new (guint interval_ms)
{
  BnSamplePacer *self = g_new0 (BnSamplePacer, 1);

  self->interval_usec = (gint64)interval_ms * 1000;
  self->slots = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)slot_free);
  return self;
}

void
bn_sample_pacer_free (BnSamplePacer *self)
{
  g_hash_table_unref (self->slots);
  g_free (self);
}

static Slot *
get_slot (BnSamplePacer *self, const BnEvent *event)
{
  g_autofree char *name = g_strdup_printf ("%s\n%s", event->type, event->key ? event->key : "");
  Slot *slot = g_hash_table_lookup (self->slots, name);

  if (slot == NULL)
    {
      slot = g_new0 (Slot, 1);
      slot->sent_usec = G_MININT64;
      g_hash_table_insert (self->slots, g_steal_pointer (&name), slot);
    }
  return slot;
}

static void
forget (BnSamplePacer *self, const BnEvent *event)
{
  g_autofree char *name = g_strdup_printf ("%s\n%s", event->type, event->key ? event->key : "");
  Slot *slot = g_hash_table_lookup (self->slots, name);

  if (slot != NULL && slot->kept != NULL)
    self->n_kept--;
  g_hash_table_remove (self->slots, name);
}

gboolean
bn_sample_pacer_offer (BnSamplePacer *self, BnEvent *event, gint64 now_usec, gboolean *replaced)
{
  Slot *slot;

  *replaced = FALSE;
  if (event->gone)
    {
      forget (self, event);
      return TRUE;
    }
  slot = get_slot (self, event);
  *replaced = slot->kept != NULL;
  if (slot->kept != NULL)
    {
      g_clear_pointer (&slot->kept, bn_event_unref);
      self->n_kept--;
    }
  if (slot->sent_usec == G_MININT64
      || now_usec >= slot->sent_usec + self->interval_usec - get_slack (self))
    {
      slot->sent_usec = now_usec;
      return TRUE;
    }
  slot->kept = bn_event_ref (event);
  self->n_kept++;
  return FALSE;
}

gint64
bn_sample_pacer_get_due (BnSamplePacer *self)
{
  GHashTableIter iter;
  Slot *slot;
  gint64 due = -1;

  if (self->n_kept == 0)
    return -1;
  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&slot))
    if (slot->kept != NULL)
      {
        gint64 at = slot->sent_usec + self->interval_usec + get_slack (self);

        if (due == -1 || at < due)
          due = at;
      }
  return due;
}

BnEvent *
bn_sample_pacer_take_due (BnSamplePacer *self, gint64 now_usec)
{
  GHashTableIter iter;
  Slot *slot;

  if (self->n_kept == 0)
    return NULL;
  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&slot))
    if (slot->kept != NULL && slot->sent_usec + self->interval_usec + get_slack (self) <= now_usec)
      {
        slot->sent_usec = now_usec;
        self->n_kept--;
        return g_steal_pointer (&slot->kept);
      }
  return NULL;
}
