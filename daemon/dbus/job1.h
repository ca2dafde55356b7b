/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Job1 on the bus. */
#pragma once

#include "core/job.h"
#include "core/jobs.h"
#include "dbus/gate.h"
#include "introspection/contract-generated.h"

G_BEGIN_DECLS

#define BN_TYPE_JOB1_SERVICE (bn_job1_service_get_type ())
G_DECLARE_FINAL_TYPE (BnJob1Service, bn_job1_service, BN, JOB1_SERVICE, BnJob1Skeleton)

BnJob1Service *bn_job1_service_new (BnJobs *jobs, BnJob *job, BnGate *gate);

G_END_DECLS
