/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How the library makes a run object. */
#pragma once

#include <gio/gio.h>

#include "sdk/run.h"

G_BEGIN_DECLS

typedef void (*BnRunEnded) (gpointer user_data, gint64 started_usec, gint64 due_usec,
                            const char *error_message);

/* @due_usec: when it should have started; now, if 0 (CLOCK_MONOTONIC). @ended is called once, and
 * not after bn_run_detach(). */
BnRun *bn_run_new (const char *worker, gint64 due_usec, BnRunEnded ended, gpointer user_data);

/* The worker is gone: what becomes of the run interests nobody. */
void bn_run_detach (BnRun *self);

G_END_DECLS
