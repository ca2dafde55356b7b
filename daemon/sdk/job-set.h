/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The jobs that the hub may cancel: those that are not over yet. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BnJobSet BnJobSet;

BnJobSet *bn_job_set_new (void);
BnJobSet *bn_job_set_ref (BnJobSet *self);
void bn_job_set_unref (BnJobSet *self);

void bn_job_set_add (BnJobSet *self, guint32 id, GCancellable *cancellable);
void bn_job_set_remove (BnJobSet *self, guint32 id);
/* Ignores one that it does not know. */
void bn_job_set_cancel (BnJobSet *self, guint32 id);

G_END_DECLS
