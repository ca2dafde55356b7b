/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Control groups of the kernel, version 2, as folders and files. */
#pragma once

#include "core/manifest.h"

G_BEGIN_DECLS

#define BN_CONTROL_GROUP_ROOT "/sys/fs/cgroup"

typedef enum
{
  BN_CONTROLLER_NONE = 0,
  BN_CONTROLLER_MEMORY = 1 << 0,
  BN_CONTROLLER_PIDS = 1 << 1,
} BnControllers;

/* The folder of the group of a process (0: this one) below @root; NULL if it is in none there. */
char *bn_control_group_find (const char *root, GPid pid);

/* The controllers that a group can hand on to groups inside it. */
BnControllers bn_control_group_get_controllers (const char *folder);

/* TRUE if the service manager gave the group to this process, to make groups in it. */
gboolean bn_control_group_is_delegated (const char *folder);

/* Moves this process into the group "hub" inside @folder, since a group that hands on controllers
 * has no processes of its own, and hands on what it has: what that is. FALSE in @usable: no groups
 * can be made there. */
BnControllers bn_control_group_divide (const char *folder, gboolean *usable);

/* Makes a group for one module in a divided one; @join_fd is where a process writes "0" to join it.
 * NULL with @error. */
char *bn_control_group_new (const char *folder, const char *name, const BnModuleLimits *limits,
                            BnControllers controllers, int *join_fd, GError **error);

/* Kills what is left in the group and removes it; FALSE if that has not ended yet: again later. */
gboolean bn_control_group_remove (const char *folder);

/* The file memory.events of a group, or -1; and how often the kernel has ended a process of the
 * group for lack of memory. FALSE if the group is gone. */
int bn_control_group_open_events (const char *folder);
gboolean bn_control_group_read_oom_kills (int fd, guint64 *kills);

G_END_DECLS
