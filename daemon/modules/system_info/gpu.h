/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What graphics cards tell in sysfs: load and memory (amdgpu), clock frequency (i915, xe). */
#pragma once

#include <gio/gio.h>

#include "modules/system_info/roster.h"

G_BEGIN_DECLS

typedef struct
{
  const char *gpu;    /* "card0" */
  const char *vendor; /* nullable */
  const char *driver; /* "amdgpu" */
  const char *state;  /* "active", or "suspended": then it is not asked, that would wake it */
  gboolean has_usage;
  double usage; /* percent */
  gboolean has_memory;
  guint64 memory_total_bytes;
  guint64 memory_used_bytes;
  gboolean has_frequency;
  double hertz;
} BnGpuSample;

typedef void (*BnGpuFunc) (const BnGpuSample *sample, gpointer user_data);

typedef struct _BnGpuReader BnGpuReader;

BnGpuReader *bn_gpu_reader_new (const char *sysroot);
void bn_gpu_reader_free (BnGpuReader *self);

/* A card whose driver tells none of it is not shown. */
void bn_gpu_reader_read (BnGpuReader *self, BnGpuFunc func, BnGoneFunc gone, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnGpuReader, bn_gpu_reader_free)

G_END_DECLS
