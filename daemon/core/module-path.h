/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Where modules are: the module path, the folders in it, and what changes there. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Finds the folders NAME that have a NAME.module in the folders of @path (colon-separated): name ->
 * folder. The first folder of a name counts. */
GHashTable *bn_module_path_scan (const char *path);

/* The paths of the files in @folder, sorted; folders in it are not looked into. Errors: not_found,
 * too_large. */
GPtrArray *bn_module_folder_list (const char *folder, GError **error);

/* Whether a module may be started from @folder: it and all in it belong to root or to us (@system:
 * to root only) and nobody else may write them. Error: forbidden. */
gboolean bn_module_folder_check (const char *folder, gboolean system, GError **error);

/* The user's own folder of modules. */
char *bn_module_path_user (void);

/* The folders in which modules are looked for, colon-separated: $BINNACLE_MODULE_PATH, the user's
 * (not @system), the local one, and @installed. The user's is made: what is put into it must be
 * seen at once, and only what exists can be watched. */
char *bn_module_path_default (gboolean system, const char *installed);

/* A hash (SHA-256) of the files in @folder: their names, contents and times of change; not of where
 * the folder is. Of files past BN_VERSION_BYTES_MAX it takes which they are, not the contents.
 * Errors: conflict (it is being changed), not_found, too_large (too many files). */
char *bn_module_folder_hash (const char *folder, GError **error);

/* Watches the folders of a path and the module folders in them. */
#define BN_TYPE_MODULE_WATCH (bn_module_watch_get_type ())
G_DECLARE_FINAL_TYPE (BnModuleWatch, bn_module_watch, BN, MODULE_WATCH, GObject)

/* Signal "changed" (): something changed, and then nothing for 300 ms, or something for 3 s. */
BnModuleWatch *bn_module_watch_new (const char *path);

/* Watches one more module folder, wherever it is; not any more. */
void bn_module_watch_add_folder (BnModuleWatch *self, const char *folder);
void bn_module_watch_remove_folder (BnModuleWatch *self, const char *folder);

/* Whether @folder has the manifest of the module @name. */
gboolean bn_module_folder_has_manifest (const char *folder, const char *name);

/* Watches the module folders that are there now. */
void bn_module_watch_update (BnModuleWatch *self);

G_END_DECLS
