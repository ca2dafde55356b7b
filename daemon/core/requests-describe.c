/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The requests of the hub itself, as module.describe tells them. */
#include <string.h>

#include "core/requests-private.h"

static GVariant *
describe_arguments (const char *spec)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_auto (GStrv) words = g_strsplit (spec, " ", -1);

  for (char **word = words; *word != NULL && **word != '\0'; word++)
    {
      gboolean optional = g_str_has_suffix (*word, "?");
      char *type = strchr (*word, ':');

      *type++ = '\0';
      if (optional)
        type[strlen (type) - 1] = '\0';
      g_variant_builder_add_value (
          &rows, g_variant_new_parsed ("{'name': <%s>, 'type': <%s>, 'optional': <%b>}", *word,
                                       type, optional));
    }
  return g_variant_builder_end (&rows);
}

static int
compare_types (gconstpointer a, gconstpointer b)
{
  return strcmp (((const BnOwnRequest *)a)->spec->type, ((const BnOwnRequest *)b)->spec->type);
}

static GVariant *
describe_request (const BnRequestSpec *spec)
{
  GVariantDict row;

  g_variant_dict_init (&row, NULL);
  g_variant_dict_insert (&row, "name", "s", spec->type);
  g_variant_dict_insert (&row, "access", "s",
                         bn_access_level_to_string (MAX (spec->level, BN_ACCESS_OBSERVE)));
  g_variant_dict_insert (&row, "summary", "s", spec->summary);
  g_variant_dict_insert (&row, "safe", "b", spec->safe);
  g_variant_dict_insert (&row, "stream", "b", spec->stream);
  if (spec->reply != NULL)
    g_variant_dict_insert (&row, "reply", "s", spec->reply);
  g_variant_dict_insert_value (&row, "in", describe_arguments (spec->arguments));
  return g_variant_dict_end (&row);
}

GVariant *
bn_requests_describe (BnRequests *self)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GList) all = g_list_sort (g_hash_table_get_values (self->own), compare_types);

  for (GList *at = all; at != NULL; at = at->next)
    g_variant_builder_add_value (&rows, describe_request (((BnOwnRequest *)at->data)->spec));
  return g_variant_builder_end (&rows);
}
