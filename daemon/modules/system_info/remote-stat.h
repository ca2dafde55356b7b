/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Asks a file system that may never answer (a server that is gone) how full it is.
 *
 * statvfs(2) on it cannot be interrupted, so it runs in a thread of its own, at most one for each
 * file system. A thread that hangs stays behind until the server is back; what it holds is its own.
 */
#pragma once

#include <sys/statvfs.h>

#include <glib.h>

G_BEGIN_DECLS

typedef int (*BnStatvfsFunc) (const char *path, struct statvfs *result);

typedef enum
{
  BN_REMOTE_WAITING,    /* no answer yet, nor late */
  BN_REMOTE_ANSWERED,   /* the last answer */
  BN_REMOTE_FAILED,     /* the last answer was an error */
  BN_REMOTE_UNANSWERED, /* late */
} BnRemoteState;

#define BN_REMOTE_DEADLINE_USEC (5 * G_USEC_PER_SEC)

typedef struct _BnRemoteStat BnRemoteStat;

/* @answered is called on the main loop of the caller for each answer, not after the free. */
BnRemoteStat *bn_remote_stat_new (const char *path, BnStatvfsFunc func, GSourceFunc answered,
                                  gpointer user_data);
void bn_remote_stat_free (BnRemoteStat *self);

/* FALSE if no thread could be started; TRUE if one runs, new or old. */
gboolean bn_remote_stat_start (BnRemoteStat *self, gint64 now_usec);
gboolean bn_remote_stat_is_running (BnRemoteStat *self);

BnRemoteState bn_remote_stat_get (BnRemoteStat *self, gint64 now_usec, struct statvfs *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnRemoteStat, bn_remote_stat_free)

G_END_DECLS
