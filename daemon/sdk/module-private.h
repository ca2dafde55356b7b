/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the parts of the library need of a module. */
#pragma once

#include "sdk/job-set.h"
#include "sdk/module.h"
#include "sdk/running-calls.h"
#include "sdk/workers.h"

G_BEGIN_DECLS

/* NULL outside bn_module_run(). */
GDBusConnection *bn_module_get_connection (BnModule *self);
BnOutbox *bn_module_get_outbox (BnModule *self);
BnWorkers *bn_module_get_workers (BnModule *self);
BnRunningCalls *bn_module_get_running_calls (BnModule *self);
BnJobSet *bn_module_get_jobs (BnModule *self);

/* Why the module refuses the state that it was last given; NULL: it does not. */
char **bn_module_get_state_refusal (BnModule *self);

/* The state of the last generation has been taken over: say Ready. */
void bn_module_set_restored (BnModule *self);

/* Ends bn_module_run(). */
void bn_module_quit (BnModule *self);

G_END_DECLS
