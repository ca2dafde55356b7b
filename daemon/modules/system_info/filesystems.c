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
  BnMount *mount;             /* not owned, of this reading */
  BnRemoteStat *remote;       /* NULL for a local one */
  gint64 asked_usec;
  BnRemoteState state; /* when it was last read */
} Filesystem;

struct _BnFilesystemReader
{
  char *sysroot;
  BnStatvfsFunc statvfs_func;
  GSourceFunc news;
  gpointer user_data;
  BnKeptFile file;
  BnText text;
  GPtrArray *mounts;     /* BnMount, NULL before the first reading */
  BnRoster *filesystems; /* Filesystem */
  guint64 postponed;
};

static void
filesystem_clear (gpointer data)
{
  Filesystem *filesystem = data;

  g_clear_pointer (&filesystem->remote, bn_remote_stat_free);
}

BnFilesystemReader *
bn_filesystem_reader_new (const char *sysroot, BnStatvfsFunc statvfs_func, GSourceFunc news,
                          gpointer user_data)
{
  BnFilesystemReader *self = g_new0 (BnFilesystemReader, 1);

  self->sysroot = g_strdup (sysroot);
  self->statvfs_func = statvfs_func != NULL ? statvfs_func : statvfs;
  self->news = news;
  self->user_data = user_data;
  bn_kept_file_init (&self->file, g_build_filename (sysroot, "proc/self/mountinfo", NULL));
  self->filesystems = bn_roster_new (sizeof (Filesystem), FILESYSTEMS_MAX, filesystem_clear);
  return self;
}

void
bn_filesystem_reader_free (BnFilesystemReader *self)
{
  bn_roster_free (self->filesystems);
  g_clear_pointer (&self->mounts, g_ptr_array_unref);
  bn_kept_file_clear (&self->file);
  bn_text_clear (&self->text);
  g_free (self->sysroot);
  g_free (self);
}

/* Only the first answer, and the first one after a silence, cannot wait for the next period. */
static gboolean
on_remote_answer (gpointer data)
{
  Filesystem *filesystem = data;
  BnFilesystemReader *self = filesystem->reader;

  if (self->news != NULL
      && (filesystem->state == BN_REMOTE_WAITING || filesystem->state == BN_REMOTE_UNANSWERED))
    self->news (self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
fill_numbers (const struct statvfs *stat, BnFilesystemSample *sample)
{
  guint64 unit = stat->f_frsize != 0 ? stat->f_frsize : stat->f_bsize;
  guint64 used = stat->f_blocks > stat->f_bfree ? stat->f_blocks - stat->f_bfree : 0;

  if (stat->f_blocks == 0)
    return FALSE;
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
  return TRUE;
}

static guint
count_running (BnFilesystemReader *self)
{
  guint running = 0;

  for (guint i = 0; i < bn_roster_get_length (self->filesystems); i++)
    {
      Filesystem *filesystem = bn_roster_get (self->filesystems, i);

      running += filesystem->remote != NULL && bn_remote_stat_is_running (filesystem->remote);
    }
  return running;
}

/* The answer is for the next reading. */
static void
ask_again (BnFilesystemReader *self, Filesystem *filesystem, gint64 now_usec, gint64 period_usec)
{
  if (bn_remote_stat_is_running (filesystem->remote)
      || (filesystem->asked_usec != 0 && now_usec - filesystem->asked_usec < period_usec / 2))
    return;
  if (count_running (self) >= BN_REMOTE_THREADS_MAX
      || !bn_remote_stat_start (filesystem->remote, now_usec))
    self->postponed++;
  else
    filesystem->asked_usec = now_usec;
}

/* TRUE if there is something to show. */
static gboolean
measure (BnFilesystemReader *self, Filesystem *filesystem, gint64 now_usec, gint64 period_usec,
         BnFilesystemSample *sample)
{
  const BnMount *mount = filesystem->mount;
  g_autofree char *path = g_build_filename (self->sysroot, mount->path, NULL);
  struct statvfs stat;

  sample->path = filesystem->parent.key;
  sample->type = mount->type;
  sample->source = mount->source;
  sample->state = mount->read_only ? "read-only" : "read-write";
  if (!mount->remote)
    return self->statvfs_func (path, &stat) == 0 && fill_numbers (&stat, sample);

  if (filesystem->remote == NULL)
    filesystem->remote =
        bn_remote_stat_new (path, self->statvfs_func, on_remote_answer, filesystem);
  filesystem->state = bn_remote_stat_get (filesystem->remote, now_usec, &stat);
  ask_again (self, filesystem, now_usec, period_usec);
  if (filesystem->state == BN_REMOTE_UNANSWERED)
    sample->state = "not-responding";
  return filesystem->state == BN_REMOTE_UNANSWERED
         || (filesystem->state == BN_REMOTE_ANSWERED && fill_numbers (&stat, sample));
}

static gboolean
refresh_mounts (BnFilesystemReader *self, GError **error)
{
  if (self->mounts != NULL && !bn_kept_file_may_have_changed (&self->file))
    return TRUE;
  g_clear_pointer (&self->mounts, g_ptr_array_unref);
  if (bn_kept_file_read_all (&self->file, &self->text) == NULL)
    {
      bn_kept_file_set_error (&self->file, error);
      return FALSE;
    }
  self->mounts = bn_mounts_parse (self->text.data);
  return TRUE;
}

gboolean
bn_filesystem_reader_read (BnFilesystemReader *self, gint64 now_usec, gint64 period_usec,
                           BnFilesystemFunc func, BnGoneFunc gone, gpointer user_data,
                           GError **error)
{
  if (!refresh_mounts (self, error))
    return FALSE;
  bn_roster_begin (self->filesystems);
  for (guint i = 0; i < self->mounts->len; i++)
    {
      BnMount *mount = self->mounts->pdata[i];
      BnFilesystemSample sample = { 0 };
      gboolean is_new;
      Filesystem *filesystem =
          bn_roster_find (self->filesystems, mount->path, strlen (mount->path), &is_new);

      if (filesystem == NULL)
        continue;
      filesystem->reader = self;
      filesystem->mount = mount;
      if (!mount->remote)
        g_clear_pointer (&filesystem->remote, bn_remote_stat_free);
      if (measure (self, filesystem, now_usec, period_usec, &sample))
        {
          filesystem->parent.shown = TRUE;
          func (&sample, user_data);
        }
      else if (filesystem->parent.shown && gone != NULL)
        {
          filesystem->parent.shown = FALSE;
          gone (mount->path, user_data);
        }
    }
  bn_roster_sweep (self->filesystems, gone, user_data);
  return TRUE;
}

guint64
bn_filesystem_reader_get_postponed (BnFilesystemReader *self)
{
  return self->postponed;
}
