/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Asks the file systems of mountinfo. */
#include "modules/system_info/filesystems.h"

#include "modules/system_info/kept-file.h"
#include "modules/system_info/mounts.h"
#include "modules/system_info/rate.h"

#define FILESYSTEMS_MAX 512

typedef struct
{
  BnRosterItem parent;
  BnFilesystemReader *reader; /* not owned */
  BnMount *mount;             /* not owned, of the reader's mounts */
  guint32 major;              /* of what the probe asks */
  guint32 minor;
  BnStatProbe *probe;
} Filesystem;

struct _BnFilesystemReader
{
  char *sysroot;
  BnStatvfsFunc statvfs_func;
  BnFilesystemFunc func;
  BnGoneFunc gone; /* nullable */
  gpointer user_data;
  BnKeptFile file;
  BnText text;
  GPtrArray *mounts;     /* BnMount, NULL before the first reading */
  BnRoster *filesystems; /* Filesystem */
  GThreadPool *local;    /* dead servers do not hold up the disks */
  GThreadPool *remote;
};

static void
filesystem_clear (gpointer data)
{
  Filesystem *filesystem = data;

  g_clear_pointer (&filesystem->probe, bn_stat_probe_free);
}

BnFilesystemReader *
bn_filesystem_reader_new (const char *sysroot, BnStatvfsFunc statvfs_func, BnFilesystemFunc func,
                          BnGoneFunc gone, gpointer user_data)
{
  BnFilesystemReader *self = g_new0 (BnFilesystemReader, 1);

  self->sysroot = g_strdup (sysroot);
  self->statvfs_func = statvfs_func != NULL ? statvfs_func : statvfs;
  self->func = func;
  self->gone = gone;
  self->user_data = user_data;
  bn_kept_file_init (&self->file, g_build_filename (sysroot, "proc/self/mountinfo", NULL));
  self->filesystems =
      bn_roster_new ("file systems", sizeof (Filesystem), FILESYSTEMS_MAX, filesystem_clear);
  self->local = bn_stat_pool_new (BN_FILESYSTEM_THREADS_MAX);
  self->remote = bn_stat_pool_new (BN_FILESYSTEM_THREADS_MAX);
  return self;
}

void
bn_filesystem_reader_free (BnFilesystemReader *self)
{
  bn_roster_free (self->filesystems);
  bn_stat_pool_free (self->local);
  bn_stat_pool_free (self->remote);
  g_clear_pointer (&self->mounts, g_ptr_array_unref);
  bn_kept_file_clear (&self->file);
  bn_text_clear (&self->text);
  g_free (self->sysroot);
  g_free (self);
}

static void
fill_numbers (const struct statvfs *stat, BnFilesystemSample *sample)
{
  guint64 unit = stat->f_frsize != 0 ? stat->f_frsize : stat->f_bsize;
  guint64 used = stat->f_blocks > stat->f_bfree ? stat->f_blocks - stat->f_bfree : 0;

  sample->has_numbers = TRUE;
  sample->total_bytes = stat->f_blocks * unit;
  sample->used_bytes = used * unit;
  sample->available_bytes = MIN (stat->f_bavail, stat->f_blocks) * unit;
  sample->usage = bn_percent ((double)sample->used_bytes,
                              (double)sample->used_bytes + (double)sample->available_bytes);
  sample->has_inodes = stat->f_files > 0 && stat->f_ffree <= stat->f_files;
  if (sample->has_inodes)
    {
      sample->inodes_total = stat->f_files;
      sample->inodes_used = stat->f_files - stat->f_ffree;
    }
}

static void
show (Filesystem *filesystem, const char *state, const struct statvfs *stat)
{
  BnFilesystemReader *self = filesystem->reader;
  const BnMount *mount = filesystem->mount;
  BnFilesystemSample sample = {
    .path = filesystem->parent.key,
    .type = mount->type,
    .source = mount->source,
    .state = state,
  };

  if (stat != NULL)
    fill_numbers (stat, &sample);
  filesystem->parent.shown = TRUE;
  self->func (&sample, self->user_data);
}

static void
hide (Filesystem *filesystem)
{
  BnFilesystemReader *self = filesystem->reader;

  if (filesystem->parent.shown && self->gone != NULL)
    self->gone (filesystem->parent.key, self->user_data);
  filesystem->parent.shown = FALSE;
}

static void
on_answer (const struct statvfs *stat, gpointer user_data)
{
  Filesystem *filesystem = user_data;

  if (stat == NULL || stat->f_blocks == 0)
    hide (filesystem);
  else
    show (filesystem, filesystem->mount->read_only ? "read-only" : "read-write", stat);
}

static void
ask (BnFilesystemReader *self, Filesystem *filesystem, gint64 now_usec)
{
  const BnMount *mount = filesystem->mount;

  /* Another one is mounted there: what the old one may answer some day does not count. */
  if (filesystem->major != mount->major || filesystem->minor != mount->minor)
    g_clear_pointer (&filesystem->probe, bn_stat_probe_free);
  filesystem->major = mount->major;
  filesystem->minor = mount->minor;
  if (filesystem->probe == NULL)
    {
      g_autofree char *path = g_build_filename (self->sysroot, mount->path, NULL);

      filesystem->probe = bn_stat_probe_new (path, self->statvfs_func, on_answer, filesystem);
    }
  if (bn_stat_probe_is_late (filesystem->probe, now_usec))
    show (filesystem, "not-responding", NULL);
  bn_stat_probe_ask (filesystem->probe, mount->remote ? self->remote : self->local, now_usec);
}

/* The mounts of the last reading stay if they cannot be read: answers may still arrive. */
static GPtrArray *
read_mounts (BnFilesystemReader *self, GError **error)
{
  if (self->mounts != NULL && !bn_kept_file_may_have_changed (&self->file))
    return g_ptr_array_ref (self->mounts);
  if (bn_kept_file_read_all (&self->file, &self->text) == NULL)
    {
      bn_kept_file_set_error (&self->file, error);
      return NULL;
    }
  return bn_mounts_parse (self->text.data);
}

gboolean
bn_filesystem_reader_read (BnFilesystemReader *self, gint64 now_usec, GError **error)
{
  g_autoptr (GPtrArray) mounts = read_mounts (self, error);

  if (mounts == NULL)
    return FALSE;
  bn_roster_begin (self->filesystems);
  for (guint i = 0; i < mounts->len; i++)
    {
      BnMount *mount = mounts->pdata[i];
      gboolean is_new;
      Filesystem *filesystem =
          bn_roster_find (self->filesystems, mount->path, strlen (mount->path), &is_new);

      if (filesystem == NULL)
        continue;
      filesystem->reader = self;
      filesystem->mount = mount;
      ask (self, filesystem, now_usec);
    }
  bn_roster_sweep (self->filesystems, self->gone, self->user_data);
  g_clear_pointer (&self->mounts, g_ptr_array_unref);
  self->mounts = g_steal_pointer (&mounts);
  return TRUE;
}
