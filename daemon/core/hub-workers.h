/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's own workers: the heartbeat, and what the hub measures of itself. Each runs only while
 * somebody subscribes to what it measures. */
#pragma once

#include "core/hub-metrics.h"

G_BEGIN_DECLS

#define BN_TYPE_HUB_WORKERS (bn_hub_workers_get_type ())
G_DECLARE_FINAL_TYPE (BnHubWorkers, bn_hub_workers, BN, HUB_WORKERS, GObject)

/* @manifest: the hub's own, which declares the workers and their events. @metrics: taken. */
BnHubWorkers *bn_hub_workers_new (BnEventBus *bus, BnWorkers *workers, BnManifest *manifest,
                                  BnHubMetrics *metrics);

G_END_DECLS
