/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The verbs of the command line. */
#pragma once

#include "cli/cli.h"
#include "cli/output.h"

G_BEGIN_DECLS

/* All of them; ends with one without a name. Those without a summary are not shown in --help. */
extern const BnVerb bn_verbs[];

/* Also by a name that the verb had before. */
const BnVerb *bn_verb_find (const char *name);

BnExit bn_verb_status (BnCli *cli, int argc, char **argv);
BnExit bn_verb_modules (BnCli *cli, int argc, char **argv);
/* module new, run, check, test and debug: for authors. */
BnExit bn_verb_module_new (BnCli *cli, int argc, char **argv);
BnExit bn_verb_module_run (BnCli *cli, int argc, char **argv);
BnExit bn_verb_module_check (BnCli *cli, int argc, char **argv);
BnExit bn_verb_module_test (BnCli *cli, int argc, char **argv);
BnExit bn_verb_module_debug (BnCli *cli, int argc, char **argv);
BnExit bn_verb_workers (BnCli *cli, int argc, char **argv);
BnExit bn_verb_jobs (BnCli *cli, int argc, char **argv);
BnExit bn_verb_call (BnCli *cli, int argc, char **argv);
BnExit bn_verb_emit (BnCli *cli, int argc, char **argv);
BnExit bn_verb_events (BnCli *cli, int argc, char **argv);
BnExit bn_verb_watch (BnCli *cli, int argc, char **argv);
BnExit bn_verb_open (BnCli *cli, int argc, char **argv);
BnExit bn_verb_pair (BnCli *cli, int argc, char **argv);
BnExit bn_verb_devices (BnCli *cli, int argc, char **argv);
BnExit bn_verb_access (BnCli *cli, int argc, char **argv);
BnExit bn_verb_complete (BnCli *cli, int argc, char **argv);

/* How the hub's own lists are shown: those of its statistics that people look for first. */
extern const BnColumn bn_module_columns[];
extern const gsize bn_n_module_columns;
extern const BnColumn bn_worker_columns[];
extern const gsize bn_n_worker_columns;

G_END_DECLS
