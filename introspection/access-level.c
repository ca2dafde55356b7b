/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Access levels: what a caller must have. */
#include "introspection/access-level.h"

static const char *const names[] = {
  [BN_ACCESS_NONE] = "none",
  [BN_ACCESS_OBSERVE] = "observe",
  [BN_ACCESS_CONTROL] = "control",
  [BN_ACCESS_ADMIN] = "admin",
};

const char *
bn_access_level_to_string (BnAccessLevel level)
{
  g_return_val_if_fail (level < G_N_ELEMENTS (names), names[BN_ACCESS_NONE]);

  return names[level];
}

gboolean
bn_access_level_from_string (const char *text, BnAccessLevel *level)
{
  for (guint i = BN_ACCESS_OBSERVE; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (text, names[i]) == 0)
      {
        *level = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
bn_access_level_allows (BnAccessLevel have, BnAccessLevel need)
{
  return need != BN_ACCESS_NONE && have >= need;
}
