/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a generation of a module is told in the answer to Hello. */
#include "core/module-welcome.h"

/* a{sa{ss}}: the D-Bus type of each field of each event. */
static GVariant *
make_fields (BnManifest *manifest)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sa{ss}}"));
  GPtrArray *events = bn_manifest_get_events (manifest);

  for (guint i = 0; i < events->len; i++)
    {
      const BnEventSpec *event = g_ptr_array_index (events, i);

      g_variant_builder_open (&builder, G_VARIANT_TYPE ("{sa{ss}}"));
      g_variant_builder_add (&builder, "s", event->name);
      g_variant_builder_open (&builder, G_VARIANT_TYPE ("a{ss}"));
      for (guint j = 0; j < event->fields->len; j++)
        {
          const BnField *field = g_ptr_array_index (event->fields, j);
          g_autofree char *type = g_variant_type_dup_string (field->type);

          g_variant_builder_add (&builder, "{ss}", field->name, type);
        }
      g_variant_builder_close (&builder);
      g_variant_builder_close (&builder);
    }
  return g_variant_builder_end (&builder);
}

GVariant *
bn_module_welcome_to_variant (const BnModuleWelcome *welcome, BnManifest *manifest,
                              const char *path)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&builder, "{sv}", "name",
                         g_variant_new_string (bn_manifest_get_name (manifest)));
  g_variant_builder_add (&builder, "{sv}", "path", g_variant_new_object_path (path));
  g_variant_builder_add (&builder, "{sv}", "epoch", g_variant_new_string (welcome->epoch));
  g_variant_builder_add (&builder, "{sv}", "generation",
                         g_variant_new_uint32 (welcome->generation));
  g_variant_builder_add (&builder, "{sv}", "state", g_variant_new_string (welcome->state_folder));
  g_variant_builder_add (&builder, "{sv}", "workers", welcome->workers);
  g_variant_builder_add (&builder, "{sv}", "restore", g_variant_new_boolean (welcome->restore));
  if (welcome->sysroot != NULL)
    g_variant_builder_add (&builder, "{sv}", "sysroot", g_variant_new_string (welcome->sysroot));
  if (bn_manifest_get_xml (manifest) != NULL)
    g_variant_builder_add (&builder, "{sv}", "xml",
                           g_variant_new_string (bn_manifest_get_xml (manifest)));
  g_variant_builder_add (&builder, "{sv}", "fields", make_fields (manifest));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
