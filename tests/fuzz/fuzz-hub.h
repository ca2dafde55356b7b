/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub of the fuzz targets that stand on protocol/. */
#pragma once

#include "tests/web-bridge/instant-hub.h"

InstantHub *fuzz_hub_new (void);
/* The event "a.b" with @line as its text. */
void fuzz_hub_tell (InstantHub *self, const char *line);
