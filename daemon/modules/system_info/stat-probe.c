/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* statvfs(2) in threads. */
#include "modules/system_info/stat-probe.h"

/* Shared by the owner, the thread and the answer on its way to the main loop. */
typedef struct
{
  char *path;
  BnStatvfsFunc func;
  GMainContext *context;
  /* Written by the thread, read when the answer has arrived: */
  gboolean failed;
  struct statvfs result;
  /* Main loop only: */
  gboolean open; /* a question without an answer */
  gint64 asked_usec;
  BnStatAnswerFunc answered; /* NULL when the owner is gone */
  gpointer user_data;
} Question;

struct _BnStatProbe
{
  Question *question;
};

static void
question_clear (gpointer data)
{
  Question *question = data;

  g_free (question->path);
  g_main_context_unref (question->context);
}

static void
question_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, question_clear);
}

static gboolean
on_answer (gpointer data)
{
  Question *question = data;

  question->open = FALSE;
  if (question->answered != NULL)
    question->answered (question->failed ? NULL : &question->result, question->user_data);
  return G_SOURCE_REMOVE;
}

/* In a thread of the pool. Never calls back from here, as g_main_context_invoke() may. */
static void
ask (gpointer data, gpointer unused)
{
  Question *question = data;
  g_autoptr (GMainContext) context = g_main_context_ref (question->context);
  g_autoptr (GSource) source = g_idle_source_new ();

  question->failed = question->func (question->path, &question->result) != 0;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_answer, question, question_unref);
  g_source_attach (source, context);
}

GThreadPool *
bn_stat_pool_new (guint threads_max)
{
  /* Not exclusive: it starts no thread yet, and cannot fail. */
  return g_thread_pool_new (ask, NULL, (gint)threads_max, FALSE, NULL);
}

void
bn_stat_pool_free (GThreadPool *pool)
{
  /* What waits in the pool is still asked, as soon as a thread is free: to drop it would need an
   * item_free_func, and GLib calls that with wake-ups that are no items. */
  g_thread_pool_free (pool, FALSE, FALSE);
}

BnStatProbe *
bn_stat_probe_new (const char *path, BnStatvfsFunc func, BnStatAnswerFunc answered,
                   gpointer user_data)
{
  BnStatProbe *self = g_new0 (BnStatProbe, 1);

  self->question = g_atomic_rc_box_new0 (Question);
  self->question->path = g_strdup (path);
  self->question->func = func;
  self->question->context = g_main_context_ref_thread_default ();
  self->question->answered = answered;
  self->question->user_data = user_data;
  return self;
}

void
bn_stat_probe_free (BnStatProbe *self)
{
  self->question->answered = NULL;
  question_unref (self->question);
  g_free (self);
}

void
bn_stat_probe_ask (BnStatProbe *self, GThreadPool *pool, gint64 now_usec)
{
  Question *question = self->question;

  if (question->open)
    return;
  question->open = TRUE;
  question->asked_usec = now_usec;
  /* Without a thread to be had, it waits in the pool for one. */
  g_thread_pool_push (pool, g_atomic_rc_box_acquire (question), NULL);
}

gboolean
bn_stat_probe_is_late (BnStatProbe *self, gint64 now_usec)
{
  const Question *question = self->question;

  return question->open && now_usec - question->asked_usec >= BN_STAT_DEADLINE_USEC;
}
