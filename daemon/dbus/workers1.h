/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Workers1 on the bus. */
#pragma once

#include "core/workers.h"
#include "dbus/gate.h"
#include "introspection/contract-generated.h"

G_BEGIN_DECLS

#define BN_TYPE_WORKERS1_SERVICE (bn_workers1_service_get_type ())
G_DECLARE_FINAL_TYPE (BnWorkers1Service, bn_workers1_service, BN, WORKERS1_SERVICE,
                      BnWorkers1Skeleton)

BnWorkers1Service *bn_workers1_service_new (BnWorkers *workers, BnGate *gate);

G_END_DECLS
