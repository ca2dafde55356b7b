/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Starts the program of a module, with its end of the link. */
#pragma once

#include "core/confinement.h"

G_BEGIN_DECLS

/* Starts the program that the manifest names, in the module's folder, confined by what the manifest
 * declares. It dies with the hub. Takes @group. @link_fd (taken) is our end of the link. NULL with
 * @error. */
BnConfinement *bn_module_spawn (BnManifest *manifest, const BnModulePlaces *places,
                                BnTaskGroup *group, GPid *pid, int *link_fd, GError **error);

G_END_DECLS
