/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle pair: invites a device, and waits until it has come. */
#include <glib/gi18n.h>
#include <unistd.h>

#include "cli/access-options.h"
#include "cli/follow.h"
#include "cli/qr-text.h"
#include "cli/text.h"
#include "cli/verbs.h"

typedef struct
{
  BnCli *cli;
  const char *level;
  char **grants;
  const char *name;
  gboolean plain; /* no QR code */
  guint32 id;
  BnExit status;
  GError *error;
} Pairing;

static void
print_address (Pairing *pairing, GVariant *reply)
{
  g_autofree const char **addresses = NULL;
  const char *uri;
  g_autofree char *code = NULL;

  g_variant_lookup (reply, "addresses", "^a&s", &addresses);
  if (addresses == NULL || addresses[0] == NULL || !g_variant_lookup (reply, "uri", "&s", &uri))
    {
      bn_cli_notice (
          _ ("the web bridge is not running, so nobody can come; start it with “./run” or "
             "“systemctl --user start binnacle-web-bridge”"));
      return;
    }
  if (g_str_has_prefix (addresses[0], "http://"))
    bn_cli_notice (
        _ ("only this machine can reach the page; “binnacle access expose” lets others"));
  if (!pairing->plain)
    code = bn_qr_text_new (uri, pairing->cli->colour, pairing->cli->width);
  if (code != NULL)
    g_print ("\n%s\n", code);
  g_print (_ ("Scan it with the device, or open %s there and type the code:\n"), addresses[0]);
}

static void
print_invitation (Pairing *pairing, GVariant *reply)
{
  const char *code = "";
  const char *fingerprint;
  gint64 expires_usec = 0;
  g_autofree char *rights = bn_access_text (reply);

  g_variant_lookup (reply, "code", "&s", &code);
  g_variant_lookup (reply, "expires", "x", &expires_usec);
  print_address (pairing, reply);
  g_print ("\n    %s%s%s\n\n", bn_output_heading_style (pairing->cli), code,
           pairing->cli->colour ? "\x1b[0m" : "");
  if (g_variant_lookup (reply, "fingerprint", "&s", &fingerprint))
    g_print (_ ("The browser asks about the certificate; its SHA-256 fingerprint must be\n  %s\n"),
             fingerprint);
  g_print (_ ("For one device, which may: %s. Good for %d s; Ctrl+C takes it back.\n"), rights,
           (int)((expires_usec - g_get_real_time ()) / G_USEC_PER_SEC));
}

static GVariant *
make_options (Pairing *pairing)
{
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  if (pairing->level != NULL)
    g_variant_dict_insert (&options, "level", "s", pairing->level);
  if (pairing->grants != NULL)
    g_variant_dict_insert_value (&options, "grants",
                                 g_variant_new_strv ((const char *const *)pairing->grants, -1));
  if (pairing->name != NULL)
    g_variant_dict_insert (&options, "name", "s", pairing->name);
  return g_variant_dict_end (&options);
}

/* Subscribed: from now on nothing is missed. After a restart of the hub the invitation is gone. */
static gboolean
ready_cb (gpointer data)
{
  Pairing *pairing = data;
  g_autoptr (GVariant) reply = NULL;

  if (pairing->id != 0)
    {
      bn_cli_notice (_ ("the hub was started anew, and the code with it; make another"));
      pairing->status = BN_EXIT_FAILED;
      return FALSE;
    }
  reply = bn_cli_request (pairing->cli, "access.pair", make_options (pairing), &pairing->error);
  if (reply == NULL)
    return FALSE;
  g_variant_lookup (reply, "id", "u", &pairing->id);
  if (pairing->cli->json)
    bn_output_json (reply);
  else
    print_invitation (pairing, reply);
  return TRUE;
}

static void
print_paired (Pairing *pairing, GVariant *payload)
{
  const char *name = "";
  const char *address = "";
  g_autofree char *rights = bn_access_text (payload);
  g_autofree char *shown = NULL;

  if (pairing->cli->json)
    {
      bn_output_json (payload);
      return;
    }
  g_variant_lookup (payload, "name", "&s", &name);
  g_variant_lookup (payload, "address", "&s", &address);
  shown = bn_text_escape (name);
  g_print (_ ("“%s” (%s) is paired and may: %s\n"), shown, address, rights);
}

static const char *
explain (const char *result)
{
  if (g_str_equal (result, "expired"))
    return _ ("nobody came in time");
  if (g_str_equal (result, "wrong_codes"))
    return _ ("the code was typed wrongly five times and is over; make another");
  if (g_str_equal (result, "cancelled"))
    return _ ("somebody took the code back");
  return _ ("the device could not be kept; see the log of the hub");
}

static gboolean
item_cb (const char *type, GVariant *payload, GVariant *meta, gpointer data)
{
  Pairing *pairing = data;
  const char *result = "";
  guint32 id = 0;

  if (g_str_equal (type, "access.paired"))
    {
      g_variant_lookup (payload, "pairing", "u", &id);
      if (id != pairing->id)
        return TRUE;
      print_paired (pairing, payload);
      return FALSE;
    }
  g_variant_lookup (payload, "id", "u", &id);
  g_variant_lookup (payload, "result", "&s", &result);
  if (id != pairing->id || g_str_equal (result, "used"))
    return TRUE;
  if (pairing->cli->json)
    bn_output_json (payload);
  else
    bn_cli_notice ("%s", explain (result));
  pairing->status = BN_EXIT_FAILED;
  return FALSE;
}

static gboolean
interrupted_cb (gpointer data)
{
  Pairing *pairing = data;
  g_autoptr (GVariant) reply = NULL;

  if (pairing->id != 0)
    reply = bn_cli_request (pairing->cli, "access.cancel_pairing",
                            g_variant_new_parsed ("{'id': <%u>}", pairing->id), NULL);
  pairing->status = BN_EXIT_CANCELLED;
  return FALSE;
}

BnExit
bn_verb_pair (BnCli *cli, int argc, char **argv)
{
  static const char *const patterns[] = { "access.paired", "access.pairing_ended", NULL };
  g_autofree char *level = NULL;
  g_auto (GStrv) grants = NULL;
  g_autofree char *name = NULL;
  gboolean no_qr = FALSE;
  const GOptionEntry entries[] = {
    { "level", 'l', 0, G_OPTION_ARG_STRING, &level,
      N_ ("What it may do: observe, control (the default) or admin"), N_ ("LEVEL") },
    { "grant", 'g', 0, G_OPTION_ARG_STRING_ARRAY, &grants,
      N_ ("Also let it use: terminal, upload; may stand more than once"), N_ ("GRANT") },
    { "name", 'n', 0, G_OPTION_ARG_STRING, &name, N_ ("What it shall be called"), N_ ("NAME") },
    { "no-qr", 0, 0, G_OPTION_ARG_NONE, &no_qr, N_ ("Print no QR code"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  const BnFollow follow = {
    .patterns = patterns,
    .events = TRUE,
    .after = -1,
    .item = item_cb,
    .ready = ready_cb,
    .interrupted = interrupted_cb,
  };
  g_autoptr (GError) error = NULL;
  Pairing pairing = { .cli = cli };
  BnExit status;

  if (!bn_cli_parse (cli, bn_verb_find ("pair"), entries, FALSE, NULL, &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc > 1)
    return bn_cli_fail_usage (_ ("“pair” takes no arguments"));
  bn_cli_look_at_output (cli);
  pairing.level = level;
  pairing.grants = grants;
  pairing.name = name;
  pairing.plain = no_qr || !isatty (STDOUT_FILENO);
  status = bn_follow_run (cli, &follow, &pairing);
  if (pairing.error != NULL)
    {
      status = bn_cli_fail (pairing.error);
      g_error_free (pairing.error);
      return status;
    }
  return pairing.status != BN_EXIT_OK ? pairing.status : status;
}
