/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The log of a job, which the hub keeps. */
#include "sdk/job-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "introspection/names.h"

static void
write_all (int fd, const char *text, gsize length)
{
  while (length > 0)
    {
      gssize n = write (fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return; /* the hub has closed it: the job is over */
      text += n;
      length -= (gsize)n;
    }
}

/* As much as the hub would keep of it. */
static void
queue_print (BnJob *self, const char *text, gsize length)
{
  g_string_append_len (self->printed, text, (gssize)length);
  if (self->printed->len > BN_JOB_LOG_BYTES_MAX)
    {
      gsize n = self->printed->len - BN_JOB_LOG_BYTES_MAX * 3 / 4;

      g_string_erase (self->printed, 0, (gssize)n);
      self->cut += n;
    }
}

/* Without the lock, for it may wait; other threads go on to queue what they print. */
static void
write_queue (BnJob *self, int fd)
{
  while (self->printed->len > 0)
    {
      g_autoptr (GString) text = g_steal_pointer (&self->printed);
      g_autofree char *notice =
          self->cut > 0
              ? g_strdup_printf ("[%" G_GUINT64_FORMAT " bytes are not kept]\n", self->cut)
              : g_strdup ("");

      self->printed = g_string_new (NULL);
      self->cut = 0;
      g_mutex_unlock (&self->lock);
      write_all (fd, notice, strlen (notice));
      write_all (fd, text->str, text->len);
      g_mutex_lock (&self->lock);
    }
}

/* What waits for the log is told; without the lock. */
void
bn_job_answer_logs (BnJob *self, int fd, const GError *error)
{
  GTask *task;

  while ((task = g_queue_pop_head (&self->logs)) != NULL)
    {
      int copy = fd >= 0 ? fcntl (fd, F_DUPFD_CLOEXEC, 3) : -1;

      if (copy >= 0)
        g_task_return_int (task, copy);
      else if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_new_error (task, BN_ERROR, BN_ERROR_BUSY, "no descriptor is left: %s",
                                 g_strerror (errno));
      g_object_unref (task);
    }
}

static void
log_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnJob) self = user_data;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), &descriptors, result, &error);
  int fd = -1;

  if (reply != NULL && descriptors != NULL)
    fd = g_unix_fd_list_get (descriptors, 0, &error);
  if (error != NULL)
    bn_error_normalise (&error);
  g_mutex_lock (&self->lock);
  self->log_asked = FALSE;
  self->log_failed = fd < 0;
  if (fd >= 0)
    write_queue (self, fd);
  self->log = fd;
  bn_job_send (self);
  g_mutex_unlock (&self->lock);
  bn_job_answer_logs (self, fd, error);
}

void
bn_job_ask_for_log (BnJob *self)
{
  if (self->log_asked)
    return;
  self->log_asked = TRUE;
  bn_job_call_hub (self, "OpenJobLog", g_variant_new ("(u)", self->id), "(h)", log_opened_cb);
}

/**
 * bn_job_print:
 * @self: the job
 * @format: a format as for printf(); end a line with a newline
 * @...: its arguments
 *
 * Writes into the log of the job.
 */
void
bn_job_print (BnJob *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  bn_job_print_literal (self, text);
}

/**
 * bn_job_print_literal:
 * @self: the job
 * @text: what is written; end a line with a newline
 *
 * Writes into the log of the job, as [method@Binnacle.Job.print] does. The hub keeps the last 192
 * to 256 KiB. What is printed when the job is over is dropped.
 */
void
bn_job_print_literal (BnJob *self, const char *text)
{
  int fd;

  g_return_if_fail (BN_IS_JOB (self));
  g_return_if_fail (text != NULL);

  g_mutex_lock (&self->lock);
  fd = self->log;
  if (fd < 0 && !self->over && !self->log_failed)
    {
      queue_print (self, text, strlen (text));
      if (self->id == 0 || !self->log_asked)
        bn_job_schedule (self);
    }
  g_mutex_unlock (&self->lock);
  if (fd >= 0)
    write_all (fd, text, strlen (text));
}

/**
 * bn_job_open_log_async:
 * @self: the job
 * @callback: (scope async): called when the log is open
 * @user_data: given to @callback
 *
 * Opens the log of the job, so that a program can be given it as its output.
 */
void
bn_job_open_log_async (BnJob *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;

  g_return_if_fail (BN_IS_JOB (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, bn_job_open_log_async);
  g_queue_push_tail (&self->logs, task);
  g_mutex_lock (&self->lock);
  if (self->id != 0 && self->log < 0)
    bn_job_ask_for_log (self);
  g_mutex_unlock (&self->lock);
  if (self->log >= 0 || self->refused != NULL)
    bn_job_answer_logs (self, self->log, self->refused);
}

/**
 * bn_job_open_log_finish:
 * @self: the job
 * @result: what the callback got
 * @error: return location for an error
 *
 * Gets the writing end of the log. It is closed on exec; g_subprocess_launcher_take_stdout_fd() and
 * the like take care of that. Errors: those with which the job was refused, `busy`, `conflict` if
 * the job is over.
 *
 * Returns: a descriptor, which the caller closes; -1 on an error
 */
int
bn_job_open_log_finish (BnJob *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return (int)g_task_propagate_int (G_TASK (result), error);
}
