/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Looks through the folder of a module for what its author forgot.
 *
 * It stands in the hub, and not in the command that authors use, because it is the hub that will
 * judge the module: by this manifest reader, these rules for folders and programs. It needs no hub
 * that runs, so that a package can be checked where it is built. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *file;        /* owned: a path */
  guint line;        /* from 1 */
  gboolean is_error; /* the hub will refuse it; else it is worse than it could be */
  char *message;     /* owned: one line */
} BnFinding;

void bn_finding_free (BnFinding *self);

/* Adds a finding: it belongs to line @line of @file. */
void bn_findings_add (GPtrArray *findings, const char *file, guint line, gboolean is_error,
                      const char *format, ...) G_GNUC_PRINTF (5, 6);

/* Everything that is wrong with the module in @folder, an absolute path: BnFinding, in the order
 * of files and lines. @program_path: as for bn_module_spawn(). Blocks. */
GPtrArray *bn_module_check (const char *folder, const char *program_path);

/* Prints "FILE:LINE: error: MESSAGE" or "… warning: …" for each. The number of errors. */
guint bn_module_check_print (const char *folder, const char *program_path);

/* module-check-texts.c: what is not translated. @text: of the manifest. */
void bn_module_check_texts (GPtrArray *findings, const char *folder, const char *manifest,
                            const char *text);

/* The line on which @group of the key file @text begins, or on which @key (nullable) of it stands;
 * 1 if there is none. */
guint bn_manifest_find_line (const char *text, const char *group, const char *key);

G_END_DECLS
