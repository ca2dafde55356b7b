/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The JSON scanner.
 *
 * json-glib 1.6 reads more than JSON, overflows the stack on deep nesting, wraps integers beyond 64
 * bits and cuts strings at \u0000, so a text would have to be scanned completely before it. This
 * scanner is that check; what reads values takes the tokens from it, and no second parser can
 * understand the text in another way. */
#include "introspection/codec/json-scanner.h"

#include <string.h>

#include "introspection/error.h"

const BnJsonLimits bn_json_default_limits = {
  .bytes = 64 * 1024,
  .depth = 32,
  .keys = 1024,
  .string_bytes = 64 * 1024,
};

void
bn_json_scanner_init (BnJsonScanner *self, const char *text, gssize length,
                      const BnJsonLimits *limits)
{
  *self = (BnJsonScanner){
    .text = text,
    .length = length < 0 ? strlen (text) : (gsize)length,
    .limits = limits != NULL ? *limits : bn_json_default_limits,
    .state = BN_JSON_STATE_VALUE,
    .objects = g_ptr_array_new (),
  };
}

static void
close_container (BnJsonScanner *self)
{
  GHashTable *keys = g_ptr_array_steal_index (self->objects, self->objects->len - 1);

  g_clear_pointer (&keys, g_hash_table_unref);
}

void
bn_json_scanner_clear (BnJsonScanner *self)
{
  while (self->objects->len > 0)
    close_container (self);
  g_clear_pointer (&self->objects, g_ptr_array_unref);
}

static gboolean
fail_at (gsize at, GError **error, BnError code, const char *message)
{
  g_set_error (error, BN_ERROR, code, "JSON, byte %" G_GSIZE_FORMAT ": %s", at, message);
  return FALSE;
}

static BnJsonToken
fail (BnJsonScanner *self, GError **error, BnError code, const char *message)
{
  fail_at (self->at, error, code, message);
  return BN_JSON_ERROR;
}

/* The byte at @at, or 0 at the end: no byte of a good text is 0. */
static char
peek (const BnJsonScanner *self, gsize at)
{
  return at < self->length ? self->text[at] : '\0';
}

static void
skip_space (BnJsonScanner *self)
{
  while (self->at < self->length && strchr (" \t\n\r", self->text[self->at]) != NULL
         && self->text[self->at] != '\0')
    self->at++;
}

/* The value of four hexadecimal digits, -1 if they are not that. */
static int
read_hex (const BnJsonScanner *self, gsize at)
{
  int value = 0;

  for (gsize i = at; i < at + 4; i++)
    {
      int digit = g_ascii_xdigit_value (peek (self, i));

      if (digit < 0)
        return -1;
      value = value * 16 + digit;
    }
  return value;
}

static gboolean
is_high_surrogate (int unit)
{
  return unit >= 0xd800 && unit <= 0xdbff;
}

static gboolean
is_low_surrogate (int unit)
{
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/* An escape at @at, a backslash. Returns its length, 0 if it is wrong. */
static gsize
check_escape (BnJsonScanner *self, gsize at, GError **error)
{
  char c = peek (self, at + 1);
  int unit;

  if (c != '\0' && strchr ("\"\\/bfnrt", c) != NULL)
    return 2;
  unit = c == 'u' ? read_hex (self, at + 2) : -1;
  if (unit < 0)
    return fail_at (at, error, BN_ERROR_BAD_MESSAGE, "there is no such escape");
  if (unit == 0)
    return fail_at (at, error, BN_ERROR_BAD_MESSAGE, "a string cannot have \\u0000");
  if (is_high_surrogate (unit) && peek (self, at + 6) == '\\' && peek (self, at + 7) == 'u'
      && is_low_surrogate (read_hex (self, at + 8)))
    return 12;
  if (is_high_surrogate (unit) || is_low_surrogate (unit))
    return fail_at (at, error, BN_ERROR_BAD_MESSAGE, "half of a surrogate pair");
  return 6;
}

/* At a quotation mark. */
static gboolean
scan_string (BnJsonScanner *self, GError **error)
{
  gsize start = self->at + 1;
  gsize at = start;
  gboolean ascii = TRUE;
  const char *end;

  self->token_escaped = FALSE;
  while (at < self->length && self->text[at] != '"')
    {
      guchar c = self->text[at];
      gsize n = 1;

      if (c < 0x20)
        return fail_at (at, error, BN_ERROR_BAD_MESSAGE,
                        "a control character in a string must be escaped");
      if (c == '\\')
        {
          self->token_escaped = TRUE;
          n = check_escape (self, at, error);
          if (n == 0)
            return FALSE;
        }
      ascii = ascii && c < 0x80;
      at += n;
    }
  if (at >= self->length)
    return fail_at (self->at, error, BN_ERROR_BAD_MESSAGE, "the string does not end");
  if (at - start > self->limits.string_bytes)
    return fail_at (self->at, error, BN_ERROR_TOO_LARGE, "the string is too long");
  if (!ascii && !g_utf8_validate_len (self->text + start, at - start, &end))
    return fail_at (end - self->text, error, BN_ERROR_BAD_MESSAGE, "not UTF-8");
  self->token_at = start;
  self->token_length = at - start;
  self->at = at + 1;
  return TRUE;
}

static gsize
skip_digits (const BnJsonScanner *self, gsize at)
{
  while (g_ascii_isdigit (peek (self, at)))
    at++;
  return at;
}

/* At a minus sign or a digit. */
static BnJsonToken
scan_number (BnJsonScanner *self, GError **error)
{
  BnJsonToken token = BN_JSON_INTEGER;
  gsize at = self->at + (peek (self, self->at) == '-' ? 1 : 0);
  gsize digits = at;

  at = peek (self, at) == '0' ? at + 1 : skip_digits (self, at);
  if (at == digits)
    return fail (self, error, BN_ERROR_BAD_MESSAGE, "a number needs a digit");
  if (peek (self, at) == '.')
    {
      token = BN_JSON_REAL;
      digits = ++at;
      at = skip_digits (self, at);
      if (at == digits)
        return fail (self, error, BN_ERROR_BAD_MESSAGE, "a number needs a digit after its point");
    }
  if (peek (self, at) == 'e' || peek (self, at) == 'E')
    {
      token = BN_JSON_REAL;
      at++;
      if (peek (self, at) == '+' || peek (self, at) == '-')
        at++;
      digits = at;
      at = skip_digits (self, at);
      if (at == digits)
        return fail (self, error, BN_ERROR_BAD_MESSAGE, "a number needs a digit in its exponent");
    }
  self->token_at = self->at;
  self->token_length = at - self->at;
  self->at = at;
  return token;
}

static BnJsonToken
scan_word (BnJsonScanner *self, GError **error)
{
  static const struct
  {
    const char *word;
    BnJsonToken token;
  } words[] = {
    { "true", BN_JSON_TRUE },
    { "false", BN_JSON_FALSE },
    { "null", BN_JSON_NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize n = strlen (words[i].word);

      if (self->length - self->at >= n && memcmp (self->text + self->at, words[i].word, n) == 0)
        {
          self->at += n;
          return words[i].token;
        }
    }
  return fail (self, error, BN_ERROR_BAD_MESSAGE,
               self->at < self->length ? "a value must stand here" : "the text ends too early");
}

static BnJsonToken
open_container (BnJsonScanner *self, gboolean object, GError **error)
{
  if (self->objects->len >= self->limits.depth)
    return fail (self, error, BN_ERROR_TOO_LARGE, "nested too deeply");
  g_ptr_array_add (self->objects,
                   object ? g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) : NULL);
  self->at++;
  self->state = object ? BN_JSON_STATE_FIRST_KEY : BN_JSON_STATE_FIRST_VALUE;
  return object ? BN_JSON_OBJECT_BEGIN : BN_JSON_ARRAY_BEGIN;
}

static void
value_ended (BnJsonScanner *self)
{
  self->state = self->objects->len > 0 ? BN_JSON_STATE_AFTER_VALUE : BN_JSON_STATE_DONE;
}

static BnJsonToken
scan_value (BnJsonScanner *self, GError **error)
{
  char c = peek (self, self->at);
  BnJsonToken token;

  if (c == '{' || c == '[')
    return open_container (self, c == '{', error);
  if (c == '"')
    token = scan_string (self, error) ? BN_JSON_STRING : BN_JSON_ERROR;
  else if (c == '-' || g_ascii_isdigit (c))
    token = scan_number (self, error);
  else
    token = scan_word (self, error);
  value_ended (self);
  return token;
}

static BnJsonToken
scan_key (BnJsonScanner *self, GError **error)
{
  gsize start = self->at;

  if (peek (self, self->at) != '"')
    return fail (self, error, BN_ERROR_BAD_MESSAGE, "a key must stand here, in quotation marks");
  if (++self->keys > self->limits.keys)
    return fail (self, error, BN_ERROR_TOO_LARGE, "too many keys");
  if (!scan_string (self, error))
    return BN_JSON_ERROR;
  if (!g_hash_table_add (g_ptr_array_index (self->objects, self->objects->len - 1),
                         bn_json_scanner_dup_string (self)))
    {
      fail_at (start, error, BN_ERROR_BAD_MESSAGE, "the key stands twice in its object");
      return BN_JSON_ERROR;
    }
  skip_space (self);
  if (peek (self, self->at) != ':')
    return fail (self, error, BN_ERROR_BAD_MESSAGE, "“:” must stand after a key");
  self->at++;
  self->state = BN_JSON_STATE_VALUE;
  return BN_JSON_KEY;
}

/* At "]" or "}". */
static BnJsonToken
scan_end (BnJsonScanner *self)
{
  BnJsonToken token = peek (self, self->at) == '}' ? BN_JSON_OBJECT_END : BN_JSON_ARRAY_END;

  close_container (self);
  self->at++;
  value_ended (self);
  return token;
}

/* After a value in a container: its end, or a comma and the next value or key. */
static BnJsonToken
scan_after_value (BnJsonScanner *self, GError **error)
{
  gboolean object = g_ptr_array_index (self->objects, self->objects->len - 1) != NULL;
  char c = peek (self, self->at);

  if (c == (object ? '}' : ']'))
    return scan_end (self);
  if (c != ',')
    return fail (self, error, BN_ERROR_BAD_MESSAGE,
                 object ? "“,” or “}” must stand here" : "“,” or “]” must stand here");
  self->at++;
  skip_space (self);
  return object ? scan_key (self, error) : scan_value (self, error);
}

BnJsonToken
bn_json_scanner_next (BnJsonScanner *self, GError **error)
{
  if (self->length > self->limits.bytes)
    return fail (self, error, BN_ERROR_TOO_LARGE, "the text is too long");
  skip_space (self);
  switch (self->state)
    {
    case BN_JSON_STATE_FIRST_VALUE:
      if (peek (self, self->at) == ']')
        return scan_end (self);
      return scan_value (self, error);
    case BN_JSON_STATE_VALUE:
      return scan_value (self, error);
    case BN_JSON_STATE_FIRST_KEY:
      if (peek (self, self->at) == '}')
        return scan_end (self);
      return scan_key (self, error);
    case BN_JSON_STATE_AFTER_VALUE:
      return scan_after_value (self, error);
    case BN_JSON_STATE_DONE:
      if (self->at < self->length)
        return fail (self, error, BN_ERROR_BAD_MESSAGE, "nothing may stand after the value");
      return BN_JSON_END;
    default:
      g_assert_not_reached ();
    }
}

static char
unescape (char c)
{
  switch (c)
    {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c; /* the quotation mark, the backslash and the slash stand for themselves */
    }
}

char *
bn_json_scanner_dup_string (BnJsonScanner *self)
{
  const char *text = self->text + self->token_at;
  g_autoptr (GString) string = NULL;
  gsize i = 0;

  if (!self->token_escaped)
    return g_strndup (text, self->token_length);
  string = g_string_sized_new (self->token_length);
  while (i < self->token_length)
    if (text[i] != '\\')
      g_string_append_c (string, text[i++]);
    else if (text[i + 1] != 'u')
      {
        g_string_append_c (string, unescape (text[i + 1]));
        i += 2;
      }
    else
      {
        gunichar unit = read_hex (self, self->token_at + i + 2);

        i += 6;
        if (is_high_surrogate (unit))
          {
            gunichar low = read_hex (self, self->token_at + i + 2);

            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            i += 6;
          }
        g_string_append_unichar (string, unit);
      }
  return g_string_free (g_steal_pointer (&string), FALSE);
}
