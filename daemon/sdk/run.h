/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One run of a worker, from its start to its end. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define BN_TYPE_RUN (bn_run_get_type ())
G_DECLARE_FINAL_TYPE (BnRun, bn_run, BN, RUN, GObject)

const char *bn_run_get_worker (BnRun *self);
void bn_run_finish (BnRun *self, const char *error_message);

G_END_DECLS
