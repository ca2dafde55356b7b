/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The options of a call. */
#include "core/options.h"

#include "introspection/error.h"

gboolean
bn_options_check (GVariant *options, const BnOption *known, GError **error)
{
  for (; known->name != NULL; known++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (options, known->name, NULL);

      if (value == NULL || g_variant_is_of_type (value, G_VARIANT_TYPE (known->type)))
        continue;
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "The option “%s” is of the D-Bus type %s, not %s", known->name, known->type,
                   g_variant_get_type_string (value));
      return FALSE;
    }
  return TRUE;
}
