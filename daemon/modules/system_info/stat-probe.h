/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Asks a file system that may never answer (a dead disk, a server that is gone) how full it is.
 *
 * statvfs(2) on it cannot be interrupted, so it runs in a thread of a pool, at most one for each
 * file system. A thread that hangs stays behind until the file system is back; what it holds is its
 * own. All functions here are for the thread of the main loop. */
#pragma once

#include <sys/statvfs.h>

#include <glib.h>

G_BEGIN_DECLS

typedef int (*BnStatvfsFunc) (const char *path, struct statvfs *result);

/* @result is NULL if the file system answered with an error. */
typedef void (*BnStatAnswerFunc) (const struct statvfs *result, gpointer user_data);

#define BN_STAT_DEADLINE_USEC (5 * G_USEC_PER_SEC)

/* Threads that ask; when all of them hang, those that would be next are late, too. */
GThreadPool *bn_stat_pool_new (guint threads_max);

/* Leaves the threads that hang to themselves. */
void bn_stat_pool_free (GThreadPool *pool);

typedef struct _BnStatProbe BnStatProbe;

/* @answered is called on the main loop of the caller for each answer, not after the free. */
BnStatProbe *bn_stat_probe_new (const char *path, BnStatvfsFunc func, BnStatAnswerFunc answered,
                                gpointer user_data);
void bn_stat_probe_free (BnStatProbe *self);

/* Does nothing while the last question is open. */
void bn_stat_probe_ask (BnStatProbe *self, GThreadPool *pool, gint64 now_usec);

/* Whether a question is open for longer than the deadline. */
gboolean bn_stat_probe_is_late (BnStatProbe *self, gint64 now_usec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnStatProbe, bn_stat_probe_free)

G_END_DECLS
