/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the hub and all its modules declare. */
#pragma once

#include "http/http-private.h"

G_BEGIN_DECLS

/* Finds out who sends @message, then asks the hub on their behalf. finish gives what
 * module.describe answers, the hub's own first (GVariant a{sv}); a module that left meanwhile is
 * not among them.
 * @session: whose they are. The message is paused then, for the caller to resume. Errors: those of
 * bn_identity_find_async(), forbidden, unavailable. */
void bn_descriptions_gather_async (BnHttpServer *server, SoupServerMessage *message,
                                   GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *bn_descriptions_gather_finish (BnHttpServer *server, GAsyncResult *result,
                                          BnSession **session, GError **error);

G_END_DECLS
