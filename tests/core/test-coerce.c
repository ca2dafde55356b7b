/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Checks how loose values become the types that are wanted. */
#include "core/coerce.h"
#include "introspection/error.h"
#include "introspection/value-depth.h"

/* One of result and error stands; the error is a part of the message. */
static const struct
{
  const char *value;
  const char *type;
  const char *result;
  const char *error;
} rows[] = {
  /* an exact type wins */
  { "uint32 7", "u", "uint32 7", NULL },
  { "<<'a'>>", "s", "'a'", NULL },
  { "{'k': <int64 1>}", "a{sv}", "{'k': <int64 1>}", NULL },
  { "<'7'>", "v", "<'7'>", NULL },
  /* integers are range-checked */
  { "<int64 7>", "u", "uint32 7", NULL },
  { "<int64 -1>", "u", NULL, "out of range (wanted u, got x)" },
  { "<int64 255>", "y", "byte 0xff", NULL },
  { "<int64 256>", "y", NULL, "out of range" },
  { "<int64 65535>", "q", "uint16 65535", NULL },
  { "<int64 65536>", "q", NULL, "out of range" },
  { "<int64 -32768>", "n", "int16 -32768", NULL },
  { "<int64 -32769>", "n", NULL, "out of range" },
  { "<int64 32768>", "n", NULL, "out of range" },
  { "<int64 -2147483648>", "i", "-2147483648", NULL },
  { "<int64 2147483648>", "i", NULL, "out of range" },
  { "<int64 4294967295>", "u", "uint32 4294967295", NULL },
  { "<int64 4294967296>", "u", NULL, "out of range" },
  { "<uint64 9223372036854775807>", "x", "int64 9223372036854775807", NULL },
  { "<uint64 9223372036854775808>", "x", NULL, "out of range" },
  { "byte 0x09", "t", "uint64 9", NULL },
  { "uint16 9", "i", "9", NULL },
  { "int16 -9", "x", "int64 -9", NULL },
  { "int32 -9", "n", "int16 -9", NULL },
  { "true", "i", NULL, "not a number (wanted i, got b)" },
  { "@av []", "i", NULL, "not a number" },
  /* a double becomes an integer only if it is one */
  { "<7.0>", "t", "uint64 7", NULL },
  { "<-7.0>", "i", "-7", NULL },
  { "<-0.0>", "u", "uint32 0", NULL },
  { "<7.5>", "i", NULL, "not a whole number" },
  { "<1e300>", "x", NULL, "not a whole number" },
  { "<9007199254740992.0>", "x", "int64 9007199254740992", NULL },
  { "<9007199254740994.0>", "x", NULL, "not a whole number" },
  { "<inf>", "x", NULL, "not a whole number" },
  { "<nan>", "x", NULL, "not a whole number" },
  { "<int64 -3>", "d", "-3.0", NULL },
  { "<int64 9007199254740993>", "d", "9007199254740992.0", NULL },
  { "true", "d", NULL, "not a number" },
  /* decimal strings */
  { "'18446744073709551615'", "t", "uint64 18446744073709551615", NULL },
  { "'18446744073709551616'", "t", NULL, "not a whole number" },
  { "'-9223372036854775808'", "x", "int64 -9223372036854775808", NULL },
  { "'-9223372036854775809'", "x", NULL, "out of range" },
  { "'-0'", "u", "uint32 0", NULL },
  { "'1e3'", "u", "uint32 1000", NULL },
  { "'2.5'", "d", "2.5", NULL },
  { "'2.5'", "u", NULL, "not a whole number" },
  { "'1e999'", "d", NULL, "not a finite number" },
  { "''", "u", NULL, "not a number" },
  { "' 5'", "u", NULL, "not a number" },
  { "'+5'", "u", NULL, "not a number" },
  { "'--5'", "i", NULL, "not a number" },
  { "'0x10'", "d", NULL, "not a number" },
  { "'inf'", "d", NULL, "not a number" },
  { "'5 apples'", "d", NULL, "not a number" },
  /* booleans never from numbers */
  { "<int64 1>", "b", NULL, "not a boolean (wanted b, got x)" },
  { "'true'", "b", "true", NULL },
  { "'false'", "b", "false", NULL },
  { "'True'", "b", NULL, "not a boolean" },
  { "'1'", "b", NULL, "not a boolean" },
  /* strings and what is written as one */
  { "<int64 5>", "s", NULL, "not a string (wanted s, got x)" },
  { "objectpath '/a'", "s", NULL, "not a string" },
  { "'/a/b'", "o", "objectpath '/a/b'", NULL },
  { "'a b'", "o", NULL, "not an object path" },
  { "<int64 5>", "o", NULL, "not an object path" },
  { "'a{sv}'", "g", "signature 'a{sv}'", NULL },
  { "'a{'", "g", NULL, "not a signature" },
  /* lists, objects and tuples */
  { "@av []", "as", "@as []", NULL },
  { "[<'a'>, <'b'>]", "as", "['a', 'b']", NULL },
  { "[<'a'>, <int64 1>]", "as", NULL, "not a string" },
  { "[<int64 1>, <2.5>]", "ad", "[1.0, 2.5]", NULL },
  { "<int64 1>", "as", NULL, "not a list" },
  { "{'k': <int64 1>}", "a{su}", "{'k': uint32 1}", NULL },
  { "{'1': <'x'>}", "a{us}", "{uint32 1: 'x'}", NULL },
  { "{'one': <'x'>}", "a{us}", NULL, "not a number" },
  { "{'k': <int64 -1>}", "a{su}", NULL, "out of range" },
  { "@av []", "a{sv}", NULL, "not an object" },
  { "[<'a'>, <int64 2>]", "(su)", "('a', uint32 2)", NULL },
  { "[<'a'>]", "(su)", NULL, "not a list of that length" },
  { "[<'a'>, <'b'>]", "(su)", NULL, "not a number" },
  { "{'a': <1>, 'b': <2>}", "(su)", NULL, "not a list of that length" },
  { "<int64 1>", "(u)", NULL, "not a list of that length" },
  { "[<[<'a'>, <int64 2>]>]", "a(su)", "[('a', uint32 2)]", NULL },
  { "<int64 1>", "v", "<int64 1>", NULL },
  { "[1, 2]", "av", "[<1>, <2>]", NULL },
  /* base64 */
  { "'aGk='", "ay", "[byte 0x68, 0x69]", NULL },
  { "'AP+/'", "ay", "[byte 0x00, 0xff, 0xbf]", NULL },
  { "''", "ay", "@ay []", NULL },
  { "'aGk'", "ay", NULL, "not base64 (wanted ay, got s)" },
  { "'aG-_'", "ay", NULL, "not base64" },
  { "'a==='", "ay", NULL, "not base64" },
  { "'=aaa'", "ay", NULL, "not base64" },
  { "[<'aGk='>]", "aay", "[[byte 0x68, 0x69]]", NULL },
  { "[<int64 104>, <int64 105>]", "ay", "[byte 0x68, 0x69]", NULL },
  /* JSON text */
  { "'[\"a\", \"b\"]'", "as", "['a', 'b']", NULL },
  { "'{\"k\": 1}'", "a{sv}", "{'k': <int64 1>}", NULL },
  { "'{\"k\": 1}'", "a{su}", "{'k': uint32 1}", NULL },
  { "'[\"a\", 2]'", "(su)", "('a', uint32 2)", NULL },
  { "'[\"aGk=\"]'", "aay", "[[byte 0x68, 0x69]]", NULL },
  { "'[]'", "as", "@as []", NULL },
  { "'[1, -1]'", "au", NULL, "out of range" },
  { "'a, b'", "as", NULL, "not JSON: " },
  { "''", "as", NULL, "not JSON: " },
  { "'[null]'", "as", NULL, "not JSON: " },
  { "'5'", "au", NULL, "not the JSON text of an object or a list" },
  { "'\"[1]\"'", "au", NULL, "not the JSON text of an object or a list" },
  { "'[]'", "a{sv}", NULL, "not an object" },
  { "'{\"a\": 1}'", "s", "'{\"a\": 1}'", NULL },
  /* descriptors */
  { "<int64 3>", "h", NULL, "a file descriptor cannot be given here" },
  { "handle 3", "h", NULL, "a file descriptor cannot be given here" },
  { "handle 3", "v", NULL, "a file descriptor cannot be given here" },
  { "[handle 3]", "ah", NULL, "a file descriptor cannot be given here" },
  { "@ah []", "ah", NULL, "a file descriptor cannot be given here" },
  { "{'k': <[<handle 3>]>}", "a{sv}", NULL, "a file descriptor cannot be given here" },
  { "[<'a'>, <handle 3>]", "(sv)", NULL, "a file descriptor cannot be given here" },
};

static void
test_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = g_variant_parse (NULL, rows[i].value, NULL, NULL, &error);
      g_autoptr (GVariant) got = NULL;
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      g_assert_true ((rows[i].result == NULL) != (rows[i].error == NULL));
      got = bn_coerce (value, G_VARIANT_TYPE (rows[i].type), "size", &error);
      g_test_message ("%s as %s", rows[i].value, rows[i].type);
      if (rows[i].error != NULL)
        {
          g_assert_null (got);
          g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
          g_assert_true (g_str_has_prefix (error->message, "size: "));
          g_assert_nonnull (strstr (error->message, rows[i].error));
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (g_variant_get_type_string (got), ==, rows[i].type);
      g_assert_false (g_variant_is_floating (got));
      text = g_variant_print (got, TRUE);
      g_assert_cmpstr (text, ==, rows[i].result);
    }
}

/* A number in so many variants. */
static GVariant *
make_deep (guint depth)
{
  GVariant *value = g_variant_new_int32 (1);

  for (guint i = 0; i < depth; i++)
    value = g_variant_new_variant (value);
  return g_variant_ref_sink (value);
}

static void
test_depth (void)
{
  g_autoptr (GVariant) deepest = make_deep (BN_VALUE_DEPTH_MAX);
  g_autoptr (GVariant) deeper = make_deep (BN_VALUE_DEPTH_MAX + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) good = bn_coerce (deepest, G_VARIANT_TYPE_VARIANT, "tree", &error);
  g_autoptr (GVariant) number = NULL;

  g_assert_no_error (error);
  g_assert_true (g_variant_equal (good, deepest));
  number = bn_coerce (deeper, G_VARIANT_TYPE_INT32, "tree", &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_variant_get_int32 (number), ==, 1);
  g_assert_null (bn_coerce (deeper, G_VARIANT_TYPE_VARIANT, "tree", &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
  g_assert_cmpstr (error->message, ==, "tree: nested too deeply (wanted v, got v)");
}

typedef struct
{
  GDBusNodeInfo *node;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture->node = g_dbus_node_info_new_for_xml (
      "<node><interface name='org.binnacle.Test1'>"
      "<method name='Start'><arg name='id' type='s' direction='in'/>"
      "<arg name='options' type='a{sv}' direction='in'/>"
      "<arg name='pid' type='u' direction='out'/><arg name='log' type='h' direction='out'/>"
      "<arg name='extra' type='v' direction='out'/></method>"
      "<method name='Stop'/></interface></node>",
      &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_dbus_node_info_unref (fixture->node);
}

static GDBusMethodInfo *
find_method (Fixture *fixture, const char *name)
{
  return g_dbus_interface_info_lookup_method (fixture->node->interfaces[0], name);
}

static void
test_arguments (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *method;
    const char *payload;
    const char *result;
    const char *error;
  } cases[] = {
    { "Start", "{'options': <'{\"a\": 1}'>, 'id': <'x'>}", "('x', {'a': <int64 1>})", NULL },
    { "Stop", "@a{sv} {}", "()", NULL },
    { "Start", "{'id': <'x'>}", NULL, "Start needs the argument “options” (a{sv})" },
    { "Start", "{'id': <'x'>, 'option': <1>}", NULL,
      "Start has no argument “option”; it takes: id, options" },
    { "Stop", "{'id': <'x'>}", NULL, "Stop has no argument “id”; it takes: none" },
    { "Start", "{'id': <5>, 'options': <@a{sv} {}>}", NULL, "id: not a string (wanted s, got i)" },
    { "Start", "{'id': <'x'>, 'options': <{'fd': <handle 0>}>}", NULL,
      "options: a file descriptor cannot be given here (wanted a{sv}, got a{sv})" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) payload =
          g_variant_parse (G_VARIANT_TYPE_VARDICT, cases[i].payload, NULL, NULL, NULL);
      g_autoptr (GVariant) got =
          bn_coerce_arguments (find_method (fixture, cases[i].method), payload, &error);
      g_autofree char *text = got != NULL ? g_variant_print (got, TRUE) : NULL;

      g_assert_cmpstr (text, ==, cases[i].result);
      if (cases[i].error == NULL)
        g_assert_no_error (error);
      else
        {
          g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
          g_assert_cmpstr (error->message, ==, cases[i].error);
        }
    }
}

static void
test_results (Fixture *fixture, gconstpointer unused)
{
  static const struct
  {
    const char *method;
    const char *tuple;
    const char *result;
  } cases[] = {
    { "Start", "(uint32 5, handle 0, <'x'>)", "{'pid': <uint32 5>, 'extra': <<'x'>>}" },
    { "Start", "(uint32 5, handle 0, <[<handle 0>]>)", "{'pid': <uint32 5>}" },
    { "Stop", "()", "@a{sv} {}" },
    { "Start", "()", NULL },
    { "Start", "(uint32 5, handle 0)", NULL },
    { "Start", "(5, handle 0, <'x'>)", NULL },
    { "Start", "(uint32 5, handle 0, <'x'>, 1)", NULL },
    { "Stop", "(1,)", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) tuple = g_variant_parse (NULL, cases[i].tuple, NULL, NULL, NULL);
      g_autoptr (GVariant) got =
          bn_coerce_results (find_method (fixture, cases[i].method), tuple, &error);
      g_autofree char *text = got != NULL ? g_variant_print (got, TRUE) : NULL;

      g_assert_cmpstr (text, ==, cases[i].result);
      if (cases[i].result != NULL)
        g_assert_no_error (error);
      else
        {
          g_autofree char *message =
              g_strdup_printf ("%s answered with the wrong type %s: see its declaration",
                               cases[i].method, g_variant_get_type_string (tuple));

          g_assert_error (error, BN_ERROR, BN_ERROR_INTERNAL);
          g_assert_cmpstr (error->message, ==, message);
        }
    }
}

static void
test_results_depth (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) deepest = make_deep (BN_VALUE_DEPTH_MAX);
  g_autoptr (GVariant) deeper = make_deep (BN_VALUE_DEPTH_MAX + 1);
  g_autoptr (GVariant) good = g_variant_ref_sink (g_variant_new ("(uh@v)", 5, 0, deepest));
  g_autoptr (GVariant) bad = g_variant_ref_sink (g_variant_new ("(uh@v)", 5, 0, deeper));
  g_autoptr (GVariant) got = bn_coerce_results (find_method (fixture, "Start"), good, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_variant_n_children (got), ==, 2);
  g_assert_null (bn_coerce_results (find_method (fixture, "Start"), bad, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_INTERNAL);
  g_assert_nonnull (strstr (error->message, "“extra” that is nested too deeply"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/coerce/values", test_values);
  g_test_add_func ("/coerce/depth", test_depth);
  g_test_add ("/coerce/arguments", Fixture, NULL, set_up, test_arguments, tear_down);
  g_test_add ("/coerce/results", Fixture, NULL, set_up, test_results, tear_down);
  g_test_add ("/coerce/results/depth", Fixture, NULL, set_up, test_results_depth, tear_down);
  return g_test_run ();
}
