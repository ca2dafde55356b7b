/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A hub that answers at once, for what stands on protocol/: fuzz targets and benches. */
#pragma once

#include "protocol/backend.h"

G_BEGIN_DECLS

/* The reply to a method of the hub, floating; NULL: unknown_type. Subscribe is answered by the hub
 * itself, with 1, 2, ... */
typedef GVariant *(*InstantAnswer) (const char *method, GVariant *arguments);

#define INSTANT_TYPE_HUB (instant_hub_get_type ())
G_DECLARE_FINAL_TYPE (InstantHub, instant_hub, INSTANT, HUB, GObject)

InstantHub *instant_hub_new (InstantAnswer answer);
/* Emits an event with that number to the subscriptions 1 to 3; @payload: a{sv}, floating. */
void instant_hub_tell (InstantHub *self, const char *type, GVariant *payload, guint64 sequence);

G_END_DECLS
