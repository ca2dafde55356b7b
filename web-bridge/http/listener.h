/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Accepts connections: our own loop, since libsoup's stops for ever when descriptors run out. */
#pragma once

#include <gio/gio.h>

#include "protocol/bridge-limits.h"

G_BEGIN_DECLS

#define BN_TYPE_LISTENER (bn_listener_get_type ())
G_DECLARE_FINAL_TYPE (BnListener, bn_listener, BN, LISTENER, GObject)

/* Signal "accepted" (GSocket *): the callee keeps it or lets it close. */

BnListener *bn_listener_new (BnCounters *counters);

/* Listens on @address (a number) and @port; 0 is any. Returns the port, 0 on an error. */
guint16 bn_listener_add (BnListener *self, const char *address, guint16 port, GError **error);

void bn_listener_stop (BnListener *self);

G_END_DECLS
