/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the commands about devices share. */
#pragma once

#include "cli/cli.h"
#include "cli/output.h"

G_BEGIN_DECLS

/* The columns of a device. */
extern const BnColumn bn_device_columns[];
extern const gsize bn_n_device_columns;

/* The id of the device that @word names: its id, or its name if only one has it. Errors: not_found,
 * conflict. */
char *bn_device_find (BnCli *cli, const char *word, GError **error);

/* "control", "control, terminal": a level and grants, for people. */
char *bn_access_text (GVariant *row);

/* Asks @question on the terminal; FALSE also if there is none. */
gboolean bn_cli_ask (const char *question);

/* Prints an answer: JSON, or nothing if it is empty. */
BnExit bn_cli_print_done (BnCli *cli, GVariant *reply);

G_END_DECLS
