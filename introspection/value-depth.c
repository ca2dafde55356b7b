/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How deep values are nested. */
#include "introspection/value-depth.h"

#include <string.h>

/* What D-Bus allows in one signature. A bus throws out who sends more. */
#define SIGNATURE_LENGTH_MAX 255
#define SIGNATURE_ARRAYS_MAX 32  /* inside one another */
#define SIGNATURE_STRUCTS_MAX 32 /* likewise, with dictionary entries */

/* @arrays, @structs: around it. */
static gboolean
nesting_is_allowed (const GVariantType *type, guint arrays, guint structs)
{
  if (g_variant_type_is_basic (type) || g_variant_type_is_variant (type))
    return TRUE;
  if (g_variant_type_is_array (type))
    return arrays < SIGNATURE_ARRAYS_MAX
           && nesting_is_allowed (g_variant_type_element (type), arrays + 1, structs);
  if (structs >= SIGNATURE_STRUCTS_MAX)
    return FALSE;
  for (const GVariantType *item = g_variant_type_first (type); item != NULL;
       item = g_variant_type_next (item))
    if (!nesting_is_allowed (item, arrays, structs + 1))
      return FALSE;
  return TRUE;
}

/* Whether D-Bus has such a type: it knows no "maybe". */
static gboolean
type_is_allowed (GVariant *value)
{
  const char *text = g_variant_get_type_string (value);
  gsize length = strlen (text);

  return length <= SIGNATURE_LENGTH_MAX && strchr (text, 'm') == NULL
         && (length <= MIN (SIGNATURE_ARRAYS_MAX, SIGNATURE_STRUCTS_MAX)
             || nesting_is_allowed (g_variant_get_type (value), 0, 0));
}

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
    {
      guint depth = type_depth (item); /* MAX() would look twice at each, and so at each inside */

      deepest = MAX (deepest, depth);
    }
  return 1 + deepest;
}

static gboolean
check_depth (GVariant *value, guint max)
{
  gboolean is_variant = g_variant_is_of_type (value, G_VARIANT_TYPE_VARIANT);
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

      if ((is_variant && !type_is_allowed (child)) || !check_depth (child, max - 1))
        return FALSE;
    }
  return TRUE;
}

gboolean
bn_value_depth_check (GVariant *value, guint max)
{
  return type_is_allowed (value) && check_depth (value, max);
}
