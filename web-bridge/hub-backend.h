/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub as the web protocol sees it. */
#pragma once

#include "hub/hub-client.h"
#include "protocol/backend.h"

G_BEGIN_DECLS

#define BN_TYPE_HUB_BACKEND (bn_hub_backend_get_type ())
G_DECLARE_FINAL_TYPE (BnHubBackend, bn_hub_backend, BN, HUB_BACKEND, GObject)

BnHubBackend *bn_hub_backend_new (BnHubClient *client);

G_END_DECLS
