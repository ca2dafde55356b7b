/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Lets other machines in when the hub says so, and tells it where. */
#pragma once

#include "http/http-server.h"
#include "hub/hub-client.h"

G_BEGIN_DECLS

typedef struct _BnBridgeExposure BnBridgeExposure;

/* @client and @server must outlive it. @port: the usual one for other machines. @system: it is the
 * service of the machine, not of a user, and so is the certificate. */
BnBridgeExposure *bn_bridge_exposure_new (BnHubClient *client, BnHttpServer *server, guint16 port,
                                          gboolean system);
void bn_bridge_exposure_free (BnBridgeExposure *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnBridgeExposure, bn_bridge_exposure_free)

G_END_DECLS
