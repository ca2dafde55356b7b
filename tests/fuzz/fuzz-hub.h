/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A hub that answers at once, for what stands on protocol/. */
#pragma once

#include "protocol/backend.h"

#define FUZZ_TYPE_HUB (fuzz_hub_get_type ())
G_DECLARE_FINAL_TYPE (FuzzHub, fuzz_hub, FUZZ, HUB, GObject)

/* Emits the event "a.b" with @line as its text. */
void fuzz_hub_tell (FuzzHub *self, const char *line);
