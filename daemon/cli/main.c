/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle: the hub on a command line. */
#include <glib/gi18n.h>
#include <locale.h>

#include "cli/cli.h"
#include "cli/text.h"
#include "cli/verbs.h"

/* What --help says after the options. */
static char *
describe_verbs (void)
{
  GString *out = g_string_new (_ ("Commands:"));

  g_string_append_c (out, '\n');
  for (const BnVerb *verb = bn_verbs; verb->name != NULL; verb++)
    if (verb->summary != NULL)
      g_string_append_printf (out, "  %-10s %s\n", verb->name, _ (verb->summary));
  g_string_append (out,
                   _ ("\n“binnacle COMMAND --help” says more about each.\n"
                      "\n"
                      "Exit status: 0 done, 1 the request failed, 2 the command line is wrong,\n"
                      "3 there is no hub, 4 no answer in time, 5 not allowed, 130 cancelled.\n"));
  return g_string_free (out, FALSE);
}

int
main (int argc, char **argv)
{
  static const BnVerb program = { NULL, N_ ("COMMAND [ARGUMENT…]"),
                                  N_ ("The dashboard of this machine"), NULL };
  BnCli cli = { .may_start = TRUE };
  g_autoptr (GError) error = NULL;
  g_autofree char *verbs = NULL;
  const BnVerb *verb;
  BnExit status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, BN_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("binnacle");

  verbs = describe_verbs ();
  if (!bn_cli_parse (&cli, &program, NULL, TRUE, verbs, &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc < 2)
    return bn_cli_fail_usage (_ ("a command is missing"));
  verb = bn_verb_find (argv[1]);
  if (verb == NULL)
    return bn_cli_fail_usage (_ ("there is no command “%s”"), argv[1]);
  status = verb->run (&cli, argc - 1, argv + 1);
  bn_cli_clear (&cli);
  return status;
}
