/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle events */
#include <glib/gi18n.h>
#include <stdio.h>

#include "cli/follow.h"
#include "cli/patterns.h"
#include "cli/text.h"
#include "cli/verbs.h"

typedef struct
{
  BnCli *cli;   /* borrowed */
  gint64 limit; /* how many are still to be printed; -1: no end */
} Printer;

static gboolean option_samples;
static int option_count;
static gint64 option_since;

static const GOptionEntry entries[] = {
  { "samples", 0, 0, G_OPTION_ARG_NONE, &option_samples, N_ ("Print measured values too"), NULL },
  { "count", 'n', 0, G_OPTION_ARG_INT, &option_count, N_ ("End after so many"), N_ ("NUMBER") },
  { "since", 0, 0, G_OPTION_ARG_INT64, &option_since,
    N_ ("Begin after this event, if it is remembered (0: all)"), N_ ("NUMBER") },
  G_OPTION_ENTRY_NULL,
};

/* "12:04:31.205", local. */
static char *
clock_text (GVariant *meta)
{
  gint64 time_usec;
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *seconds = NULL;

  if (!g_variant_lookup (meta, "time", "x", &time_usec))
    return g_strdup ("--:--:--.---");
  time = g_date_time_new_from_unix_local (time_usec / G_USEC_PER_SEC);
  seconds = time != NULL ? g_date_time_format (time, "%H:%M:%S") : g_strdup ("--:--:--");
  return g_strdup_printf ("%s.%03d", seconds, (int)(time_usec % G_USEC_PER_SEC / 1000));
}

static void
print_line (BnCli *cli, const char *type, GVariant *payload, GVariant *meta)
{
  g_autofree char *clock = clock_text (meta);
  g_autofree char *name = bn_text_escape (type);
  g_autofree char *fields = bn_text_from_payload (payload);
  const char *off = cli->colour ? "\033[0m" : "";

  fprintf (stdout, "%s%s%s  %s%s%s  %s\n", bn_output_dim_style (cli), clock, off,
           bn_output_heading_style (cli), name, off, fields);
  fflush (stdout);
}

static gboolean
on_item (const char *type, GVariant *payload, GVariant *meta, gpointer data)
{
  Printer *self = data;

  if (self->cli->json)
    {
      g_autoptr (GVariant) line = g_variant_ref_sink (g_variant_new_parsed (
          "{'type': <%s>, 'payload': <%@a{sv}>, 'meta': <%@a{sv}>}", type, payload, meta));

      bn_output_json (line);
    }
  else
    print_line (self->cli, type, payload, meta);
  if (self->limit > 0)
    self->limit--;
  return self->limit != 0;
}

BnExit
bn_verb_events (BnCli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  BnFollow follow = { .events = TRUE, .item = on_item };
  Printer printer = { .cli = cli };

  option_since = -1;
  if (!bn_cli_parse (
          cli, bn_verb_find ("events"), entries, FALSE,
          _ ("A pattern is a type whose parts may be “*”: 'docker.*' is everything of docker.\n"
             "Without a pattern: all events. Ctrl+C ends it."),
          &argc, &argv, &error))
    return bn_cli_fail (error);
  if (option_count < 0)
    return bn_cli_fail_usage (_ ("--count wants a positive number"));
  bn_cli_look_at_output (cli);
  follow.patterns = bn_patterns_from_words (argc, argv);
  if (follow.patterns == NULL)
    return BN_EXIT_USAGE;
  follow.samples = option_samples;
  follow.after = option_since;
  printer.limit = option_count > 0 ? option_count : -1;
  return bn_follow_run (cli, &follow, &printer);
}
