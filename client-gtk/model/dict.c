/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reading a{sv}. */
#include "model/dict.h"

const char *
bn_dict_get_string (GVariant *dict, const char *key, const char *otherwise)
{
  const char *text;

  return g_variant_lookup (dict, key, "&s", &text) ? text : otherwise;
}

gboolean
bn_dict_get_boolean (GVariant *dict, const char *key)
{
  gboolean value;

  return g_variant_lookup (dict, key, "b", &value) && value;
}

guint
bn_dict_get_uint (GVariant *dict, const char *key)
{
  guint value;

  return g_variant_lookup (dict, key, "u", &value) ? value : 0;
}

guint64
bn_dict_get_uint64 (GVariant *dict, const char *key)
{
  guint64 value;

  return g_variant_lookup (dict, key, "t", &value) ? value : 0;
}

gint64
bn_dict_get_int64 (GVariant *dict, const char *key)
{
  gint64 value;

  return g_variant_lookup (dict, key, "x", &value) ? value : 0;
}

char **
bn_dict_get_strv (GVariant *dict, const char *key)
{
  char **words;

  return g_variant_lookup (dict, key, "^as", &words) ? words : g_new0 (char *, 1);
}

GVariant *
bn_dict_get_dicts (GVariant *dict, const char *key)
{
  GVariant *dicts = g_variant_lookup_value (dict, key, G_VARIANT_TYPE ("aa{sv}"));

  if (dicts == NULL)
    dicts = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
  return dicts;
}

GVariant *
bn_dict_find_rows (GVariant *dict)
{
  GVariant *rows = NULL;
  GVariantIter iter;
  GVariant *value;

  g_variant_iter_init (&iter, dict);
  while (rows == NULL && g_variant_iter_next (&iter, "{&sv}", NULL, &value))
    {
      if (g_variant_is_of_type (value, G_VARIANT_TYPE ("aa{sv}"))
          || g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
        rows = g_variant_ref (value);
      g_variant_unref (value);
    }
  return rows;
}

char *
bn_dict_dup_key (GVariant *dict, const char *key)
{
  g_autoptr (GVariant) value = g_variant_lookup_value (dict, key, NULL);

  if (value == NULL)
    return NULL;
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_variant_dup_string (value, NULL);
  return g_variant_print (value, FALSE);
}
