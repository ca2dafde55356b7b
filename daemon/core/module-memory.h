/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is remembered of modules over restarts of the hub. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BnModuleMemory BnModuleMemory;

/* Fails if the file is damaged and the one before it too: what a person disabled must not start. */
BnModuleMemory *bn_module_memory_new (const char *path, GError **error);
void bn_module_memory_free (BnModuleMemory *self);

gboolean bn_module_memory_is_disabled (BnModuleMemory *self, const char *name);
void bn_module_memory_set_disabled (BnModuleMemory *self, const char *name, gboolean disabled);

/* The hashes of folders whose version did not get ready, or failed in its probation: they are not
 * tried again by themselves. The last BN_BAD_HASHES_MAX of a module are remembered. */
#define BN_BAD_HASHES_MAX 8
gboolean bn_module_memory_is_bad (BnModuleMemory *self, const char *name, const char *hash);
void bn_module_memory_add_bad (BnModuleMemory *self, const char *name, const char *hash);
void bn_module_memory_remove_bad (BnModuleMemory *self, const char *name, const char *hash);

/* Why the version @hash of a module is in quarantine; NULL if it is not: another version is free.
 */
char *bn_module_memory_dup_quarantine (BnModuleMemory *self, const char *name, const char *hash);
void bn_module_memory_set_quarantined (BnModuleMemory *self, const char *name, const char *hash,
                                       const char *reason);
void bn_module_memory_release (BnModuleMemory *self, const char *name);

/* The rights of a module that a person approved: see core/module-rights.h; NULL if none ever did.
 */
char **bn_module_memory_dup_approved (BnModuleMemory *self, const char *name);
void bn_module_memory_set_approved (BnModuleMemory *self, const char *name,
                                    const char *const *rights);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnModuleMemory, bn_module_memory_free)

G_END_DECLS
