/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Walks an a{sv} as it is. */
#include "introspection/entries.h"

void
bn_entries_init (BnEntries *self, GVariant *dict)
{
  g_return_if_fail (g_variant_is_of_type (dict, G_VARIANT_TYPE_VARDICT));

  *self = (BnEntries){ .dict = dict, .n = g_variant_n_children (dict) };
}

void
bn_entries_clear (BnEntries *self)
{
  g_clear_pointer (&self->key, g_variant_unref);
  g_clear_pointer (&self->value, g_variant_unref);
}

gboolean
bn_entries_next (BnEntries *self, const char **name, GVariant **value)
{
  g_autoptr (GVariant) entry = NULL;
  g_autoptr (GVariant) variant = NULL;

  bn_entries_clear (self);
  if (self->next == self->n)
    return FALSE;
  entry = g_variant_get_child_value (self->dict, self->next++);
  self->key = g_variant_get_child_value (entry, 0);
  variant = g_variant_get_child_value (entry, 1);
  self->value = g_variant_get_variant (variant);
  *name = g_variant_get_string (self->key, NULL);
  *value = self->value;
  return TRUE;
}
