/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Starts the program of a module, with its end of the link. */
#pragma once

#include "core/confinement.h"

G_BEGIN_DECLS

/* The absolute path of the program that the manifest names, which is found in the module's folder
 * or in one of @program_path (colon-separated). Error: unavailable. */
char *bn_module_spawn_find (BnManifest *manifest, const char *program_path, GError **error);

/* Starts the program that the manifest names, in the module's folder, confined by what the manifest
 * declares. It dies with the hub. Takes @group. @link_fd (taken) is our end of the link. NULL with
 * @error. */
BnConfinement *bn_module_spawn (BnManifest *manifest, const BnModulePlaces *places,
                                BnTaskGroup *group, GPid *pid, int *link_fd, GError **error);

/* Both ends of a link, for a program that somebody else starts. They are closed in whatever is
 * started. */
gboolean bn_module_spawn_link (BnManifest *manifest, int *link_fd, int *module_fd, GError **error);

G_END_DECLS
