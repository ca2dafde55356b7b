/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The events that passed by, newest first: a list model of BnEventItem with a fixed bound. What
 * comes in a burst appears at once, ten times a second at most. */
#pragma once

#include "model/event-item.h"

G_BEGIN_DECLS

#define BN_EVENT_LOG_MAX 5000

#define BN_TYPE_EVENT_LOG (bn_event_log_get_type ())
G_DECLARE_FINAL_TYPE (BnEventLog, bn_event_log, BN, EVENT_LOG, GObject)

/* Property "n-waiting" (guint): how many came since it is paused. */

BnEventLog *bn_event_log_new (void);
void bn_event_log_add (BnEventLog *self, BnEventItem *item);
void bn_event_log_clear (BnEventLog *self);

/* While paused the list stays as it is; what comes waits. */
void bn_event_log_set_paused (BnEventLog *self, gboolean paused);
guint bn_event_log_get_n_waiting (BnEventLog *self);
/* How many went over the bound. */
guint64 bn_event_log_get_n_dropped (BnEventLog *self);

G_END_DECLS
