/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Runs a module's workers at the intervals that the hub asks for. */
#pragma once

#include "sdk/module.h"
#include "sdk/outbox.h"

G_BEGIN_DECLS

typedef struct _BnWorkers BnWorkers;

/* Reports runs to @outbox. Workers do not run before bn_workers_resume(). Both are borrowed. */
BnWorkers *bn_workers_new (BnModule *module, BnOutbox *outbox);
void bn_workers_free (BnWorkers *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnWorkers, bn_workers_free)

/* One of @func and @start_func. A name that stands already is a mistake of the programmer. */
void bn_workers_add (BnWorkers *self, const char *name, BnWorkerFunc func,
                     BnWorkerStartFunc start_func, gpointer user_data, GDestroyNotify destroy);

/* @intervals: a{su}, milliseconds, 0: do not run. A worker that it does not name stays as it is. */
void bn_workers_set_demand (BnWorkers *self, GVariant *intervals);

/* Milliseconds; 0 if the worker sleeps or there is none. */
guint bn_workers_get_interval (BnWorkers *self, const char *name);

/* FALSE if there is no such worker. */
gboolean bn_workers_run_now (BnWorkers *self, const char *name);

void bn_workers_pause (BnWorkers *self);
void bn_workers_resume (BnWorkers *self);

G_END_DECLS
