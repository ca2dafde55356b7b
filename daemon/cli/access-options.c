/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the commands about devices share. */
#include "cli/access-options.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "introspection/error.h"

const BnColumn bn_device_columns[] = {
  { "name", N_ ("Device"), NULL },
  { "level", N_ ("May"), NULL },
  { "grants", N_ ("Grants"), NULL },
  { "last_used", N_ ("Last used"), "time" },
  { "last_address", N_ ("From"), NULL },
  { "connections", N_ ("Sessions"), "count" },
  { "id", N_ ("Id"), NULL },
};
const gsize bn_n_device_columns = G_N_ELEMENTS (bn_device_columns);

static gboolean
is_named (GVariant *row, const char *key, const char *word)
{
  const char *value = "";

  return g_variant_lookup (row, key, "&s", &value) && g_str_equal (value, word);
}

char *
bn_device_find (BnCli *cli, const char *word, GError **error)
{
  g_autoptr (GVariant) reply = bn_cli_request (cli, "access.list_devices", NULL, error);
  g_autoptr (GVariant) devices = NULL;
  g_autofree char *found = NULL;

  if (reply == NULL)
    return NULL;
  devices = g_variant_lookup_value (reply, "devices", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; devices != NULL && i < g_variant_n_children (devices); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (devices, i);

      if (is_named (row, "id", word))
        return g_strdup (word);
      if (!is_named (row, "name", word))
        continue;
      if (found != NULL)
        {
          g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                       _ ("Several devices are called “%s”; say the id of one"), word);
          return NULL;
        }
      g_variant_lookup (row, "id", "s", &found);
    }
  if (found == NULL)
    g_set_error (error, BN_ERROR, BN_ERROR_NOT_FOUND,
                 _ ("There is no device “%s”; see “binnacle devices”"), word);
  return g_steal_pointer (&found);
}

char *
bn_access_text (GVariant *row)
{
  const char *level = "";
  g_autofree const char **grants = NULL;
  g_autofree char *list = NULL;

  g_variant_lookup (row, "level", "&s", &level);
  if (!g_variant_lookup (row, "grants", "^a&s", &grants) || grants[0] == NULL)
    return g_strdup (level);
  list = g_strjoinv (", ", (char **)grants);
  return g_strconcat (level, ", ", list, NULL);
}

gboolean
bn_cli_ask (const char *question)
{
  char answer[16] = "";

  if (!isatty (STDIN_FILENO))
    return FALSE;
  fprintf (stderr, "%s ", question);
  if (fgets (answer, sizeof answer, stdin) == NULL)
    return FALSE;
  /* Translators: the letter that says yes to “Let it run? [y/N]” */
  return g_ascii_tolower (answer[0]) == 'y' || answer[0] == *C_ ("yes", "y");
}

BnExit
bn_cli_print_done (BnCli *cli, GVariant *reply)
{
  if (cli->json)
    bn_output_json (reply);
  else if (g_variant_n_children (reply) > 0)
    bn_output_details (cli, reply, NULL, 0);
  return BN_EXIT_OK;
}
