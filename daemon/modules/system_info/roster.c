/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The devices that a reader knows. */
#include "modules/system_info/roster.h"

#include <string.h>

struct _BnRoster
{
  GPtrArray *items; /* BnRosterItem, owned */
  gsize item_size;
  guint limit;
  guint next; /* where the next key is looked for first */
  GDestroyNotify clear;
  const char *what; /* static */
  guint refused;    /* in this reading */
  guint told;       /* the number that the log has */
};

BnRoster *
bn_roster_new (const char *what, gsize item_size, guint limit, GDestroyNotify clear)
{
  BnRoster *self = g_new0 (BnRoster, 1);

  g_assert (item_size >= sizeof (BnRosterItem));
  self->items = g_ptr_array_new ();
  self->what = what;
  self->item_size = item_size;
  self->limit = limit;
  self->clear = clear;
  return self;
}

static void
free_item (BnRoster *self, BnRosterItem *item)
{
  if (self->clear != NULL)
    self->clear (item);
  g_free (item->key);
  g_free (item);
}

void
bn_roster_free (BnRoster *self)
{
  for (guint i = 0; i < self->items->len; i++)
    free_item (self, self->items->pdata[i]);
  g_ptr_array_unref (self->items);
  g_free (self);
}

void
bn_roster_begin (BnRoster *self)
{
  self->next = 0;
  self->refused = 0;
  for (guint i = 0; i < self->items->len; i++)
    ((BnRosterItem *)self->items->pdata[i])->seen = FALSE;
}

static gboolean
matches (BnRoster *self, guint index, const char *key, gsize length)
{
  const BnRosterItem *item = self->items->pdata[index];

  return strncmp (item->key, key, length) == 0 && item->key[length] == '\0';
}

static BnRosterItem *
take (BnRoster *self, guint index)
{
  BnRosterItem *item = self->items->pdata[index];

  item->seen = TRUE;
  self->next = index + 1;
  return item;
}

gpointer
bn_roster_find (BnRoster *self, const char *key, gsize key_length, gboolean *is_new)
{
  BnRosterItem *item;

  *is_new = FALSE;
  if (self->next < self->items->len && matches (self, self->next, key, key_length))
    return take (self, self->next);
  for (guint i = 0; i < self->items->len; i++)
    if (matches (self, i, key, key_length))
      return take (self, i);
  if (self->items->len >= self->limit)
    {
      self->refused++;
      return NULL;
    }
  *is_new = TRUE;
  item = g_malloc0 (self->item_size);
  item->key = g_strndup (key, key_length);
  g_ptr_array_add (self->items, item);
  return take (self, self->items->len - 1);
}

void
bn_roster_sweep (BnRoster *self, BnGoneFunc gone, gpointer user_data)
{
  guint kept = 0;

  for (guint i = 0; i < self->items->len; i++)
    {
      BnRosterItem *item = self->items->pdata[i];

      if (item->seen)
        {
          self->items->pdata[kept++] = item;
          continue;
        }
      if (item->shown && gone != NULL)
        gone (item->key, user_data);
      free_item (self, item);
    }
  g_ptr_array_set_size (self->items, (gint)kept);
  if (self->refused > self->told)
    g_message ("%u %s are more than the %u that are watched: %u are left out",
               self->limit + self->refused, self->what, self->limit, self->refused);
  self->told = self->refused;
}

guint
bn_roster_get_length (BnRoster *self)
{
  return self->items->len;
}

gpointer
bn_roster_get (BnRoster *self, guint index)
{
  g_assert (index < self->items->len);
  return self->items->pdata[index];
}
