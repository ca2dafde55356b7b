/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How full the file systems are. */
#pragma once

#include <gio/gio.h>

#include "modules/system_info/stat-probe.h"
#include "modules/system_info/roster.h"

G_BEGIN_DECLS

typedef struct
{
  const char *path;
  const char *type;
  const char *source;
  const char *state;    /* "read-write", "read-only" or "not-responding" */
  gboolean has_numbers; /* not while it does not respond */
  guint64 total_bytes;
  guint64 used_bytes;
  guint64 available_bytes; /* for those who are not root */
  double usage;            /* percent of used and available, as df(1) */
  gboolean has_inodes;     /* some file systems make them as needed */
  guint64 inodes_total;
  guint64 inodes_used;
} BnFilesystemSample;

typedef void (*BnFilesystemFunc) (const BnFilesystemSample *sample, gpointer user_data);

typedef struct _BnFilesystemReader BnFilesystemReader;

/* @statvfs_func asks one file system, NULL is statvfs(3). @func and @gone are called on the main
 * loop of the caller. */
BnFilesystemReader *bn_filesystem_reader_new (const char *sysroot, BnStatvfsFunc statvfs_func,
                                              BnFilesystemFunc func, BnGoneFunc gone,
                                              gpointer user_data);
void bn_filesystem_reader_free (BnFilesystemReader *self);

/* Asks every file system; each sample comes when its file system has answered. Those that have left
 * an earlier question open for too long are told at once. */
gboolean bn_filesystem_reader_read (BnFilesystemReader *self, gint64 now_usec, GError **error);

/* At most this many are asked at once: of the local ones, and of the remote ones. */
#define BN_FILESYSTEM_THREADS_MAX 8

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnFilesystemReader, bn_filesystem_reader_free)

G_END_DECLS
