/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* binnacle watch */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/catalog.h"
#include "cli/follow.h"
#include "cli/patterns.h"
#include "cli/verbs.h"
#include "cli/watch-view.h"

/* Without the cursor, and with lines cut that are too wide: a wrapped one would move the rest. */
#define SCREEN_ENTER "\033[?1049h\033[?25l\033[?7l"
#define SCREEN_LEAVE "\033[?7h\033[?25h\033[?1049l"
#define SCREEN_HOME "\033[H"
#define LINE_CLEAR "\033[K"
#define SCREEN_CLEAR_BELOW "\033[J"

typedef struct
{
  BnCli *cli;        /* borrowed */
  BnWatchView *view; /* owned */
  gint64 limit;      /* samples still to be taken; -1: no end */
  gboolean on_screen;
  char *absence; /* owned, nullable: why the values are old */
} Watch;

static int option_interval;
static int option_count;

static const GOptionEntry entries[] = {
  { "interval", 'i', 0, G_OPTION_ARG_INT, &option_interval,
    N_ ("Measure so often, 100 to 3600000 ms"), N_ ("MS") },
  { "count", 'n', 0, G_OPTION_ARG_INT, &option_count, N_ ("End after so many"), N_ ("NUMBER") },
  G_OPTION_ENTRY_NULL,
};

static gboolean
on_item (const char *type, GVariant *payload, GVariant *meta, gpointer data)
{
  Watch *self = data;

  if (self->cli->json)
    {
      g_autoptr (GVariant) line = g_variant_ref_sink (g_variant_new_parsed (
          "{'type': <%s>, 'payload': <%@a{sv}>, 'meta': <%@a{sv}>}", type, payload, meta));

      bn_output_json (line);
    }
  else
    bn_watch_view_take (self->view, type, payload, meta);
  if (self->limit > 0)
    self->limit--;
  return self->limit != 0;
}

/* Draws over what stands there, line by line: nothing flickers. What does not fit is left out. */
static void
on_flush (gpointer data)
{
  Watch *self = data;
  struct winsize size = { .ws_col = 80, .ws_row = 24 };
  g_autofree char *text = NULL;
  const char *line;

  if (!self->on_screen)
    return;
  ioctl (STDOUT_FILENO, TIOCGWINSZ, &size);
  text = bn_watch_view_to_string (self->view, size.ws_col);
  fputs (SCREEN_HOME, stdout);
  line = text;
  if (self->absence != NULL)
    fprintf (stdout, "%s%s%s" LINE_CLEAR "\n", bn_output_state_style (self->cli, "unavailable"),
             self->absence, self->cli->colour ? "\033[0m" : "");
  for (guint row = self->absence != NULL ? 2 : 1; *line != '\0' && row < size.ws_row; row++)
    {
      const char *end = strchrnul (line, '\n');

      fprintf (stdout, "%.*s" LINE_CLEAR "\n", (int)(end - line), line);
      line = *end != '\0' ? end + 1 : end;
    }
  fputs (SCREEN_CLEAR_BELOW, stdout);
  fflush (stdout);
}

/* The notice on the standard error stands in the same screen: it is drawn over. */
static void
on_absence (const char *text, gpointer data)
{
  Watch *self = data;

  g_free (self->absence);
  self->absence = g_strdup (text);
  on_flush (self);
}

/* What was seen last stays in the terminal, and so does an error that is told after that. */
static void
leave_screen (gpointer data)
{
  Watch *self = data;
  g_autofree char *last = NULL;

  if (!self->on_screen)
    return;
  self->on_screen = FALSE;
  last = bn_watch_view_to_string (self->view, self->cli->width);
  fputs (SCREEN_LEAVE, stdout);
  fputs (last, stdout);
  fflush (stdout);
}

static BnExit
run_on_terminal (BnCli *cli, BnFollow *follow, Watch *watch)
{
  BnExit status;

  follow->flush = on_flush;
  follow->absence = on_absence;
  follow->failing = leave_screen;
  fputs (SCREEN_ENTER, stdout);
  fflush (stdout);
  watch->on_screen = TRUE;
  status = bn_follow_run (cli, follow, watch);
  leave_screen (watch);
  g_free (watch->absence);
  return status;
}

/* FALSE, with the reason told, if one of the types can never be seen. */
static gboolean
check_types (BnCli *cli, const char *const *types)
{
  g_autoptr (BnCatalog) catalog = bn_catalog_new (cli);

  for (; *types != NULL; types++)
    {
      g_autofree char *why = bn_catalog_explain_no_sample (catalog, *types);

      if (why == NULL)
        continue;
      bn_cli_notice ("%s", why);
      return FALSE;
    }
  return TRUE;
}

BnExit
bn_verb_watch (BnCli *cli, int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  BnFollow follow = { .samples = TRUE, .retained = TRUE, .after = -1, .item = on_item };
  g_autoptr (BnWatchView) view = NULL;
  Watch watch = { .cli = cli };

  if (!bn_cli_parse (cli, bn_verb_find ("watch"), entries, FALSE,
                     _ ("A type may be a pattern: 'system_info.*'. Ctrl+C ends it."), &argc, &argv,
                     &error))
    return bn_cli_fail (error);
  if (argc < 2)
    return bn_cli_fail_usage (_ ("“watch” wants a type, such as system_info.cpu"));
  if (option_count < 0)
    return bn_cli_fail_usage (_ ("--count wants a positive number"));
  if (option_interval != 0 && (option_interval < 100 || option_interval > 3600000))
    return bn_cli_fail_usage (_ ("--interval wants 100 to 3600000 milliseconds"));
  bn_cli_look_at_output (cli);
  follow.patterns = bn_patterns_from_words (argc, argv);
  if (follow.patterns == NULL)
    return BN_EXIT_USAGE;
  if (!check_types (cli, (const char *const *)argv + 1))
    return BN_EXIT_FAILED;
  follow.interval_ms = (guint)option_interval;
  view = bn_watch_view_new (cli);
  watch.view = view;
  watch.limit = option_count > 0 ? option_count : -1;
  return cli->json ? bn_follow_run (cli, &follow, &watch) : run_on_terminal (cli, &follow, &watch);
}
