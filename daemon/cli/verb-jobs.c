/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle jobs */
#include <glib/gi18n.h>
#include <unistd.h>

#include "cli/job-follow.h"
#include "cli/job-watch.h"
#include "cli/stream.h"
#include "cli/verbs.h"
#include "introspection/error.h"

static const BnColumn columns[] = {
  { "id", N_ ("Job"), NULL },          { "title", N_ ("Title"), NULL },
  { "state", N_ ("State"), "badge" },  { "percent", N_ ("Progress"), "percent" },
  { "took", N_ ("Time"), "seconds" },  { "module", N_ ("Module"), NULL },
  { "message", N_ ("Message"), NULL }, { "error", N_ ("Error"), NULL },
};

/* A row as people read it: the progress in percent, the time it took so far. */
static GVariant *
make_row_for_people (GVariant *row)
{
  GVariantDict dict;
  gint64 started_usec = g_get_real_time ();
  gint64 finished_usec = started_usec;
  double progress;

  g_variant_dict_init (&dict, row);
  g_variant_dict_lookup (&dict, "started", "x", &started_usec);
  g_variant_dict_lookup (&dict, "finished", "x", &finished_usec);
  g_variant_dict_insert (&dict, "took", "d",
                         (double)((finished_usec - started_usec) / G_USEC_PER_SEC));
  if (g_variant_dict_lookup (&dict, "progress", "d", &progress))
    g_variant_dict_insert (&dict, "percent", "d", (double)(int)(progress * 100));
  return g_variant_dict_end (&dict);
}

static GVariant *
make_rows_for_people (GVariant *rows)
{
  g_auto (GVariantBuilder) shown = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (rows, i);

      g_variant_builder_add_value (&shown, make_row_for_people (row));
    }
  return g_variant_ref_sink (g_variant_builder_end (&shown));
}

static BnExit
list (BnCli *cli)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_cli_request (cli, "job.list", NULL, &error);
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GVariant) shown = NULL;

  if (reply == NULL)
    return bn_cli_fail (error);
  rows = g_variant_lookup_value (reply, "jobs", G_VARIANT_TYPE ("aa{sv}"));
  if (rows == NULL)
    rows = g_variant_ref_sink (g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0));
  if (cli->json)
    {
      bn_output_json_lines (rows);
      return BN_EXIT_OK;
    }
  shown = make_rows_for_people (rows);
  bn_output_rows (cli, shown, columns, G_N_ELEMENTS (columns), _ ("No jobs."));
  return BN_EXIT_OK;
}

static BnExit
cancel (BnCli *cli, guint id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      bn_cli_request (cli, "job.cancel", g_variant_new_parsed ("{'id': <%u>}", id), &error);

  if (reply == NULL)
    return bn_cli_fail (error);
  if (cli->json)
    bn_output_json (reply);
  else
    bn_output_details (cli, reply, columns, G_N_ELEMENTS (columns));
  return BN_EXIT_OK;
}

static BnExit
print_log (BnCli *cli, guint id)
{
  g_autoptr (GError) error = NULL;
  int stream = -1;
  g_autoptr (GVariant) reply = bn_cli_request_stream (
      cli, "job.open_log", g_variant_new_parsed ("{'id': <%u>}", id), &stream, &error);
  gboolean copied;

  if (stream < 0 && error == NULL)
    g_set_error (&error, BN_ERROR, BN_ERROR_INTERNAL, _ ("the hub answered without the log"));
  if (error != NULL)
    return bn_cli_fail (error);
  copied = bn_stream_copy (stream, isatty (STDOUT_FILENO), &error);
  close (stream);
  return copied ? BN_EXIT_OK : bn_cli_fail (error);
}

/* "7", or the path that a method answered with; 0 with the reason told. */
static guint
read_id (const char *word, const char *text)
{
  guint64 id;

  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT32, &id, NULL))
    return (guint)id;
  if (bn_job_id_from_path (text) != 0)
    return bn_job_id_from_path (text);
  bn_cli_fail_usage (_ ("“jobs %s” wants the number of a job, not “%s”"), word, text);
  return 0;
}

BnExit
bn_verb_jobs (BnCli *cli, int argc, char **argv)
{
  static const struct
  {
    const char *word;
    BnExit (*run) (BnCli *cli, guint id);
  } commands[] = { { "watch", bn_job_watch_one }, { "cancel", cancel }, { "log", print_log } };
  g_autoptr (GError) error = NULL;
  const char *word;

  if (!bn_cli_parse (
          cli, bn_verb_find ("jobs"), NULL, FALSE,
          _ ("“watch” follows one job to its end, or shows how far all are; Ctrl+C leaves\n"
             "them alone.\n"),
          &argc, &argv, &error))
    return bn_cli_fail (error);
  bn_cli_look_at_output (cli);
  word = argc > 1 ? argv[1] : "list";
  if (g_str_equal (word, "list"))
    return argc <= 2 ? list (cli) : bn_cli_fail_usage (_ ("“jobs %s” takes no arguments"), word);
  if (g_str_equal (word, "watch") && argc == 2)
    return bn_job_watch (cli);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (word, commands[i].word))
      {
        guint id;

        if (argc != 3)
          return bn_cli_fail_usage (_ ("“jobs %s” wants the number of a job"), word);
        id = read_id (word, argv[2]);
        return id != 0 ? commands[i].run (cli, id) : BN_EXIT_USAGE;
      }
  return bn_cli_fail_usage (_ ("there is no “jobs %s”"), word);
}
