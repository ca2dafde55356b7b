/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Loose values become the types that are wanted. */
#include "core/coerce.h"

#include <math.h>
#include <string.h>

#include "introspection/codec/json.h"
#include "introspection/error.h"
#include "introspection/value-depth.h"

#define INTEGRAL_DOUBLE_MAX 9007199254740992.0 /* 2^53 */

static GVariant *
fail (GVariant *value, const GVariantType *type, const char *name, const char *why, GError **error)
{
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "%s: %s (wanted %.*s, got %s)", name, why,
               (int)g_variant_type_get_string_length (type), g_variant_type_peek_string (type),
               g_variant_get_type_string (value));
  return NULL;
}

/* A number on its way: a magnitude with a sign, or a double. */
typedef struct
{
  gboolean is_double;
  gboolean negative;
  guint64 magnitude;
  double real;
} Number;

static void
set_signed (Number *number, gint64 value)
{
  number->negative = value < 0;
  number->magnitude = value < 0 ? -(guint64)value : (guint64)value;
}

static gboolean
read_decimal (Number *number, const char *text)
{
  char *end;

  number->negative = text[0] == '-';
  if (g_ascii_string_to_unsigned (text + number->negative, 10, 0, G_MAXUINT64, &number->magnitude,
                                  NULL))
    return TRUE;
  if (!g_ascii_isdigit (text[number->negative]))
    return FALSE;
  number->is_double = TRUE;
  number->real = g_ascii_strtod (text, &end);
  return *end == '\0' && strspn (text, "-+.eE0123456789") == strlen (text);
}

static gboolean
read_number (Number *number, GVariant *value)
{
  *number = (Number){ 0 };
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BYTE:
      number->magnitude = g_variant_get_byte (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT16:
      number->magnitude = g_variant_get_uint16 (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT32:
      number->magnitude = g_variant_get_uint32 (value);
      return TRUE;
    case G_VARIANT_CLASS_UINT64:
      number->magnitude = g_variant_get_uint64 (value);
      return TRUE;
    case G_VARIANT_CLASS_INT16:
      set_signed (number, g_variant_get_int16 (value));
      return TRUE;
    case G_VARIANT_CLASS_INT32:
      set_signed (number, g_variant_get_int32 (value));
      return TRUE;
    case G_VARIANT_CLASS_INT64:
      set_signed (number, g_variant_get_int64 (value));
      return TRUE;
    case G_VARIANT_CLASS_DOUBLE:
      number->is_double = TRUE;
      number->real = g_variant_get_double (value);
      return TRUE;
    case G_VARIANT_CLASS_STRING:
      return read_decimal (number, g_variant_get_string (value, NULL));
    default:
      return FALSE;
    }
}

/* The integer types: their letter, greatest value and whether they have a sign. */
static const struct
{
  char letter;
  guint64 max;
  gboolean is_signed;
} integers[] = {
  { 'y', G_MAXUINT8, FALSE },  { 'n', G_MAXINT16, TRUE },   { 'q', G_MAXUINT16, FALSE },
  { 'i', G_MAXINT32, TRUE },   { 'u', G_MAXUINT32, FALSE }, { 'x', G_MAXINT64, TRUE },
  { 't', G_MAXUINT64, FALSE },
};

static GVariant *
make_integer (char letter, const Number *number)
{
  gint64 value = number->negative ? (gint64)(0 - number->magnitude) : (gint64)number->magnitude;

  switch (letter)
    {
    case 'y':
      return g_variant_new_byte (value);
    case 'n':
      return g_variant_new_int16 (value);
    case 'q':
      return g_variant_new_uint16 (value);
    case 'i':
      return g_variant_new_int32 (value);
    case 'u':
      return g_variant_new_uint32 (value);
    case 'x':
      return g_variant_new_int64 (value);
    default:
      return g_variant_new_uint64 (number->magnitude);
    }
}

static GVariant *
coerce_integer (GVariant *value, const GVariantType *type, const char *name, guint row,
                GError **error)
{
  guint64 max = integers[row].max;
  Number number;

  if (!read_number (&number, value))
    return fail (value, type, name, "not a number", error);
  if (number.is_double)
    {
      if (!isfinite (number.real) || number.real != floor (number.real)
          || fabs (number.real) > INTEGRAL_DOUBLE_MAX)
        return fail (value, type, name, "not a whole number", error);
      number.negative = number.real < 0;
      number.magnitude = fabs (number.real);
    }
  if (number.negative && number.magnitude == 0)
    number.negative = FALSE;
  if (number.negative ? (!integers[row].is_signed || number.magnitude > max + 1)
                      : number.magnitude > max)
    return fail (value, type, name, "out of range", error);
  return g_variant_ref_sink (make_integer (integers[row].letter, &number));
}

static GVariant *
coerce_double (GVariant *value, const GVariantType *type, const char *name, GError **error)
{
  Number number;
  double real;

  if (!read_number (&number, value))
    return fail (value, type, name, "not a number", error);
  if (number.is_double)
    real = number.real;
  else
    real = number.negative ? -(double)number.magnitude : (double)number.magnitude;
  if (!isfinite (real))
    return fail (value, type, name, "not a finite number", error);
  return g_variant_ref_sink (g_variant_new_double (real));
}

static GVariant *
coerce_string_like (GVariant *value, const GVariantType *type, const char *name, GError **error)
{
  const char *text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING)
                         ? g_variant_get_string (value, NULL)
                         : NULL;

  if (g_variant_type_equal (type, G_VARIANT_TYPE_BOOLEAN))
    {
      if (g_strcmp0 (text, "true") == 0 || g_strcmp0 (text, "false") == 0)
        return g_variant_ref_sink (g_variant_new_boolean (text[0] == 't'));
      return fail (value, type, name, "not a boolean", error);
    }
  if (g_variant_type_equal (type, G_VARIANT_TYPE_OBJECT_PATH))
    {
      if (text != NULL && g_variant_is_object_path (text))
        return g_variant_ref_sink (g_variant_new_object_path (text));
      return fail (value, type, name, "not an object path", error);
    }
  if (g_variant_type_equal (type, G_VARIANT_TYPE_SIGNATURE))
    {
      if (text != NULL && g_variant_is_signature (text))
        return g_variant_ref_sink (g_variant_new_signature (text));
      return fail (value, type, name, "not a signature", error);
    }
  if (g_variant_type_equal (type, G_VARIANT_TYPE_HANDLE))
    return fail (value, type, name, "a file descriptor cannot be given here", error);
  return fail (value, type, name, "not a string", error);
}

static GVariant *convert (GVariant *value, const GVariantType *type, const char *name,
                          GError **error);

/* Standard base64 with its padding; g_base64_decode() alone skips what it does not know. */
static gboolean
is_base64 (const char *text, gsize length)
{
  gsize n = length;

  while (n > 0 && length - n < 2 && text[n - 1] == '=')
    n--;
  if (length % 4 != 0)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/')
      return FALSE;
  return TRUE;
}

/* A string where a container is wanted: base64 for bytes, JSON for the others. */
static GVariant *
coerce_text (GVariant *value, const GVariantType *type, const char *name, GError **error)
{
  g_autoptr (GVariant) decoded = NULL;
  g_autoptr (GError) local = NULL;
  const char *text;
  gsize length;

  text = g_variant_get_string (value, &length);
  if (g_variant_type_equal (type, G_VARIANT_TYPE_BYTESTRING))
    {
      guchar *bytes;

      if (!is_base64 (text, length))
        return fail (value, type, name, "not base64", error);
      bytes = g_base64_decode (text, &length);
      return g_variant_ref_sink (
          g_variant_new_from_data (type, bytes, length, TRUE, g_free, bytes));
    }
  decoded = bn_json_decode (text, length, NULL, &local);
  if (decoded == NULL)
    {
      g_autofree char *why = g_strdup_printf ("not JSON: %s", local->message);

      return fail (value, type, name, why, error);
    }
  if (!g_variant_is_container (decoded))
    return fail (value, type, name, "not the JSON text of an object or a list", error);
  return convert (decoded, type, name, error);
}

static GVariant *
coerce_entry (GVariant *entry, const GVariantType *type, const char *name, GError **error)
{
  g_autoptr (GVariant) key = g_variant_get_child_value (entry, 0);
  g_autoptr (GVariant) value = g_variant_get_child_value (entry, 1);
  g_autoptr (GVariant) new_key = convert (key, g_variant_type_key (type), name, error);
  g_autoptr (GVariant) new_value =
      new_key != NULL ? convert (value, g_variant_type_value (type), name, error) : NULL;

  if (new_value == NULL)
    return NULL;
  return g_variant_ref_sink (g_variant_new_dict_entry (new_key, new_value));
}

static GVariant *
coerce_array (GVariant *value, const GVariantType *type, const char *name, GError **error)
{
  const GVariantType *element = g_variant_type_element (type);
  gboolean dictionary = g_variant_type_is_dict_entry (element);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (type);
  GVariantIter iter;
  GVariant *child;

  if (dictionary && !g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY))
    return fail (value, type, name, "not an object", error);
  if (!dictionary && !g_variant_is_of_type (value, G_VARIANT_TYPE_ARRAY))
    return fail (value, type, name, "not a list", error);
  g_variant_iter_init (&iter, value);
  while ((child = g_variant_iter_next_value (&iter)) != NULL)
    {
      g_autoptr (GVariant) owned = child;
      g_autoptr (GVariant) converted = dictionary ? coerce_entry (child, element, name, error)
                                                  : convert (child, element, name, error);

      if (converted == NULL)
        return NULL;
      g_variant_builder_add_value (&builder, converted);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static GVariant *
coerce_tuple (GVariant *value, const GVariantType *type, const char *name, GError **error)
{
  const GVariantType *item = g_variant_type_first (type);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (type);

  if (!g_variant_is_container (value) || g_variant_is_of_type (value, G_VARIANT_TYPE_DICTIONARY)
      || g_variant_n_children (value) != g_variant_type_n_items (type))
    return fail (value, type, name, "not a list of that length", error);
  for (gsize i = 0; item != NULL; i++, item = g_variant_type_next (item))
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      g_autoptr (GVariant) converted = convert (child, item, name, error);

      if (converted == NULL)
        return NULL;
      g_variant_builder_add_value (&builder, converted);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static GVariant *
convert (GVariant *value, const GVariantType *type, const char *name, GError **error)
{
  g_autoptr (GVariant) inner = g_variant_ref (value);
  char letter = g_variant_type_peek_string (type)[0];

  while (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT) && letter != 'v')
    {
      GVariant *boxed = g_variant_get_variant (inner);

      g_variant_unref (inner);
      inner = boxed;
    }
  if (letter == 'h')
    return coerce_string_like (inner, type, name, error);
  if (g_variant_is_of_type (inner, type))
    return g_steal_pointer (&inner);
  if (letter == 'v')
    return g_variant_ref_sink (g_variant_new_variant (inner));
  for (guint row = 0; row < G_N_ELEMENTS (integers); row++)
    if (integers[row].letter == letter)
      return coerce_integer (inner, type, name, row, error);
  if (letter == 'd')
    return coerce_double (inner, type, name, error);
  if (g_variant_type_is_container (type) && g_variant_is_of_type (inner, G_VARIANT_TYPE_STRING))
    return coerce_text (inner, type, name, error);
  if (g_variant_type_is_array (type))
    return coerce_array (inner, type, name, error);
  if (g_variant_type_is_tuple (type))
    return coerce_tuple (inner, type, name, error);
  return coerce_string_like (inner, type, name, error);
}

gboolean
bn_value_has_handle (GVariant *value)
{
  const char *type = g_variant_get_type_string (value);
  gsize n;

  if (strchr (type, 'h') != NULL)
    return TRUE;
  if (strchr (type, 'v') == NULL)
    return FALSE;
  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (bn_value_has_handle (child))
        return TRUE;
    }
  return FALSE;
}

GVariant *
bn_coerce (GVariant *value, const GVariantType *type, const char *name, GError **error)
{
  g_autoptr (GVariant) converted = convert (value, type, name, error);

  if (converted == NULL)
    return NULL;
  if (!bn_value_depth_check (converted, BN_VALUE_DEPTH_MAX))
    return fail (value, type, name, "nested too deeply", error);
  if (bn_value_has_handle (converted))
    return fail (value, type, name, "a file descriptor cannot be given here", error);
  return g_steal_pointer (&converted);
}

static gboolean
is_argument (GDBusMethodInfo *info, const char *name)
{
  for (GDBusArgInfo **arg = info->in_args; arg != NULL && *arg != NULL; arg++)
    if (g_str_equal ((*arg)->name, name))
      return TRUE;
  return FALSE;
}

static gboolean
check_known (GDBusMethodInfo *info, GVariant *payload, GError **error)
{
  GVariantIter iter;
  const char *name;

  g_variant_iter_init (&iter, payload);
  while (g_variant_iter_next (&iter, "{&sv}", &name, NULL))
    if (!is_argument (info, name))
      {
        g_autoptr (GString) known = g_string_new (NULL);
        g_autofree char *escaped = g_strescape (name, NULL);

        for (GDBusArgInfo **arg = info->in_args; arg != NULL && *arg != NULL; arg++)
          g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "", (*arg)->name);
        g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                     "%s has no argument “%.63s”; it takes: %s", info->name, escaped,
                     known->len > 0 ? known->str : "none");
        return FALSE;
      }
  return TRUE;
}

GVariant *
bn_coerce_arguments (GDBusMethodInfo *info, GVariant *payload, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_TUPLE);

  if (!check_known (info, payload, error))
    return NULL;
  for (GDBusArgInfo **arg = info->in_args; arg != NULL && *arg != NULL; arg++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (payload, (*arg)->name, NULL);
      g_autoptr (GVariant) converted = NULL;

      if (value == NULL)
        {
          g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "%s needs the argument “%s” (%s)",
                       info->name, (*arg)->name, (*arg)->signature);
          return NULL;
        }
      converted = bn_coerce (value, G_VARIANT_TYPE ((*arg)->signature), (*arg)->name, error);
      if (converted == NULL)
        return NULL;
      g_variant_builder_add_value (&builder, converted);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

GVariant *
bn_coerce_results (GDBusMethodInfo *info, GVariant *tuple, GError **error)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  gsize n = g_variant_n_children (tuple);
  gsize i = 0;

  for (GDBusArgInfo **arg = info->out_args; arg != NULL && *arg != NULL; arg++, i++)
    {
      g_autoptr (GVariant) value = i < n ? g_variant_get_child_value (tuple, i) : NULL;

      if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE ((*arg)->signature)))
        break;
      if (!bn_value_depth_check (value, BN_VALUE_DEPTH_MAX))
        {
          g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL,
                       "%s answered with a value “%s” that is nested too deeply; at most %d "
                       "containers may be inside one another",
                       info->name, (*arg)->name, BN_VALUE_DEPTH_MAX);
          return NULL;
        }
      if (!bn_value_has_handle (value))
        g_variant_builder_add (&builder, "{sv}", (*arg)->name, value);
    }
  if (i == n && (info->out_args == NULL || info->out_args[i] == NULL))
    return g_variant_ref_sink (g_variant_builder_end (&builder));
  g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL,
               "%s answered with the wrong type %s: see its declaration", info->name,
               g_variant_get_type_string (tuple));
  return NULL;
}
