/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle module history: what happened to a module, and why. */
#include <glib/gi18n.h>

#include "cli/verb-module.h"

/* What an entry tells, for people; that of a state is the state. */
static const struct
{
  const char *what;
  const char *text;
} texts[] = {
  { "reload", N_ ("reloaded") },
  { "roll_back", N_ ("went back to the previous version") },
  { "refused", N_ ("refused") },
  { "limit", N_ ("passed a soft limit") },
};

static const char *
get_text (GVariant *change)
{
  const char *what = "";
  const char *state = "";

  g_variant_lookup (change, "what", "&s", &what);
  g_variant_lookup (change, "state", "&s", &state);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_str_equal (what, texts[i].what))
      return _ (texts[i].text);
  return bn_output_state_text (state);
}

/* The same rows with one text for what happened. */
static GVariant *
make_rows (GVariant *changes)
{
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; i < g_variant_n_children (changes); i++)
    {
      g_autoptr (GVariant) change = g_variant_get_child_value (changes, i);
      GVariantDict row;

      g_variant_dict_init (&row, change);
      g_variant_dict_insert (&row, "what", "s", get_text (change));
      g_variant_builder_add_value (&rows, g_variant_dict_end (&row));
    }
  return g_variant_ref_sink (g_variant_builder_end (&rows));
}

BnExit
bn_module_history (BnCli *cli, const char *name)
{
  static const BnColumn columns[] = {
    { "time", N_ ("When"), "time" },
    { "what", N_ ("What happened"), NULL },
    { "generation", N_ ("Generation"), NULL },
    { "reason", N_ ("Why"), NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) changes = NULL;
  g_autoptr (GVariant) rows = NULL;
  BnCli wide = *cli;

  reply =
      bn_cli_request (cli, "module.history", g_variant_new_parsed ("{'name': <%s>}", name), &error);
  if (reply == NULL)
    return bn_cli_fail (error);
  changes = g_variant_lookup_value (reply, "changes", G_VARIANT_TYPE ("aa{sv}"));
  if (changes == NULL)
    changes = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  if (cli->json)
    {
      bn_output_json_lines (changes);
      return BN_EXIT_OK;
    }
  rows = make_rows (changes);
  wide.width = 0; /* no reason is cut short: the terminal wraps it */
  bn_output_rows (&wide, rows, columns, G_N_ELEMENTS (columns),
                  _ ("Nothing happened to it since the hub started."));
  return BN_EXIT_OK;
}
