/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rights of a module. */
#include "core/module-rights.h"

#include <stdlib.h>
#include <string.h>

static int
compare (const void *a, const void *b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
add_files (GPtrArray *rights, BnManifest *manifest)
{
  for (const char *const *file = bn_manifest_get_files (manifest); *file != NULL; file++)
    {
      gboolean read_only;
      g_autofree char *path = bn_manifest_parse_file (*file, &read_only);

      g_ptr_array_add (rights, g_strconcat (read_only ? "read_files=" : "files=", path, NULL));
    }
}

char **
bn_module_rights_new (BnManifest *manifest)
{
  const struct
  {
    const char *kind;
    gboolean asked;
  } flags[] = {
    { "launch", bn_manifest_get_launch (manifest) },
    { "network", bn_manifest_get_network (manifest) },
    { "unconfined", bn_manifest_get_unconfined (manifest) },
  };
  const struct
  {
    const char *kind;
    const char *const *values;
  } lists[] = {
    { "requests", bn_manifest_get_requests (manifest) },
    { "talk", bn_manifest_get_talk (manifest) },
  };
  GPtrArray *rights = g_ptr_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    if (flags[i].asked)
      g_ptr_array_add (rights, g_strdup (flags[i].kind));
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (const char *const *value = lists[i].values; *value != NULL; value++)
      g_ptr_array_add (rights, g_strconcat (lists[i].kind, "=", *value, NULL));
  add_files (rights, manifest);
  if (rights->len > 0) /* else there is no array */
    qsort (rights->pdata, rights->len, sizeof (char *), compare);
  g_ptr_array_add (rights, NULL);
  return (char **)g_ptr_array_free (rights, FALSE);
}

gboolean
bn_module_rights_cover (const char *const *granted, const char *const *asked)
{
  for (; *asked != NULL; asked++)
    if (!g_strv_contains (granted, *asked))
      return FALSE;
  return TRUE;
}

char *
bn_module_rights_digest (const char *const *rights)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (; *rights != NULL; rights++)
    g_checksum_update (checksum, (const guchar *)*rights, (gssize)strlen (*rights) + 1);
  return g_strdup (g_checksum_get_string (checksum));
}

GVariant *
bn_module_rights_to_variant (const char *const *rights, const char *const *granted)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (; *rights != NULL; rights++)
    {
      g_auto (GVariantBuilder) row = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
      g_auto (GStrv) parts = g_strsplit (*rights, "=", 2);

      g_variant_builder_add (&row, "{sv}", "kind", g_variant_new_string (parts[0]));
      if (parts[1] != NULL)
        g_variant_builder_add (&row, "{sv}", "value", g_variant_new_string (parts[1]));
      g_variant_builder_add (&row, "{sv}", "approved",
                             g_variant_new_boolean (g_strv_contains (granted, *rights)));
      g_variant_builder_add_value (&rows, g_variant_builder_end (&row));
    }
  return g_variant_builder_end (&rows);
}

char *
bn_module_rights_to_text (const char *const *rights, const char *const *granted)
{
  GString *text = g_string_new (NULL);

  for (; *rights != NULL; rights++)
    if (granted == NULL || !g_strv_contains (granted, *rights))
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", *rights);
  return g_string_free (text, FALSE);
}
