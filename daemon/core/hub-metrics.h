/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the hub measures of itself, its modules, their workers and the private connections, as
 * samples like any other; hub.module declares them. */
#pragma once

#include "core/modules.h"

G_BEGIN_DECLS

typedef enum
{
  BN_HUB_METRIC_PROCESS, /* hub.statistics */
  BN_HUB_METRIC_EVENTS,  /* event.statistics: all of bn_event_bus_get_statistics() */
  BN_HUB_METRIC_MODULES, /* module.statistics, one a module */
  BN_HUB_METRIC_WORKERS, /* worker.statistics, one a worker */
  BN_HUB_METRIC_LINKS,   /* link.statistics, one a private connection */
  BN_HUB_METRIC_BRIDGES, /* websocket.statistics, one a web bridge: what it says of itself */
  BN_N_HUB_METRICS
} BnHubMetric;

#define BN_TYPE_HUB_METRICS (bn_hub_metrics_get_type ())
G_DECLARE_FINAL_TYPE (BnHubMetrics, bn_hub_metrics, BN, HUB_METRICS, GObject)

/* @manifest: the hub's own. @web_peers: of BnLinkPeer, those that are no modules. */
BnHubMetrics *bn_hub_metrics_new (BnEventBus *bus, BnModules *modules, BnWorkers *workers,
                                  BnManifest *manifest, GPtrArray *web_peers);

/* Measures and publishes. Rates are over the time since the last call. */
void bn_hub_metrics_publish (BnHubMetrics *self, BnHubMetric metric);

/* Nobody is interested any more: nothing is watched, and what was counted is no base of a rate. */
void bn_hub_metrics_rest (BnHubMetrics *self, BnHubMetric metric);

G_END_DECLS
