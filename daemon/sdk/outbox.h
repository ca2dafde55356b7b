/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Gathers the samples and run reports of one turn of the loop into one message. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BnOutbox BnOutbox;

/* Sends what was gathered at the beginning of the next turn of the thread-default main context. */
BnOutbox *bn_outbox_new (GDBusConnection *connection);
void bn_outbox_free (BnOutbox *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnOutbox, bn_outbox_free)

void bn_outbox_add_sample (BnOutbox *self, const char *name, GVariant *payload, gboolean gone);
void bn_outbox_add_run (BnOutbox *self, const char *worker, GVariant *report);

/* Sends at once what was gathered. */
void bn_outbox_flush (BnOutbox *self);

G_END_DECLS
