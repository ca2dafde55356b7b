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

/* The hash of a folder whose new version did not get ready: it is not tried again by itself. NULL
 * forgets it. */
gboolean bn_module_memory_is_bad (BnModuleMemory *self, const char *name, const char *hash);
void bn_module_memory_set_bad (BnModuleMemory *self, const char *name, const char *hash);

/* The rights of a module that a person approved: see core/module-rights.h; NULL if none ever did.
 */
char **bn_module_memory_dup_approved (BnModuleMemory *self, const char *name);
void bn_module_memory_set_approved (BnModuleMemory *self, const char *name,
                                    const char *const *rights);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnModuleMemory, bn_module_memory_free)

G_END_DECLS
