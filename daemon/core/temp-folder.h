/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A folder for the temporary files of one process, and its end. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes a new folder in @root, for this user only; its name begins with @name. */
char *bn_temp_folder_new (const char *root, const char *name, GError **error);

/* Removes it with all that is in it; what takes time is done by another process. */
void bn_temp_folder_remove (const char *path);

/* Removes what a hub that was killed left behind in @root. */
void bn_temp_folder_clear (const char *root);

G_END_DECLS
