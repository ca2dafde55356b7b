/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Worker1 on the bus. */
#pragma once

#include "core/worker.h"
#include "dbus/gate.h"
#include "introspection/contract-generated.h"

G_BEGIN_DECLS

#define BN_TYPE_WORKER1_SERVICE (bn_worker1_service_get_type ())
G_DECLARE_FINAL_TYPE (BnWorker1Service, bn_worker1_service, BN, WORKER1_SERVICE, BnWorker1Skeleton)

/* Follows @worker. */
BnWorker1Service *bn_worker1_service_new (BnWorker *worker, BnGate *gate);

G_END_DECLS
