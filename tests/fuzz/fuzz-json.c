/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A text that may be JSON.
 *
 * What is decoded must have been valid; what is encoded must be valid, and read back as something
 * that is encoded the same. */
#include "fuzz.h"
#include "introspection/codec/json.h"
#include "introspection/error.h"
#include "introspection/value-depth.h"

/* For what is written: an escaped string is longer than the one that was read. */
static const BnJsonLimits wide_limits = { 1 << 24, 64, 1 << 20, 1 << 24 };

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) invalid = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autofree char *encoded = NULL;
  g_autofree char *encoded_again = NULL;
  gsize length;
  gboolean valid;

  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  valid = bn_json_validate ((const char *)data, size, NULL, &invalid);
  g_assert (valid == (invalid == NULL));
  value = bn_json_decode ((const char *)data, size, NULL, &error);
  g_assert ((value == NULL) == (error != NULL));
  if (value == NULL)
    {
      g_assert (error->domain == BN_ERROR);
      return 0;
    }
  g_assert (valid && bn_value_depth_check (value, BN_VALUE_DEPTH_MAX));
  encoded = bn_json_encode (value, &length);
  g_assert (bn_json_validate (encoded, length, &wide_limits, &error));
  again = bn_json_decode (encoded, length, &wide_limits, &error);
  g_assert_no_error (error);
  encoded_again = bn_json_encode (again, NULL);
  g_assert_cmpstr (encoded, ==, encoded_again);
  return 0;
}
