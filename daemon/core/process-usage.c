/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a process takes of the machine. */
#include "core/process-usage.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

gboolean
bn_process_read_usage (GPid pid, guint64 *memory_bytes, guint64 *cpu_usec)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", pid);
  g_autofree char *text = NULL;
  const char *fields;
  unsigned long user_ticks;
  unsigned long system_ticks;
  long pages;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  /* The name, in parentheses, may contain anything. After it comes the third field; the 14th and
   * 15th are utime and stime, the 24th is rss. */
  fields = strrchr (text, ')');
  if (fields == NULL
      || sscanf (fields + 1,
                 " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d "
                 "%*u %*u %ld",
                 &user_ticks, &system_ticks, &pages)
             != 3)
    return FALSE;
  *memory_bytes = (guint64)pages * sysconf (_SC_PAGESIZE);
  *cpu_usec =
      (guint64)(user_ticks + system_ticks) * G_USEC_PER_SEC / (guint64)sysconf (_SC_CLK_TCK);
  return TRUE;
}

guint
bn_process_count_descriptors (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", pid);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

gboolean
bn_process_read_cpu_usec (GPid pid, guint64 *cpu_usec)
{
  struct timespec time;
  clockid_t clock;

  if (clock_getcpuclockid (pid, &clock) != 0 || clock_gettime (clock, &time) != 0)
    return FALSE;
  *cpu_usec = (guint64)time.tv_sec * G_USEC_PER_SEC + (guint64)time.tv_nsec / 1000;
  return TRUE;
}
