/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Payloads as text. */
#include "model/payload-text.h"

#include "introspection/format/format.h"

#define INDENT "  "

static void append_value (GString *out, GVariant *value, guint depth);

static void
append_indent (GString *out, guint depth)
{
  for (guint i = 0; i < depth; i++)
    g_string_append (out, INDENT);
}

/* Keys of text stand as they are, others as their values do. */
static void
append_key (GString *out, GVariant *key)
{
  if (g_variant_is_of_type (key, G_VARIANT_TYPE_STRING))
    g_string_append (out, g_variant_get_string (key, NULL));
  else
    g_variant_print_string (key, out, FALSE);
}

static void
append_children (GString *out, GVariant *value, guint depth)
{
  gboolean dict =
      g_variant_type_is_subtype_of (g_variant_get_type (value), G_VARIANT_TYPE_DICTIONARY);

  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      g_string_append_c (out, '\n');
      append_indent (out, depth);
      if (dict)
        {
          g_autoptr (GVariant) key = g_variant_get_child_value (child, 0);
          g_autoptr (GVariant) content = g_variant_get_child_value (child, 1);

          append_key (out, key);
          g_string_append (out, ": ");
          append_value (out, content, depth + 1);
        }
      else
        {
          g_string_append (out, "- ");
          append_value (out, child, depth + 1);
        }
    }
}

static gboolean
is_list_of_basics (GVariant *value)
{
  return g_variant_is_of_type (value, G_VARIANT_TYPE_ARRAY)
         && g_variant_type_is_basic (g_variant_type_element (g_variant_get_type (value)));
}

static void
append_value (GString *out, GVariant *value, guint depth)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      g_autoptr (GVariant) inner = g_variant_get_variant (value);

      append_value (out, inner, depth);
    }
  else if (!g_variant_is_container (value) || is_list_of_basics (value)
           || g_variant_n_children (value) == 0)
    g_variant_print_string (value, out, FALSE);
  else
    append_children (out, value, depth);
}

char *
bn_payload_text_pretty (GVariant *value)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_return_val_if_fail (value != NULL, NULL);

  append_value (out, value, 0);
  if (out->len > 0 && out->str[0] == '\n')
    g_string_erase (out, 0, 1);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
bn_payload_text_brief (GVariant *payload, const BnEventInfo *event, guint max_chars)
{
  g_autoptr (GString) out = g_string_new (NULL);
  GVariantIter iter;
  const char *key;
  GVariant *next;

  g_return_val_if_fail (g_variant_is_of_type (payload, G_VARIANT_TYPE_VARDICT), NULL);

  g_variant_iter_init (&iter, payload);
  while (out->len <= max_chars && g_variant_iter_next (&iter, "{&sv}", &key, &next))
    {
      g_autoptr (GVariant) value = next;
      const BnFieldInfo *field = event != NULL ? bn_event_info_find_field (event, key) : NULL;
      g_autofree char *text = bn_format_variant (value, field != NULL ? field->unit : NULL, NULL);

      g_string_append_printf (out, "%s%s: %s", out->len > 0 ? " · " : "",
                              field != NULL ? field->label : key, text);
    }
  if (g_utf8_strlen (out->str, -1) > (glong)max_chars)
    {
      char *cut = g_utf8_offset_to_pointer (out->str, (glong)max_chars - 1);

      g_string_truncate (out, (gsize)(cut - out->str));
      g_string_append (out, "…");
    }
  for (char *c = out->str; *c != '\0'; c++)
    if (*c == '\n' || *c == '\t')
      *c = ' ';
  return g_string_free (g_steal_pointer (&out), FALSE);
}
