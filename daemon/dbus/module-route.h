/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module's own interface on its object: calls are forwarded to its process, copied as they are.
 */
#pragma once

#include "core/hosted-module.h"
#include "dbus/gate.h"

G_BEGIN_DECLS

#define BN_TYPE_MODULE_ROUTE (bn_module_route_get_type ())
G_DECLARE_FINAL_TYPE (BnModuleRoute, bn_module_route, BN, MODULE_ROUTE, GDBusInterfaceSkeleton)

/* The interface is that of the module's manifest now. */
BnModuleRoute *bn_module_route_new (BnHostedModule *module, BnGate *gate);

/* FALSE if a reload changed the interface: a new route is needed. */
gboolean bn_module_route_is_current (BnModuleRoute *self);

G_END_DECLS
