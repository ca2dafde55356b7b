/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* statvfs(2) in a thread. */
#include "modules/system_info/remote-stat.h"

/* Shared by the owner, the thread and the notice on its way to the main loop. */
typedef struct
{
  char *path;
  BnStatvfsFunc func;
  GMainContext *context;
  GMutex lock; /* guards the next four */
  gboolean running;
  gboolean answered;
  gboolean failed;
  struct statvfs result;
  GSourceFunc notify; /* main loop only, NULL when the owner is gone */
  gpointer user_data;
} Probe;

struct _BnRemoteStat
{
  Probe *probe;
  gint64 started_usec;
};

static void
probe_clear (gpointer data)
{
  Probe *probe = data;

  g_free (probe->path);
  g_main_context_unref (probe->context);
  g_mutex_clear (&probe->lock);
}

static void
probe_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, probe_clear);
}

BnRemoteStat *
bn_remote_stat_new (const char *path, BnStatvfsFunc func, GSourceFunc answered, gpointer user_data)
{
  BnRemoteStat *self = g_new0 (BnRemoteStat, 1);

  self->probe = g_atomic_rc_box_new0 (Probe);
  self->probe->path = g_strdup (path);
  self->probe->func = func;
  self->probe->context = g_main_context_ref_thread_default ();
  self->probe->notify = answered;
  self->probe->user_data = user_data;
  g_mutex_init (&self->probe->lock);
  return self;
}

void
bn_remote_stat_free (BnRemoteStat *self)
{
  self->probe->notify = NULL;
  probe_unref (self->probe);
  g_free (self);
}

static gboolean
on_answer (gpointer data)
{
  Probe *probe = data;

  if (probe->notify != NULL)
    probe->notify (probe->user_data);
  return G_SOURCE_REMOVE;
}

static gpointer
ask (gpointer data)
{
  Probe *probe = data;
  struct statvfs result = { 0 };
  gboolean failed = probe->func (probe->path, &result) != 0;
  GMainContext *context = g_main_context_ref (probe->context);

  g_mutex_lock (&probe->lock);
  probe->running = FALSE;
  probe->answered = TRUE;
  probe->failed = failed;
  probe->result = result;
  g_mutex_unlock (&probe->lock);
  g_main_context_invoke_full (context, G_PRIORITY_DEFAULT, on_answer, probe, probe_unref);
  g_main_context_unref (context);
  return NULL;
}

gboolean
bn_remote_stat_is_running (BnRemoteStat *self)
{
  gboolean running;

  g_mutex_lock (&self->probe->lock);
  running = self->probe->running;
  g_mutex_unlock (&self->probe->lock);
  return running;
}

gboolean
bn_remote_stat_start (BnRemoteStat *self, gint64 now_usec)
{
  GThread *thread;

  if (bn_remote_stat_is_running (self))
    return TRUE;
  self->probe->running = TRUE;
  self->started_usec = now_usec;
  thread = g_thread_try_new ("statvfs", ask, g_atomic_rc_box_acquire (self->probe), NULL);
  if (thread == NULL)
    {
      self->probe->running = FALSE;
      probe_unref (self->probe);
      return FALSE;
    }
  g_thread_unref (thread);
  return TRUE;
}

BnRemoteState
bn_remote_stat_get (BnRemoteStat *self, gint64 now_usec, struct statvfs *result)
{
  Probe *probe = self->probe;
  BnRemoteState state;

  g_mutex_lock (&probe->lock);
  *result = probe->result;
  if (probe->running && now_usec - self->started_usec >= BN_REMOTE_DEADLINE_USEC)
    state = BN_REMOTE_UNANSWERED;
  else if (!probe->answered)
    state = BN_REMOTE_WAITING;
  else
    state = probe->failed ? BN_REMOTE_FAILED : BN_REMOTE_ANSWERED;
  g_mutex_unlock (&probe->lock);
  return state;
}
