/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the tests of faults hold the hub to. */
#pragma once

#include <glib.h>

/* With AddressSanitizer what is freed stays in quarantine, and everything takes several times as
 * long: figures are printed, but say nothing. */
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_IS_REAL FALSE
#define TIME_IS_REAL FALSE
#else
#define MEMORY_IS_REAL TRUE
#define TIME_IS_REAL TRUE
#endif

/* I2: what the hub may have grown by while the fault goes on, and after it. */
#define GROWTH_BYTES_MAX (1024 * 1024)
#define SETTLED_BYTES_MAX (2 * 1024 * 1024)
#define SETTLED_PERCENT_MAX 10
/* I4: of the witness. */
#define WITNESS_INTERVAL_MS 100
#define PING_DURING_USEC_MAX 50000
#define PING_AFTER_USEC_MAX 5000
/* I10: how soon the hub must be idle again, and what that is. */
#define IDLE_WITHIN_USEC (5 * G_USEC_PER_SEC)
#define IDLE_PERCENT_MAX 2.0
#define IDLE_GROWTH_MAX 1.5 /* on a machine where it was more before */
