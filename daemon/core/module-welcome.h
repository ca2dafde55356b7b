/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a generation of a module is told in the answer to Hello. */
#pragma once

#include "core/manifest.h"

G_BEGIN_DECLS

typedef struct
{
  guint generation;
  const char *epoch;
  const char *state_folder;
  const char *sysroot; /* (nullable) */
  gboolean restore;
  GVariant *workers; /* a{su}, floating */
} BnModuleWelcome;

/* The answer to Hello (ModuleHost1): an a{sv} with the reference of the caller. @path: where the
 * module exports its objects. */
GVariant *bn_module_welcome_to_variant (const BnModuleWelcome *welcome, BnManifest *manifest,
                                        const char *path);

G_END_DECLS
