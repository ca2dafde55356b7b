/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A bus and a hub of their own, for the tests of a module: nothing of the person's is touched. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

typedef struct _BnTestStage BnTestStage;

/* Starts both, with folders of their own, and makes them this program's session: what it calls and
 * starts from now on is on that bus. */
BnTestStage *bn_test_stage_new (GError **error);

/* What the hub said; owned. */
char *bn_test_stage_read_log (BnTestStage *self);

/* Ends both, the hub first, and removes the folders. */
void bn_test_stage_free (BnTestStage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnTestStage, bn_test_stage_free)

G_END_DECLS
