/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How the library makes a call object. */
#pragma once

#include "sdk/call.h"
#include "sdk/job-set.h"

G_BEGIN_DECLS

/* Takes @invocation. @cancellable is cancelled when nobody waits for the answer any more.
 * @reply_if_dropped, a tuple, is the answer if the module gives none; without it the answer is the
 * error "internal". */
BnCall *bn_call_new (GDBusMethodInvocation *invocation, GCancellable *cancellable, BnJobSet *jobs,
                     GVariant *reply_if_dropped);

G_END_DECLS
