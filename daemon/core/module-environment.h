/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The environment of a module's process. */
#pragma once

#include "core/manifest.h"

G_BEGIN_DECLS

/* What a module gets of the hub's own environment, and what it is told: where its end of the link
 * is and, as TMPDIR, @temp_folder. */
char **bn_module_environment_new (BnManifest *manifest, int link_fd, const char *temp_folder);

/* The folders that the hub's environment names for loaders: of libraries, introspection data and
 * Python modules. Whoever started the hub vouches for them as for the system's own. */
char **bn_module_environment_dup_library_folders (void);

/* TRUE if a name in Talk= is on that bus: "session" or "system". */
gboolean bn_manifest_talks_on (BnManifest *manifest, const char *bus);

G_END_DECLS
