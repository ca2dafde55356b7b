/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
#include "cli/module-rows.h"

static gboolean
waits_for_approval (GVariant *row)
{
  const char *state = "";
  gboolean approved = TRUE;

  g_variant_lookup (row, "state", "&s", &state);
  g_variant_lookup (row, "approved", "b", &approved);
  return !approved && g_str_equal (state, "disabled");
}

GVariant *
bn_module_rows_for_people (GVariant *rows)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_auto (GVariantDict) named = G_VARIANT_DICT_INIT (row);

      if (waits_for_approval (row))
        g_variant_dict_insert (&named, "state", "s", "unapproved");
      g_variant_builder_add_value (&builder, g_variant_dict_end (&named));
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
