/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A request that came over a link: it is asked, and the call is answered. */
#pragma once

#include "core/requests.h"
#include "link/link.h"

G_BEGIN_DECLS

/* Answers @call, a Request of ModuleHost1 or EventBus1, when @requests has the reply. */
void bn_link_request (BnLink *link, GDBusMessage *call, BnRequests *requests,
                      const BnCaller *caller, const char *type, GVariant *payload,
                      GVariant *options);

G_END_DECLS
