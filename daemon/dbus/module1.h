/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Module1 on the bus. */
#pragma once

#include "core/hub-requests.h"
#include "dbus/gate.h"
#include "introspection/contract-generated.h"

G_BEGIN_DECLS

#define BN_TYPE_MODULE1_SERVICE (bn_module1_service_get_type ())
G_DECLARE_FINAL_TYPE (BnModule1Service, bn_module1_service, BN, MODULE1_SERVICE, BnModule1Skeleton)

/* Follows @module. */
BnModule1Service *bn_module1_service_new (BnHostedModule *module, const BnHubFacts *facts,
                                          BnGate *gate);

G_END_DECLS
