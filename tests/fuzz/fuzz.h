/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a fuzz target defines. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Returns 0; a finding ends the program. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
