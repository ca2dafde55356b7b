/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Whether a module's process keeps what its interface promises. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Of the answer to Introspect; past it nothing is compared. */
#define BN_INTROSPECTION_BYTES_MAX (256 * 1024)

/* Compares what a process says it serves, @xml, with what is @declared: each method, with the same
 * arguments, must be there. Error: unsupported, which names the first method that is not. */
gboolean bn_interface_check_served (GDBusInterfaceInfo *declared, const char *xml, GError **error);

/* Whether @body (nullable) has the types of the out arguments of @method. */
gboolean bn_interface_check_reply (GDBusMethodInfo *method, GVariant *body);

G_END_DECLS
