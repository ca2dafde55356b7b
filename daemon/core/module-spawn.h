/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Starts the program of a module, with its end of the link. */
#pragma once

#include "core/manifest.h"

G_BEGIN_DECLS

/* Starts the program that the manifest names, in the module's folder and in a process group of its
 * own. It dies with the hub. @link_fd (taken) is our end of the link. */
gboolean bn_module_spawn (BnManifest *manifest, const char *program_path, GPid *pid, int *link_fd,
                          GError **error);

G_END_DECLS
