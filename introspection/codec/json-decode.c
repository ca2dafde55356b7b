/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* JSON -> GVariant. */
#include <math.h>

#include "introspection/codec/json-scanner.h"
#include "introspection/error.h"
#include "introspection/value-depth.h"

/* How many containers of D-Bus an object adds (array, dictionary entry, variant) and an array
 * (array, variant). */
#define OBJECT_DEPTH 3
#define ARRAY_DEPTH 2

/* An object or an array that is not complete yet. */
typedef struct
{
  GVariantBuilder builder;
  gboolean object;
  char *key; /* of the next value, if object */
} Frame;

typedef struct
{
  BnJsonScanner scanner;
  GPtrArray *frames; /* of Frame, outermost first */
  guint depth;       /* as D-Bus counts */
  GVariant *root;    /* once it is complete */
} Reader;

static void
frame_free (Frame *frame)
{
  g_variant_builder_clear (&frame->builder);
  g_free (frame->key);
  g_free (frame);
}

static void
reader_clear (Reader *self)
{
  bn_json_scanner_clear (&self->scanner);
  g_clear_pointer (&self->frames, g_ptr_array_unref);
  g_clear_pointer (&self->root, g_variant_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static Frame *
top (Reader *self)
{
  return self->frames->len > 0 ? g_ptr_array_index (self->frames, self->frames->len - 1) : NULL;
}

static gboolean
fail (Reader *self, GError **error, BnError code, const char *message)
{
  g_set_error (error, BN_ERROR, code, "JSON, before byte %" G_GSIZE_FORMAT ": %s", self->scanner.at,
               message);
  return FALSE;
}

static gboolean
open_frame (Reader *self, gboolean object, GError **error)
{
  Frame *frame;

  self->depth += object ? OBJECT_DEPTH : ARRAY_DEPTH;
  if (self->depth > BN_VALUE_DEPTH_MAX)
    return fail (self, error, BN_ERROR_TOO_LARGE, "nested too deeply for D-Bus");
  frame = g_new0 (Frame, 1);
  frame->object = object;
  g_variant_builder_init (&frame->builder, object ? G_VARIANT_TYPE_VARDICT : G_VARIANT_TYPE ("av"));
  g_ptr_array_add (self->frames, frame);
  return TRUE;
}

/* Puts a value where it belongs. Takes @value, which may be floating. */
static gboolean
add_value (Reader *self, GVariant *value)
{
  Frame *frame = top (self);

  if (frame == NULL)
    self->root = g_variant_ref_sink (value);
  else if (frame->object)
    g_variant_builder_add (&frame->builder, "{sv}", frame->key, value);
  else
    g_variant_builder_add (&frame->builder, "v", value);
  if (frame != NULL)
    g_clear_pointer (&frame->key, g_free);
  return TRUE;
}

static gboolean
close_frame (Reader *self)
{
  Frame *frame = g_ptr_array_steal_index (self->frames, self->frames->len - 1);
  GVariant *value = g_variant_builder_end (&frame->builder);

  self->depth -= frame->object ? OBJECT_DEPTH : ARRAY_DEPTH;
  frame_free (frame);
  return add_value (self, value);
}

static gboolean
add_null (Reader *self, GError **error)
{
  Frame *frame = top (self);

  if (frame == NULL || !frame->object)
    return fail (self, error, BN_ERROR_BAD_PAYLOAD,
                 "null stands for a key that is not known; it can only stand in an object");
  g_clear_pointer (&frame->key, g_free);
  return TRUE;
}

/* The number of the token as a double; an integer beyond 64 bits comes here too. */
static gboolean
add_real (Reader *self, GError **error)
{
  g_autofree char *text =
      g_strndup (self->scanner.text + self->scanner.token_at, self->scanner.token_length);
  double number = g_ascii_strtod (text, NULL);

  if (!isfinite (number))
    return fail (self, error, BN_ERROR_BAD_PAYLOAD, "the number is too large");
  return add_value (self, g_variant_new_double (number));
}

static gboolean
add_integer (Reader *self, GError **error)
{
  const char *text = self->scanner.text + self->scanner.token_at;
  gboolean negative = text[0] == '-';
  guint64 magnitude = 0;

  for (gsize i = negative ? 1 : 0; i < self->scanner.token_length; i++)
    if (!g_uint64_checked_mul (&magnitude, magnitude, 10)
        || !g_uint64_checked_add (&magnitude, magnitude, g_ascii_digit_value (text[i])))
      return add_real (self, error);
  if (negative && magnitude > (guint64)G_MAXINT64 + 1)
    return add_real (self, error);
  if (negative)
    return add_value (self, g_variant_new_int64 ((gint64)(0 - magnitude)));
  if (magnitude > G_MAXINT64)
    return add_value (self, g_variant_new_uint64 (magnitude));
  return add_value (self, g_variant_new_int64 (magnitude));
}

static gboolean
add_token (Reader *self, BnJsonToken token, GError **error)
{
  switch (token)
    {
    case BN_JSON_OBJECT_BEGIN:
    case BN_JSON_ARRAY_BEGIN:
      return open_frame (self, token == BN_JSON_OBJECT_BEGIN, error);
    case BN_JSON_OBJECT_END:
    case BN_JSON_ARRAY_END:
      return close_frame (self);
    case BN_JSON_KEY:
      top (self)->key = bn_json_scanner_dup_string (&self->scanner);
      return TRUE;
    case BN_JSON_STRING:
      return add_value (self,
                        g_variant_new_take_string (bn_json_scanner_dup_string (&self->scanner)));
    case BN_JSON_INTEGER:
      return add_integer (self, error);
    case BN_JSON_REAL:
      return add_real (self, error);
    case BN_JSON_TRUE:
    case BN_JSON_FALSE:
      return add_value (self, g_variant_new_boolean (token == BN_JSON_TRUE));
    case BN_JSON_NULL:
      return add_null (self, error);
    default:
      g_assert_not_reached ();
    }
}

gboolean
bn_json_validate (const char *text, gssize length, const BnJsonLimits *limits, GError **error)
{
  g_auto (BnJsonScanner) scanner;
  BnJsonToken token;

  bn_json_scanner_init (&scanner, text, length, limits);
  do
    token = bn_json_scanner_next (&scanner, error);
  while (token > BN_JSON_END);
  return token == BN_JSON_END;
}

GVariant *
bn_json_decode (const char *text, gssize length, const BnJsonLimits *limits, GError **error)
{
  g_auto (Reader) reader = { .frames = NULL };
  BnJsonToken token;

  bn_json_scanner_init (&reader.scanner, text, length, limits);
  reader.frames = g_ptr_array_new_with_free_func ((GDestroyNotify)frame_free);
  while ((token = bn_json_scanner_next (&reader.scanner, error)) > BN_JSON_END)
    if (!add_token (&reader, token, error))
      return NULL;
  return token == BN_JSON_END ? g_steal_pointer (&reader.root) : NULL;
}
