/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle module check: what is wrong in a module's folder, as a compiler says it.
 *
 * The hub's program looks, with the reader that will judge the module; no hub need run. */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "cli/author.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "introspection/error.h"

typedef struct
{
  BnCli *cli; /* borrowed */
  guint errors;
  guint warnings;
} Report;

static gboolean option_strict;

static const GOptionEntry entries[] = {
  { "strict", 0, 0, G_OPTION_ARG_NONE, &option_strict, N_ ("Fail for warnings too"), NULL },
  G_OPTION_ENTRY_NULL,
};

static const char *
style (Report *self, const char *sequence)
{
  return self->cli->colour ? sequence : "";
}

/* From here, where that is shorter. */
static char *
shorten (const char *path)
{
  g_autofree char *here = g_get_current_dir ();

  if (g_str_has_prefix (path, here) && path[strlen (here)] == '/')
    return g_strdup (path + strlen (here) + 1);
  return g_strdup (path);
}

static void
print_finding (Report *self, const char *path, const char *line, gboolean is_error,
               const char *message)
{
  g_autofree char *file = shorten (path);

  if (self->cli->json)
    {
      g_autoptr (GVariant) row = g_variant_ref_sink (g_variant_new_parsed (
          "{'file': <%s>, 'line': <%u>, 'severity': <%s>, 'message': <%s>}", path,
          (guint)g_ascii_strtoull (line, NULL, 10), is_error ? "error" : "warning", message));

      bn_output_json (row);
      return;
    }
  g_print ("%s%s:%s:%s %s%s:%s %s\n", style (self, "\033[1m"), file, line, style (self, "\033[0m"),
           style (self, is_error ? "\033[31m" : "\033[33m"), is_error ? _ ("error") : _ ("warning"),
           style (self, "\033[0m"), message);
}

/* "FILE:LINE: error: MESSAGE" */
static void
read_finding (Report *self, const char *text)
{
  g_autoptr (GRegex) form =
      g_regex_new ("^(.*?):(\\d+): (error|warning): (.*)$", G_REGEX_DOTALL, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *file = NULL;
  g_autofree char *line = NULL;
  g_autofree char *severity = NULL;
  g_autofree char *message = NULL;
  gboolean is_error;

  if (!g_regex_match (form, text, 0, &match))
    return;
  file = g_match_info_fetch (match, 1);
  line = g_match_info_fetch (match, 2);
  severity = g_match_info_fetch (match, 3);
  message = bn_text_escape (text + strlen (file) + strlen (line) + strlen (severity) + 5);
  is_error = g_str_equal (severity, "error");
  self->errors += is_error;
  self->warnings += !is_error;
  print_finding (self, file, line, is_error, message);
}

static void
print_summary (Report *self, const char *folder)
{
  g_autofree char *name = g_path_get_basename (folder);
  g_autofree char *errors =
      g_strdup_printf (ngettext ("%u error", "%u errors", self->errors), self->errors);
  g_autofree char *warnings =
      g_strdup_printf (ngettext ("%u warning", "%u warnings", self->warnings), self->warnings);

  if (self->cli->json)
    return;
  if (self->errors + self->warnings == 0)
    {
      g_autofree char *line = g_strdup_printf (_ ("%s is in order."), name);

      g_print ("%s%s%s\n", style (self, "\033[32m"), line, style (self, "\033[0m"));
    }
  else
    g_print ("%s: %s, %s\n", name, errors, warnings);
}

static BnExit
check (BnCli *cli, const char *folder)
{
  Report report = { .cli = cli };
  g_autoptr (GError) error = NULL;
  g_autofree char *hub = bn_author_find_hub (&error);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *output = NULL;
  g_auto (GStrv) lines = NULL;

  if (hub == NULL)
    return bn_cli_fail (error);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, hub, "--check-module", folder,
                              NULL);
  if (process == NULL
      || !g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error))
    return bn_cli_fail (error);
  lines = g_strsplit (output, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    read_finding (&report, *line);
  print_summary (&report, folder);
  if (!g_subprocess_get_if_exited (process)
      || (g_subprocess_get_exit_status (process) != 0) != (report.errors > 0))
    {
      bn_cli_notice (_ ("%s did not look at the module"), hub);
      return BN_EXIT_FAILED;
    }
  return report.errors > 0 || (option_strict && report.warnings > 0) ? BN_EXIT_FAILED : BN_EXIT_OK;
}

BnExit
bn_verb_module_check (BnCli *cli, int argc, char **argv)
{
  static const BnVerb verb = { "module check", N_ ("[FOLDER]"),
                               N_ ("Say what is wrong with a module, as a compiler does"), NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  gboolean asked_json;

  if (!bn_cli_parse (cli, &verb, entries, FALSE,
                     _ ("An error is what the hub would refuse; a warning what is worse than it\n"
                        "could be: texts that are not translated, methods without a manual."),
                     &argc, &argv, &error))
    return bn_cli_fail (error);
  if (argc > 2)
    return bn_cli_fail_usage (_ ("“%s” wants one folder, or none"), verb.name);
  asked_json = cli->json;
  bn_cli_look_at_output (cli);
  cli->json = asked_json; /* editors read the lines of compilers */
  folder = bn_author_find_folder (argc == 2 ? argv[1] : NULL, &error);
  return folder != NULL ? check (cli, folder) : bn_cli_fail (error);
}
