/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Modules1 on the bus. */
#pragma once

#include "core/modules.h"
#include "dbus/gate.h"
#include "introspection/contract-generated.h"

G_BEGIN_DECLS

#define BN_TYPE_MODULES1_SERVICE (bn_modules1_service_get_type ())
G_DECLARE_FINAL_TYPE (BnModules1Service, bn_modules1_service, BN, MODULES1_SERVICE,
                      BnModules1Skeleton)

BnModules1Service *bn_modules1_service_new (BnModules *modules, BnGate *gate,
                                            GDBusConnection *connection);

G_END_DECLS
