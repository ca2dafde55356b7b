/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How far a job is, in one line of a terminal. */
#include "cli/job-line.h"

#include <glib/gi18n.h>
#include <math.h>

#include "cli/text.h"

#define BAR_MAX 30
#define BAR_MIN 8
#define TITLE_MAX 40
#define TITLE_MIN 8
#define MESSAGE_MIN 8
#define BLOCK 4 /* of the bar that moves */
#define GAP 2   /* columns between the parts */
#define PERCENT_WIDTH 4

char *
bn_job_line_elapsed (gint64 seconds)
{
  int minutes = (int)(seconds / 60 % 60);
  int hours = (int)(seconds / 3600);

  if (hours > 0)
    return g_strdup_printf ("%d:%02d:%02d", hours, minutes, (int)(seconds % 60));
  return g_strdup_printf ("%d:%02d", minutes, (int)(seconds % 60));
}

/* Is the cell @index of @width filled? @progress is -1 if it is not known. */
static gboolean
is_filled (guint index, guint width, double progress, guint tick)
{
  guint span = width - BLOCK;
  guint place;

  if (progress >= 0)
    return index < (guint)floor (progress * width + 0.5);
  /* There and back. */
  place = span > 0 ? tick % (2 * span) : 0;
  if (place > span)
    place = 2 * span - place;
  return index >= place && index < place + BLOCK;
}

static char *
draw_bar (guint width, double progress, const BnJobLineOptions *options)
{
  GString *bar = g_string_new (NULL);

  for (guint i = 0; i < width; i++)
    if (is_filled (i, width, progress, options->tick))
      g_string_append (bar, options->utf8 ? "█" : "#");
    else
      g_string_append (bar, options->utf8 ? "░" : "-");
  return g_string_free (bar, FALSE);
}

static char *
get_text (GVariant *row, const char *key)
{
  const char *text = "";

  g_variant_lookup (row, key, "&s", &text);
  return bn_text_escape (text);
}

/* What is done just now; of a job that is being cancelled, that. */
static char *
get_message (GVariant *row)
{
  const char *state = "";

  g_variant_lookup (row, "state", "&s", &state);
  if (g_str_equal (state, "cancelling"))
    return g_strdup (_ ("is being cancelled"));
  return get_text (row, "message");
}

/* A line that is filled part by part. */
typedef struct
{
  GString *text; /* owned */
  guint taken;   /* columns */
  guint total;
} Line;

/* How many columns the next part may take. */
static guint
get_room (const Line *line)
{
  guint gap = line->taken > 0 ? GAP : 0;

  return line->total > line->taken + gap ? line->total - line->taken - gap : 0;
}

static void
append (Line *line, const char *part)
{
  if (line->taken > 0)
    {
      g_string_append_printf (line->text, "%*s", GAP, "");
      line->taken += GAP;
    }
  g_string_append (line->text, part);
  line->taken += (guint)bn_text_width (part);
}

/* Divides what is left beside the part that is done among title and bar; 0: it is not shown. */
static void
divide (guint total, guint wanted, guint *title, guint *bar)
{
  guint room = total > PERCENT_WIDTH + GAP ? total - PERCENT_WIDTH - GAP : 0;

  *title = room >= TITLE_MIN ? MIN (MIN (wanted, TITLE_MAX), room) : 0;
  *bar = CLAMP (total / 4, BAR_MIN, BAR_MAX);
  if (*title + GAP + *bar <= room)
    return;
  *bar = BAR_MIN;
  if (*title + GAP + BAR_MIN <= room)
    *bar = room - *title - GAP;
  else if (room >= TITLE_MIN + GAP + BAR_MIN) /* a long title gives way */
    *title = room - GAP - BAR_MIN;
  else
    *bar = 0;
}

static char *
format_part (double progress)
{
  if (progress < 0)
    return g_strdup_printf ("%*s", PERCENT_WIDTH, "-");
  return g_strdup_printf ("%3d%%", (int)floor (progress * 100));
}

char *
bn_job_line (GVariant *row, const BnJobLineOptions *options)
{
  Line line = { g_string_new (NULL), 0, MAX (options->width, PERCENT_WIDTH + 1) - 1 };
  g_autofree char *title = get_text (row, "title");
  g_autofree char *message = get_message (row);
  g_autofree char *elapsed = bn_job_line_elapsed (options->elapsed_seconds);
  g_autofree char *shown = NULL;
  g_autofree char *part = NULL;
  double progress = -1;
  guint title_width;
  guint bar_width;

  g_variant_lookup (row, "progress", "d", &progress);
  part = format_part (progress);
  divide (line.total, (guint)bn_text_width (title), &title_width, &bar_width);
  if (title_width > 0)
    {
      shown = bn_text_ellipsize (title, title_width);
      append (&line, shown);
    }
  if (bar_width > 0)
    {
      g_autofree char *bar = draw_bar (bar_width, progress, options);

      append (&line, bar);
    }
  append (&line, title_width > 0 ? part : g_strchug (part));
  if (get_room (&line) >= bn_text_width (elapsed))
    append (&line, elapsed);
  if (*message != '\0' && get_room (&line) >= MESSAGE_MIN)
    {
      g_autofree char *cut = bn_text_ellipsize (message, get_room (&line));

      append (&line, cut);
    }
  return g_string_free (line.text, FALSE);
}
