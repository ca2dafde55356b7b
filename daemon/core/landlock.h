/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Landlock: which files a process may open, from now on and with all that it starts. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the kernel knows, by the version of its interface:
 *
 * 1 files, 2 renames between folders, 3 truncating, 4 TCP, 5 ioctl() on devices, 6 abstract unix
 * sockets and signals. None of them governs unix sockets that have a path, nor stat(), chmod(),
 * chown() or utime() of what cannot be opened. */
#define BN_LANDLOCK_ABI_NETWORK 4
#define BN_LANDLOCK_ABI_SCOPE 6

/* The version that this kernel has; 0: none. */
guint bn_landlock_get_abi (void);

typedef enum
{
  BN_LANDLOCK_READ,         /* files and folders */
  BN_LANDLOCK_READ_EXECUTE, /* and run them */
  BN_LANDLOCK_WRITE,        /* read, write, make and remove, but not run */
  BN_LANDLOCK_ALL,
} BnLandlockAccess;

typedef struct _BnLandlock BnLandlock;

/* Rules that allow no file. @abi: what to use, at most that of the kernel, at least 1. @network:
 * TCP is allowed. @sockets: abstract unix sockets of others are. NULL with @error. */
BnLandlock *bn_landlock_new (guint abi, gboolean network, gboolean sockets, GError **error);
void bn_landlock_free (BnLandlock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnLandlock, bn_landlock_free)

/* Allows a file, or a folder with all below it. FALSE if there is nothing at @path. */
gboolean bn_landlock_allow (BnLandlock *self, const char *path, BnLandlockAccess access);

/* Puts the calling thread under the rules; it must have no_new_privs. FALSE with errno. Safe
 * between fork and exec. */
gboolean bn_landlock_enter (const BnLandlock *self);

G_END_DECLS
