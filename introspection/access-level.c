/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Access levels: what a caller must have. */
#include "introspection/access-level.h"

static const char *const level_names[] = {
  [BN_ACCESS_NONE] = "none",
  [BN_ACCESS_OBSERVE] = "observe",
  [BN_ACCESS_CONTROL] = "control",
  [BN_ACCESS_ADMIN] = "admin",
};

const char *
bn_access_level_to_string (BnAccessLevel level)
{
  g_return_val_if_fail (level < G_N_ELEMENTS (level_names), level_names[BN_ACCESS_NONE]);

  return level_names[level];
}

gboolean
bn_access_level_from_string (const char *text, BnAccessLevel *level)
{
  for (guint i = BN_ACCESS_OBSERVE; i < G_N_ELEMENTS (level_names); i++)
    if (g_strcmp0 (text, level_names[i]) == 0)
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

static const struct
{
  BnGrants grant;
  const char *name;
} grant_names[] = {
  { BN_GRANT_TERMINAL, "terminal" },
  { BN_GRANT_UPLOAD, "upload" },
};

GStrv
bn_grants_to_strv (BnGrants grants)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (grant_names); i++)
    if (grants & grant_names[i].grant)
      g_strv_builder_add (builder, grant_names[i].name);
  return g_strv_builder_end (builder);
}

static BnGrants
grant_from_string (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (grant_names); i++)
    if (g_str_equal (name, grant_names[i].name))
      return grant_names[i].grant;
  return BN_GRANT_NONE;
}

gboolean
bn_grants_from_strv (const char *const *names, BnGrants *grants, const char **unknown)
{
  *grants = BN_GRANT_NONE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      BnGrants grant = grant_from_string (names[i]);

      if (grant == BN_GRANT_NONE)
        {
          *unknown = names[i];
          return FALSE;
        }
      *grants |= grant;
    }
  return TRUE;
}
