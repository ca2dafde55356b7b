/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What holds a module's process and all that it starts together, and limits them as a whole. */
#pragma once

#include "core/control-group.h"
#include "core/user-systemd.h"

G_BEGIN_DECLS

/* How groups are made here; one for the hub. */
typedef struct _BnTaskGroups BnTaskGroups;

/* On the system bus: of the hub's own group, if the service manager gave it that. In a session
 * (@systemd is given): scopes of the systemd of the user. */
BnTaskGroups *bn_task_groups_new (BnUserSystemd *systemd);
void bn_task_groups_free (BnTaskGroups *self);

/* The group of one process, before it is started. Never fails: a group that cannot be made limits
 * nothing. */
typedef struct _BnTaskGroup BnTaskGroup;

BnTaskGroup *bn_task_group_new (BnTaskGroups *groups, const char *module, guint generation,
                                const BnModuleLimits *limits);

/* Where the new process writes "0" to be in it, or -1. */
int bn_task_group_get_join_fd (BnTaskGroup *self);

/* What it limits, or is about to. */
BnControllers bn_task_group_get_controllers (BnTaskGroup *self);

/* TRUE if, since there is no group in spite of what was expected, the memory of the process itself
 * is limited by now. */
gboolean bn_task_group_limits_process (BnTaskGroup *self);

/* The process is there. */
void bn_task_group_adopt (BnTaskGroup *self, GPid pid);

/* TRUE if the kernel ended a process of the group since it used more than its memory. */
gboolean bn_task_group_was_out_of_memory (BnTaskGroup *self);

/* Kills what the process left behind. */
void bn_task_group_free (BnTaskGroup *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnTaskGroup, bn_task_group_free)

G_END_DECLS
