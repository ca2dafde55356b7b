/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle access: devices that ask for more, and machines that may reach the page. */
#include <glib/gi18n.h>
#include <stdio.h>

#include "cli/access-options.h"
#include "cli/follow.h"
#include "cli/text.h"
#include "cli/verbs.h"

static const BnColumn confirmation_columns[] = {
  { "id", N_ ("Id"), NULL },           { "device", N_ ("Device"), NULL },
  { "address", N_ ("From"), NULL },    { "level", N_ ("Wants"), NULL },
  { "grants", N_ ("Grants"), NULL },   { "number", N_ ("Shows"), NULL },
  { "reason", N_ ("What for"), NULL },
};

static const BnColumn exposure_columns[] = {
  { "state", N_ ("Other machines"), "badge" },
  { "addresses", N_ ("Addresses"), NULL },
  { "fingerprint", N_ ("Fingerprint (SHA-256)"), NULL },
  { "not_after", N_ ("Certificate ends"), "time" },
  { "until", N_ ("Trial ends"), "time" },
  { "error", N_ ("Error"), NULL },
};

static GVariant *
get_confirmations (BnCli *cli, GError **error)
{
  g_autoptr (GVariant) reply = bn_cli_request (cli, "access.list_confirmations", NULL, error);

  return reply != NULL ? g_variant_lookup_value (reply, "confirmations", G_VARIANT_TYPE ("aa{sv}"))
                       : NULL;
}

static BnExit
print_exposure (BnCli *cli, GVariant *exposure)
{
  if (cli->json)
    bn_output_json (exposure);
  else
    bn_output_details (cli, exposure, exposure_columns, G_N_ELEMENTS (exposure_columns));
  return BN_EXIT_OK;
}

static BnExit
status (BnCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) exposure = bn_cli_request (cli, "access.get_exposure", NULL, &error);
  g_autoptr (GVariant) confirmations = NULL;

  if (exposure == NULL)
    return bn_cli_fail (error);
  print_exposure (cli, exposure);
  confirmations = get_confirmations (cli, &error);
  if (confirmations == NULL)
    return bn_cli_fail (error);
  if (cli->json)
    {
      bn_output_json_lines (confirmations);
      return BN_EXIT_OK;
    }
  g_print ("\n");
  bn_output_rows (cli, confirmations, confirmation_columns, G_N_ELEMENTS (confirmation_columns),
                  _ ("No device asks for more than it may do."));
  return BN_EXIT_OK;
}

/* Confirming */

static BnExit
answer (BnCli *cli, guint32 id, gboolean yes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_cli_request (
      cli, "access.confirm", g_variant_new_parsed ("{'id': <%u>, 'yes': <%b>}", id, yes), &error);

  return reply != NULL ? bn_cli_print_done (cli, reply) : bn_cli_fail (error);
}

static BnExit
ask_about (BnCli *cli, GVariant *confirmation)
{
  const char *device = "";
  const char *address = "";
  const char *reason = "";
  guint32 id = 0;
  guint32 number = 0;
  g_autofree char *rights = bn_access_text (confirmation);
  g_autofree char *shown = NULL;
  g_autofree char *what_for = NULL;
  g_autofree char *question = NULL;

  g_variant_lookup (confirmation, "id", "u", &id);
  g_variant_lookup (confirmation, "number", "u", &number);
  g_variant_lookup (confirmation, "device", "&s", &device);
  g_variant_lookup (confirmation, "address", "&s", &address);
  g_variant_lookup (confirmation, "reason", "&s", &reason);
  shown = bn_text_escape (device);
  what_for = bn_text_escape (reason);
  fprintf (stderr, _ ("“%s” (%s) asks for: %s\n"), shown, address, rights);
  if (*what_for != '\0')
    fprintf (stderr, _ ("It says what for: %s\n"), what_for);
  question =
      g_strdup_printf (_ ("Does it show the number %u? Let it, for five minutes? [y/N]"), number);
  return answer (cli, id, bn_cli_ask (question));
}

/* @word: an id, or NULL where there is only one. */
static BnExit
confirm (BnCli *cli, const char *word, gboolean yes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) confirmations = NULL;
  g_autoptr (GVariant) only = NULL;
  guint64 id;
  guint32 only_id = 0;

  if (word != NULL)
    return g_ascii_string_to_unsigned (word, 10, 1, G_MAXUINT32, &id, NULL)
               ? answer (cli, (guint32)id, yes)
               : bn_cli_fail_usage (_ ("an id is a number; see “binnacle access”"));
  confirmations = get_confirmations (cli, &error);
  if (confirmations == NULL)
    return bn_cli_fail (error);
  if (g_variant_n_children (confirmations) == 0)
    {
      bn_cli_notice (_ ("no device asks for more than it may do"));
      return BN_EXIT_FAILED;
    }
  if (g_variant_n_children (confirmations) > 1)
    {
      bn_output_rows (cli, confirmations, confirmation_columns, G_N_ELEMENTS (confirmation_columns),
                      "");
      return bn_cli_fail_usage (_ ("several devices ask; say the id of one"));
    }
  only = g_variant_get_child_value (confirmations, 0);
  if (yes)
    return ask_about (cli, only);
  g_variant_lookup (only, "id", "u", &only_id);
  return answer (cli, only_id, FALSE);
}

/* Other machines */

typedef struct
{
  BnCli *cli;
  GVariant *exposure; /* (owned) (nullable) */
  guint16 port;
  GError *error;
} Exposing;

static gboolean
is_settled (GVariant *exposure)
{
  g_autofree const char **addresses = NULL;
  const char *error;

  return g_variant_lookup (exposure, "error", "&s", &error)
         || (g_variant_lookup (exposure, "addresses", "^a&s", &addresses) && addresses[0] != NULL);
}

/* The bridge begins to listen, and then says where. */
static gboolean
ready_cb (gpointer data)
{
  Exposing *exposing = data;

  exposing->exposure =
      bn_cli_request (exposing->cli, "access.expose",
                      g_variant_new_parsed ("{'port': <%q>}", exposing->port), &exposing->error);
  return exposing->exposure != NULL && !is_settled (exposing->exposure);
}

static gboolean
item_cb (const char *type, GVariant *payload, GVariant *meta, gpointer data)
{
  Exposing *exposing = data;

  g_clear_pointer (&exposing->exposure, g_variant_unref);
  exposing->exposure = g_variant_ref (payload);
  return !is_settled (payload);
}

static BnExit
request_exposure (BnCli *cli, const char *type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) exposure = bn_cli_request (cli, type, NULL, &error);

  return exposure != NULL ? print_exposure (cli, exposure) : bn_cli_fail (error);
}

static BnExit
expose (BnCli *cli, guint16 port)
{
  static const char *const patterns[] = { "access.exposure_changed", NULL };
  const BnFollow follow = {
    .patterns = patterns, .events = TRUE, .after = -1, .item = item_cb, .ready = ready_cb
  };
  Exposing exposing = { .cli = cli, .port = port };
  BnExit exit = bn_follow_run (cli, &follow, &exposing);
  g_autoptr (GVariant) exposure = exposing.exposure;
  g_autoptr (GError) error = exposing.error;
  const char *state = "";
  const char *why;

  if (error != NULL)
    return bn_cli_fail (error);
  if (exit != BN_EXIT_OK || exposure == NULL)
    return exit;
  print_exposure (cli, exposure);
  if (g_variant_lookup (exposure, "error", "&s", &why))
    return BN_EXIT_FAILED;
  g_variant_lookup (exposure, "state", "&s", &state);
  if (!g_str_equal (state, "trial"))
    return BN_EXIT_OK;
  if (bn_cli_ask (_ ("Can the other machine reach it? Keep it so? [y/N]")))
    return request_exposure (cli, "access.confirm_exposure");
  bn_cli_notice (_ ("it ends by itself after 60 s, unless “binnacle access keep” confirms it"));
  return BN_EXIT_OK;
}

static BnExit
run (BnCli *cli, int argc, char **argv, int port)
{
  const char *word = argc > 1 ? argv[1] : "status";

  if (g_str_equal (word, "status") && argc <= 2)
    return status (cli);
  if (g_str_equal (word, "confirm") && argc <= 3)
    return confirm (cli, argc == 3 ? argv[2] : NULL, TRUE);
  if (g_str_equal (word, "deny") && argc <= 3)
    return confirm (cli, argc == 3 ? argv[2] : NULL, FALSE);
  if (g_str_equal (word, "expose") && argc == 2)
    return expose (cli, (guint16)port);
  if (g_str_equal (word, "keep") && argc == 2)
    return request_exposure (cli, "access.confirm_exposure");
  if (g_str_equal (word, "unexpose") && argc == 2)
    return request_exposure (cli, "access.unexpose");
  return bn_cli_fail_usage (_ ("“access %s” is not understood, or wants other arguments"), word);
}

BnExit
bn_verb_access (BnCli *cli, int argc, char **argv)
{
  int port = 0;
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_INT, &port, N_ ("With “expose”: the port for other machines"),
      N_ ("PORT") },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;

  if (!bn_cli_parse (
          cli, bn_verb_find ("access"), entries, FALSE,
          _ ("Commands:\n"
             "  status        Show who asks for more, and whether other machines can\n"
             "                reach the page (what it does without a command)\n"
             "  confirm [ID]  Let a device do more, for five minutes\n"
             "  deny [ID]     Do not\n"
             "  expose        Let other machines reach the page, over TLS; a trial of 60 s\n"
             "  keep          End the trial: it stays so\n"
             "  unexpose      Only this machine can reach it\n"),
          &argc, &argv, &error))
    return bn_cli_fail (error);
  if (port < 0 || port > 65535)
    return bn_cli_fail_usage (_ ("--port wants 1 to 65535"));
  bn_cli_look_at_output (cli);
  return run (cli, argc, argv, port);
}
