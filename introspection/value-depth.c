/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How deep values are nested. */
#include "introspection/value-depth.h"

#include <string.h>

/* The containers that the type alone has. */
static guint
type_depth (const GVariantType *type)
{
  guint deepest = 0;

  if (g_variant_type_is_basic (type))
    return 0;
  if (g_variant_type_is_variant (type))
    return 1;
  if (g_variant_type_is_array (type) || g_variant_type_is_maybe (type))
    return 1 + type_depth (g_variant_type_element (type));
  for (const GVariantType *item = g_variant_type_first (type); item != NULL;
       item = g_variant_type_next (item))
    deepest = MAX (deepest, type_depth (item));
  return 1 + deepest;
}

gboolean
bn_value_depth_check (GVariant *value, guint max)
{
  gsize n;

  if (!g_variant_is_container (value))
    return TRUE;
  if (strchr (g_variant_get_type_string (value), 'v') == NULL)
    return type_depth (g_variant_get_type (value)) <= max;
  if (max == 0)
    return FALSE;
  n = g_variant_n_children (value);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);

      if (!bn_value_depth_check (child, max - 1))
        return FALSE;
    }
  return TRUE;
}
