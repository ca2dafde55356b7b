/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle status */
#include <glib/gi18n.h>

#include "cli/verbs.h"

static const BnColumn status_columns[] = {
  { "version", N_ ("Version"), NULL },        { "bus", N_ ("Bus"), NULL },
  { "uptime", N_ ("Up for"), "seconds" },     { "epoch", N_ ("Epoch"), NULL },
  { "sequence", N_ ("Events so far"), NULL },
};

/* The plain values; the lists have tables of their own. */
static void
print_head (BnCli *cli, GVariant *status)
{
  g_auto (GVariantBuilder) head = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) details = NULL;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, status);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    if (!g_variant_is_of_type (value, G_VARIANT_TYPE ("aa{sv}")))
      g_variant_builder_add (&head, "{sv}", key, value);
  details = g_variant_ref_sink (g_variant_builder_end (&head));
  bn_output_details (cli, details, status_columns, G_N_ELEMENTS (status_columns));
}

static void
print_list (BnCli *cli, GVariant *status, const char *key, const char *title,
            const BnColumn *columns, gsize n_columns)
{
  g_autoptr (GVariant) rows = g_variant_lookup_value (status, key, G_VARIANT_TYPE ("aa{sv}"));

  if (rows == NULL)
    return;
  g_print ("\n");
  if (g_variant_n_children (rows) == 0)
    bn_output_title (cli, title);
  bn_output_rows (cli, rows, columns, n_columns, _ ("none"));
}

BnExit
bn_verb_status (BnCli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) status = NULL;

  if (!bn_cli_parse (cli, bn_verb_find ("status"), NULL, FALSE, NULL, &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc > 1)
    return bn_cli_fail_usage (_ ("“status” takes no arguments"));
  bn_cli_look_at_output (cli);
  status = bn_cli_request (cli, "system.status_request", NULL, &error);
  if (status == NULL)
    return bn_cli_fail (error);
  if (cli->json)
    {
      bn_output_json (status);
      return BN_EXIT_OK;
    }
  print_head (cli, status);
  print_list (cli, status, "modules", _ ("Modules"), bn_module_columns, bn_n_module_columns);
  print_list (cli, status, "workers", _ ("Workers"), bn_worker_columns, bn_n_worker_columns);
  return BN_EXIT_OK;
}
