/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module may call on the hub: ModuleHost1. */
#pragma once

#include "core/jobs.h"
#include "core/requests.h"

G_BEGIN_DECLS

#define BN_TYPE_MODULE_HOST (bn_module_host_get_type ())
G_DECLARE_FINAL_TYPE (BnModuleHost, bn_module_host, BN, MODULE_HOST, GObject)

/* Serves the processes of @modules from now on. @systemd (nullable) starts programs for them. */
BnModuleHost *bn_module_host_new (BnEventBus *bus, BnModules *modules, BnWorkers *workers,
                                  BnRequests *requests, BnJobs *jobs, BnUserSystemd *systemd);

G_END_DECLS
