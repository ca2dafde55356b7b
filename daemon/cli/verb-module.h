/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the commands of “binnacle module” share. */
#pragma once

#include "cli/verbs.h"

G_BEGIN_DECLS

/* Asks the hub for a change of a module and prints how the module is then. @payload is a{sv},
 * floating. */
BnExit bn_module_command (BnCli *cli, const char *request, GVariant *payload);

/* Shows what the module asks for, if that is not approved yet, and asks; @yes: does not ask. */
BnExit bn_module_enable (BnCli *cli, const char *name, gboolean yes);

/* "read and write /run/docker.sock": a right of a module, as module.describe has it (owned). */
char *bn_module_right_text (const char *kind, const char *value);

/* Prints what happened to a module. */
BnExit bn_module_history (BnCli *cli, const char *name);

G_END_DECLS
