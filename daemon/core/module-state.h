/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What one generation of a module hands over to the next. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BN_MODULE_STATE_BYTES_MAX (256 * 1024)

/* Whether @frozen, an answer to ModulePeer1.Freeze that is no error, can be handed over as it is.
 * Errors, whose messages say what the module did: bad_payload, too_large. */
gboolean bn_module_state_check (GDBusMessage *frozen, GError **error);

/* The body and the descriptors for ModulePeer1.Restore; nothing if @frozen is NULL. */
void bn_module_state_put (GDBusMessage *restore, GDBusMessage *frozen);

G_END_DECLS
