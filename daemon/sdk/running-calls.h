/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The calls that the hub may cancel: those not answered yet. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BnRunningCalls BnRunningCalls;

BnRunningCalls *bn_running_calls_new (void);
/* Calls that run on are not cancelled any more. */
void bn_running_calls_unref (BnRunningCalls *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnRunningCalls, bn_running_calls_unref)

/* What is cancelled when the hub says so; the same for each call of the function, borrowed from
 * @invocation. */
GCancellable *bn_running_calls_add (BnRunningCalls *self, GDBusMethodInvocation *invocation);

/* Cancels the call that came with this serial number, if it still runs. */
void bn_running_calls_cancel (BnRunningCalls *self, guint32 serial);

G_END_DECLS
