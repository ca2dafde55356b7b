/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The calls that wait for a reply: found by serial, ordered by deadline. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GHashTable *by_serial;  /* of Call, owned */
  GPtrArray *by_deadline; /* binary heap of the same, the earliest first */
} BnLinkCalls;

void bn_link_calls_init (BnLinkCalls *self);
/* No call may wait any more. */
void bn_link_calls_clear (BnLinkCalls *self);

guint bn_link_calls_get_n (const BnLinkCalls *self);

/* Of the monotonic clock, in microseconds; G_MAXINT64 if no call waits. */
gint64 bn_link_calls_get_deadline (const BnLinkCalls *self);

/* Takes @task. @handler is that of g_cancellable_connect() to its cancellable, or 0; it is
 * disconnected when the call is taken out. */
void bn_link_calls_add (BnLinkCalls *self, guint32 serial, gint64 deadline_usec, GTask *task,
                        gulong handler);

/* Each takes one call out and gives its task, or NULL. */
GTask *bn_link_calls_take (BnLinkCalls *self, guint32 serial);
GTask *bn_link_calls_take_overdue (BnLinkCalls *self, gint64 now_usec);
GTask *bn_link_calls_take_cancelled (BnLinkCalls *self);
GTask *bn_link_calls_take_first (BnLinkCalls *self);

G_END_DECLS
