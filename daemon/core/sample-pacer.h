/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How often one subscription sees a sample: at most once an interval for each type and key. */
#pragma once

#include "core/event.h"

G_BEGIN_DECLS

typedef struct _BnSamplePacer BnSamplePacer;

BnSamplePacer *bn_sample_pacer_new (guint interval_ms);
void bn_sample_pacer_free (BnSamplePacer *self);

/* TRUE: pass @event on now. FALSE: it is kept, in place of an older one of the same type and key
 * (@replaced is set if there was one), and is due at bn_sample_pacer_get_due(). */
gboolean bn_sample_pacer_offer (BnSamplePacer *self, BnEvent *event, gint64 now_usec,
                                gboolean *replaced);

/* The monotonic time at which the first kept event is due, -1 if none is kept. */
gint64 bn_sample_pacer_get_due (BnSamplePacer *self);

/* Takes a kept event that is due; NULL if there is none. */
BnEvent *bn_sample_pacer_take_due (BnSamplePacer *self, gint64 now_usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnSamplePacer, bn_sample_pacer_free)

G_END_DECLS
