/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The jobs of the module for tests. */
#pragma once

#include "sdk/binnacle-module.h"
#include "tests/modules/echo/echo-generated.h"

G_BEGIN_DECLS

typedef struct _EchoJobs EchoJobs;

/* Serves the methods of jobs of @skeleton; both are not owned. */
EchoJobs *echo_jobs_new (BnModule *module, EchoEcho1 *skeleton);
void echo_jobs_free (EchoJobs *self);

/* The jobs that survive, and those of the last generation. */
void echo_jobs_save (EchoJobs *self, GVariantDict *state);
void echo_jobs_restore (EchoJobs *self, GVariant *state);

G_END_DECLS
