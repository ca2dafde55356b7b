/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The arguments of a command line are anything at all, often pasted or written by a script.
 *
 * Each line of the input is one word. They become one entry each, or an error that says why. */
#include "cli/arguments.h"
#include "fuzz.h"
#include "introspection/error.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_auto (GStrv) words = g_strsplit (text, "\n", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) payload = bn_arguments_parse ((const char *const *)words, &error);

  if (payload == NULL)
    {
      g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  g_assert_no_error (error);
  g_variant_ref_sink (payload);
  g_assert_true (g_variant_is_of_type (payload, G_VARIANT_TYPE_VARDICT));
  g_assert_true (g_variant_is_normal_form (payload));
  g_assert_cmpuint (g_variant_n_children (payload), ==, g_strv_length (words));
  return 0;
}
