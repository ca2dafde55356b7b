/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What JSON texts become, and their limits. */
#include "introspection/codec/json.h"
#include "introspection/error.h"
#include "introspection/value-depth.h"

static void
test_values (void)
{
  static const struct
  {
    const char *text;
    const char *value; /* as g_variant_print() */
  } rows[] = {
    { "{}", "@a{sv} {}" },
    { "[]", "@av []" },
    { "true", "true" },
    { "false", "false" },
    { "0", "int64 0" },
    { "-0", "int64 0" },
    { "-1", "int64 -1" },
    { "9223372036854775807", "int64 9223372036854775807" },
    { "9223372036854775808", "uint64 9223372036854775808" },
    { "18446744073709551615", "uint64 18446744073709551615" },
    { "18446744073709551616", "1.8446744073709552e+19" },
    { "-9223372036854775808", "int64 -9223372036854775808" },
    { "-9223372036854775809", "-9.2233720368547758e+18" },
    { "100000000000000000000000000000000000000000", "1e+41" },
    { "1.0", "1.0" },
    { "1e2", "100.0" },
    { "-2.5E-1", "-0.25" },
    { "0.1", "0.10000000000000001" },
    { "1e-400", "0.0" },
    { "\"\"", "''" },
    { "\"a\\\"\\\\\\/\\b\\f\\n\\r\\tb\"", "'a\"\\\\/\\b\\f\\n\\r\\tb'" },
    { "\"\\u00e4\\u20AC\\ud83d\\ude00\"", "'ä€😀'" },
    { "\"x\\ud83d\\ude00\\u0041y\"", "'x😀Ay'" },
    { "\"\\\\u0041\"", "'\\\\u0041'" },
    { "{\"a\":1,\"b\":[true,{\"c\":\"d\"}]}", "{'a': <int64 1>, 'b': <[<true>, <{'c': <'d'>}>]>}" },
    { "{\"a\":null,\"b\":1}", "{'b': <int64 1>}" },
    { "{\"a\":null}", "@a{sv} {}" },
    { "[{\"a\":null},[]]", "[<@a{sv} {}>, <@av []>]" },
    { "{\"\\u0061\":1}", "{'a': <int64 1>}" },
    { " [ 1 , \"a\" ] ", "[<int64 1>, <'a'>]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = bn_json_decode (rows[i].text, -1, NULL, &error);
      g_autofree char *printed = NULL;

      g_assert_no_error (error);
      g_assert_false (g_variant_is_floating (value));
      printed = g_variant_print (value, TRUE);
      g_assert_cmpstr (printed, ==, rows[i].value);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    BnError code;
    const char *message;
  } rows[] = {
    { "null", BN_ERROR_BAD_PAYLOAD,
      "JSON, before byte 4: null stands for a key that is not known; it can only stand in an "
      "object" },
    { "[1,null]", BN_ERROR_BAD_PAYLOAD,
      "JSON, before byte 7: null stands for a key that is not known; it can only stand in an "
      "object" },
    { "[1e400]", BN_ERROR_BAD_PAYLOAD, "JSON, before byte 6: the number is too large" },
    { "{\"a\":[1,{\"b\":tru", BN_ERROR_BAD_MESSAGE, "JSON, byte 13: a value must stand here" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (bn_json_decode (rows[i].text, -1, NULL, &error));
      g_assert_error (error, BN_ERROR, (int)rows[i].code);
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

/* @n times @open, then @n times @close. */
static char *
nest (guint n, const char *open, const char *middle, const char *close)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (text, open);
  g_string_append (text, middle);
  for (guint i = 0; i < n; i++)
    g_string_append (text, close);
  return g_string_free (text, FALSE);
}

static void
assert_verdict (const char *text, const BnJsonLimits *limits, const char *message)
{
  g_autoptr (GError) error = NULL;
  gboolean good = bn_json_validate (text, -1, limits, &error);

  g_assert_cmpstr (error != NULL ? error->message : NULL, ==, message);
  g_assert_cmpint (good, ==, message == NULL);
  if (!good)
    g_assert_error (error, BN_ERROR, BN_ERROR_TOO_LARGE);
}

static void
test_limits (void)
{
  const BnJsonLimits limits = { .bytes = 20, .depth = 2, .keys = 3, .string_bytes = 4 };

  assert_verdict ("[\"12345678\"]        ", &limits, "JSON, byte 1: the string is too long");
  assert_verdict ("[\"1234\",\"1234\"]    ", &limits, NULL);
  assert_verdict ("[\"12345\"]", &limits, "JSON, byte 1: the string is too long");
  assert_verdict ("{\"12345\":1}", &limits, "JSON, byte 1: the string is too long");
  assert_verdict ("[1]                  ", &limits, "JSON, byte 0: the text is too long");
  assert_verdict ("[[1],{}]", &limits, NULL);
  assert_verdict ("[[[1]]]", &limits, "JSON, byte 2: nested too deeply");
  assert_verdict ("{\"a\":{\"b\":{}}}", &limits, "JSON, byte 10: nested too deeply");
  assert_verdict ("[{\"a\":1,\"b\":2}]", &limits, NULL);
  assert_verdict ("[{\"a\":1},{\"a\":1}]", &limits, NULL);
  assert_verdict ("{\"a\":1,\"b\":1,\"c\":1}", &limits, NULL);
  assert_verdict ("{\"a\":1,\"b\":1}", &(BnJsonLimits){ 20, 2, 1, 4 },
                  "JSON, byte 7: too many keys");
}

static void
test_default_limits (void)
{
  g_autofree char *deepest = nest (32, "[", "", "]");
  g_autofree char *too_deep = nest (33, "[", "", "]");
  g_autofree char *longest = g_strnfill (64 * 1024 - 2, 'a');
  g_autofree char *largest = g_strconcat ("\"", longest, "\"", NULL);
  g_autofree char *too_large = g_strconcat (largest, " ", NULL);

  assert_verdict (deepest, NULL, NULL);
  assert_verdict (too_deep, NULL, "JSON, byte 32: nested too deeply");
  assert_verdict (largest, NULL, NULL);
  assert_verdict (too_large, NULL, "JSON, byte 0: the text is too long");
}

/* Nothing deeper than a message of D-Bus can carry comes out, whatever the limits say: the bus
 * disconnects who sends it. */
static void
test_depth (void)
{
  const BnJsonLimits limits = { 1 << 20, 10000, 10000, 1 << 20 };
  g_autofree char *objects = nest (16, "{\"a\":", "1", "}");
  g_autofree char *arrays = nest (24, "[", "1", "]");
  g_autofree char *more_objects = nest (17, "{\"a\":", "1", "}");
  g_autofree char *more_arrays = nest (25, "[", "1", "]");
  g_autofree char *many = nest (10000, "[", "1", "]");
  g_autoptr (GVariant) object = bn_json_decode (objects, -1, &limits, NULL);
  g_autoptr (GVariant) array = bn_json_decode (arrays, -1, &limits, NULL);

  g_assert_true (bn_value_depth_check (object, BN_VALUE_DEPTH_MAX));
  g_assert_false (bn_value_depth_check (object, BN_VALUE_DEPTH_MAX - 1));
  g_assert_true (bn_value_depth_check (array, BN_VALUE_DEPTH_MAX));
  g_assert_false (bn_value_depth_check (array, BN_VALUE_DEPTH_MAX - 1));
  for (const char *const *text = (const char *const[]){ more_objects, more_arrays, many, NULL };
       *text != NULL; text++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (bn_json_validate (*text, -1, &limits, NULL));
      g_assert_null (bn_json_decode (*text, -1, &limits, &error));
      g_assert_error (error, BN_ERROR, BN_ERROR_TOO_LARGE);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-decode/values", test_values);
  g_test_add_func ("/json-decode/refused", test_refused);
  g_test_add_func ("/json-decode/limits", test_limits);
  g_test_add_func ("/json-decode/default-limits", test_default_limits);
  g_test_add_func ("/json-decode/depth", test_depth);
  return g_test_run ();
}
