/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Access1 on the bus: its half for people at the machine. */
#pragma once

#include "core/access.h"
#include "core/requests.h"
#include "dbus/gate.h"
#include "introspection/contract-generated.h"

G_BEGIN_DECLS

#define BN_TYPE_ACCESS1_SERVICE (bn_access1_service_get_type ())
G_DECLARE_FINAL_TYPE (BnAccess1Service, bn_access1_service, BN, ACCESS1_SERVICE, BnAccess1Skeleton)

BnAccess1Service *bn_access1_service_new (BnAccess *access, BnRequests *requests, BnGate *gate);

G_END_DECLS
