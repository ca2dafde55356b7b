/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How far a job is, in one line of a terminal. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint width;   /* columns of the terminal */
  gboolean utf8; /* else the bar is drawn with # and - */
  guint tick;    /* moves the bar of a job whose progress is not known */
  gint64 elapsed_seconds;
} BnJobLineOptions;

/* @row: as job.list has it. Title, bar, part done, time, message; what does not fit is left out,
 * the message first, then the time, then the bar. Never wider than @options->width - 1 columns (4),
 * without a line feed, escaped. */
char *bn_job_line (GVariant *row, const BnJobLineOptions *options);

/* "0:07", "12:30", "1:02:03" */
char *bn_job_line_elapsed (gint64 seconds);

G_END_DECLS
