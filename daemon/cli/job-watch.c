/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How far all jobs are. */
#include "cli/job-watch.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/follow.h"
#include "cli/job-line.h"
#include "cli/output.h"
#include "cli/text.h"

#define DRAW_MS 250
/* More than a hub has at a time: over days the view must not grow for ever. */
#define ROWS_MAX 400
/* Without the cursor, and with lines cut that are too wide: a wrapped one would move the rest. */
#define SCREEN_ENTER "\033[?1049h\033[?25l\033[?7l"
#define SCREEN_LEAVE "\033[?7h\033[?25h\033[?1049l"
#define SCREEN_HOME "\033[H"
#define LINE_CLEAR_END "\033[K"
#define SCREEN_CLEAR_BELOW "\033[J"

static const char *const patterns[] = { "job.*", NULL };

typedef struct
{
  BnCli *cli;  /* borrowed */
  GTree *rows; /* owned id -> owned a{sv} */
  gboolean on_screen;
  guint tick;
} Watch;

static int
compare_ids (gconstpointer a, gconstpointer b, gpointer data)
{
  return GPOINTER_TO_UINT (a) < GPOINTER_TO_UINT (b) ? -1 : a != b;
}

static const char *
get_state (GVariant *row)
{
  const char *state = "";

  g_variant_lookup (row, "state", "&s", &state);
  return state;
}

static gint64
get_time (GVariant *row, const char *key)
{
  gint64 usec = g_get_real_time ();

  g_variant_lookup (row, key, "x", &usec);
  return usec;
}

static void
set_row (Watch *self, GVariant *row)
{
  guint id = 0;

  g_variant_lookup (row, "id", "u", &id);
  g_tree_replace (self->rows, GUINT_TO_POINTER (id), g_variant_ref (row));
  if (g_tree_nnodes (self->rows) > ROWS_MAX)
    g_tree_remove (self->rows, g_tree_node_key (g_tree_node_first (self->rows)));
}

/* Drawing */

typedef struct
{
  Watch *watch;
  GString *text;
  guint width;
} Page;

static gboolean
add_line (gpointer id, gpointer value, gpointer data)
{
  Page *page = data;
  GVariant *row = value;
  const char *state = get_state (row);
  gint64 took_usec = get_time (row, "finished") - get_time (row, "started");
  g_autofree char *elapsed = bn_job_line_elapsed (took_usec / G_USEC_PER_SEC);
  g_autofree char *line = NULL;

  if (g_str_equal (state, "running") || g_str_equal (state, "cancelling"))
    {
      BnJobLineOptions options = { page->width, g_get_charset (NULL), page->watch->tick,
                                   took_usec / G_USEC_PER_SEC };

      line = bn_job_line (row, &options);
    }
  else
    {
      const char *title = "";
      const char *error = "";
      g_autofree char *whole = NULL;
      g_autofree char *escaped = NULL;

      g_variant_lookup (row, "title", "&s", &title);
      g_variant_lookup (row, "error", "&s", &error);
      whole =
          g_strdup_printf ("%s  %s  %s  %s", title, bn_output_state_text (state), elapsed, error);
      escaped = bn_text_escape (g_strchomp (whole));
      line = bn_text_ellipsize (escaped, MAX (page->width, 2) - 1);
    }
  g_string_append_printf (
      page->text, "%4u  %s%s%s\n", GPOINTER_TO_UINT (id),
      g_str_equal (state, "running") ? "" : bn_output_state_style (page->watch->cli, state), line,
      page->watch->cli->colour ? "\033[0m" : "");
  return FALSE;
}

static char *
make_page (Watch *self, guint width)
{
  Page page = { self, g_string_new (NULL), width > 6 ? width - 6 : 2 };

  g_tree_foreach (self->rows, add_line, &page);
  if (page.text->len == 0)
    g_string_append_printf (page.text, "%s\n", _ ("No jobs."));
  return g_string_free (page.text, FALSE);
}

/* Over what stands there, line by line: nothing flickers. Of too many the last are shown. */
static void
draw (gpointer data)
{
  Watch *self = data;
  struct winsize size = { .ws_col = 80, .ws_row = 24 };
  g_autofree char *page = NULL;
  g_auto (GStrv) lines = NULL;
  guint n;

  if (!self->on_screen)
    return;
  ioctl (STDOUT_FILENO, TIOCGWINSZ, &size);
  page = make_page (self, size.ws_col);
  lines = g_strsplit (page, "\n", -1);
  n = g_strv_length (lines) - 1;
  fputs (SCREEN_HOME, stdout);
  for (guint i = n >= size.ws_row ? n - size.ws_row + 1 : 0; i < n; i++)
    fprintf (stdout, "%s" LINE_CLEAR_END "\n", lines[i]);
  fputs (SCREEN_CLEAR_BELOW, stdout);
  fflush (stdout);
}

static gboolean
on_tick (gpointer data)
{
  ((Watch *)data)->tick++;
  draw (data);
  return G_SOURCE_CONTINUE;
}

static void
leave_screen (gpointer data)
{
  Watch *self = data;
  g_autofree char *last = NULL;

  if (!self->on_screen)
    return;
  self->on_screen = FALSE;
  last = make_page (self, self->cli->width);
  fputs (SCREEN_LEAVE, stdout);
  fputs (last, stdout);
  fflush (stdout);
}

/* Following */

static gboolean
on_ready (gpointer data)
{
  Watch *self = data;
  g_autoptr (GVariant) reply = bn_cli_request (self->cli, "job.list", NULL, NULL);
  g_autoptr (GVariantIter) rows = NULL;
  GVariant *row;

  g_tree_remove_all (self->rows);
  if (reply != NULL && g_variant_lookup (reply, "jobs", "aa{sv}", &rows))
    while ((row = g_variant_iter_next_value (rows)) != NULL)
      {
        set_row (self, row);
        g_variant_unref (row);
      }
  draw (self);
  return TRUE;
}

/* The row with all that @payload says in it, which was told at @time_usec. */
static void
merge (Watch *self, const char *type, GVariant *payload, gint64 time_usec)
{
  guint id = 0;
  GVariantDict dict;
  GVariantIter iter;
  const char *key;
  GVariant *value;
  g_autoptr (GVariant) row = NULL;

  g_variant_lookup (payload, "id", "u", &id);
  g_variant_dict_init (&dict, g_tree_lookup (self->rows, GUINT_TO_POINTER (id)));
  if (!g_str_equal (type, "job.finished"))
    g_variant_dict_remove (&dict, "progress");
  g_variant_iter_init (&iter, payload);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_variant_dict_insert_value (&dict, key, value);
      g_variant_unref (value);
    }
  if (g_str_equal (type, "job.started"))
    {
      g_variant_dict_insert (&dict, "state", "s", "running");
      g_variant_dict_insert (&dict, "started", "x", time_usec);
    }
  if (g_str_equal (type, "job.finished"))
    g_variant_dict_insert (&dict, "finished", "x", time_usec);
  row = g_variant_ref_sink (g_variant_dict_end (&dict));
  set_row (self, row);
}

static gboolean
on_item (const char *type, GVariant *payload, GVariant *meta, gpointer data)
{
  Watch *self = data;
  gboolean gone = FALSE;
  gint64 time_usec = g_get_real_time ();

  if (self->cli->json)
    {
      g_autoptr (GVariant) line = g_variant_ref_sink (g_variant_new_parsed (
          "{'type': <%s>, 'payload': <%@a{sv}>, 'meta': <%@a{sv}>}", type, payload, meta));

      bn_output_json (line);
      return TRUE;
    }
  g_variant_lookup (meta, "gone", "b", &gone);
  g_variant_lookup (meta, "time", "x", &time_usec);
  if (!gone)
    merge (self, type, payload, time_usec);
  return TRUE;
}

BnExit
bn_job_watch (BnCli *cli)
{
  BnFollow follow = {
    .patterns = patterns, .events = TRUE, .samples = TRUE, .after = -1, .item = on_item
  };
  Watch watch = { .cli = cli, .on_screen = !cli->json };
  guint timer;
  BnExit status;

  if (cli->json)
    return bn_follow_run (cli, &follow, &watch);
  watch.rows = g_tree_new_full (compare_ids, NULL, NULL, (GDestroyNotify)g_variant_unref);
  follow.ready = on_ready;
  follow.flush = draw;
  follow.failing = leave_screen;
  fputs (SCREEN_ENTER, stdout);
  fflush (stdout);
  timer = g_timeout_add (DRAW_MS, on_tick, &watch);
  status = bn_follow_run (cli, &follow, &watch);
  g_source_remove (timer);
  leave_screen (&watch);
  g_tree_unref (watch.rows);
  return status;
}
