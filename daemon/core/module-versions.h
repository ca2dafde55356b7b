/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Kept copies of the versions of modules, to go back to. */
#pragma once

#include "core/manifest.h"

G_BEGIN_DECLS

/* Of all files of one version; a larger one is not kept. */
#define BN_VERSION_BYTES_MAX (32 * 1024 * 1024)
/* Wanted at the same time: the one that runs, and the one before it. */
#define BN_VERSIONS_MAX 2

typedef struct _BnModuleVersions BnModuleVersions;

/* The copies stand in @root/NAME/HASH/NAME. */
BnModuleVersions *bn_module_versions_new (const char *root);
void bn_module_versions_free (BnModuleVersions *self);

/* From now on these (BN_VERSIONS_MAX; nullable) are kept of the module @name; others are removed.
 */
void bn_module_versions_want (BnModuleVersions *self, const char *name, const char *const *hashes);

/* Copies @folder, which has the hash @hash, in a thread, unless it is kept already. Nothing comes
 * of it if the folder changes meanwhile, is too large, or the version is not wanted. */
void bn_module_versions_keep (BnModuleVersions *self, const char *name, const char *hash,
                              const char *folder);

/* Reads a kept version; it must be what was copied, and nobody else may write it. Errors:
 * not_found, forbidden, and those of a manifest. */
BnManifest *bn_module_versions_load (BnModuleVersions *self, const char *name, const char *hash,
                                     GError **error);

/* The hashes of the kept versions of a module, whether they are wanted or not. */
char **bn_module_versions_list (BnModuleVersions *self, const char *name);

/* Removes all that is kept of a module. */
void bn_module_versions_forget (BnModuleVersions *self, const char *name);

/* Removes all that is kept of modules whose name is not a key of @known. */
void bn_module_versions_clean (BnModuleVersions *self, GHashTable *known);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnModuleVersions, bn_module_versions_free)

G_END_DECLS
