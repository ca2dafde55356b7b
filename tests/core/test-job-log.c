/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The log of a job: what is kept, what is cut, and readers that are slow, stop or leave. */
#include "core/job-log.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "introspection/error.h"

#define KEPT_BYTES 4096
#define TOTAL_BYTES (3 * KEPT_BYTES)

static const BnJobLogLimits limits = { KEPT_BYTES, TOTAL_BYTES, 2, 3 };

static void
turn (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static int
open_writer (BnJobLog *log)
{
  g_autoptr (GError) error = NULL;
  int fd = bn_job_log_open_writer (log, &error);

  g_assert_no_error (error);
  return fd;
}

/* Does not block. */
static int
open_reader (BnJobLog *log)
{
  g_autoptr (GError) error = NULL;
  int fd = bn_job_log_open_reader (log, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fcntl (fd, F_SETFL, O_NONBLOCK), ==, 0);
  return fd;
}

static void
put (int fd, const char *text)
{
  g_assert_cmpint (write (fd, text, strlen (text)), ==, (gssize)strlen (text));
  turn ();
}

/* What can be read now; @ended (nullable): there will be no more. */
static char *
get (int fd, gboolean *ended)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  do
    {
      turn ();
      n = read (fd, buffer, sizeof buffer);
      if (n > 0)
        g_string_append_len (text, buffer, n);
    }
  while (n > 0);
  if (ended != NULL)
    *ended = n == 0;
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_got (int fd, const char *expected, gboolean expected_end)
{
  gboolean ended;
  g_autofree char *text = get (fd, &ended);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpint (ended, ==, expected_end);
}

static void
test_follow (void)
{
  g_autoptr (BnJobLogPool) pool = bn_job_log_pool_new (&limits);
  g_autoptr (BnJobLog) log = bn_job_log_new (pool);
  int writer = open_writer (log);
  int early = open_reader (log);
  int late;

  assert_got (early, "", FALSE);
  put (writer, "one\n");
  assert_got (early, "one\n", FALSE);
  late = open_reader (log);
  assert_got (late, "one\n", FALSE);
  put (writer, "two\n");
  assert_got (early, "two\n", FALSE);
  /* What was written just before the end belongs to the log. */
  g_assert_cmpint (write (writer, "three\n", 6), ==, 6);
  bn_job_log_end (log);
  assert_got (early, "three\n", TRUE);
  assert_got (late, "two\nthree\n", TRUE);
  g_assert_cmpuint (bn_job_log_pool_get_counters (pool)->readers, ==, 0);
  close (early);
  close (late);
  /* The module's end is of no use any more. */
  g_assert_cmpint (write (writer, "x", 1), ==, -1);
  close (writer);
  /* It can be read as long as it is kept. */
  late = open_reader (log);
  assert_got (late, "one\ntwo\nthree\n", TRUE);
  close (late);
}

/* The next generation gets the same pipe. */
static void
test_two_writers (void)
{
  g_autoptr (BnJobLogPool) pool = bn_job_log_pool_new (&limits);
  g_autoptr (BnJobLog) log = bn_job_log_new (pool);
  g_autoptr (GError) error = NULL;
  int first = open_writer (log);
  int second = open_writer (log);
  int reader = open_reader (log);

  put (first, "a\n");
  close (first);
  put (second, "b\n");
  assert_got (reader, "a\nb\n", FALSE);
  bn_job_log_end (log);
  g_assert_cmpint (bn_job_log_open_writer (log, &error), ==, -1);
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
  close (second);
  close (reader);
}

static void
write_lines (int writer, guint from, guint to)
{
  for (guint i = from; i < to; i++)
    {
      g_autofree char *line = g_strdup_printf ("line %05u\n", i); /* 11 bytes */

      put (writer, line);
    }
}

/* The end is kept, from the beginning of a line on, and the cut is announced with its size. */
static void
test_cut (void)
{
  g_autoptr (BnJobLogPool) pool = bn_job_log_pool_new (&limits);
  g_autoptr (BnJobLog) log = bn_job_log_new (pool);
  const BnJobLogCounters *counters = bn_job_log_pool_get_counters (pool);
  int writer = open_writer (log);
  g_autofree char *text = NULL;
  g_autofree char *notice = NULL;
  gboolean ended;
  int reader;

  write_lines (writer, 0, 1000);
  bn_job_log_end (log);
  g_assert_cmpuint (counters->bytes, ==, 11000);
  g_assert_cmpuint (counters->kept_bytes, <=, KEPT_BYTES);
  g_assert_cmpuint (counters->kept_bytes, >=, KEPT_BYTES / 2);
  g_assert_cmpuint (counters->kept_bytes + counters->bytes_cut, ==, 11000);
  reader = open_reader (log);
  text = get (reader, &ended);
  g_assert_true (ended);
  notice =
      g_strdup_printf ("[%" G_GUINT64_FORMAT " bytes are not kept]\nline ", counters->bytes_cut);
  g_assert_true (g_str_has_prefix (text, notice));
  g_assert_true (g_str_has_suffix (text, "line 00999\n"));
  close (writer);
  close (reader);
}

/* A reader that stops costs its pipe; it is told what it missed when it goes on. */
static void
test_stopped_reader (void)
{
  g_autoptr (BnJobLogPool) pool = bn_job_log_pool_new (&limits);
  g_autoptr (BnJobLog) log = bn_job_log_new (pool);
  const BnJobLogCounters *counters = bn_job_log_pool_get_counters (pool);
  int writer = open_writer (log);
  int stopped = open_reader (log);
  int leaving = open_reader (log);
  g_autofree char *text = NULL;
  gboolean ended;

  /* More than its pipe (64 KiB) and the log. */
  write_lines (writer, 0, 8000);
  g_assert_cmpuint (counters->kept_bytes, <=, KEPT_BYTES);
  g_assert_cmpuint (counters->readers, ==, 2);
  close (leaving);
  turn ();
  g_assert_cmpuint (counters->readers, ==, 1);
  text = get (stopped, NULL);
  g_assert_true (g_str_has_prefix (text, "line 00000\n"));
  g_assert_nonnull (strstr (text, " bytes are not kept]\n"));
  g_assert_true (g_str_has_suffix (text, "line 07999\n"));
  bn_job_log_end (log);
  g_clear_pointer (&text, g_free);
  text = get (stopped, &ended);
  g_assert_true (ended);
  close (stopped);
  close (writer);
}

/* Of all logs those that have ended give way first. */
static void
test_total (void)
{
  g_autoptr (BnJobLogPool) pool = bn_job_log_pool_new (&limits);
  const BnJobLogCounters *counters = bn_job_log_pool_get_counters (pool);
  BnJobLog *logs[5];
  int writers[5];
  int reader;
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      logs[i] = bn_job_log_new (pool);
      writers[i] = open_writer (logs[i]);
      write_lines (writers[i], 0, 300);
      if (i == 1)
        bn_job_log_end (logs[i]);
      g_assert_cmpuint (counters->kept_bytes, <=, TOTAL_BYTES);
    }
  reader = open_reader (logs[1]);
  assert_got (reader, "[3300 bytes are not kept]\n", TRUE);
  close (reader);
  reader = open_reader (logs[4]);
  text = get (reader, NULL);
  g_assert_true (g_str_has_prefix (text, "line 00000\n"));
  close (reader);
  for (guint i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      bn_job_log_free (logs[i]);
      close (writers[i]);
    }
  g_assert_cmpuint (counters->kept_bytes, ==, 0);
  g_assert_cmpuint (counters->readers, ==, 0);
}

static void
test_readers_max (void)
{
  g_autoptr (BnJobLogPool) pool = bn_job_log_pool_new (&limits);
  g_autoptr (BnJobLog) one = bn_job_log_new (pool);
  g_autoptr (BnJobLog) two = bn_job_log_new (pool);
  g_autoptr (GError) error = NULL;
  int readers[] = { open_reader (one), open_reader (one), -1 };

  g_assert_cmpint (bn_job_log_open_reader (one, &error), ==, -1);
  g_assert_error (error, BN_ERROR, BN_ERROR_BUSY);
  g_clear_error (&error);
  readers[2] = open_reader (two);
  g_assert_cmpint (bn_job_log_open_reader (two, &error), ==, -1);
  g_assert_error (error, BN_ERROR, BN_ERROR_BUSY);
  g_assert_cmpuint (bn_job_log_pool_get_counters (pool)->readers_limited, ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    close (readers[i]);
}

int
main (int argc, char **argv)
{
  signal (SIGPIPE, SIG_IGN); /* as in the hub */
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job-log/follow", test_follow);
  g_test_add_func ("/job-log/two-writers", test_two_writers);
  g_test_add_func ("/job-log/cut", test_cut);
  g_test_add_func ("/job-log/stopped-reader", test_stopped_reader);
  g_test_add_func ("/job-log/total", test_total);
  g_test_add_func ("/job-log/readers-max", test_readers_max);
  return g_test_run ();
}
