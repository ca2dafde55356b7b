/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What running processes cost, as the kernel counts it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of all threads. */
typedef struct
{
  guint64 cpu_nsec;
  guint64 wakeups; /* voluntary context switches */
} BnProcessCost;

void bn_process_cost_read (GPid pid, BnProcessCost *cost);

/* Adds @times what was spent between the two. */
void bn_process_cost_add (BnProcessCost *sum, const BnProcessCost *before,
                          const BnProcessCost *after);

/* The share of memory that belongs to a process, in KiB. */
guint64 bn_process_pss_kib (GPid pid);

/* GPid of each child. */
GArray *bn_process_children (GPid pid);

G_END_DECLS
