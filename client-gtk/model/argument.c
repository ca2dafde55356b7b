/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a person types into a form. */
#include "model/argument.h"

#include "introspection/error.h"

#include <glib/gi18n.h>

static const struct
{
  const char *signature;
  gint64 minimum;
  guint64 maximum;
} integers[] = {
  { "y", 0, G_MAXUINT8 },          { "n", G_MININT16, G_MAXINT16 }, { "q", 0, G_MAXUINT16 },
  { "i", G_MININT32, G_MAXINT32 }, { "u", 0, G_MAXUINT32 },         { "x", G_MININT64, G_MAXINT64 },
  { "t", 0, G_MAXUINT64 },
};

static GVariant *
new_integer (char type, gint64 value)
{
  switch (type)
    {
    case 'y':
      return g_variant_new_byte ((guchar)value);
    case 'n':
      return g_variant_new_int16 ((gint16)value);
    case 'q':
      return g_variant_new_uint16 ((guint16)value);
    case 'i':
      return g_variant_new_int32 ((gint32)value);
    case 'u':
      return g_variant_new_uint32 ((guint32)value);
    default:
      return g_variant_new_int64 (value);
    }
}

static void
set_range_error (GError **error, guint row)
{
  g_autofree char *minimum = g_strdup_printf ("%" G_GINT64_FORMAT, integers[row].minimum);
  g_autofree char *maximum = g_strdup_printf ("%" G_GUINT64_FORMAT, integers[row].maximum);

  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, _ ("Type a whole number from %s to %s."),
               minimum, maximum);
}

static GVariant *
parse_integer (guint row, const char *text, GError **error)
{
  char type = *integers[row].signature;
  guint64 positive;
  gint64 value;

  if (integers[row].minimum == 0
      && g_ascii_string_to_unsigned (text, 10, 0, integers[row].maximum, &positive, NULL))
    return type == 't' ? g_variant_new_uint64 (positive) : new_integer (type, (gint64)positive);
  if (integers[row].minimum < 0
      && g_ascii_string_to_signed (text, 10, integers[row].minimum, (gint64)integers[row].maximum,
                                   &value, NULL))
    return new_integer (type, value);
  set_range_error (error, row);
  return NULL;
}

static GVariant *
parse_double (const char *text, GError **error)
{
  g_autofree char *point = g_strdelimit (g_strdup (text), ",", '.');
  char *end;
  double value = g_ascii_strtod (point, &end);

  if (end == point || *end != '\0')
    {
      g_set_error_literal (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, _ ("Type a number."));
      return NULL;
    }
  return g_variant_new_double (value);
}

static GVariant *
parse_boolean (const char *text, GError **error)
{
  if (g_str_equal (text, "true"))
    return g_variant_new_boolean (TRUE);
  if (g_str_equal (text, "false"))
    return g_variant_new_boolean (FALSE);
  g_set_error_literal (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, _ ("Type true or false."));
  return NULL;
}

static GVariant *
parse_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, ",\n", -1);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; words[i] != NULL; i++)
    if (*g_strstrip (words[i]) != '\0')
      g_variant_builder_add (&builder, "s", words[i]);
  return g_variant_builder_end (&builder);
}

GVariant *
bn_argument_parse (const char *signature, const char *text, GError **error)
{
  g_autofree char *stripped = NULL;

  g_return_val_if_fail (signature != NULL && text != NULL, NULL);

  if (g_str_equal (signature, "s"))
    return g_variant_new_string (text);
  stripped = g_strstrip (g_strdup (text));
  for (guint i = 0; i < G_N_ELEMENTS (integers); i++)
    if (g_str_equal (signature, integers[i].signature))
      return parse_integer (i, stripped, error);
  if (g_str_equal (signature, "d"))
    return parse_double (stripped, error);
  if (g_str_equal (signature, "b"))
    return parse_boolean (stripped, error);
  if (g_str_equal (signature, "as"))
    return parse_words (text);
  if (g_str_equal (signature, "o") && !g_variant_is_object_path (stripped))
    {
      g_set_error_literal (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                           _ ("Type an object path, such as /org/example."));
      return NULL;
    }
  if (g_str_equal (signature, "o"))
    return g_variant_new_object_path (stripped);
  return g_variant_new_string (stripped);
}
