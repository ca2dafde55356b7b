/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is JSON and what is not: a table in the spirit of JSONTestSuite, by the sections of RFC
 * 8259.
 *
 * "y" must be accepted, "n" refused; "s" is where this reader is stricter than the RFC. */
#include "introspection/codec/json.h"

#include <string.h>

#include "introspection/error.h"

typedef struct
{
  char verdict;
  const char *text;
  gssize length; /* 0: a C string */
} Row;

#define RAW(verdict, text)                                                                         \
  {                                                                                                \
    verdict, text, sizeof text - 1                                                                 \
  }

static const Row structure[] = {
  { 'y', "{}" },
  { 'y', "[]" },
  { 'y', "[[]]" },
  { 'y', "[[],[],{}]" },
  { 'y', "{\"a\":{}}" },
  { 'y', "{\"a\":[{\"b\":[]}]}" },
  { 'y', "{\"\":1}" },
  { 'y', "{\"a\":1,\"b\":2}" },
  { 'y', "{\"a\":{\"a\":1},\"b\":{\"a\":1}}" },
  { 'y', " \t\r\n{ \"a\" \n:\t[ 1 , 2 ] \r} " },
  { 'y', "[1,\n2\n]" },
  { 'n', "" },
  { 'n', " " },
  { 'n', "[" },
  { 'n', "]" },
  { 'n', "{" },
  { 'n', "}" },
  { 'n', "[}" },
  { 'n', "{]" },
  { 'n', "[[]" },
  { 'n', "[]]" },
  { 'n', "{}}" },
  { 'n', "[{}" },
  { 'n', "[]{}" },
  { 'n', "{}[]" },
  { 'n', "[,]" },
  { 'n', "[1,]" },
  { 'n', "[,1]" },
  { 'n', "[1,,2]" },
  { 'n', "[1 2]" },
  { 'n', "[1:2]" },
  { 'n', "[\"a\":1]" },
  { 'n', "[1" },
  { 'n', "[1," },
  { 'n', "{,}" },
  { 'n', "{\"a\"}" },
  { 'n', "{\"a\":}" },
  { 'n', "{\"a\":1,}" },
  { 'n', "{\"a\":1,,\"b\":2}" },
  { 'n', "{\"a\"::1}" },
  { 'n', "{:1}" },
  { 'n', "{1:1}" },
  { 'n', "{a:1}" },
  { 'n', "{'a':1}" },
  { 'n', "{null:1}" },
  { 'n', "{[]:1}" },
  { 'n', "{\"a\",1}" },
  { 'n', "{\"a\" 1}" },
  { 'n', "{\"a\":1 \"b\":2}" },
  { 'n', "{\"a\":1" },
  { 'n', "{\"a\":" },
  { 'n', "{\"a\"" },
  { 'n', "{\"a" },
  { 'n', "(1)" },
  { 'n', "[1]x" },
  { 'n', "1 2" },
  { 'n', "[1]," },
  { 'n', "/* c */[]" },
  { 'n', "[] // c" },
  { 'n', "# c\n[]" },
  { 'n', "[\f]" },
  { 'n', "[\v1]" },
  RAW ('n', "\xef\xbb\xbf[]"), /* a byte order mark */
  RAW ('n', "\xc2\xa0[]"),     /* a no-break space */
  RAW ('n', "\xe2\x81\xa0[]"), /* a word joiner */
  RAW ('n', "[\0]"),
  RAW ('n', "[]\0"),
  RAW ('n', "\0[]"),
  RAW ('n', "[\0\"a\"]"),
  { 's', "{\"a\":1,\"a\":1}" },
  { 's', "{\"a\":1,\"b\":2,\"a\":3}" },
  { 's', "{\"a\":1,\"\\u0061\":2}" },
  { 's', "{\"\":1,\"\":2}" },
};

static const Row words[] = {
  { 'y', "true" },      { 'y', "false" },       { 'y', "null" },     { 'y', "[true,false,null]" },
  { 'n', "tru" },       { 'n', "truE" },        { 'n', "True" },     { 'n', "TRUE" },
  { 'n', "truee" },     { 'n', "nul" },         { 'n', "[nul]" },    { 'n', "[nu" },
  { 'n', "fals" },      { 'n', "undefined" },   { 'n', "NaN" },      { 'n', "Infinity" },
  { 'n', "-Infinity" }, { 'n', "[truefalse]" }, { 'n', "[true 1]" }, { 'n', "nan" },
};

static const Row numbers[] = {
  { 'y', "0" },
  { 'y', "-0" },
  { 'y', "1" },
  { 'y', "-1" },
  { 'y', "10" },
  { 'y', "123" },
  { 'y', "0.5" },
  { 'y', "-0.5" },
  { 'y', "0e1" },
  { 'y', "0e+1" },
  { 'y', "1E22" },
  { 'y', "1e-2" },
  { 'y', "1E+2" },
  { 'y', "123e65" },
  { 'y', "123.456e7" },
  { 'y', "1.0E-10" },
  { 'y', "0.00000000000000000000000000000000000000000000000000000000000000000001" },
  { 'y', "123456789012345678901234567890" },
  { 'y', "-9223372036854775808" },
  { 'y', "18446744073709551615" },
  { 'y', "1e400" }, /* grammar only: too large for a double */
  { 'n', "+1" },
  { 'n', "++1" },
  { 'n', "--1" },
  { 'n', "-" },
  { 'n', "- 1" },
  { 'n', "01" },
  { 'n', "-01" },
  { 'n', "00" },
  { 'n', "012" },
  { 'n', ".5" },
  { 'n', "-.5" },
  { 'n', "1." },
  { 'n', "0." },
  { 'n', "1.e1" },
  { 'n', "1.2.3" },
  { 'n', "1e" },
  { 'n', "1e+" },
  { 'n', "1e-" },
  { 'n', "1eE2" },
  { 'n', "1e1.5" },
  { 'n', "0e" },
  { 'n', "e1" },
  { 'n', "0x1" },
  { 'n', "0b1" },
  { 'n', "1_000" },
  { 'n', "1,000" },
  { 'n', "1a" },
  { 'n', "[1a]" },
  { 'n', "[-]" },
  { 'n', "[1+2]" },
  { 'n', "[0-1]" },
  { 'n', "1 000" },
  { 'n', "∞" },
  { 'n', "１" },
  { 'n', "[1e]" },
  { 'n', "[0.]" },
};

static const Row strings[] = {
  { 'y', "\"\"" },
  { 'y', "\"a\"" },
  { 'y', "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"" },
  { 'y', "\"\\u0041\"" },
  { 'y', "\"\\u00e4\\u00E4\"" },
  { 'y', "\"\\ud83d\\ude00\"" },
  { 'y', "\"\\uDBFF\\uDFFF\"" },
  { 'y', "\"\\uffff\\ufdd0\"" }, /* noncharacters are characters of a text */
  { 'y', "\"\\u2028\\u001f\"" },
  { 'y', "\"ä€😀\"" },
  { 'y', "\"\x7f\"" },
  { 'y', "\"a/b\"" },
  { 'y', "\"\\\\u0000\"" },
  { 'y', "\"a'b\"" },
  { 'y', "[\"a\",\"b\"]" },
  { 'n', "\"" },
  { 'n', "\"a" },
  { 'n', "\"\\\"" },
  { 'n', "\"\\" },
  { 'n', "a" },
  { 'n', "'a'" },
  { 'n', "\"a\"b" },
  { 'n', "\"\\x41\"" },
  { 'n', "\"\\a\"" },
  { 'n', "\"\\v\"" },
  { 'n', "\"\\0\"" },
  { 'n', "\"\\'\"" },
  { 'n', "\"\\U0041\"" },
  { 'n', "\"\\u\"" },
  { 'n', "\"\\u1\"" },
  { 'n', "\"\\u123\"" },
  { 'n', "\"\\u12g4\"" },
  { 'n', "\"\\u 123\"" },
  { 'n', "\"\\u+123\"" },
  { 'n', "\"\\u00" },
  { 'n', "\"\\\xc3\xa4\"" },
  { 'n', "\"a\nb\"" },
  { 'n', "\"a\tb\"" },
  { 'n', "\"a\rb\"" },
  { 'n', "\"\x1f\"" },
  { 'n', "\"\x01\"" },
  RAW ('n', "\"\0\""),
  RAW ('n', "\"a\0b\""),
  RAW ('n', "\"\xff\""),
  RAW ('n', "\"\x80\""),             /* a continuation byte alone */
  RAW ('n', "\"\xc3\""),             /* cut off */
  RAW ('n', "\"\xe2\x82\""),         /* cut off */
  RAW ('n', "\"\xf0\x9f\x98\""),     /* cut off */
  RAW ('n', "\"\xc0\xaf\""),         /* overlong */
  RAW ('n', "\"\xe0\x80\xaf\""),     /* overlong */
  RAW ('n', "\"\xf0\x80\x80\xaf\""), /* overlong */
  RAW ('n', "\"\xed\xa0\x80\""),     /* a surrogate in UTF-8 */
  RAW ('n', "\"\xf4\x90\x80\x80\""), /* beyond U+10FFFF */
  RAW ('n', "\"\xf8\x88\x80\x80\x80\""),
  RAW ('n', "\"\xe9\""), /* Latin-1 */
  RAW ('n', "\xff\xfe[\0]\0"),
  RAW ('n', "\xe9"),
  RAW ('n', "{\"\xff\":1}"),
  { 's', "\"\\u0000\"" },
  { 's', "{\"a\\u0000\":1}" },
  { 's', "\"\\ud800\"" },
  { 's', "\"\\ud800a\"" },
  { 's', "\"\\ud800\\n\"" },
  { 's', "\"\\ud800\\u0041\"" },
  { 's', "\"\\ud800\\ud800\"" },
  { 's', "\"\\udc00\"" },
  { 's', "\"\\udc00\\ud800\"" },
  { 's', "\"\\ud83d\\u\"" },
  { 's', "\"\\ud83d\\ude0\"" },
};

static void
check_rows (const Row *rows, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      gsize length = rows[i].length != 0 ? (gsize)rows[i].length : strlen (rows[i].text);
      /* Exactly as long as the text, so that a sanitizer sees one byte too many. */
      g_autofree char *exact = g_memdup2 (rows[i].text, length);
      g_autofree char *shown = g_strescape (rows[i].text, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) value = NULL;
      gboolean good = bn_json_validate (exact != NULL ? exact : "", length, NULL, &error);

      g_test_message ("%c %s: %s", rows[i].verdict, shown, error != NULL ? error->message : "good");
      g_assert_cmpint (good, ==, rows[i].verdict == 'y');
      if (good)
        continue;
      g_assert_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE);
      g_assert_true (g_str_has_prefix (error->message, "JSON, byte "));
      value = bn_json_decode (exact != NULL ? exact : "", length, NULL, NULL);
      g_assert_null (value);
    }
}

static void
test_structure (void)
{
  check_rows (structure, G_N_ELEMENTS (structure));
}

static void
test_words (void)
{
  check_rows (words, G_N_ELEMENTS (words));
}

static void
test_numbers (void)
{
  check_rows (numbers, G_N_ELEMENTS (numbers));
}

static void
test_strings (void)
{
  check_rows (strings, G_N_ELEMENTS (strings));
}

/* Every beginning of a good text is refused, and reads no byte behind its end. */
static void
test_cut_off (void)
{
  static const char text[] =
      "{\"a\":[1,-2.5e+3,true,false,null,\"\\ud83d\\ude00 \\u00e4 ä\"],\"b\":{\"c\":{}}}";

  for (gsize length = 0; length < sizeof text - 1; length++)
    {
      g_autofree char *exact = g_memdup2 (text, length);
      g_autoptr (GError) error = NULL;

      g_assert_false (bn_json_validate (exact != NULL ? exact : "", length, NULL, &error));
      g_assert_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE);
    }
  g_assert_true (bn_json_validate (text, -1, NULL, NULL));
}

/* The message says where. */
static void
test_offsets (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } rows[] = {
    { "", "JSON, byte 0: the text ends too early" },
    { "[1, x]", "JSON, byte 4: a value must stand here" },
    { "[1 2]", "JSON, byte 3: “,” or “]” must stand here" },
    { "{\"a\":1 2}", "JSON, byte 7: “,” or “}” must stand here" },
    { "{a:1}", "JSON, byte 1: a key must stand here, in quotation marks" },
    { "{\"a\" 1}", "JSON, byte 5: “:” must stand after a key" },
    { "{\"a\":1,\"a\":2}", "JSON, byte 7: the key stands twice in its object" },
    { "[] x", "JSON, byte 3: nothing may stand after the value" },
    { "\"a\\x\"", "JSON, byte 2: there is no such escape" },
    { "\"a\\ud800\"", "JSON, byte 2: half of a surrogate pair" },
    { "\"a\\u0000\"", "JSON, byte 2: a string cannot have \\u0000" },
    { "\"a\n\"", "JSON, byte 2: a control character in a string must be escaped" },
    { "\"ab\xff\"", "JSON, byte 3: not UTF-8" },
    { " \"a", "JSON, byte 1: the string does not end" },
    { "[-]", "JSON, byte 1: a number needs a digit" },
    { "[1.]", "JSON, byte 1: a number needs a digit after its point" },
    { "[1e]", "JSON, byte 1: a number needs a digit in its exponent" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (bn_json_validate (rows[i].text, -1, NULL, &error));
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-grammar/structure", test_structure);
  g_test_add_func ("/json-grammar/words", test_words);
  g_test_add_func ("/json-grammar/numbers", test_numbers);
  g_test_add_func ("/json-grammar/strings", test_strings);
  g_test_add_func ("/json-grammar/cut-off", test_cut_off);
  g_test_add_func ("/json-grammar/offsets", test_offsets);
  return g_test_run ();
}
