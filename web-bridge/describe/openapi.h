/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The REST half of the contract as OpenAPI 3.1, the WebSocket half as AsyncAPI 3.0. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* @descriptions: what module.describe answers for each module and the hub (GVariant a{sv}).
 * @version: of Binnacle. JSON text. */
char *bn_openapi_format (GPtrArray *descriptions, const char *version);
char *bn_asyncapi_format (GPtrArray *descriptions, const char *version);

G_END_DECLS
