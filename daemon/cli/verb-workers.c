/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle workers */
#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#include "cli/verbs.h"

static const struct
{
  const char *command;
  const char *request;
} commands[] = {
  { "start", "worker.start" },
  { "stop", "worker.stop" },
  { "restart", "worker.restart" },
  { "run", "worker.run_now" },
};

static const BnColumn statistics_columns[] = {
  { "name", N_ ("Worker"), NULL },
  { "state", N_ ("State"), "badge" },
  { "interval", N_ ("Interval"), "ms" },
  { "demand", N_ ("On demand"), NULL },
  { "runs", N_ ("Runs"), "count" },
  { "errors", N_ ("Errors"), "count" },
  { "consecutive_errors", N_ ("Errors in a row"), "count" },
  { "last_error", N_ ("Last error"), NULL },
  { "overruns", N_ ("Overruns"), "count" },
  { "restarts", N_ ("Restarts"), "count" },
  { "last_run", N_ ("Last run"), "time" },
  { "next_run", N_ ("Next run"), "time" },
  { "last_usec", N_ ("Last run took"), "usec" },
  { "mean_usec", N_ ("Mean"), "usec" },
  { "p99_usec", N_ ("p99"), "usec" },
  { "max_usec", N_ ("Longest"), "usec" },
};

/* "500", "500ms", "2s", "5min" in milliseconds; FALSE if it is none of these. */
static gboolean
parse_interval (const char *text, guint *interval_ms)
{
  static const struct
  {
    const char *suffix;
    double factor;
  } units[] = { { "", 1 }, { "ms", 1 }, { "s", 1000 }, { "min", 60000 }, { "h", 3600000 } };
  char *end;
  double value;

  if (!g_ascii_isdigit (*text))
    return FALSE;
  value = g_ascii_strtod (text, &end);
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_equal (end, units[i].suffix))
      {
        value *= units[i].factor;
        if (!(value >= 0 && value <= G_MAXUINT32))
          return FALSE;
        *interval_ms = (guint)(value + 0.5);
        return TRUE;
      }
  return FALSE;
}

/* The rows of worker.list, or those with this name. */
static GVariant *
read_rows (BnCli *cli, const char *name, GError **error)
{
  g_autoptr (GVariant) reply = bn_cli_request (cli, "worker.list", NULL, error);
  g_autoptr (GVariant) rows = NULL;
  g_auto (GVariantBuilder) found = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));
  gsize n_rows;

  if (reply == NULL)
    return NULL;
  rows = g_variant_lookup_value (reply, "workers", G_VARIANT_TYPE ("aa{sv}"));
  n_rows = rows != NULL ? g_variant_n_children (rows) : 0;
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);
      const char *full = "";
      const char *dot;

      g_variant_lookup (row, "name", "&s", &full);
      dot = strrchr (full, '.');
      if (name == NULL || g_str_equal (full, name) || (dot != NULL && g_str_equal (dot + 1, name)))
        g_variant_builder_add_value (&found, row);
    }
  return g_variant_ref_sink (g_variant_builder_end (&found));
}

static BnExit
list (BnCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) rows = read_rows (cli, NULL, &error);

  if (rows == NULL)
    return bn_cli_fail (error);
  if (cli->json)
    bn_output_json_lines (rows);
  else
    bn_output_rows (cli, rows, bn_worker_columns, bn_n_worker_columns, _ ("No workers."));
  return BN_EXIT_OK;
}

static BnExit
statistics (BnCli *cli, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) rows = read_rows (cli, name, &error);
  g_autoptr (GVariant) row = NULL;

  if (rows == NULL)
    return bn_cli_fail (error);
  if (g_variant_n_children (rows) != 1)
    {
      if (g_variant_n_children (rows) == 0)
        bn_cli_notice (_ ("there is no worker “%s”; see “binnacle workers”"), name);
      else
        bn_cli_notice (_ ("several workers are named “%s”; write MODULE.WORKER"), name);
      return BN_EXIT_FAILED;
    }
  row = g_variant_get_child_value (rows, 0);
  if (cli->json)
    bn_output_json (row);
  else
    bn_output_details (cli, row, statistics_columns, G_N_ELEMENTS (statistics_columns));
  return BN_EXIT_OK;
}

static BnExit
command (BnCli *cli, const char *request, GVariant *payload)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_cli_request (cli, request, payload, &error);

  if (reply == NULL)
    return bn_cli_fail (error);
  if (cli->json)
    bn_output_json (reply);
  else
    bn_output_details (cli, reply, statistics_columns, G_N_ELEMENTS (statistics_columns));
  return BN_EXIT_OK;
}

static BnExit
set_interval (BnCli *cli, const char *name, const char *text)
{
  guint interval_ms;

  if (!parse_interval (text, &interval_ms))
    return bn_cli_fail_usage (_ ("“%s” is no interval; write it like 500ms, 2s, 5min or 1h"), text);
  return command (cli, "worker.set_interval",
                  g_variant_new_parsed ("{'name': <%s>, 'interval_ms': <%u>}", name, interval_ms));
}

static BnExit
fail_name (const char *word)
{
  return bn_cli_fail_usage (_ ("“workers %s” wants the name of a worker"), word);
}

BnExit
bn_verb_workers (BnCli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const char *word;

  if (!bn_cli_parse (
          cli, bn_verb_find ("workers"), NULL, FALSE,
          _ ("Commands:\n"
             "  list                        Show all workers (what it does without a command)\n"
             "  statistics NAME             Show what is known of one\n"
             "  run NAME                    Let it run once, now\n"
             "  start NAME                  Start one that is stopped\n"
             "  stop NAME                   Stop it\n"
             "  restart NAME                Stop and start it\n"
             "  set-interval NAME INTERVAL  Change how often it runs: 500ms, 2s, 5min, 1h\n"),
          &argc, &argv, &error))
    return bn_cli_fail (error);
  bn_cli_look_at_output (cli);
  word = argc > 1 ? argv[1] : "list";
  if (g_str_equal (word, "list"))
    return argc <= 2 ? list (cli) : bn_cli_fail_usage (_ ("“workers %s” takes no arguments"), word);
  if (g_str_equal (word, "set-interval"))
    return argc == 4 ? set_interval (cli, argv[2], argv[3])
                     : bn_cli_fail_usage (_ ("“workers set-interval” wants NAME INTERVAL"));
  if (g_str_equal (word, "statistics"))
    return argc == 3 ? statistics (cli, argv[2]) : fail_name (word);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (word, commands[i].command))
      return argc == 3 ? command (cli, commands[i].request,
                                  g_variant_new_parsed ("{'name': <%s>}", argv[2]))
                       : fail_name (word);
  return bn_cli_fail_usage (_ ("there is no “workers %s”"), word);
}
