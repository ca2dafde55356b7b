/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a process takes of the machine. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads resident memory in bytes and CPU time in microseconds of @pid from /proc/PID/stat
 * (proc(5)). FALSE if it cannot be read; then nothing is changed. */
gboolean bn_process_read_usage (GPid pid, guint64 *memory_bytes, guint64 *cpu_usec);

/* How many descriptors @pid has open; 0 if it cannot be read. */
guint bn_process_count_descriptors (GPid pid);

/* CPU time of @pid, from its clock: exact, where /proc has ticks of 10 ms. */
gboolean bn_process_read_cpu_usec (GPid pid, guint64 *cpu_usec);

G_END_DECLS
