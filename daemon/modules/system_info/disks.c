/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads /proc/diskstats. */
#include "modules/system_info/disks.h"

#include "modules/system_info/kept-file.h"
#include "modules/system_info/scan.h"

#define DISKS_MAX 2048 /* with partitions, which are remembered to be left out */
#define SECTOR_BYTES 512

typedef enum
{
  UNKNOWN, /* not looked at yet */
  LEFT_OUT,
  EMPTY, /* a drive without a medium, for now */
  SHOWN,
} Kind;

typedef struct
{
  BnRosterItem parent;
  Kind kind;
  char *model;
  guint64 size_bytes;
  gboolean known;
  guint64 counters[BN_DISK_COUNTERS];
} Disk;

struct _BnDiskReader
{
  char *block_folder;
  BnKeptFile file;
  BnText text;
  BnRateWindow window;
  BnRoster *disks; /* Disk */
};

static void
disk_clear (gpointer data)
{
  Disk *disk = data;

  g_free (disk->model);
}

BnDiskReader *
bn_disk_reader_new (const char *sysroot)
{
  BnDiskReader *self = g_new0 (BnDiskReader, 1);

  self->block_folder = g_build_filename (sysroot, "sys/block", NULL);
  bn_kept_file_init (&self->file, g_build_filename (sysroot, "proc/diskstats", NULL));
  self->disks = bn_roster_new ("disks and partitions", sizeof (Disk), DISKS_MAX, disk_clear);
  return self;
}

void
bn_disk_reader_free (BnDiskReader *self)
{
  g_free (self->block_folder);
  bn_kept_file_clear (&self->file);
  bn_text_clear (&self->text);
  bn_roster_free (self->disks);
  g_free (self);
}

gboolean
bn_disk_parse_line (const char *at, const char **name, gsize *name_length,
                    guint64 counters[BN_DISK_COUNTERS])
{
  /* Columns after the name: reads, merged, sectors, ms, writes, merged, sectors, ms, in flight,
   * busy ms; kernels since 4.18 have more behind them. */
  static const int columns[] = {
    BN_DISK_READS,
    -1,
    BN_DISK_READ_SECTORS,
    BN_DISK_READ_MS,
    BN_DISK_WRITES,
    -1,
    BN_DISK_WRITTEN_SECTORS,
    BN_DISK_WRITE_MS,
    -1,
    BN_DISK_BUSY_MS,
  };
  guint64 value;

  if (!bn_scan_u64 (&at, &value) || !bn_scan_u64 (&at, &value))
    return FALSE;
  *name_length = bn_scan_word (&at, name);
  if (*name_length == 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      if (!bn_scan_u64 (&at, &value))
        return FALSE;
      if (columns[i] >= 0)
        counters[columns[i]] = value;
    }
  return TRUE;
}

/* Files, memory, floppies and optical discs are not what one watches. */
static gboolean
is_left_out_by_name (const char *name)
{
  static const char *const prefixes[] = { "loop", "ram", "fd", "sr" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i]) && g_ascii_isdigit (name[strlen (prefixes[i])]))
      return TRUE;
  return g_str_has_prefix (name, "mmcblk") && strstr (name, "boot") != NULL;
}

/* Partitions have no folder in /sys/block. */
static void
classify (BnDiskReader *self, Disk *disk)
{
  g_autofree char *folder_name = g_strdelimit (g_strdup (disk->parent.key), "/", '!');
  g_autofree char *folder = g_build_filename (self->block_folder, folder_name, NULL);
  guint64 sectors = 0;

  disk->kind = LEFT_OUT;
  if (is_left_out_by_name (disk->parent.key) || !g_file_test (folder, G_FILE_TEST_IS_DIR))
    return;
  bn_read_attribute_u64 (folder, "size", &sectors);
  disk->size_bytes = sectors * SECTOR_BYTES;
  disk->kind = sectors == 0 ? EMPTY : SHOWN;
  g_clear_pointer (&disk->model, g_free);
  disk->model = bn_read_attribute (folder, "dm/name");
  if (disk->model == NULL)
    disk->model = bn_read_attribute (folder, "device/model");
  if (disk->model == NULL)
    disk->model = bn_read_attribute (folder, "device/name");
}

static void
fill_rates (BnDiskSample *sample, const guint64 *delta, double seconds)
{
  double ops = (double)delta[BN_DISK_READS] + delta[BN_DISK_WRITES];

  sample->has_rates = TRUE;
  sample->read_bytes = delta[BN_DISK_READ_SECTORS] * (double)SECTOR_BYTES / seconds;
  sample->written_bytes = delta[BN_DISK_WRITTEN_SECTORS] * (double)SECTOR_BYTES / seconds;
  sample->read_ops = delta[BN_DISK_READS] / seconds;
  sample->write_ops = delta[BN_DISK_WRITES] / seconds;
  sample->utilisation = bn_percent (delta[BN_DISK_BUSY_MS], seconds * 1000);
  sample->has_latency = ops > 0;
  if (sample->has_latency)
    sample->latency_ms = ((double)delta[BN_DISK_READ_MS] + delta[BN_DISK_WRITE_MS]) / ops;
}

static void
advance (BnDiskReader *self, Disk *disk, const guint64 *now, BnWindowState state, double seconds,
         BnDiskFunc func, gpointer user_data)
{
  BnDiskSample sample = { 0 };
  guint64 delta[BN_DISK_COUNTERS];
  gboolean changed = memcmp (disk->counters, now, sizeof disk->counters) != 0;

  /* A medium is read as soon as it is put in. */
  if (disk->kind == LEFT_OUT || (disk->kind != SHOWN && !changed))
    return;
  if (disk->kind != SHOWN)
    classify (self, disk);
  if (disk->kind == SHOWN)
    {
      sample.name = disk->parent.key;
      sample.model = disk->model;
      sample.size_bytes = disk->size_bytes;
      if (state == BN_WINDOW_RATES && disk->known
          && bn_counters_delta (disk->counters, now, delta, BN_DISK_COUNTERS))
        fill_rates (&sample, delta, seconds);
      disk->parent.shown = TRUE;
      func (&sample, user_data);
    }
  disk->known = TRUE;
  memcpy (disk->counters, now, sizeof disk->counters);
}

gboolean
bn_disk_reader_read (BnDiskReader *self, gint64 now_usec, gint64 period_usec, BnDiskFunc func,
                     BnGoneFunc gone, gpointer user_data, GError **error)
{
  const char *text = bn_kept_file_read_all (&self->file, &self->text);
  double seconds;
  BnWindowState state;

  if (text == NULL)
    {
      bn_kept_file_set_error (&self->file, error);
      return FALSE;
    }
  state = bn_rate_window_advance (&self->window, now_usec, period_usec, &seconds);
  if (state == BN_WINDOW_SHORT)
    return TRUE;
  bn_roster_begin (self->disks);
  for (const char *at = text; *at != '\0'; at = bn_scan_next_line (at))
    {
      guint64 counters[BN_DISK_COUNTERS];
      const char *name;
      gsize length;
      gboolean is_new;
      Disk *disk;

      if (!bn_disk_parse_line (at, &name, &length, counters))
        continue;
      disk = bn_roster_find (self->disks, name, length, &is_new);
      if (disk != NULL)
        advance (self, disk, counters, state, seconds, func, user_data);
    }
  bn_roster_sweep (self->disks, gone, user_data);
  return TRUE;
}
