/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* GVariant -> JSON. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "introspection/codec/json.h"

/* The largest whole number up to which a browser's numbers have no gaps. */
#define EXACT_MAX (G_GUINT64_CONSTANT (1) << 53)

/* Room for any double as "%.17g" with ".0" behind it. */
#define DOUBLE_SIZE (G_ASCII_DTOSTR_BUF_SIZE + 2)

static void
append_character (GString *out, guchar c)
{
  switch (c)
    {
    case '"':
    case '\\':
      g_string_append_c (out, '\\');
      g_string_append_c (out, c);
      break;
    case '\n':
      g_string_append (out, "\\n");
      break;
    case '\r':
      g_string_append (out, "\\r");
      break;
    case '\t':
      g_string_append (out, "\\t");
      break;
    default:
      g_string_append_printf (out, "\\u%04x", c);
    }
}

/* Valid UTF-8. What must be escaped is escaped, and the control characters that a terminal would
 * obey: DEL, and C1, which is 0xc2 and a byte from 0x80 to 0x9f. */
static void
append_valid (GString *out, const char *text, gsize length)
{
  gsize done = 0;

  g_string_append_c (out, '"');
  for (gsize i = 0; i < length; i++)
    {
      guchar c = text[i];
      gboolean c1 = c == 0xc2 && i + 1 < length && (guchar)text[i + 1] < 0xa0;

      if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f && !c1)
        continue;
      g_string_append_len (out, text + done, i - done);
      i += c1 ? 1 : 0;
      append_character (out, text[i]);
      done = i + 1;
    }
  g_string_append_len (out, text + done, length - done);
  g_string_append_c (out, '"');
}

static void
append_string (GString *out, const char *text, gsize length)
{
  g_autofree char *valid = NULL;

  if (g_utf8_validate_len (text, length, NULL))
    {
      append_valid (out, text, length);
      return;
    }
  valid = g_utf8_make_valid (text, length);
  append_valid (out, valid, strlen (valid));
}

/* The shortest text that reads back the same. Any decimal of 15 digits survives a normal double, so
 * if 15 digits do, what is left without trailing zeros is the shortest; a subnormal has fewer. */
static const char *
format_double (char *buffer, double number)
{
  for (int digits = fabs (number) < DBL_MIN ? 1 : 15; digits <= 17; digits++)
    {
      char format[] = { '%', '.', '0' + digits / 10, '0' + digits % 10, 'g', '\0' };

      g_ascii_formatd (buffer, DOUBLE_SIZE, format, number);
      if (g_ascii_strtod (buffer, NULL) == number)
        break;
    }
  if (strpbrk (buffer, ".e") == NULL)
    strcat (buffer, ".0");
  return buffer;
}

static void
append_double (GString *out, double number)
{
  char buffer[DOUBLE_SIZE];

  g_string_append (out, isfinite (number) ? format_double (buffer, number) : "null");
}

/* Whole numbers are printed here: printf would take three times as long. */
static void
append_digits (GString *out, gboolean negative, guint64 magnitude)
{
  char buffer[24];
  char *at = buffer + sizeof buffer;

  do
    {
      *--at = '0' + magnitude % 10;
      magnitude /= 10;
    }
  while (magnitude > 0);
  if (negative)
    *--at = '-';
  g_string_append_len (out, at, buffer + sizeof buffer - at);
}

static void
append_integer (GString *out, gboolean negative, guint64 magnitude)
{
  gboolean quoted = magnitude > EXACT_MAX;

  if (quoted)
    g_string_append_c (out, '"');
  append_digits (out, negative, magnitude);
  if (quoted)
    g_string_append_c (out, '"');
}

static void
append_signed (GString *out, gint64 number)
{
  append_integer (out, number < 0, number < 0 ? 0 - (guint64)number : (guint64)number);
}

/* A key of a dictionary is of a basic type, and in JSON a string. */
static void
append_key (GString *out, GVariant *key)
{
  g_autoptr (GString) text = NULL;

  switch (g_variant_classify (key))
    {
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      bn_json_append (out, key);
      break;
    default:
      text = g_string_new (NULL);
      bn_json_append (text, key);
      if (text->str[0] == '"') /* an integer beyond 2^53 */
        g_string_append_len (out, text->str, text->len);
      else
        append_valid (out, text->str, text->len);
    }
}

static void
append_dictionary (GString *out, GVariant *value)
{
  gsize n = g_variant_n_children (value);

  g_string_append_c (out, '{');
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
      g_autoptr (GVariant) content = g_variant_get_child_value (entry, 1);

      if (i > 0)
        g_string_append_c (out, ',');
      append_key (out, key);
      g_string_append_c (out, ':');
      bn_json_append (out, content);
    }
  g_string_append_c (out, '}');
}

static void
append_children (GString *out, GVariant *value)
{
  gsize n = g_variant_n_children (value);

  g_string_append_c (out, '[');
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (i > 0)
        g_string_append_c (out, ',');
      bn_json_append (out, child);
    }
  g_string_append_c (out, ']');
}

static void
append_array (GString *out, GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY))
    append_dictionary (out, value);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BYTESTRING))
    {
      gsize n;
      const guchar *bytes = g_variant_get_fixed_array (value, &n, 1);
      g_autofree char *text = g_base64_encode (bytes, n);

      append_valid (out, text, strlen (text));
    }
  else
    append_children (out, value);
}

/* What is in a variant or a maybe; null if that is empty. */
static void
append_boxed (GString *out, GVariant *value)
{
  if (g_variant_n_children (value) == 0)
    g_string_append (out, "null");
  else
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, 0);

      bn_json_append (out, child);
    }
}

static void
append_text (GString *out, GVariant *value)
{
  gsize length;
  const char *text = g_variant_get_string (value, &length);

  append_string (out, text, length);
}

void
bn_json_append (GString *out, GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      g_string_append (out, g_variant_get_boolean (value) ? "true" : "false");
      break;
    case G_VARIANT_CLASS_BYTE:
      append_integer (out, FALSE, g_variant_get_byte (value));
      break;
    case G_VARIANT_CLASS_INT16:
      append_signed (out, g_variant_get_int16 (value));
      break;
    case G_VARIANT_CLASS_UINT16:
      append_integer (out, FALSE, g_variant_get_uint16 (value));
      break;
    case G_VARIANT_CLASS_INT32:
      append_signed (out, g_variant_get_int32 (value));
      break;
    case G_VARIANT_CLASS_UINT32:
      append_integer (out, FALSE, g_variant_get_uint32 (value));
      break;
    case G_VARIANT_CLASS_INT64:
      append_signed (out, g_variant_get_int64 (value));
      break;
    case G_VARIANT_CLASS_UINT64:
      append_integer (out, FALSE, g_variant_get_uint64 (value));
      break;
    case G_VARIANT_CLASS_DOUBLE:
      append_double (out, g_variant_get_double (value));
      break;
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      append_text (out, value);
      break;
    case G_VARIANT_CLASS_VARIANT:
    case G_VARIANT_CLASS_MAYBE:
      append_boxed (out, value);
      break;
    case G_VARIANT_CLASS_ARRAY:
      append_array (out, value);
      break;
    case G_VARIANT_CLASS_TUPLE:
    case G_VARIANT_CLASS_DICT_ENTRY:
      append_children (out, value);
      break;
    case G_VARIANT_CLASS_HANDLE:
      g_string_append (out, "null");
      break;
    default:
      g_assert_not_reached ();
    }
}

void
bn_json_append_string (GString *out, const char *text)
{
  append_string (out, text, strlen (text));
}

char *
bn_json_encode (GVariant *value, gsize *length)
{
  GString *out = g_string_sized_new (g_variant_get_size (value) * 2);

  bn_json_append (out, value);
  if (length != NULL)
    *length = out->len;
  return g_string_free (out, FALSE);
}
