/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the commands for authors share: the folder, leases of the hub, and lines on the terminal. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

typedef enum
{
  BN_AUTHOR_INFO, /* it goes on */
  BN_AUTHOR_GOOD, /* it works */
  BN_AUTHOR_BAD,  /* the author has to do something */
} BnAuthorMood;

/* A line on the standard error, after the time: what the module prints is on the standard output.
 */
void bn_author_say (BnAuthorMood mood, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The absolute path of a module's folder that a person named; @word may be NULL: this folder. The
 * error is BN_ERROR_NOT_FOUND if there is no manifest in it. */
char *bn_author_find_folder (const char *word, GError **error);

/* Modules1.RunFolder, .Debug and .Release. */
gboolean bn_author_run (BnCli *cli, const char *folder, int output, char **name, char **problem,
                        GError **error);
/* @program is an a{sv}; the result the descriptor for its BINNACLE_MODULE_FD, or -1. */
int bn_author_debug (BnCli *cli, const char *name, GVariant **program, GError **error);
gboolean bn_author_release (BnCli *cli, const char *name, GError **error);

/* The hub's own program, of this build tree or this installation. */
char *bn_author_find_hub (GError **error);

G_END_DECLS
