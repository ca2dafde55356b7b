/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Values as they stand on a terminal.
 *
 * What a module tells may come from a container's name or a chat message. It must never reach the
 * terminal as a control sequence, nor turn the direction of the text around it. */
#include "cli/text.h"

#include <string.h>

#include "introspection/codec/json.h"
#include "introspection/format/format.h"

static gboolean
is_printable (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    default:
      return TRUE;
    }
}

char *
bn_text_escape (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_sized_new (strlen (valid));

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == '\n')
        g_string_append (out, "\\n");
      else if (c == '\t')
        g_string_append (out, "\\t");
      else if (is_printable (c))
        g_string_append_unichar (out, c);
      else
        g_string_append_printf (out, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
    }
  return g_string_free (out, FALSE);
}

static gsize
character_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

gsize
bn_text_width (const char *text)
{
  gsize width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    width += character_width (g_utf8_get_char (text));
  return width;
}

char *
bn_text_ellipsize (const char *text, gsize width)
{
  const char *end = text;
  gsize used = 0;

  if (bn_text_width (text) <= width)
    return g_strdup (text);
  if (width == 0)
    return g_strdup ("");
  while (used + character_width (g_utf8_get_char (end)) <= width - 1)
    {
      used += character_width (g_utf8_get_char (end));
      end = g_utf8_next_char (end);
    }
  return g_strdup_printf ("%.*s…", (int)(end - text), text);
}

static gboolean
is_plain (GVariant *value)
{
  return !g_variant_is_container (value)
         || g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY);
}

char *
bn_text_from_value (GVariant *value, const char *unit)
{
  g_autofree char *text = NULL;

  if (value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT))
    {
      g_autoptr (GVariant) inner = g_variant_get_variant (value);

      return bn_text_from_value (inner, unit);
    }
  if (value == NULL || is_plain (value))
    text = bn_format_variant (value, unit, NULL);
  else
    text = bn_json_encode (value, NULL);
  return bn_text_escape (text);
}

char *
bn_text_from_payload (GVariant *payload)
{
  GString *out = g_string_new (NULL);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, payload);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *name = bn_text_escape (key);
      g_autofree char *text = bn_text_from_value (value, NULL);
      gboolean quote = *text == '\0' || strpbrk (text, " =\"") != NULL;

      g_string_append_printf (out, "%s%s=", out->len > 0 ? " " : "", name);
      g_string_append_printf (out, quote && text[0] != '{' && text[0] != '[' ? "\"%s\"" : "%s",
                              text);
    }
  return g_string_free (out, FALSE);
}
