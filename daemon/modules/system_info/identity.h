/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What this machine is. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* a{sv}, floating: the keys of SystemInfo1.Identity. */
GVariant *bn_identity_read (const char *sysroot);

/* The machine id hashed for this program, as machine-id(5) asks for. NULL if @machine_id is none.
 */
char *bn_identity_hash_machine_id (const char *machine_id);

G_END_DECLS
