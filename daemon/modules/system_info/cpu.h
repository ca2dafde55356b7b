/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the processors do: shares of time, load, tasks; together and for each core. */
#pragma once

#include <gio/gio.h>

#include "modules/system_info/rate.h"
#include "modules/system_info/roster.h"

G_BEGIN_DECLS

/* Percent of the time since the reading before. */
typedef struct
{
  double usage; /* everything but idle and iowait */
  double user;  /* with nice */
  double system;
  double iowait;
  double steal;
} BnCpuShares;

typedef struct
{
  gboolean has_shares; /* not in the first reading */
  BnCpuShares shares;
  gboolean has_load;
  double load[3]; /* 1, 5 and 15 minutes */
  guint64 tasks;
  guint64 tasks_running;
  gboolean has_blocked;
  guint64 tasks_blocked; /* waiting for a disk */
} BnCpuSample;

typedef struct
{
  const char *core;
  gboolean has_shares;
  BnCpuShares shares;
} BnCoreSample;

typedef void (*BnCoreFunc) (const BnCoreSample *sample, gpointer user_data);

typedef enum
{
  BN_READ_FAILED,
  BN_READ_TOO_SOON, /* the last sample still stands */
  BN_READ_DONE,
} BnReadResult;

typedef struct _BnCpuReader BnCpuReader;

BnCpuReader *bn_cpu_reader_new (const char *sysroot);
void bn_cpu_reader_free (BnCpuReader *self);

/* The two share one reading of /proc/stat when they are called within 20 ms. */
BnReadResult bn_cpu_reader_read (BnCpuReader *self, gint64 now_usec, gint64 period_usec,
                                 BnCpuSample *sample, GError **error);
gboolean bn_cpu_reader_read_cores (BnCpuReader *self, gint64 now_usec, gint64 period_usec,
                                   BnCoreFunc func, BnGoneFunc gone, gpointer user_data,
                                   GError **error);

/* The columns of /proc/stat */
#define BN_CPU_COLUMNS 8

/* The line at @at, "cpu" or "cpu<core>"; @core is empty for all cores together. FALSE if it is
 * another line. */
gboolean bn_cpu_parse_line (const char *at, const char **core, gsize *core_length,
                            guint64 ticks[BN_CPU_COLUMNS]);

/* "0.07 0.04 0.03 1/94 8853" */
gboolean bn_cpu_parse_load (const char *text, BnCpuSample *sample);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnCpuReader, bn_cpu_reader_free)

G_END_DECLS
