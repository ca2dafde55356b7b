/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle devices: who was paired, and what they may do. */
#include <glib/gi18n.h>

#include "cli/access-options.h"
#include "cli/text.h"
#include "cli/verbs.h"

static BnExit
list (BnCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_cli_request (cli, "access.list_devices", NULL, &error);
  g_autoptr (GVariant) rows = NULL;
  const char *damage;

  if (reply == NULL)
    return bn_cli_fail (error);
  rows = g_variant_lookup_value (reply, "devices", G_VARIANT_TYPE ("aa{sv}"));
  if (rows == NULL)
    rows = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
  if (cli->json)
    bn_output_json_lines (rows);
  else
    bn_output_rows (cli, rows, bn_device_columns, bn_n_device_columns,
                    _ ("No device is paired. “binnacle pair” invites one."));
  if (g_variant_lookup (reply, "damage", "&s", &damage))
    bn_cli_notice (_ ("the devices of before are not known any more: %s"), damage);
  return BN_EXIT_OK;
}

/* One request about the device that @word names; @key and @value (nullable, taken) besides. */
static BnExit
ask (BnCli *cli, const char *request, const char *word, const char *key, GVariant *value)
{
  g_autoptr (GVariant) owned = value != NULL ? g_variant_ref_sink (value) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *id = bn_device_find (cli, word, &error);
  GVariantDict payload;

  if (id == NULL)
    return bn_cli_fail (error);
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "id", "s", id);
  if (owned != NULL)
    g_variant_dict_insert_value (&payload, key, owned);
  reply = bn_cli_request (cli, request, g_variant_dict_end (&payload), &error);
  return reply != NULL ? bn_cli_print_done (cli, reply) : bn_cli_fail (error);
}

static BnExit
revoke_all (BnCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_cli_request (cli, "access.revoke_all", NULL, &error);

  return reply != NULL ? bn_cli_print_done (cli, reply) : bn_cli_fail (error);
}

/* Words after a command. */
static BnExit
run (BnCli *cli, int argc, char **argv)
{
  const char *word = argc > 1 ? argv[1] : "list";

  if (g_str_equal (word, "list") && argc <= 2)
    return list (cli);
  if (g_str_equal (word, "revoke-all") && argc == 2)
    return revoke_all (cli);
  if (g_str_equal (word, "revoke") && argc == 3)
    return ask (cli, "access.revoke", argv[2], NULL, NULL);
  if (g_str_equal (word, "rename") && argc == 4)
    return ask (cli, "access.set_device", argv[2], "name", g_variant_new_string (argv[3]));
  if (g_str_equal (word, "level") && argc == 4)
    return ask (cli, "access.set_device", argv[2], "level", g_variant_new_string (argv[3]));
  if (g_str_equal (word, "grants") && argc >= 3)
    return ask (cli, "access.set_device", argv[2], "grants",
                g_variant_new_strv ((const char *const *)argv + 3, argc - 3));
  return bn_cli_fail_usage (_ ("“devices %s” is not understood, or wants other arguments"), word);
}

BnExit
bn_verb_devices (BnCli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (!bn_cli_parse (
          cli, bn_verb_find ("devices"), NULL, FALSE,
          _ ("Commands; a device is named by its name or its id:\n"
             "  list                    Show all (what it does without a command)\n"
             "  rename DEVICE NAME      Call it something else\n"
             "  level DEVICE LEVEL      Let it observe, control or admin\n"
             "  grants DEVICE [GRANT…]  What it may use besides: terminal, upload; none\n"
             "                          if none stands here\n"
             "  revoke DEVICE           Shut it out, at once\n"
             "  revoke-all              Shut out every device\n"),
          &argc, &argv, &error))
    return bn_cli_fail (error);
  bn_cli_look_at_output (cli);
  return run (cli, argc, argv);
}
