/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Which files a module may open, by what its manifest declares. */
#pragma once

#include "core/landlock.h"
#include "core/manifest.h"
#include "core/temp-folder.h"

G_BEGIN_DECLS

/* Where a module finds what it needs; it has to live as long as it is used. */
typedef struct
{
  const char *program_path;    /* colon-separated folders of programs */
  const char *library_path;    /* colon-separated folders of libraries and their data */
  const char *state_folder;    /* its own, for lasting files */
  BnTempFolders *temp_folders; /* where it gets one for as long as it runs */
  const char *sysroot;         /* (nullable): where it looks for /proc and /sys */
  int output;                  /* where it prints; -1: where the hub does */
} BnModulePlaces;

/* Rules for the module whose program is the file @program and that has @temp_folder. @abi as
 * bn_landlock_new(). */
BnLandlock *bn_file_rules_new (guint abi, BnManifest *manifest, const char *program,
                               const char *temp_folder, const BnModulePlaces *places,
                               GError **error);

/* TRUE if the manifest declares what only connect() reaches: the network, a bus, or files that it
 * writes to, one of which may be a socket. */
gboolean bn_manifest_needs_connect (BnManifest *manifest);

G_END_DECLS
