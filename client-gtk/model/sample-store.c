/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The last sample of each type and instance, and histories. */
#include "model/sample-store.h"

#include "model/dict.h"

#include <math.h>

typedef struct
{
  GVariant *payload; /* owned */
  gint64 time_usec;
  guint head;
  guint n_points;
  gint64 *times; /* of BN_SAMPLE_STORE_POINTS; NULL if no field is kept */
  float *values;
} Instance;

typedef struct
{
  char *key_field;       /* nullable */
  char **history;        /* fields */
  GHashTable *instances; /* char *key -> Instance */
} Table;

struct _BnSampleStore
{
  GObject parent_instance;
  GHashTable *tables; /* char *type -> Table */
  guint64 n_refused;
};

enum
{
  SAMPLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnSampleStore, bn_sample_store, G_TYPE_OBJECT)

static void
instance_free (gpointer data)
{
  Instance *instance = data;

  g_clear_pointer (&instance->payload, g_variant_unref);
  g_free (instance->times);
  g_free (instance->values);
  g_free (instance);
}

static void
table_free (gpointer data)
{
  Table *table = data;

  g_free (table->key_field);
  g_strfreev (table->history);
  g_hash_table_unref (table->instances);
  g_free (table);
}

static gboolean
get_number (GVariant *payload, const char *field, float *number)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (payload, field, NULL);

  if (value == NULL)
    return FALSE;
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_DOUBLE:
      *number = (float)g_variant_get_double (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT64:
      *number = (float)g_variant_get_uint64 (value);
      return TRUE;
    case G_VARIANT_CLASS_INT64:
      *number = (float)g_variant_get_int64 (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT32:
      *number = (float)g_variant_get_uint32 (value);
      return TRUE;
    case G_VARIANT_CLASS_INT32:
      *number = (float)g_variant_get_int32 (value);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
add_point (const Table *table, Instance *instance, GVariant *payload, gint64 time_usec)
{
  guint n_fields = g_strv_length (table->history);

  if (n_fields == 0)
    return;
  if (instance->times == NULL)
    {
      instance->times = g_new (gint64, BN_SAMPLE_STORE_POINTS);
      instance->values = g_new (float, (gsize)BN_SAMPLE_STORE_POINTS *n_fields);
    }
  instance->times[instance->head] = time_usec;
  for (guint i = 0; i < n_fields; i++)
    {
      float *value = instance->values + (gsize)instance->head * n_fields + i;

      if (!get_number (payload, table->history[i], value))
        *value = NAN;
    }
  instance->head = (instance->head + 1) % BN_SAMPLE_STORE_POINTS;
  instance->n_points = MIN (instance->n_points + 1, BN_SAMPLE_STORE_POINTS);
}

static void
emit_sample (BnSampleStore *self, const char *type, const char *key, GVariant *payload,
             gint64 time_usec)
{
  g_signal_emit (self, signals[SAMPLE], g_quark_try_string (type), type, key, payload, time_usec);
}

static void
add_sample (BnSampleStore *self, const char *type, GVariant *payload, GVariant *meta)
{
  Table *table = g_hash_table_lookup (self->tables, type);
  gint64 time_usec = bn_dict_get_int64 (meta, "time");
  g_autofree char *key = NULL;
  Instance *instance;

  if (table != NULL)
    key = table->key_field != NULL ? bn_dict_dup_key (payload, table->key_field) : g_strdup ("");
  if (key == NULL)
    {
      self->n_refused++;
      return;
    }
  if (bn_dict_get_boolean (meta, "gone"))
    {
      if (g_hash_table_remove (table->instances, key))
        emit_sample (self, type, key, NULL, time_usec);
      return;
    }
  instance = g_hash_table_lookup (table->instances, key);
  if (instance == NULL)
    {
      if (g_hash_table_size (table->instances) >= BN_SAMPLE_STORE_MAX_INSTANCES)
        {
          self->n_refused++;
          return;
        }
      instance = g_new0 (Instance, 1);
      g_hash_table_insert (table->instances, g_strdup (key), instance);
    }
  /* A retained sample that is known already: the subscription was renewed. */
  if (time_usec <= instance->time_usec && bn_dict_get_boolean (meta, "retained"))
    return;
  g_clear_pointer (&instance->payload, g_variant_unref);
  instance->payload = g_variant_ref (payload);
  instance->time_usec = time_usec;
  add_point (table, instance, payload, time_usec);
  emit_sample (self, type, key, payload, time_usec);
}

static void
bn_sample_store_finalize (GObject *object)
{
  g_hash_table_unref (BN_SAMPLE_STORE (object)->tables);
  G_OBJECT_CLASS (bn_sample_store_parent_class)->finalize (object);
}

static void
bn_sample_store_class_init (BnSampleStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_sample_store_finalize;
  signals[SAMPLE] = g_signal_new (
      "sample", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL,
      NULL, G_TYPE_NONE, 4, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_VARIANT, G_TYPE_INT64);
}

static void
bn_sample_store_init (BnSampleStore *self)
{
  self->tables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, table_free);
}

BnSampleStore *
bn_sample_store_new (void)
{
  return g_object_new (BN_TYPE_SAMPLE_STORE, NULL);
}

void
bn_sample_store_declare (BnSampleStore *self, const BnEventInfo *event, const char *const *history)
{
  Table *table;

  g_return_if_fail (BN_IS_SAMPLE_STORE (self));
  g_return_if_fail (event != NULL && event->sample);

  table = g_hash_table_lookup (self->tables, event->type);
  if (table != NULL && g_strcmp0 (table->key_field, event->key) == 0
      && g_strv_equal ((const char *const *)table->history, history))
    return;
  table = g_new0 (Table, 1);
  table->key_field = g_strdup (event->key);
  table->history = g_strdupv ((char **)history);
  table->instances = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, instance_free);
  g_hash_table_replace (self->tables, g_strdup (event->type), table);
}

void
bn_sample_store_add (BnSampleStore *self, GVariant *samples)
{
  g_return_if_fail (BN_IS_SAMPLE_STORE (self));
  g_return_if_fail (g_variant_is_of_type (samples, G_VARIANT_TYPE ("a(sa{sv}a{sv})")));

  for (gsize i = 0; i < g_variant_n_children (samples); i++)
    {
      g_autoptr (GVariant) sample = g_variant_get_child_value (samples, i);
      g_autoptr (GVariant) payload = NULL;
      g_autoptr (GVariant) meta = NULL;
      const char *type;

      g_variant_get (sample, "(&s@a{sv}@a{sv})", &type, &payload, &meta);
      add_sample (self, type, payload, meta);
    }
}

static Instance *
find_instance (BnSampleStore *self, const char *type, const char *key)
{
  Table *table = g_hash_table_lookup (self->tables, type);

  return table != NULL ? g_hash_table_lookup (table->instances, key) : NULL;
}

GVariant *
bn_sample_store_get_latest (BnSampleStore *self, const char *type, const char *key,
                            gint64 *time_usec)
{
  Instance *instance;

  g_return_val_if_fail (BN_IS_SAMPLE_STORE (self), NULL);

  instance = find_instance (self, type, key);
  if (instance == NULL)
    return NULL;
  if (time_usec != NULL)
    *time_usec = instance->time_usec;
  return g_variant_ref (instance->payload);
}

/* "2" before "10", "eth0" before "wlan0". */
static int
compare_keys (gconstpointer a, gconstpointer b)
{
  const char *first = *(const char *const *)a;
  const char *second = *(const char *const *)b;
  g_autofree char *first_key = g_utf8_collate_key_for_filename (first, -1);
  g_autofree char *second_key = g_utf8_collate_key_for_filename (second, -1);

  return strcmp (first_key, second_key);
}

char **
bn_sample_store_get_keys (BnSampleStore *self, const char *type)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  Table *table;

  g_return_val_if_fail (BN_IS_SAMPLE_STORE (self), NULL);

  table = g_hash_table_lookup (self->tables, type);
  if (table != NULL)
    {
      GHashTableIter iter;
      gpointer key;

      g_hash_table_iter_init (&iter, table->instances);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        g_ptr_array_add (keys, g_strdup (key));
    }
  g_ptr_array_sort (keys, compare_keys);
  g_ptr_array_add (keys, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&keys), FALSE);
}

void
bn_sample_store_foreach_point (BnSampleStore *self, const char *type, const char *key,
                               BnSamplePointFunc func, gpointer user_data)
{
  Instance *instance;
  Table *table;
  guint n_fields;

  g_return_if_fail (BN_IS_SAMPLE_STORE (self));

  instance = find_instance (self, type, key);
  if (instance == NULL)
    return;
  table = g_hash_table_lookup (self->tables, type);
  n_fields = g_strv_length (table->history);
  for (guint i = 0; i < instance->n_points; i++)
    {
      guint slot = (instance->head + BN_SAMPLE_STORE_POINTS - instance->n_points + i)
                   % BN_SAMPLE_STORE_POINTS;

      func (instance->times[slot], instance->values + (gsize)slot * n_fields, user_data);
    }
}

int
bn_sample_store_get_column (BnSampleStore *self, const char *type, const char *field)
{
  Table *table;

  g_return_val_if_fail (BN_IS_SAMPLE_STORE (self), -1);

  table = g_hash_table_lookup (self->tables, type);
  for (int i = 0; table != NULL && table->history[i] != NULL; i++)
    if (g_str_equal (table->history[i], field))
      return i;
  return -1;
}

guint64
bn_sample_store_get_n_refused (BnSampleStore *self)
{
  g_return_val_if_fail (BN_IS_SAMPLE_STORE (self), 0);

  return self->n_refused;
}
