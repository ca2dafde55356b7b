/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rows of a table. */
#include "model/row-list.h"

#include "model/dict.h"

struct _BnRowList
{
  GObject parent_instance;
  char *key_field; /* owned */
  gboolean listed;
  GPtrArray *rows;      /* BnRow, in the order of their first appearance */
  GHashTable *by_key;   /* char *key (of the row) -> BnRow */
  GHashTable *measured; /* char *key -> GVariant: for rows that are not listed yet */
  guint64 n_refused;
};

static GType
bn_row_list_get_item_type (GListModel *model)
{
  return BN_TYPE_ROW;
}

static guint
bn_row_list_get_n_items (GListModel *model)
{
  return BN_ROW_LIST (model)->rows->len;
}

static gpointer
bn_row_list_get_item (GListModel *model, guint position)
{
  BnRowList *self = BN_ROW_LIST (model);

  return position < self->rows->len ? g_object_ref (g_ptr_array_index (self->rows, position))
                                    : NULL;
}

static void
list_model_init (GListModelInterface *interface)
{
  interface->get_item_type = bn_row_list_get_item_type;
  interface->get_n_items = bn_row_list_get_n_items;
  interface->get_item = bn_row_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BnRowList, bn_row_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
bn_row_list_finalize (GObject *object)
{
  BnRowList *self = BN_ROW_LIST (object);

  g_free (self->key_field);
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->measured);
  g_ptr_array_unref (self->rows);
  G_OBJECT_CLASS (bn_row_list_parent_class)->finalize (object);
}

static void
bn_row_list_class_init (BnRowListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_row_list_finalize;
}

static void
bn_row_list_init (BnRowList *self)
{
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  self->measured =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_variant_unref);
}

BnRowList *
bn_row_list_new (const char *key_field, gboolean listed)
{
  BnRowList *self;

  g_return_val_if_fail (key_field != NULL, NULL);

  self = g_object_new (BN_TYPE_ROW_LIST, NULL);
  self->key_field = g_strdup (key_field);
  self->listed = listed;
  return self;
}

static BnRow *
add_row (BnRowList *self, const char *key)
{
  BnRow *row;

  if (self->rows->len >= BN_ROW_LIST_MAX)
    {
      self->n_refused++;
      return NULL;
    }
  row = bn_row_new (key);
  g_ptr_array_add (self->rows, row);
  g_hash_table_insert (self->by_key, (gpointer)bn_row_get_key (row), row);
  return row;
}

static void
remove_row (BnRowList *self, guint position)
{
  BnRow *row = g_ptr_array_index (self->rows, position);

  g_hash_table_remove (self->by_key, bn_row_get_key (row));
  g_ptr_array_remove_index (self->rows, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
}

/* A row without the key field is told by its place: such lists have no actions to go wrong. */
static char *
key_of (BnRowList *self, GVariant *values, gsize position)
{
  char *key = bn_dict_dup_key (values, self->key_field);

  return key != NULL ? key : g_strdup_printf ("#%" G_GSIZE_FORMAT, position);
}

static void
remove_unlisted (BnRowList *self, GHashTable *seen)
{
  for (guint i = self->rows->len; i-- > 0;)
    if (!g_hash_table_contains (seen, bn_row_get_key (g_ptr_array_index (self->rows, i))))
      remove_row (self, i);
}

void
bn_row_list_set_rows (BnRowList *self, GVariant *rows)
{
  g_autoptr (GHashTable) seen = NULL;
  guint n_before;

  g_return_if_fail (BN_IS_ROW_LIST (self));
  g_return_if_fail (g_variant_is_of_type (rows, G_VARIANT_TYPE ("aa{sv}")));

  seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) values = g_variant_get_child_value (rows, i);

      g_hash_table_add (seen, key_of (self, values, i));
    }
  remove_unlisted (self, seen);
  n_before = self->rows->len;
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) values = g_variant_get_child_value (rows, i);
      g_autofree char *key = key_of (self, values, i);
      BnRow *row = bn_row_list_find (self, key);

      if (row == NULL)
        row = add_row (self, key);
      if (row == NULL)
        continue;
      bn_row_set_listed (row, values);
      bn_row_set_measured (row, g_hash_table_lookup (self->measured, key));
    }
  if (self->rows->len > n_before)
    g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, self->rows->len - n_before);
}

void
bn_row_list_set_measured (BnRowList *self, const char *key, GVariant *values)
{
  BnRow *row;
  guint position;

  g_return_if_fail (BN_IS_ROW_LIST (self));
  g_return_if_fail (key != NULL);

  if (values != NULL && self->listed)
    g_hash_table_insert (self->measured, g_strdup (key), g_variant_ref (values));
  else
    g_hash_table_remove (self->measured, key);
  row = bn_row_list_find (self, key);
  if (row == NULL && values != NULL && !self->listed)
    {
      row = add_row (self, key);
      if (row == NULL)
        return;
      bn_row_set_measured (row, values);
      g_list_model_items_changed (G_LIST_MODEL (self), self->rows->len - 1, 0, 1);
    }
  else if (row != NULL && values == NULL && !self->listed
           && g_ptr_array_find (self->rows, row, &position))
    remove_row (self, position);
  else if (row != NULL)
    bn_row_set_measured (row, values);
}

BnRow *
bn_row_list_find (BnRowList *self, const char *key)
{
  g_return_val_if_fail (BN_IS_ROW_LIST (self), NULL);

  return g_hash_table_lookup (self->by_key, key);
}

guint64
bn_row_list_get_n_refused (BnRowList *self)
{
  g_return_val_if_fail (BN_IS_ROW_LIST (self), 0);

  return self->n_refused;
}
