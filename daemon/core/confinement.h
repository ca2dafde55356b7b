/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the process of a module may do: prepared before it is made, entered by it. */
#pragma once

#include "core/file-rules.h"
#include "core/task-group.h"

G_BEGIN_DECLS

typedef struct _BnConfinement BnConfinement;

/* Makes what a process needs that runs the file @program with @link_fd as its end of the link.
 * Takes @group. */
BnConfinement *bn_confinement_new (BnManifest *manifest, const char *program, int link_fd,
                                   const BnModulePlaces *places, BnTaskGroup *group,
                                   GError **error);
void bn_confinement_free (BnConfinement *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnConfinement, bn_confinement_free)

char **bn_confinement_get_environment (BnConfinement *self);

/* In the new process, between fork and exec: puts it under all of it. A process that cannot be
 * confined as it should be ends here. */
void bn_confinement_enter (const BnConfinement *self);

/* In the hub, when the process is there. Then only what describes it is kept. */
void bn_confinement_adopt (BnConfinement *self, GPid pid);

/* The process ended: what it left behind is removed. Why one of its limits ended it, by its exit
 * status: a sentence, or NULL if none did. */
char *bn_confinement_end (BnConfinement *self, int status);

/* The rows that Module1.Confinement has: an aa{sv}, floating; none for a process that the hub did
 * not start (NULL). */
GVariant *bn_confinement_describe (BnConfinement *self);

/* "full", "partial" or "none": what of files and system calls is held; "none" for NULL. */
const char *bn_confinement_get_extent (BnConfinement *self);

G_END_DECLS
