/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Pressure stall information: the share of time in which tasks waited for a resource. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Percent of the last 10, 60 and 300 seconds. */
typedef struct
{
  double some[3];
  double full[3];
  gboolean has_full; /* not for the CPU before Linux 5.13 */
} BnPressure;

typedef struct _BnPressureReader BnPressureReader;

/* @resource is "cpu", "memory" or "io". */
BnPressureReader *bn_pressure_reader_new (const char *sysroot, const char *resource);
void bn_pressure_reader_free (BnPressureReader *self);

/* FALSE where the kernel does not measure it (before 4.20, or not switched on): then for good. */
gboolean bn_pressure_reader_read (BnPressureReader *self, BnPressure *pressure);

gboolean bn_pressure_parse (const char *text, BnPressure *pressure);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnPressureReader, bn_pressure_reader_free)

G_END_DECLS
