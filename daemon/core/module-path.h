/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Where modules are: the module path, the folders in it, and what changes there. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Finds the folders NAME that have a NAME.module in the folders of @path (colon-separated): name ->
 * folder. The first folder of a name counts. */
GHashTable *bn_module_path_scan (const char *path);

/* Whether a module may be started from @folder: it and its files belong to root or to us (@system:
 * to root only) and nobody else may write them. Error: forbidden. */
gboolean bn_module_folder_check (const char *folder, gboolean system, GError **error);

/* A hash (SHA-256) of names and contents of the files in @folder. */
char *bn_module_folder_hash (const char *folder, GError **error);

/* Watches the folders of a path and the module folders in them. */
#define BN_TYPE_MODULE_WATCH (bn_module_watch_get_type ())
G_DECLARE_FINAL_TYPE (BnModuleWatch, bn_module_watch, BN, MODULE_WATCH, GObject)

/* Signal "changed" (): something changed, and then nothing for 300 ms. */
BnModuleWatch *bn_module_watch_new (const char *path);

/* Watches the module folders that are there now. */
void bn_module_watch_update (BnModuleWatch *self);

G_END_DECLS
