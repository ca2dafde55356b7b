/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The options of Subscribe. */
#pragma once

#include "core/event-bus.h"

G_BEGIN_DECLS

/* Reads @options (a{sv}) of EventBus1.Subscribe; strings belong to it. The level stays NONE. Error:
 * bad_payload. */
gboolean bn_subscribe_options_read (BnSubscribeOptions *self, GVariant *options, GError **error);

G_END_DECLS
