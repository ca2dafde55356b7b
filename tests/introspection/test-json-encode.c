/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What values become as JSON. */
#include <math.h>
#include <string.h>

#include "introspection/codec/json.h"

static void
test_values (void)
{
  static const struct
  {
    const char *value; /* as g_variant_parse() */
    const char *text;
  } rows[] = {
    { "true", "true" },
    { "false", "false" },
    { "byte 0xff", "255" },
    { "int16 -32768", "-32768" },
    { "uint16 65535", "65535" },
    { "-2147483648", "-2147483648" },
    { "uint32 4294967295", "4294967295" },
    { "int64 9007199254740992", "9007199254740992" },
    { "int64 9007199254740993", "\"9007199254740993\"" },
    { "int64 -9007199254740992", "-9007199254740992" },
    { "int64 -9007199254740993", "\"-9007199254740993\"" },
    { "int64 -9223372036854775808", "\"-9223372036854775808\"" },
    { "uint64 18446744073709551615", "\"18446744073709551615\"" },
    { "uint64 0", "0" },
    { "0.0", "0.0" },
    { "-0.0", "-0.0" },
    { "1.0", "1.0" },
    { "3.37", "3.37" },
    { "0.1", "0.1" },
    { "0.30000000000000004", "0.30000000000000004" },
    { "1e21", "1e+21" },
    { "123456789012345680.0", "1.2345678901234568e+17" },
    { "1.7976931348623157e308", "1.7976931348623157e+308" },
    { "'a'", "\"a\"" },
    { "''", "\"\"" },
    { "'\"\\\\/'", "\"\\\"\\\\/\"" },
    { "'\\n\\r\\t\\b\\u0001'", "\"\\n\\r\\t\\u0008\\u0001\"" },
    { "'ä€😀'", "\"ä€😀\"" },
    { "'\\u007f\\u0080\\u009b\\u009f\\u00a0'", "\"\\u007f\\u0080\\u009b\\u009f\u00a0\"" },
    { "objectpath '/a/b'", "\"/a/b\"" },
    { "signature 'a{sv}'", "\"a{sv}\"" },
    { "handle 3", "null" },
    { "@av []", "[]" },
    { "[1,2]", "[1,2]" },
    { "['a','b']", "[\"a\",\"b\"]" },
    { "[<1>,<'a'>,<<true>>]", "[1,\"a\",true]" },
    { "(1,'a',[true])", "[1,\"a\",[true]]" },
    { "()", "[]" },
    { "@a{sv} {}", "{}" },
    { "{'a':<1>,'b':<{'c':<2.5>}>}", "{\"a\":1,\"b\":{\"c\":2.5}}" },
    { "{uint32 7:'a'}", "{\"7\":\"a\"}" },
    { "{int64 9007199254740993:'a'}", "{\"9007199254740993\":\"a\"}" },
    { "{true:'a'}", "{\"true\":\"a\"}" },
    { "{1.5:'a'}", "{\"1.5\":\"a\"}" },
    { "{'a\"b':1}", "{\"a\\\"b\":1}" },
    { "{objectpath '/a':1}", "{\"/a\":1}" },
    { "@ay []", "\"\"" },
    { "[byte 0x00, 0xff, 0x10]", "\"AP8Q\"" },
    { "@ms nothing", "null" },
    { "@ms 'a'", "\"a\"" },
    { "@mav nothing", "null" },
    { "<<'a'>>", "\"a\"" },
    { "{'a', <1>}", "[\"a\",1]" },
    { "[(1,'a')]", "[[1,\"a\"]]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = g_variant_parse (NULL, rows[i].value, NULL, NULL, &error);
      g_autofree char *text = NULL;
      gsize length;

      g_assert_no_error (error);
      text = bn_json_encode (value, &length);
      g_assert_cmpstr (text, ==, rows[i].text);
      g_assert_cmpuint (length, ==, strlen (text));
      g_assert_true (bn_json_validate (text, length, NULL, &error));
    }
}

/* Smaller than what the text format of GVariant can say. */
static void
test_subnormal (void)
{
  static const struct
  {
    double number;
    const char *text;
  } rows[] = {
    { 5e-324, "5e-324" },
    { -1.5e-323, "-1.5e-323" },
    { 2.2250738585072009e-308, "2.225073858507201e-308" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_double (rows[i].number));
      g_autofree char *text = bn_json_encode (value, NULL);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_not_finite (void)
{
  for (const double *number = (const double[]){ NAN, INFINITY, -INFINITY, 0 }; *number != 0;
       number++)
    {
      g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new_double (*number));
      g_autofree char *text = bn_json_encode (value, NULL);

      g_assert_cmpstr (text, ==, "null");
    }
}

/* A string that somebody vouched for wrongly still comes out as UTF-8. */
static void
test_not_utf8 (void)
{
  static const char bytes[] = "a\xff\xc2";
  g_autoptr (GVariant) value = g_variant_ref_sink (
      g_variant_new_from_data (G_VARIANT_TYPE_STRING, bytes, sizeof bytes, TRUE, NULL, NULL));
  g_autofree char *text = bn_json_encode (value, NULL);

  g_assert_cmpstr (text, ==, "\"a\uFFFD\uFFFD\"");
}

static void
test_append (void)
{
  g_autoptr (GString) out = g_string_new ("data: ");
  g_autoptr (GVariant) value = g_variant_ref_sink (g_variant_new ("(us)", 1, "a"));

  bn_json_append (out, value);
  bn_json_append (out, value);
  g_assert_cmpstr (out->str, ==, "data: [1,\"a\"][1,\"a\"]");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-encode/values", test_values);
  g_test_add_func ("/json-encode/subnormal", test_subnormal);
  g_test_add_func ("/json-encode/not-finite", test_not_finite);
  g_test_add_func ("/json-encode/not-utf8", test_not_utf8);
  g_test_add_func ("/json-encode/append", test_append);
  return g_test_run ();
}
