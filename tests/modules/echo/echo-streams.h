/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The streams of the module for tests. */
#pragma once

#include "sdk/binnacle-module.h"
#include "tests/modules/echo/echo-generated.h"

G_BEGIN_DECLS

/* Serves the methods of @skeleton that return descriptors. */
void echo_streams_serve (BnModule *module, EchoEcho1 *skeleton);

G_END_DECLS
