/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A value is given where a type is wanted.
 *
 * The input is the type, a line feed, and the value as JSON; what is not JSON is taken as a string.
 * What comes out must have the type, be good enough for a bus, and be left as it is a second time.
 */
#include <string.h>

#include "core/coerce.h"
#include "fuzz.h"
#include "introspection/codec/json.h"
#include "introspection/error.h"
#include "introspection/value-depth.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *type = g_strndup ((const char *)data, size);
  char *text = strchr (type, '\n');
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) converted = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GError) error = NULL;

  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  if (text == NULL)
    return 0;
  *text++ = '\0';
  if (!g_variant_type_string_is_valid (type) || !g_variant_is_signature (type))
    return 0;
  value = bn_json_decode (text, -1, NULL, NULL);
  if (value == NULL && g_utf8_validate (text, -1, NULL))
    value = g_variant_ref_sink (g_variant_new_string (text));
  if (value == NULL)
    return 0;
  converted = bn_coerce (value, G_VARIANT_TYPE (type), "value", &error);
  g_assert ((converted == NULL) == (error != NULL));
  if (converted == NULL)
    {
      g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
      return 0;
    }
  g_assert (g_variant_is_of_type (converted, G_VARIANT_TYPE (type)));
  g_assert (!g_variant_is_floating (converted) && g_variant_is_normal_form (converted));
  g_assert (bn_value_depth_check (converted, BN_VALUE_DEPTH_MAX) && strchr (type, 'h') == NULL);
  again = bn_coerce (converted, G_VARIANT_TYPE (type), "value", &error);
  g_assert_no_error (error);
  g_assert (g_variant_equal (again, converted));
  return 0;
}
