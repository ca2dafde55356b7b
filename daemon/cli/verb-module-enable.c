/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle module enable: what a module may do is shown before it may do it first. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/text.h"
#include "cli/verb-module.h"

/* One line for each kind of right; those with a value have a %s for it. */
static const struct
{
  const char *kind;
  const char *sentence;
} sentences[] = {
  { "network", N_ ("use the network") },
  { "read_files", N_ ("read %s") },
  { "files", N_ ("read and write %s") },
  { "requests", N_ ("ask for %s, with the rights of an administrator") },
  { "talk", N_ ("talk to %s on the bus") },
  { "launch", N_ ("start programs that are not confined") },
  { "unconfined", N_ ("do all that you may do: it is not confined") },
};

char *
bn_module_right_text (const char *kind, const char *value)
{
  if (g_str_equal (kind, "requests") && g_str_equal (value, "*"))
    return g_strdup (_ ("ask for everything, with the rights of an administrator"));
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (sentences[i].kind, kind))
      {
        g_autoptr (GString) text = g_string_new (_ (sentences[i].sentence));

        g_string_replace (text, "%s", value, 0);
        return g_strdup (text->str);
      }
  return g_strjoin (" ", kind, value, NULL); /* of a newer hub */
}

static void
print_rights (GVariant *rights)
{
  for (gsize i = 0; i < g_variant_n_children (rights); i++)
    {
      g_autoptr (GVariant) right = g_variant_get_child_value (rights, i);
      g_autofree char *sentence = NULL;
      g_autofree char *shown = NULL;
      const char *kind = "";
      const char *value = "";
      gboolean approved = FALSE;

      g_variant_lookup (right, "kind", "&s", &kind);
      g_variant_lookup (right, "value", "&s", &value);
      g_variant_lookup (right, "approved", "b", &approved);
      sentence = bn_module_right_text (kind, value);
      shown = bn_text_escape (sentence);
      fprintf (stderr, approved ? _ ("  • %s (as before)\n") : "  • %s\n", shown);
    }
}

static void
print_module (GVariant *description, GVariant *rights)
{
  const char *title = "";
  const char *version = "";
  const char *summary = "";
  g_autofree char *head = NULL;
  g_autofree char *line = NULL;

  g_variant_lookup (description, "title", "&s", &title);
  g_variant_lookup (description, "version", "&s", &version);
  g_variant_lookup (description, "summary", "&s", &summary);
  head = g_strdup_printf ("%s %s: %s", title, version, summary);
  line = bn_text_escape (head);
  fprintf (stderr, "%s\n\n", line);
  if (g_variant_n_children (rights) == 0)
    {
      fprintf (stderr, "%s\n", _ ("It asks for nothing beyond its own folders."));
      return;
    }
  fprintf (stderr, "%s\n", _ ("Beyond its own folders, it asks to"));
  print_rights (rights);
}

static gboolean
ask (void)
{
  char answer[16] = "";

  fprintf (stderr, "\n%s ", _ ("Let it run? [y/N]"));
  if (fgets (answer, sizeof answer, stdin) == NULL)
    return FALSE;
  /* Translators: the letter that says yes to “Let it run? [y/N]” */
  return g_ascii_tolower (answer[0]) == 'y' || answer[0] == *C_ ("yes", "y");
}

static GVariant *
make_payload (const char *name, const char *rights)
{
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&payload, "{sv}", "name", g_variant_new_string (name));
  if (rights != NULL)
    g_variant_builder_add (&payload, "{sv}", "rights", g_variant_new_string (rights));
  return g_variant_builder_end (&payload);
}

static GVariant *
describe (BnCli *cli, const char *name, GError **error)
{
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&payload, "{sv}", "name", g_variant_new_string (name));
  g_variant_builder_add (&payload, "{sv}", "locale",
                         g_variant_new_string (g_get_language_names ()[0]));
  return bn_cli_request (cli, "module.describe", g_variant_builder_end (&payload), error);
}

BnExit
bn_module_enable (BnCli *cli, const char *name, gboolean yes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) description = describe (cli, name, &error);
  g_autoptr (GVariant) rights = NULL;
  gboolean approved = TRUE;
  const char *digest = NULL;

  if (description == NULL)
    return bn_cli_fail (error);
  g_variant_lookup (description, "approved", "b", &approved);
  rights = g_variant_lookup_value (description, "rights", G_VARIANT_TYPE ("aa{sv}"));
  if (approved || rights == NULL || !g_variant_lookup (description, "rights_digest", "&s", &digest))
    return bn_module_command (cli, "module.enable", make_payload (name, NULL));
  print_module (description, rights);
  if (!yes && !isatty (STDIN_FILENO))
    {
      bn_cli_notice (_ ("%s was not enabled: say --yes to approve this"), name);
      return BN_EXIT_USAGE;
    }
  if (!yes && !ask ())
    {
      bn_cli_notice (_ ("%s was not enabled"), name);
      return BN_EXIT_FAILED;
    }
  return bn_module_command (cli, "module.approve", make_payload (name, digest));
}
