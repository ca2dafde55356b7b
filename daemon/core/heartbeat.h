/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's own worker: tells subscribers that the hub lives. */
#pragma once

#include "core/event-bus.h"
#include "core/workers.h"

G_BEGIN_DECLS

#define BN_TYPE_HEARTBEAT (bn_heartbeat_get_type ())
G_DECLARE_FINAL_TYPE (BnHeartbeat, bn_heartbeat, BN, HEARTBEAT, GObject)

/* @manifest: the hub's own, which declares the worker and its event. */
BnHeartbeat *bn_heartbeat_new (BnEventBus *bus, BnWorkers *workers, BnManifest *manifest);

G_END_DECLS
