/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The mounted file systems that a person would call disks or shares, out of mountinfo. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *path;
  char *type;
  char *source;
  guint32 major;
  guint32 minor;
  gboolean read_only;
  gboolean remote; /* asking it may take for ever: network and FUSE */
} BnMount;

void bn_mount_free (BnMount *mount);

/* The line at @at of mountinfo (proc(5)). NULL if it is broken. */
BnMount *bn_mount_parse_line (const char *at);

/* What stands in @text, without pseudo file systems, images that are always full, what another
 * mount covers, and second mounts of the same file system (the shortest path stays). */
GPtrArray *bn_mounts_parse (const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnMount, bn_mount_free)

G_END_DECLS
