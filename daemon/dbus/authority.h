/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a caller on the bus may do. The one file that knows polkit. */
#pragma once

#include <gio/gio.h>

#include "introspection/access-level.h"

G_BEGIN_DECLS

#define BN_TYPE_AUTHORITY (bn_authority_get_type ())
G_DECLARE_FINAL_TYPE (BnAuthority, bn_authority, BN, AUTHORITY, GObject)

/* On a session bus every caller is the same user and has every level. On the system bus polkit is
 * asked about the caller's unique name (never a process id), for org.binnacle.observe, .control or
 * .admin with the details "module" and "method", which are the same for a typed call and for the
 * request of the same name. Every error of polkit is a no. */
BnAuthority *bn_authority_new (gboolean system);

/* TRUE if the answer needs nobody to be asked. */
gboolean bn_authority_is_immediate (BnAuthority *self);

/* May @sender do @what, which needs @level? @interactive: the caller allows that a person is asked.
 * Error: forbidden. */
void bn_authority_check_async (BnAuthority *self, const char *sender, BnAccessLevel level,
                               const char *what, gboolean interactive, GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean bn_authority_check_finish (BnAuthority *self, GAsyncResult *result, GError **error);

G_END_DECLS
