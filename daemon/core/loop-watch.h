/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How long the turns of a main loop take: what happens during one waits until it is over. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BnLoopWatch BnLoopWatch;

/* Of the thread-default main context. It never wakes the loop; each turn costs two looks at the
 * clock while it stands. */
BnLoopWatch *bn_loop_watch_new (void);
void bn_loop_watch_free (BnLoopWatch *self);

/* The turns since the last call: how many, the longest, and all together in microseconds. */
void bn_loop_watch_take (BnLoopWatch *self, guint *turns, guint64 *longest_usec,
                         guint64 *total_usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnLoopWatch, bn_loop_watch_free)

G_END_DECLS
