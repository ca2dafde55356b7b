/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle module */
#include <glib/gi18n.h>

#include "cli/module-rows.h"
#include "cli/text.h"
#include "cli/troubles.h"
#include "cli/verb-module.h"

/* The commands that name a module, as requests. */
static const struct
{
  const char *command;
  const char *request;
} commands[] = {
  { "load", "module.load" },       { "unload", "module.unload" },
  { "reload", "module.reload" },   { "force-reload", "module.force_reload" },
  { "disable", "module.disable" }, { "reset", "module.reset_failures" },
};

/* The lists of a description, in the order in which people ask for them. */
static const struct
{
  const char *key;
  const char *title;
  BnColumn columns[6];
} sections[] = {
  { "methods",
    N_ ("Methods"),
    { { "name", N_ ("Method"), NULL },
      { "in", N_ ("Arguments"), NULL },
      { "access", N_ ("Access"), NULL },
      { "summary", N_ ("What it does"), NULL } } },
  { "events",
    N_ ("Events"),
    { { "type", N_ ("Event"), NULL },
      { "class", N_ ("Class"), NULL },
      { "access", N_ ("Access"), NULL },
      { "summary", N_ ("What it tells"), NULL } } },
  { "accepts",
    N_ ("Accepts"),
    { { "type", N_ ("Event"), NULL },
      { "fields", N_ ("Arguments"), NULL },
      { "access", N_ ("Access"), NULL },
      { "summary", N_ ("What it is for"), NULL } } },
  { "workers",
    N_ ("Workers"),
    { { "name", N_ ("Worker"), NULL },
      { "interval", N_ ("Interval"), "ms" },
      { "demand", N_ ("On demand"), NULL },
      { "summary", N_ ("What it does"), NULL } } },
  { "cards",
    N_ ("Cards"),
    { { "id", N_ ("Card"), NULL },
      { "kind", N_ ("Kind"), NULL },
      { "title", N_ ("Title"), NULL } } },
  { "confinement",
    N_ ("Confinement"),
    { { "what", N_ ("What"), NULL },
      { "state", N_ ("State"), NULL },
      { "by", N_ ("Held by"), NULL },
      { "limit_bytes", N_ ("Size limit"), "bytes" },
      { "limit", N_ ("Limit"), "count" } } },
};

static const char *const head_keys[] = { "name",  "title",     "summary", "version", "state",
                                         "group", "interface", "icon",    NULL };

static gsize
count_columns (const BnColumn *columns, gsize most)
{
  gsize n = 0;

  while (n < most && columns[n].key != NULL)
    n++;
  return n;
}

/* "room=s text=s": how they stand on a command line, and their D-Bus types. */
static char *
make_arguments_text (GVariant *arguments)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (arguments); i++)
    {
      g_autoptr (GVariant) argument = g_variant_get_child_value (arguments, i);
      const char *name = "";
      const char *type = "";

      g_variant_lookup (argument, "name", "&s", &name);
      g_variant_lookup (argument, "type", "&s", &type);
      g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", name, type);
    }
  return g_string_free (text, FALSE);
}

/* The rows with their lists of arguments as text. */
static GVariant *
flatten_arguments (GVariant *rows)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      g_auto (GVariantBuilder) flat = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
      GVariantIter iter;
      const char *key;
      GVariant *value;

      g_variant_iter_init (&iter, row);
      while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
        if (g_variant_is_of_type (value, G_VARIANT_TYPE ("aa{sv}")))
          g_variant_builder_add (&flat, "{sv}", key,
                                 g_variant_new_take_string (make_arguments_text (value)));
        else
          g_variant_builder_add (&flat, "{sv}", key, value);
      g_variant_builder_add_value (&builder, g_variant_builder_end (&flat));
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/* What the module may do beyond what all may; nothing for one that asks for nothing. */
static void
print_rights (BnCli *cli, GVariant *description)
{
  static const BnColumn columns[] = {
    { "right", N_ ("What it may do"), NULL },
    { "approved", N_ ("Approved"), NULL },
  };
  g_autoptr (GVariant) rights =
      g_variant_lookup_value (description, "rights", G_VARIANT_TYPE ("aa{sv}"));
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) rows = NULL;

  for (gsize i = 0; rights != NULL && i < g_variant_n_children (rights); i++)
    {
      g_autoptr (GVariant) right = g_variant_get_child_value (rights, i);
      g_autofree char *text = NULL;
      const char *kind = "";
      const char *value = "";
      gboolean approved = FALSE;

      g_variant_lookup (right, "kind", "&s", &kind);
      g_variant_lookup (right, "value", "&s", &value);
      g_variant_lookup (right, "approved", "b", &approved);
      text = bn_module_right_text (kind, value);
      g_variant_builder_add_value (
          &builder, g_variant_new_parsed ("{'right': <%s>, 'approved': <%b>}", text, approved));
    }
  rows = g_variant_ref_sink (g_variant_builder_end (&builder));
  if (g_variant_n_children (rows) == 0)
    return;
  g_print ("\n");
  bn_output_rows (cli, rows, columns, G_N_ELEMENTS (columns), "");
}

static void
print_description (BnCli *cli, GVariant *description)
{
  g_auto (GVariantBuilder) head = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) details = NULL;

  for (const char *const *key = head_keys; *key != NULL; key++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (description, *key, NULL);

      if (value != NULL)
        g_variant_builder_add (&head, "{sv}", *key, value);
    }
  details = g_variant_ref_sink (g_variant_builder_end (&head));
  bn_output_details (cli, details, NULL, 0);
  print_rights (cli, description);
  for (gsize i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      g_autoptr (GVariant) rows =
          g_variant_lookup_value (description, sections[i].key, G_VARIANT_TYPE ("aa{sv}"));
      g_autoptr (GVariant) flat = rows != NULL ? flatten_arguments (rows) : NULL;

      if (rows == NULL || g_variant_n_children (rows) == 0)
        continue;
      g_print ("\n");
      bn_output_rows (cli, flat, sections[i].columns,
                      count_columns (sections[i].columns, G_N_ELEMENTS (sections[i].columns)), "");
    }
}

static BnExit
describe (BnCli *cli, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) description = NULL;
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&payload, "{sv}", "name", g_variant_new_string (name));
  if (!cli->json)
    g_variant_builder_add (&payload, "{sv}", "locale",
                           g_variant_new_string (g_get_language_names ()[0]));
  description = bn_cli_request (cli, "module.describe", g_variant_builder_end (&payload), &error);
  if (description == NULL)
    return bn_cli_fail (error);
  if (cli->json)
    bn_output_json (description);
  else
    print_description (cli, description);
  return BN_EXIT_OK;
}

static BnExit
list (BnCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_cli_request (cli, "module.list", NULL, &error);
  g_autoptr (GVariant) rows = NULL;

  if (reply == NULL)
    return bn_cli_fail (error);
  rows = g_variant_lookup_value (reply, "modules", G_VARIANT_TYPE ("aa{sv}"));
  if (rows == NULL)
    rows = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
  if (cli->json)
    bn_output_json_lines (rows);
  else
    {
      g_autoptr (GVariant) named = bn_module_rows_for_people (rows);

      bn_output_rows (cli, named, bn_module_columns, bn_n_module_columns, _ ("No modules."));
      bn_troubles_print (cli, named, NULL);
    }
  return BN_EXIT_OK;
}

static BnExit
rescan (BnCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_cli_request (cli, "module.rescan", NULL, &error);

  if (reply == NULL)
    return bn_cli_fail (error);
  if (cli->json)
    bn_output_json (reply);
  else
    bn_output_details (cli, reply, NULL, 0);
  return BN_EXIT_OK;
}

BnExit
bn_module_command (BnCli *cli, const char *request, GVariant *payload)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_cli_request (cli, request, payload, &error);

  if (reply == NULL)
    return bn_cli_fail (error);
  if (cli->json)
    bn_output_json (reply);
  else
    bn_output_details (cli, reply, bn_module_columns, bn_n_module_columns);
  return BN_EXIT_OK;
}

/* Those for authors have options of their own. */
static const struct
{
  const char *command;
  BnExit (*run) (BnCli *cli, int argc, char **argv);
} author_commands[] = {
  { "new", bn_verb_module_new },     { "run", bn_verb_module_run },
  { "check", bn_verb_module_check }, { "test", bn_verb_module_test },
  { "debug", bn_verb_module_debug },
};

static gboolean
run_author_command (BnCli *cli, int argc, char **argv, BnExit *status)
{
  for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS (author_commands); i++)
    if (g_str_equal (argv[1], author_commands[i].command))
      {
        *status = author_commands[i].run (cli, argc - 1, argv + 1);
        return TRUE;
      }
  return FALSE;
}

static BnExit
command (BnCli *cli, const char *request, const char *name)
{
  g_auto (GVariantBuilder) payload = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  g_variant_builder_add (&payload, "{sv}", "name", g_variant_new_string (name));
  return bn_module_command (cli, request, g_variant_builder_end (&payload));
}

static BnExit
fail_name (const char *word)
{
  return bn_cli_fail_usage (_ ("“module %s” wants the name of a module"), word);
}

BnExit
bn_verb_modules (BnCli *cli, int argc, char **argv)
{
  gboolean yes = FALSE;
  const GOptionEntry entries[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &yes, N_ ("With “enable”: approve without asking"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  const char *word;
  BnExit status;

  if (run_author_command (cli, argc, argv, &status))
    return status;
  if (!bn_cli_parse (cli, bn_verb_find ("module"), entries, FALSE,
                     _ ("Commands:\n"
                        "  list               Show all modules (what it does without a command)\n"
                        "  describe NAME      Show what a module declares and may do\n"
                        "  history NAME       Show how it came to its state\n"
                        "  enable NAME        Let it run; shows first what it may do\n"
                        "  disable NAME       End it, and do not start it with the hub\n"
                        "  load NAME          Start one that is stopped\n"
                        "  unload NAME        Stop it until the hub starts again\n"
                        "  reload NAME        Replace it by the version in its folder\n"
                        "  force-reload NAME  The same, also if that ends its jobs\n"
                        "  reset NAME         Forget its failures, and try again now\n"
                        "  rescan             Look for new and changed modules\n"
                        "\n"
                        "For authors, each with a --help of its own:\n"
                        "  new  run  check  test  debug\n"),
                     &argc, &argv, &error))
    return bn_cli_fail (error);
  if (run_author_command (cli, argc, argv, &status)) /* after an option */
    return status;
  bn_cli_look_at_output (cli);
  word = argc > 1 ? argv[1] : "list";
  if (g_str_equal (word, "list") || g_str_equal (word, "rescan"))
    {
      if (argc > 2)
        return bn_cli_fail_usage (_ ("“module %s” takes no arguments"), word);
      return g_str_equal (word, "list") ? list (cli) : rescan (cli);
    }
  if (g_str_equal (word, "describe"))
    return argc == 3 ? describe (cli, argv[2]) : fail_name (word);
  if (g_str_equal (word, "history"))
    return argc == 3 ? bn_module_history (cli, argv[2]) : fail_name (word);
  if (g_str_equal (word, "enable"))
    return argc == 3 ? bn_module_enable (cli, argv[2], yes) : fail_name (word);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (word, commands[i].command))
      return argc == 3 ? command (cli, commands[i].request, argv[2]) : fail_name (word);
  return bn_cli_fail_usage (_ ("there is no “module %s”"), word);
}
