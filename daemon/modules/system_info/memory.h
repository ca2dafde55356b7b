/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Memory and swap. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes. What the kernel does not tell has_ not. */
typedef struct
{
  guint64 total;
  guint64 free;
  guint64 available; /* for programs without swapping; estimated before Linux 3.14 */
  guint64 used;      /* total - available */
  guint64 buffers;
  guint64 cached; /* with what the kernel can give back of its own, as free(1) */
  guint64 shared;
  guint64 dirty;
  guint64 swap_total;
  guint64 swap_used;
} BnMemorySample;

typedef struct _BnMemoryReader BnMemoryReader;

BnMemoryReader *bn_memory_reader_new (const char *sysroot);
void bn_memory_reader_free (BnMemoryReader *self);
gboolean bn_memory_reader_read (BnMemoryReader *self, BnMemorySample *sample, GError **error);

/* FALSE if @text has no MemTotal and MemFree. */
gboolean bn_memory_parse (const char *text, BnMemorySample *sample);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnMemoryReader, bn_memory_reader_free)

G_END_DECLS
