/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The last sample of each type and key. */
#include "core/retained-store.h"

#include "introspection/event-type.h"

struct _BnRetainedStore
{
  GHashTable *types; /* (owned): type -> (key -> BnEvent) */
  guint size;
};

BnRetainedStore *
bn_retained_store_new (void)
{
  BnRetainedStore *self = g_new0 (BnRetainedStore, 1);

  self->types =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  return self;
}

void
bn_retained_store_free (BnRetainedStore *self)
{
  g_hash_table_unref (self->types);
  g_free (self);
}

gboolean
bn_retained_store_update (BnRetainedStore *self, BnEvent *event)
{
  const char *key = event->key != NULL ? event->key : "";
  GHashTable *keys = g_hash_table_lookup (self->types, event->type);

  if (event->gone)
    {
      if (keys != NULL && g_hash_table_remove (keys, key))
        self->size--;
      return TRUE;
    }
  if (keys == NULL)
    {
      keys =
          g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)bn_event_unref);
      g_hash_table_insert (self->types, g_strdup (event->type), keys);
    }
  if (!g_hash_table_contains (keys, key))
    {
      if (g_hash_table_size (keys) >= BN_RETAINED_KEYS_MAX)
        return FALSE;
      self->size++;
    }
  g_hash_table_insert (keys, g_strdup (key), bn_event_ref (event));
  return TRUE;
}

static gboolean
is_from (gpointer key, gpointer value, gpointer source)
{
  return g_str_equal (((BnEvent *)value)->source, source);
}

void
bn_retained_store_forget_source (BnRetainedStore *self, const char *source)
{
  GHashTableIter iter;
  GHashTable *keys;

  g_hash_table_iter_init (&iter, self->types);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&keys))
    {
      self->size -= g_hash_table_foreach_remove (keys, is_from, (gpointer)source);
      if (g_hash_table_size (keys) == 0)
        g_hash_table_iter_remove (&iter);
    }
}

static gboolean
matches_any (const char *const *patterns, const char *type)
{
  for (; *patterns != NULL; patterns++)
    if (bn_pattern_matches (*patterns, type))
      return TRUE;
  return FALSE;
}

GPtrArray *
bn_retained_store_find (BnRetainedStore *self, const char *const *patterns, BnAccessLevel level)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify)bn_event_unref);
  GHashTableIter types;
  const char *type;
  GHashTable *keys;

  g_hash_table_iter_init (&types, self->types);
  while (g_hash_table_iter_next (&types, (gpointer *)&type, (gpointer *)&keys))
    {
      GHashTableIter events;
      BnEvent *event;

      if (!matches_any (patterns, type))
        continue;
      g_hash_table_iter_init (&events, keys);
      while (g_hash_table_iter_next (&events, NULL, (gpointer *)&event))
        if (bn_access_level_allows (level, event->access))
          g_ptr_array_add (found, bn_event_ref (event));
    }
  return found;
}

gboolean
bn_retained_store_is_last (BnRetainedStore *self, BnEvent *event)
{
  GHashTable *keys = g_hash_table_lookup (self->types, event->type);

  return keys != NULL && g_hash_table_lookup (keys, event->key != NULL ? event->key : "") == event;
}

guint
bn_retained_store_get_size (BnRetainedStore *self)
{
  return self->size;
}
