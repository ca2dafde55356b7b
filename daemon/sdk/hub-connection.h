/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Opens the connection to the hub that started this process. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Takes the descriptor that BINNACLE_MODULE_FD names; children inherit neither. Waits for the SASL
 * exchange. The error says that a module is started by the hub, if it was not. */
GDBusConnection *bn_hub_connection_open (GError **error);

/* Says Hello and waits for the answer, an a{sv}. */
GVariant *bn_hub_connection_hello (GDBusConnection *connection, GError **error);

G_END_DECLS
