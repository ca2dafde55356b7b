/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle open: the page's address, with a secret that is good for one browser. */
#include <glib/gi18n.h>

#include "cli/verbs.h"
#include "introspection/names.h"

static gboolean option_print;
static int option_port;

static const GOptionEntry entries[] = {
  { "print", 'p', 0, G_OPTION_ARG_NONE, &option_print, N_ ("Only print the address"), NULL },
  { "port", 0, 0, G_OPTION_ARG_INT, &option_port, N_ ("The port of the web bridge"), N_ ("PORT") },
  G_OPTION_ENTRY_NULL,
};

/* An address is meant to be pasted: JSON only where it was asked for, not where the output is no
 * terminal. */
static void
print_address (BnCli *cli, const char *address, guint valid_seconds)
{
  g_autoptr (GVariant) line = NULL;

  if (!cli->json)
    {
      g_print ("%s\n", address);
      return;
    }
  line = g_variant_ref_sink (
      g_variant_new_parsed ("{'address': <%s>, 'valid_seconds': <%u>}", address, valid_seconds));
  bn_output_json (line);
}

BnExit
bn_verb_open (BnCli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autofree char *address = NULL;
  const char *secret;
  guint valid_seconds;

  if (!bn_cli_parse (cli, bn_verb_find ("open"), entries, FALSE, NULL, &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc > 1)
    return bn_cli_fail_usage (_ ("“open” takes no arguments"));
  if (option_port < 0 || option_port > 65535)
    return bn_cli_fail_usage (_ ("--port wants 1 to 65535"));
  if (option_port == 0)
    option_port = cli->system ? BN_WEB_PORT_SYSTEM : BN_WEB_PORT_SESSION;
  reply = bn_cli_call (cli, BN_IFACE_ACCESS, "CreateLoginSecret", NULL, G_VARIANT_TYPE ("(su)"),
                       &error);
  if (reply == NULL)
    return bn_cli_fail (error);
  g_variant_get (reply, "(&su)", &secret, &valid_seconds);
  address = g_strdup_printf ("http://127.0.0.1:%d/#s=%s", option_port, secret);
  if (!option_print && !cli->json)
    {
      if (g_app_info_launch_default_for_uri (address, NULL, &error))
        return BN_EXIT_OK;
      bn_cli_notice (_ ("no browser could be started (%s); the address, good once for %u s, is"),
                     error->message, valid_seconds);
    }
  print_address (cli, address, valid_seconds);
  return BN_EXIT_OK;
}
