/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Values as text: the table that the browser page is tested against, too. */
#include "introspection/format/format.h"

#include <json-glib/json-glib.h>

static GVariant *
variant_of (JsonNode *node)
{
  if (json_node_is_null (node))
    return NULL;
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_INT64:
      return g_variant_ref_sink (g_variant_new_int64 (json_node_get_int (node)));
    case G_TYPE_DOUBLE:
      return g_variant_ref_sink (g_variant_new_double (json_node_get_double (node)));
    case G_TYPE_BOOLEAN:
      return g_variant_ref_sink (g_variant_new_boolean (json_node_get_boolean (node)));
    default:
      return g_variant_ref_sink (g_variant_new_string (json_node_get_string (node)));
    }
}

static void
test_row (gconstpointer data)
{
  JsonObject *row = (JsonObject *)data;
  BnFormatOptions options = {
    .decimal_bytes = json_object_get_boolean_member_with_default (row, "decimal_bytes", FALSE),
    .fahrenheit = json_object_get_boolean_member_with_default (row, "fahrenheit", FALSE),
  };
  const char *unit = json_object_get_string_member_with_default (row, "unit", NULL);
  g_autoptr (GVariant) value = variant_of (json_object_get_member (row, "value"));
  g_autofree char *text = bn_format_variant (value, unit, &options);

  g_assert_cmpstr (text, ==, json_object_get_string_member (row, "text"));
}

static void
test_not_a_number (void)
{
  g_autofree char *nan = bn_format_number (0.0 / 0.0, "bytes", NULL);
  g_autofree char *infinite = bn_format_number (1.0 / 0.0, "percent", NULL);

  g_assert_cmpstr (nan, ==, "-");
  g_assert_cmpstr (infinite, ==, "-");
}

static void
test_wide_integer (void)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_uint64 (G_MAXUINT64));
  g_autofree char *text = bn_format_variant (value, NULL, NULL);

  g_assert_cmpstr (text, ==, "18446744073709551615");
}

static void
test_containers (void)
{
  const char *const words[] = { "a", "b", NULL };
  g_autoptr (GVariant) list = g_variant_ref_sink (g_variant_new_strv (words, -1));
  g_autoptr (GVariant) boxed =
      g_variant_ref_sink (g_variant_new_variant (g_variant_new_uint32 (9)));
  g_autofree char *joined = bn_format_variant (list, NULL, NULL);
  g_autofree char *unboxed = bn_format_variant (boxed, "percent", NULL);

  g_assert_cmpstr (joined, ==, "a, b");
  g_assert_cmpstr (unboxed, ==, "9.0%");
}

static void
test_words (void)
{
  g_autofree char *words = bn_format_words ("swap_total");

  g_assert_cmpstr (words, ==, "Swap total");
}

int
main (int argc, char **argv)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  JsonArray *rows;

  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  path = g_test_build_filename (G_TEST_DIST, "fixtures", "format.json", NULL);
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  rows = json_node_get_array (json_parser_get_root (parser));
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);
      g_autofree char *name =
          g_strdup_printf ("/format/table/%s/%u",
                           json_object_get_string_member_with_default (row, "unit", "none"), i);

      /* The path of a test is split at slashes: "bytes/s". */
      g_test_add_data_func (name, row, test_row);
    }
  g_test_add_func ("/format/not-a-number", test_not_a_number);
  g_test_add_func ("/format/wide-integer", test_wide_integer);
  g_test_add_func ("/format/containers", test_containers);
  g_test_add_func ("/format/words", test_words);
  return g_test_run ();
}
