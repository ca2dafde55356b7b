/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Arguments of a request as they stand on a command line. */
#include "cli/arguments.h"

#include <string.h>

#include "introspection/codec/json.h"
#include "introspection/error.h"
#include "introspection/event-type.h"

static void
set_error (GError **error, const char *word, const char *reason)
{
  g_autofree char *printable = g_utf8_make_valid (word, -1);

  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "“%s”: %s", printable, reason);
}

/* One JSON value of any kind: the codec reads objects and arrays, so it is wrapped into one. */
static GVariant *
parse_json (const char *word, const char *text, GError **error)
{
  g_autofree char *wrapped = NULL;
  g_autoptr (GVariant) array = NULL;
  g_autoptr (GError) why = NULL;

  if (!bn_json_validate (text, -1, NULL, &why))
    {
      set_error (error, word, why->message);
      return NULL;
    }
  wrapped = g_strconcat ("[", text, "]", NULL);
  array = bn_json_decode (wrapped, -1, NULL, &why);
  if (array == NULL)
    {
      set_error (error, word, why->message);
      return NULL;
    }
  g_assert (g_variant_is_of_type (array, G_VARIANT_TYPE ("av"))
            && g_variant_n_children (array) == 1);
  return g_variant_get_child_value (array, 0);
}

/* The value of one word as a variant (a reference), and its key. */
static GVariant *
parse_word (const char *word, char **key, GError **error)
{
  const char *sign = strchr (word, '=');
  gboolean is_json;
  GVariant *value;

  if (sign == NULL)
    {
      set_error (error, word, "write an argument as KEY=VALUE, or KEY:=JSON");
      return NULL;
    }
  is_json = sign > word && sign[-1] == ':';
  *key = g_strndup (word, sign - word - (is_json ? 1 : 0));
  if (!bn_name_is_valid (*key))
    {
      set_error (
          error, word,
          "the name before = has small letters, digits and _ only, and begins with a letter");
      return NULL;
    }
  if (!g_utf8_validate (sign + 1, -1, NULL))
    {
      set_error (error, word, "the value is not valid UTF-8");
      return NULL;
    }
  if (is_json)
    return parse_json (word, sign + 1, error);
  value = g_variant_new_variant (g_variant_new_string (sign + 1));
  return g_variant_ref_sink (value);
}

GVariant *
bn_arguments_parse (const char *const *words, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  for (; *words != NULL; words++)
    {
      g_autofree char *key = NULL;
      g_autoptr (GVariant) value = parse_word (*words, &key, error);

      if (value == NULL)
        return NULL;
      g_variant_builder_add (&builder, "{s@v}", key, value);
      if (!g_hash_table_add (seen, g_steal_pointer (&key)))
        {
          set_error (error, *words, "this argument stands twice");
          return NULL;
        }
    }
  return g_variant_builder_end (&builder);
}
