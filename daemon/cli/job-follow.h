/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Follows a job to its end. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

/* The number in the path of a job; 0 if it is none. */
guint bn_job_id_from_path (const char *path);

/* Shows how far the job is until it is over: a line that changes on a terminal, else its row as a
 * line of JSON each time it changes. Then its result. Ctrl+C asks to cancel the job; a second one
 * leaves it. Succeeded is BN_EXIT_OK, failed BN_EXIT_FAILED, cancelled and left
 * BN_EXIT_CANCELLED. */
BnExit bn_job_follow (BnCli *cli, guint id);

/* The same for who only looks: Ctrl+C leaves the job alone at once. */
BnExit bn_job_watch_one (BnCli *cli, guint id);

G_END_DECLS
