/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What needs attention, why, and what to do. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

/* Prints nothing if all is well. @modules and @workers (nullable) are aa{sv}, as module.list and
 * worker.list have them. */
void bn_troubles_print (BnCli *cli, GVariant *modules, GVariant *workers);

G_END_DECLS
