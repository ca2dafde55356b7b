/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Starts programs for a module, outside all that confines it. */
#pragma once

#include "core/manifest.h"
#include "core/user-systemd.h"

G_BEGIN_DECLS

/* As ModuleHost1.Launch, which has the options and errors. @systemd is NULL on the system bus.
 * @descriptors (nullable): what the handles among @options are indices into. */
void bn_program_launch_async (BnUserSystemd *systemd, BnManifest *manifest, const char *const *argv,
                              GVariant *options, GUnixFDList *descriptors,
                              GAsyncReadyCallback callback, gpointer user_data);

/* The name of the unit. */
char *bn_program_launch_finish (GAsyncResult *result, GError **error);

G_END_DECLS
