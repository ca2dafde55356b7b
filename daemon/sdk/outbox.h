/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Gathers the samples and run reports of one turn of the loop and sends them at once. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BnOutbox BnOutbox;

BnOutbox *bn_outbox_new (GDBusConnection *connection);
void bn_outbox_free (BnOutbox *self);

/* Asks the hub for a sample stream; until there is one, everything goes over the connection. */
void bn_outbox_open_stream (BnOutbox *self);

/* @payload is an a{sv} that the caller holds. */
void bn_outbox_add_sample (BnOutbox *self, const char *name, GVariant *payload, gboolean gone);

/* @error: (nullable): why it failed. */
void bn_outbox_add_run (BnOutbox *self, const char *worker, guint64 duration_usec,
                        const char *error, guint missed);

/* Sends what was gathered. */
void bn_outbox_flush (BnOutbox *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnOutbox, bn_outbox_free)

G_END_DECLS
