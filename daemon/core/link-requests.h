/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The requests that came over a link: they are asked, and the calls are answered. */
#pragma once

#include "core/requests.h"
#include "link/link.h"

G_BEGIN_DECLS

typedef struct _BnLinkRequests BnLinkRequests;

BnLinkRequests *bn_link_requests_new (BnLink *link, BnRequests *requests);
/* Cancels those that are not answered yet. */
void bn_link_requests_free (BnLinkRequests *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnLinkRequests, bn_link_requests_free)

/* Answers @call, a Request of ModuleHost1 or EventBus1, when there is a reply. @session (nullable):
 * whose request it is. Error: busy (it wants no answer, and too many such are under way). */
gboolean bn_link_requests_ask (BnLinkRequests *self, GDBusMessage *call, const BnCaller *caller,
                               const char *session, const char *type, GVariant *payload,
                               GVariant *options, GError **error);

/* Ends the request that came with this serial number, if there is one. */
void bn_link_requests_cancel (BnLinkRequests *self, guint32 serial);
/* Ends the requests of a session. */
void bn_link_requests_cancel_session (BnLinkRequests *self, const char *session);

G_END_DECLS
