/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One row of a table. */
#include "model/row.h"

struct _BnRow
{
  GObject parent_instance;
  char *key;          /* owned */
  GVariant *listed;   /* owned, nullable */
  GVariant *measured; /* owned, nullable */
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnRow, bn_row, G_TYPE_OBJECT)

static void
bn_row_finalize (GObject *object)
{
  BnRow *self = BN_ROW (object);

  g_free (self->key);
  g_clear_pointer (&self->listed, g_variant_unref);
  g_clear_pointer (&self->measured, g_variant_unref);
  G_OBJECT_CLASS (bn_row_parent_class)->finalize (object);
}

static void
bn_row_class_init (BnRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_row_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_row_init (BnRow *self)
{
}

BnRow *
bn_row_new (const char *key)
{
  BnRow *self = g_object_new (BN_TYPE_ROW, NULL);

  self->key = g_strdup (key);
  return self;
}

const char *
bn_row_get_key (BnRow *self)
{
  g_return_val_if_fail (BN_IS_ROW (self), NULL);

  return self->key;
}

static void
replace (BnRow *self, GVariant **place, GVariant *values)
{
  g_autoptr (GVariant) old = *place;

  if (old == values || (old != NULL && values != NULL && g_variant_equal (old, values)))
    {
      old = NULL;
      return;
    }
  *place = values != NULL ? g_variant_ref (values) : NULL;
  g_signal_emit (self, signals[CHANGED], 0);
}

void
bn_row_set_listed (BnRow *self, GVariant *values)
{
  g_return_if_fail (BN_IS_ROW (self));

  replace (self, &self->listed, values);
}

void
bn_row_set_measured (BnRow *self, GVariant *values)
{
  g_return_if_fail (BN_IS_ROW (self));

  replace (self, &self->measured, values);
}

gboolean
bn_row_is_listed (BnRow *self)
{
  g_return_val_if_fail (BN_IS_ROW (self), FALSE);

  return self->listed != NULL;
}

GVariant *
bn_row_lookup (BnRow *self, const char *name)
{
  GVariant *value = NULL;

  g_return_val_if_fail (BN_IS_ROW (self), NULL);

  if (self->measured != NULL)
    value = g_variant_lookup_value (self->measured, name, NULL);
  if (value == NULL && self->listed != NULL)
    value = g_variant_lookup_value (self->listed, name, NULL);
  return value;
}

static void
merge (GVariantDict *dict, GVariant *values)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (values == NULL)
    return;
  g_variant_iter_init (&iter, values);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    g_variant_dict_insert_value (dict, key, value);
}

GVariant *
bn_row_get_values (BnRow *self)
{
  GVariantDict dict;

  g_return_val_if_fail (BN_IS_ROW (self), NULL);

  g_variant_dict_init (&dict, NULL);
  merge (&dict, self->listed);
  merge (&dict, self->measured);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}
