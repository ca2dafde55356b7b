/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the disks do: whole disks, RAID and mapped devices; no partitions, loop or memory disks. */
#pragma once

#include <gio/gio.h>

#include "modules/system_info/rate.h"
#include "modules/system_info/roster.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;  /* "nvme0n1" */
  const char *model; /* nullable: what it is for people, such as "Samsung SSD 980" or "vg-root" */
  guint64 size_bytes;
  gboolean has_rates; /* not in the first reading */
  double read_bytes;  /* a second, and so the others */
  double written_bytes;
  double read_ops;
  double write_ops;
  double utilisation;   /* percent of the time in which it was busy */
  gboolean has_latency; /* only if something ended */
  double latency_ms;    /* mean time from queueing to end */
} BnDiskSample;

typedef void (*BnDiskFunc) (const BnDiskSample *sample, gpointer user_data);

typedef struct _BnDiskReader BnDiskReader;

BnDiskReader *bn_disk_reader_new (const char *sysroot);
void bn_disk_reader_free (BnDiskReader *self);

/* A disk that has never read or written anything is not shown. */
gboolean bn_disk_reader_read (BnDiskReader *self, gint64 now_usec, gint64 period_usec,
                              BnDiskFunc func, BnGoneFunc gone, gpointer user_data, GError **error);

typedef enum
{
  BN_DISK_READS,
  BN_DISK_READ_SECTORS,
  BN_DISK_READ_MS,
  BN_DISK_WRITES,
  BN_DISK_WRITTEN_SECTORS,
  BN_DISK_WRITE_MS,
  BN_DISK_BUSY_MS,
  BN_DISK_COUNTERS,
} BnDiskCounter;

/* A line of /proc/diskstats. */
gboolean bn_disk_parse_line (const char *at, const char **name, gsize *name_length,
                             guint64 counters[BN_DISK_COUNTERS]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnDiskReader, bn_disk_reader_free)

G_END_DECLS
