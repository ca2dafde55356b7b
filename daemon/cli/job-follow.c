/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Follows a job to its end.
 *
 * The hub is asked how the job is once the subscription stands: it may have ended before. When the
 * hub comes back after a restart its jobs are no more, and that is said. */
#include "cli/job-follow.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/follow.h"
#include "cli/job-line.h"
#include "cli/output.h"
#include "cli/text.h"
#include "introspection/error.h"
#include "introspection/names.h"

#define DRAW_MS 250
#define LINE_HOME "\r"
#define LINE_CLEAR_END "\033[K"

static const char *const patterns[] = { "job.*", NULL };

typedef struct
{
  BnCli *cli; /* borrowed */
  guint id;
  GVariant *row;       /* owned, nullable: how it is */
  gboolean on_line;    /* it is drawn on a terminal */
  gboolean drawn;      /* there is a line that the next output must not stand in */
  gboolean leaves;     /* at the next Ctrl+C */
  gint64 started_usec; /* since 1970 */
  guint tick;
  BnExit status;
} Following;

guint
bn_job_id_from_path (const char *path)
{
  guint64 id;

  if (!g_str_has_prefix (path, BN_JOBS_PATH "/")
      || !g_ascii_string_to_unsigned (path + strlen (BN_JOBS_PATH "/"), 10, 1, G_MAXUINT32, &id,
                                      NULL))
    return 0;
  return (guint)id;
}

static const char *
get_state (GVariant *row)
{
  const char *state = "";

  g_variant_lookup (row, "state", "&s", &state);
  return state;
}

static gboolean
is_over (GVariant *row)
{
  return !g_str_equal (get_state (row), "running") && !g_str_equal (get_state (row), "cancelling");
}

/* Drawing */

static guint
get_width (BnCli *cli)
{
  struct winsize size;

  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                          : MAX (cli->width, 80);
}

static void
draw (Following *self)
{
  BnJobLineOptions options = {
    .width = get_width (self->cli),
    .utf8 = g_get_charset (NULL),
    .tick = self->tick,
    .elapsed_seconds = (g_get_real_time () - self->started_usec) / G_USEC_PER_SEC,
  };
  g_autofree char *line = NULL;

  if (!self->on_line || self->row == NULL)
    return;
  line = bn_job_line (self->row, &options);
  fprintf (stdout, LINE_HOME "%s" LINE_CLEAR_END, line);
  fflush (stdout);
  self->drawn = TRUE;
}

/* What comes next has a line of its own. */
static void
leave_line (gpointer data)
{
  Following *self = data;

  if (!self->drawn)
    return;
  self->drawn = FALSE;
  fputs (LINE_HOME LINE_CLEAR_END, stdout);
  fflush (stdout);
}

static gboolean
on_tick (gpointer data)
{
  Following *self = data;

  self->tick++;
  draw (self);
  return G_SOURCE_CONTINUE;
}

static void
show (Following *self)
{
  if (self->cli->json)
    bn_output_json (self->row);
  else
    draw (self);
}

/* Asking */

/* Its row of job.list; NULL without an error if there is none. */
static GVariant *
read_row (BnCli *cli, guint id, GError **error)
{
  g_autoptr (GVariant) reply = bn_cli_request (cli, "job.list", NULL, error);
  g_autoptr (GVariantIter) rows = NULL;
  GVariant *row;

  if (reply == NULL || !g_variant_lookup (reply, "jobs", "aa{sv}", &rows))
    return NULL;
  while ((row = g_variant_iter_next_value (rows)) != NULL)
    {
      guint found = 0;

      g_variant_lookup (row, "id", "u", &found);
      if (found == id)
        return row;
      g_variant_unref (row);
    }
  return NULL;
}

/* With its result, if that may be seen. */
static GVariant *
read_end (BnCli *cli, guint id)
{
  g_autoptr (GError) error = NULL;
  GVariant *row =
      bn_cli_request (cli, "job.get", g_variant_new_parsed ("{'id': <%u>}", id), &error);

  return row != NULL ? row : read_row (cli, id, NULL);
}

/* The end */

static void
print_end (Following *self)
{
  g_autoptr (GVariant) result = NULL;
  g_autofree char *title = NULL;
  g_autofree char *elapsed = NULL;
  const char *text = "";
  const char *state = get_state (self->row);
  gint64 finished_usec = g_get_real_time ();

  g_variant_lookup (self->row, "finished", "x", &finished_usec);
  g_variant_lookup (self->row, "title", "&s", &text);
  title = bn_text_escape (text);
  elapsed = bn_job_line_elapsed ((finished_usec - self->started_usec) / G_USEC_PER_SEC);
  g_print ("%s  %s%s%s  %s\n", title, bn_output_state_style (self->cli, state),
           bn_output_state_text (state), self->cli->colour ? "\033[0m" : "", elapsed);
  result = g_variant_lookup_value (self->row, "result", G_VARIANT_TYPE_VARDICT);
  if (result != NULL && g_variant_n_children (result) > 0)
    bn_output_details (self->cli, result, NULL, 0);
}

static BnExit
end_status (Following *self)
{
  const char *state = get_state (self->row);
  const char *error = "";

  if (g_str_equal (state, "succeeded"))
    return BN_EXIT_OK;
  if (g_str_equal (state, "cancelled"))
    return BN_EXIT_CANCELLED;
  if (g_variant_lookup (self->row, "error", "&s", &error))
    {
      /* The code is for programs. */
      const char *sentence = strstr (error, ": ");
      g_autofree char *escaped = bn_text_escape (sentence != NULL ? sentence + 2 : error);

      bn_cli_notice ("%s", escaped);
    }
  return BN_EXIT_FAILED;
}

/* Takes @row, that of a job that is over. */
static void
finish (Following *self, GVariant *row)
{
  g_clear_pointer (&self->row, g_variant_unref);
  self->row = row;
  leave_line (self);
  if (self->cli->json)
    bn_output_json (row);
  else
    print_end (self);
  self->status = end_status (self);
}

/* Following */

static gboolean
on_ready (gpointer data)
{
  Following *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) row = read_row (self->cli, self->id, &error);

  if (row == NULL)
    {
      leave_line (self);
      if (error != NULL)
        self->status = bn_cli_fail (error);
      else
        {
          bn_cli_notice (self->row != NULL ? _ ("the job %u ended with the hub that it ran on")
                                           : _ ("there is no job %u; see “binnacle jobs”"),
                         self->id);
          self->status = BN_EXIT_FAILED;
        }
      return FALSE;
    }
  g_variant_lookup (row, "started", "x", &self->started_usec);
  if (is_over (row))
    {
      GVariant *end = read_end (self->cli, self->id);

      finish (self, end != NULL ? end : g_steal_pointer (&row));
      return FALSE;
    }
  g_clear_pointer (&self->row, g_variant_unref);
  self->row = g_steal_pointer (&row);
  show (self);
  return TRUE;
}

/* The row with what a sample says in it. */
static GVariant *
merge (GVariant *row, GVariant *sample)
{
  static const char *const keys[] = { "title", "state", "progress", "message" };
  GVariantDict dict;

  g_variant_dict_init (&dict, row);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (sample, keys[i], NULL);

      if (value != NULL)
        g_variant_dict_insert_value (&dict, keys[i], value);
      else
        g_variant_dict_remove (&dict, keys[i]);
    }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static gboolean
on_item (const char *type, GVariant *payload, GVariant *meta, gpointer data)
{
  Following *self = data;
  gboolean gone = FALSE;
  guint id = 0;

  g_variant_lookup (payload, "id", "u", &id);
  if (id != self->id || self->row == NULL)
    return TRUE;
  if (g_str_equal (type, "job.finished"))
    {
      GVariant *row = read_end (self->cli, id);

      finish (self, row != NULL ? row : merge (self->row, payload));
      return FALSE;
    }
  g_variant_lookup (meta, "gone", "b", &gone);
  if (g_str_equal (type, "job.progress") && !gone)
    {
      GVariant *row = merge (self->row, payload);

      if (!g_variant_equal (row, self->row))
        {
          g_variant_unref (self->row);
          self->row = row;
          show (self);
        }
      else
        g_variant_unref (row);
    }
  return TRUE;
}

/* Who began the job: the first time asks, the second time leaves. */
static gboolean
on_interrupted (gpointer data)
{
  Following *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  leave_line (self);
  if (self->leaves || self->row == NULL)
    {
      bn_cli_notice (_ ("the job %u goes on; see “binnacle jobs watch %u”"), self->id, self->id);
      self->status = BN_EXIT_CANCELLED;
      return FALSE;
    }
  self->leaves = TRUE;
  reply = bn_cli_request (self->cli, "job.cancel", g_variant_new_parsed ("{'id': <%u>}", self->id),
                          &error);
  if (reply == NULL)
    bn_cli_fail (error);
  bn_cli_notice (reply != NULL ? _ ("asked to cancel it; Ctrl+C once more leaves it alone")
                               : _ ("Ctrl+C once more leaves it alone"));
  draw (self);
  return TRUE;
}

static void
on_absence (const char *text, gpointer data)
{
  leave_line (data);
}

static BnExit
follow_job (BnCli *cli, guint id, gboolean only_looks)
{
  const BnFollow follow = {
    .patterns = patterns,
    .events = TRUE,
    .samples = TRUE,
    .after = -1,
    .item = on_item,
    .absence = on_absence,
    .ready = on_ready,
    .interrupted = on_interrupted,
    .failing = leave_line,
  };
  Following self = {
    .cli = cli, .id = id, .leaves = only_looks, .started_usec = g_get_real_time ()
  };
  guint timer = 0;
  BnExit status;

  self.on_line = !cli->json && cli->width > 0 && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
  if (self.on_line)
    timer = g_timeout_add (DRAW_MS, on_tick, &self);
  status = bn_follow_run (cli, &follow, &self);
  if (timer != 0)
    g_source_remove (timer);
  leave_line (&self);
  g_clear_pointer (&self.row, g_variant_unref);
  return status != BN_EXIT_OK ? status : self.status;
}

BnExit
bn_job_follow (BnCli *cli, guint id)
{
  return follow_job (cli, id, FALSE);
}

BnExit
bn_job_watch_one (BnCli *cli, guint id)
{
  return follow_job (cli, id, TRUE);
}
