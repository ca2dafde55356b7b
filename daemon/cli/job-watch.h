/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How far all jobs are. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

/* Shows all jobs, a line each, until it is interrupted; as JSON, what is told of them. */
BnExit bn_job_watch (BnCli *cli);

G_END_DECLS
