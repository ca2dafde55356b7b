/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Types of D-Bus as JSON Schema. */
#include "describe/schema.h"

#include <string.h>

static const struct
{
  char type;
  const char *json;
  const char *minimum;
  const char *maximum;
} numbers[] = {
  { 'y', "integer", "0", "255" },        { 'n', "integer", "-32768", "32767" },
  { 'q', "integer", "0", "65535" },      { 'i', "integer", "-2147483648", "2147483647" },
  { 'u', "integer", "0", "4294967295" },
};

void
bn_json_add_string (JsonBuilder *json, const char *name, const char *value)
{
  if (value == NULL || *value == '\0')
    return;
  json_builder_set_member_name (json, name);
  json_builder_add_string_value (json, value);
}

void
bn_json_begin_member (JsonBuilder *json, const char *name)
{
  json_builder_set_member_name (json, name);
  json_builder_begin_object (json);
}

const char *
bn_row_get (GVariant *row, const char *key)
{
  const char *value = "";

  g_variant_lookup (row, key, "&s", &value);
  return value;
}

gboolean
bn_row_is (GVariant *row, const char *key)
{
  gboolean value = FALSE;

  g_variant_lookup (row, key, "b", &value);
  return value;
}

static void
add_kinds (JsonBuilder *json, const char *one, const char *other)
{
  json_builder_set_member_name (json, "type");
  json_builder_begin_array (json);
  json_builder_add_string_value (json, one);
  json_builder_add_string_value (json, other);
  json_builder_end_array (json);
}

static gboolean
add_number (JsonBuilder *json, char type, gboolean input)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].type == type)
      {
        /* A query has strings only, so a decimal string is a number too. */
        if (input)
          add_kinds (json, numbers[i].json, "string");
        else
          bn_json_add_string (json, "type", numbers[i].json);
        json_builder_set_member_name (json, "minimum");
        json_builder_add_int_value (json, g_ascii_strtoll (numbers[i].minimum, NULL, 10));
        json_builder_set_member_name (json, "maximum");
        json_builder_add_int_value (json, g_ascii_strtoll (numbers[i].maximum, NULL, 10));
        return TRUE;
      }
  return FALSE;
}

/* The members of a schema for @type, whose first character decides. */
static void
add_members (JsonBuilder *json, const char *type, gboolean input)
{
  if (add_number (json, *type, input))
    return;
  if (*type == 'x' || *type == 't')
    /* Beyond 2^53 it is a string, since JavaScript's numbers end there. */
    add_kinds (json, "integer", "string");
  else if (*type == 'd' && input)
    add_kinds (json, "number", "string");
  else if (*type == 'd')
    add_kinds (json, "number", "null"); /* there is no NaN in JSON */
  else if (*type == 'b' && input)
    add_kinds (json, "boolean", "string");
  else if (*type == 'b')
    bn_json_add_string (json, "type", "boolean");
  else if (*type == 's' || *type == 'o' || *type == 'g')
    bn_json_add_string (json, "type", "string");
  else if (g_str_equal (type, "ay"))
    {
      bn_json_add_string (json, "type", "string");
      bn_json_add_string (json, "contentEncoding", "base64");
    }
  else if (g_str_has_prefix (type, "a{"))
    bn_json_add_string (json, "type", "object");
  else if (*type == 'a' && !input)
    {
      bn_json_add_string (json, "type", "array");
      bn_json_begin_member (json, "items");
      add_members (json, type + 1, input);
      json_builder_end_object (json);
    }
  else if (*type == 'a')
    add_kinds (json, "array", "string");
  else if (*type == '(')
    bn_json_add_string (json, "type", "array");
  /* A variant may be anything: {} */
}

void
bn_schema_add_type (JsonBuilder *json, const char *type, const char *description, const char *unit,
                    gboolean input)
{
  json_builder_begin_object (json);
  add_members (json, type, input);
  bn_json_add_string (json, "description", description);
  bn_json_add_string (json, "x-dbus-type", type);
  bn_json_add_string (json, "x-unit", unit);
  json_builder_end_object (json);
}

void
bn_schema_add_object (JsonBuilder *json, GVariant *rows, gboolean open, gboolean input)
{
  gsize n = rows != NULL ? g_variant_n_children (rows) : 0;

  json_builder_begin_object (json);
  bn_json_add_string (json, "type", "object");
  bn_json_begin_member (json, "properties");
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *doc = bn_row_get (row, "doc");

      json_builder_set_member_name (json, bn_row_get (row, "name"));
      bn_schema_add_type (json, bn_row_get (row, "type"),
                          *doc != '\0' ? doc : bn_row_get (row, "label"), bn_row_get (row, "unit"),
                          input);
    }
  json_builder_end_object (json);
  json_builder_set_member_name (json, "required");
  json_builder_begin_array (json);
  for (gsize i = 0; !open && i < n; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      if (!bn_row_is (row, "optional"))
        json_builder_add_string_value (json, bn_row_get (row, "name"));
    }
  json_builder_end_array (json);
  if (!open)
    {
      json_builder_set_member_name (json, "additionalProperties");
      json_builder_add_boolean_value (json, FALSE);
    }
  json_builder_end_object (json);
}
