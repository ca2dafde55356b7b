/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The logs of jobs.
 *
 * The module writes into a pipe, which is all the buffer it has: it waits while the hub has not
 * read, and a turn of the loop reads so much that others have theirs. The hub keeps the end of each
 * log. Each reader has a pipe of its own, filled as far as it is empty; a reader that stops costs
 * its pipe and nothing else, for what it has not read when the log is cut is not kept for it: it
 * finds a line that says how much is missing.
 *
 * The hub's own copy of the writing end stays open as long as the job runs: the next generation of
 * the module may ask for it again. */
#include "core/job-log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "introspection/error.h"

#define TURN_BYTES (64 * 1024)
/* What the pipe may hold when the log ends: the most that an unprivileged writer can make of it. */
#define PIPE_BYTES_MAX (1024 * 1024)
/* A cut goes on to the end of the line if that is near. */
#define LINE_BYTES_MAX 4096

struct _BnJobLogPool
{
  BnJobLogLimits limits;
  BnJobLogCounters counters;
  GQueue logs; /* (element-type BnJobLog): oldest first */
};

struct _BnJobLog
{
  BnJobLogPool *pool; /* not owned */
  GByteArray *bytes;  /* (owned): the end of the log */
  guint64 cut;        /* how many bytes came before those */
  GPtrArray *readers; /* (owned): Reader */
  int pipe[2];        /* owned; -1 until there is a writer, and at the end */
  GSource *source;    /* (owned) (nullable): of the pipe */
  gboolean ended;
};

typedef struct
{
  BnJobLog *log;    /* not owned: it owns us */
  int fd;           /* owned: the writing end of its pipe */
  guint64 at;       /* how much of the log it has, what was cut included */
  gboolean full;    /* it waits until its pipe takes more; else until there is more */
  gboolean in_line; /* what it has does not end with a line */
  GSource *source;  /* (owned) */
} Reader;

/* The pool */

BnJobLogPool *
bn_job_log_pool_new (const BnJobLogLimits *limits)
{
  BnJobLogPool *self = g_new0 (BnJobLogPool, 1);

  self->limits = *limits;
  g_queue_init (&self->logs);
  return self;
}

void
bn_job_log_pool_free (BnJobLogPool *self)
{
  g_assert (g_queue_is_empty (&self->logs));
  g_free (self);
}

const BnJobLogCounters *
bn_job_log_pool_get_counters (BnJobLogPool *self)
{
  return &self->counters;
}

/* @ends are -1 on an error. */
static gboolean
make_pipe (int ends[2], GError **error)
{
  g_autoptr (GError) why = NULL;

  if (g_unix_open_pipe (ends, FD_CLOEXEC, &why))
    return TRUE;
  ends[0] = ends[1] = -1;
  g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "The log cannot be opened: %s", why->message);
  return FALSE;
}

/* Keeping */

/* Cuts @n bytes at the beginning, and what is left of a line. */
static void
cut (BnJobLog *self, gsize n)
{
  const guint8 *rest = self->bytes->data + n;
  gsize left = self->bytes->len - n;
  const guint8 *end = left > 0 ? memchr (rest, '\n', MIN (left, LINE_BYTES_MAX)) : NULL;

  if (end != NULL)
    n += (gsize)(end - rest) + 1;
  g_byte_array_remove_range (self->bytes, 0, (guint)n);
  self->cut += n;
  self->pool->counters.bytes_cut += n;
  self->pool->counters.kept_bytes -= n;
}

/* Makes room for @n bytes among all logs: the oldest log that has ended loses everything first,
 * then the oldest that goes on. */
static void
make_room (BnJobLogPool *pool, gsize n)
{
  for (int also_live = 0; also_live <= 1; also_live++)
    for (GList *at = pool->logs.head; at != NULL; at = at->next)
      {
        BnJobLog *log = at->data;

        if (pool->counters.kept_bytes + n <= pool->limits.total_bytes_max)
          return;
        if (log->bytes->len > 0 && (log->ended || also_live))
          cut (log, log->bytes->len);
      }
}

static void
keep (BnJobLog *self, const guint8 *bytes, gsize n)
{
  gsize max = self->pool->limits.bytes_max;

  self->pool->counters.bytes += n;
  make_room (self->pool, n);
  /* A quarter at once, so that not every line moves the rest. */
  if (self->bytes->len + n > max)
    cut (self, MIN (self->bytes->len, self->bytes->len + n - max * 3 / 4));
  g_byte_array_append (self->bytes, bytes, (guint)n);
  self->pool->counters.kept_bytes += n;
}

/* Readers */

static void
reader_free (Reader *reader)
{
  g_source_destroy (reader->source);
  g_source_unref (reader->source);
  close (reader->fd);
  reader->log->pool->counters.readers--;
  g_free (reader);
}

/* Says what is missing. FALSE if the pipe does not take it: so short a text it takes whole. */
static gboolean
write_notice (Reader *reader)
{
  g_autofree char *notice =
      g_strdup_printf ("%s[%" G_GUINT64_FORMAT " bytes are not kept]\n",
                       reader->in_line ? "\n" : "", reader->log->cut - reader->at);

  if (write (reader->fd, notice, strlen (notice)) < 0)
    return FALSE;
  reader->in_line = FALSE;
  reader->at = reader->log->cut;
  return TRUE;
}

/* Gives the reader what its pipe takes. FALSE if it is through: it has left, or has all. */
static gboolean
feed (Reader *reader)
{
  BnJobLog *log = reader->log;

  for (;;)
    {
      gsize from;
      gssize n;

      if (reader->at < log->cut)
        {
          if (!write_notice (reader))
            return errno == EAGAIN;
          continue;
        }
      from = (gsize)(reader->at - log->cut);
      if (from == log->bytes->len)
        return !log->ended;
      n = write (reader->fd, log->bytes->data + from, log->bytes->len - from);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno == EAGAIN;
      reader->at += (guint64)n;
      reader->in_line = n > 0 && log->bytes->data[from + (gsize)n - 1] != '\n';
    }
}

static gboolean
has_all (Reader *reader)
{
  return reader->at == reader->log->cut + reader->log->bytes->len;
}

static gboolean reader_cb (int fd, GIOCondition condition, gpointer user_data);

/* Waits until the pipe takes more, or, if there is no more now, only for the reader to leave. */
static void
watch (Reader *reader)
{
  GIOCondition condition = G_IO_ERR | G_IO_HUP;

  if (reader->source != NULL)
    {
      g_source_destroy (reader->source);
      g_source_unref (reader->source);
    }
  reader->full = !has_all (reader);
  if (reader->full)
    condition |= G_IO_OUT;
  reader->source = g_unix_fd_source_new (reader->fd, condition);
  g_source_set_static_name (reader->source, "binnacle reader of a log");
  g_source_set_callback (reader->source, G_SOURCE_FUNC (reader_cb), reader, NULL);
  g_source_attach (reader->source, g_main_context_get_thread_default ());
}

/* FALSE if the reader is gone. */
static gboolean
serve (Reader *reader)
{
  if (!feed (reader))
    {
      g_ptr_array_remove_fast (reader->log->readers, reader);
      return FALSE;
    }
  if (reader->source == NULL || reader->full == has_all (reader))
    watch (reader);
  return TRUE;
}

static gboolean
reader_cb (int fd, GIOCondition condition, gpointer user_data)
{
  Reader *reader = user_data;

  if ((condition & (G_IO_ERR | G_IO_HUP)) != 0)
    g_ptr_array_remove_fast (reader->log->readers, reader);
  else
    serve (reader);
  return G_SOURCE_CONTINUE; /* it was destroyed, or goes on */
}

/* To those that wait for more. */
static void
serve_readers (BnJobLog *self)
{
  for (guint i = self->readers->len; i-- > 0;)
    {
      Reader *reader = g_ptr_array_index (self->readers, i);

      if (!reader->full)
        serve (reader);
    }
}

int
bn_job_log_open_reader (BnJobLog *self, GError **error)
{
  const BnJobLogLimits *limits = &self->pool->limits;
  BnJobLogCounters *counters = &self->pool->counters;
  Reader *reader;
  int ends[2];

  if (self->readers->len >= limits->readers_max || counters->readers >= limits->total_readers_max)
    {
      counters->readers_limited++;
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY,
                   "%u readers have this log open and %u all logs; close one first",
                   self->readers->len, counters->readers);
      return -1;
    }
  if (!make_pipe (ends, error))
    return -1;
  g_unix_set_fd_nonblocking (ends[1], TRUE, NULL);
  reader = g_new0 (Reader, 1);
  reader->log = self;
  reader->fd = ends[1];
  counters->readers++;
  watch (reader);
  g_ptr_array_add (self->readers, reader);
  serve (reader);
  return ends[0];
}

/* The writer */

/* Takes at most @budget bytes of what stands in the pipe. */
static void
take (BnJobLog *self, gsize budget)
{
  /* Of all logs, since one is read at a time. */
  static guint8 buffer[16 * 1024];

  while (budget > 0)
    {
      gssize n = read (self->pipe[0], buffer, MIN (budget, sizeof buffer));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return;
      keep (self, buffer, (gsize)n);
      budget -= (gsize)n;
    }
}

static gboolean
readable_cb (int fd, GIOCondition condition, gpointer user_data)
{
  BnJobLog *self = user_data;

  take (self, TURN_BYTES);
  serve_readers (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
open_pipe (BnJobLog *self, GError **error)
{
  if (!make_pipe (self->pipe, error))
    return FALSE;
  /* Each end has flags of its own: the module's stays as programs expect it. */
  g_unix_set_fd_nonblocking (self->pipe[0], TRUE, NULL);
  self->source = g_unix_fd_source_new (self->pipe[0], G_IO_IN);
  g_source_set_static_name (self->source, "binnacle log of a job");
  g_source_set_callback (self->source, G_SOURCE_FUNC (readable_cb), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  return TRUE;
}

int
bn_job_log_open_writer (BnJobLog *self, GError **error)
{
  int fd;

  if (self->ended)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT, "The job is over, and so is its log");
      return -1;
    }
  if (self->pipe[0] < 0 && !open_pipe (self, error))
    return -1;
  fd = fcntl (self->pipe[1], F_DUPFD_CLOEXEC, 3);
  if (fd < 0)
    g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "The log cannot be opened: %s",
                 g_strerror (errno));
  return fd;
}

static void
close_pipe (BnJobLog *self)
{
  if (self->pipe[0] < 0)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  close (g_steal_fd (&self->pipe[0]));
  close (g_steal_fd (&self->pipe[1]));
}

void
bn_job_log_end (BnJobLog *self)
{
  if (self->ended)
    return;
  if (self->pipe[0] >= 0)
    take (self, PIPE_BYTES_MAX);
  close_pipe (self);
  self->ended = TRUE;
  serve_readers (self);
}

BnJobLog *
bn_job_log_new (BnJobLogPool *pool)
{
  BnJobLog *self = g_new0 (BnJobLog, 1);

  self->pool = pool;
  self->bytes = g_byte_array_new ();
  self->readers = g_ptr_array_new_with_free_func ((GDestroyNotify)reader_free);
  self->pipe[0] = self->pipe[1] = -1;
  g_queue_push_tail (&pool->logs, self);
  return self;
}

void
bn_job_log_free (BnJobLog *self)
{
  g_ptr_array_unref (self->readers);
  close_pipe (self);
  self->pool->counters.kept_bytes -= self->bytes->len;
  g_byte_array_unref (self->bytes);
  g_queue_remove (&self->pool->logs, self);
  g_free (self);
}
