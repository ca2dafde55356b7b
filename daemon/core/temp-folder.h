/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Folders for the temporary files of the processes of one hub, and their end. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The folder of one hub, in which those of its processes are. */
typedef struct _BnTempFolders BnTempFolders;

/* Makes it in @root, which other hubs of this user may use as well, and removes there what hubs
 * left behind that were killed. */
BnTempFolders *bn_temp_folders_new (const char *root, GError **error);
void bn_temp_folders_free (BnTempFolders *self);

/* Makes a new folder for this user only; its name begins with @name. */
char *bn_temp_folder_new (BnTempFolders *folders, const char *name, GError **error);

/* Removes one with all that is in it; what takes time is done by another process. */
void bn_temp_folder_remove (const char *path);

G_END_DECLS
