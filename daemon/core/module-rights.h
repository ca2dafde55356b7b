/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rights of a module: what its manifest asks for beyond its own folders and the level
 * "observe". A list of rights is a sorted string array, each entry "KIND" or "KIND=VALUE". */
#pragma once

#include "core/manifest.h"

G_BEGIN_DECLS

/* What @manifest asks for. */
char **bn_module_rights_new (BnManifest *manifest);

/* TRUE if every right of @asked stands in @granted. */
gboolean bn_module_rights_cover (const char *const *granted, const char *const *asked);

/* Names exactly this list: who approves it says with it what was seen. 64 hexadecimal digits. */
char *bn_module_rights_digest (const char *const *rights);

/* aa{sv}, floating: for each right "kind" (s), "value" (s; not for every kind), "approved" (b). */
GVariant *bn_module_rights_to_variant (const char *const *rights, const char *const *granted);

/* For a message to people: "network, files=/run/docker.sock"; those that stand in @granted
 * (nullable) are left out. */
char *bn_module_rights_to_text (const char *const *rights, const char *const *granted);

G_END_DECLS
