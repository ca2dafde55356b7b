/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Finds out that a process hangs, at no cost while nothing is expected of it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BN_LIVENESS_OVERDUE_USEC (3 * G_USEC_PER_SEC)

typedef struct _BnLiveness BnLiveness;

/* @ping is called when something is overdue; bn_liveness_answered() must follow if it lives. */
BnLiveness *bn_liveness_new (void (*ping) (gpointer user_data), gpointer user_data);
void bn_liveness_free (BnLiveness *self);

/* A call began; the result is for bn_liveness_call_ended(). */
gpointer bn_liveness_call_began (BnLiveness *self);
void bn_liveness_call_ended (BnLiveness *self, gpointer call);
/* Likewise, of a call that nobody waits for any more: instead of the answer any word will do. */
void bn_liveness_call_given_up (BnLiveness *self, gpointer call);
gboolean bn_liveness_has_calls (BnLiveness *self);

/* It must say something until @next_usec (monotonic); 0: it need not. */
void bn_liveness_expect (BnLiveness *self, gint64 next_usec);

/* It said something. A module that floods answers a ping after its own events: what it says before
 * counts as an answer, see bn_liveness_was_heard(). */
void bn_liveness_heard (BnLiveness *self);
/* TRUE if it said something since it was pinged. */
gboolean bn_liveness_was_heard (BnLiveness *self);

/* It answered the ping: what was overdue is overdue from now on. */
void bn_liveness_answered (BnLiveness *self);

/* Nothing is expected of it any more. */
void bn_liveness_stop (BnLiveness *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnLiveness, bn_liveness_free)

G_END_DECLS
