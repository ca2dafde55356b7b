/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What running processes cost, as the kernel counts it: proc(5), and Documentation/scheduler/
 * sched-stats.rst for schedstat. */
#include "process-cost.h"

#include <stdlib.h>
#include <string.h>

/* Not inline: gcc 12 would warn of a pointer that dangles, at a place where it does not. */
G_GNUC_NO_INLINE static guint64
find_number (const char *text, const char *key)
{
  const char *at = strstr (text, key);

  g_assert_nonnull (at);
  return g_ascii_strtoull (at + strlen (key), NULL, 10);
}

static char *
read_file (GPid pid, const char *task, const char *name)
{
  g_autofree char *path = task != NULL ? g_strdup_printf ("/proc/%d/task/%s/%s", pid, task, name)
                                       : g_strdup_printf ("/proc/%d/%s", pid, name);
  char *text = NULL;

  /* NULL: the thread ended just now. */
  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

void
bn_process_cost_read (GPid pid, BnProcessCost *cost)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%d/task", pid);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) tasks = g_dir_open (folder, 0, &error);
  const char *task;

  g_assert_no_error (error);
  *cost = (BnProcessCost){ 0 };
  while ((task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *schedstat = read_file (pid, task, "schedstat");
      g_autofree char *status = read_file (pid, task, "status");

      if (schedstat == NULL || status == NULL)
        continue;
      cost->cpu_nsec += g_ascii_strtoull (schedstat, NULL, 10);
      cost->wakeups += find_number (status, "\nvoluntary_ctxt_switches:");
    }
}

void
bn_process_cost_add (BnProcessCost *sum, const BnProcessCost *before, const BnProcessCost *after)
{
  /* Less after than before: a thread ended, with what it had used. */
  sum->cpu_nsec += after->cpu_nsec > before->cpu_nsec ? after->cpu_nsec - before->cpu_nsec : 0;
  sum->wakeups += after->wakeups > before->wakeups ? after->wakeups - before->wakeups : 0;
}

guint64
bn_process_pss_kib (GPid pid)
{
  g_autofree char *text = read_file (pid, NULL, "smaps_rollup");

  g_assert_nonnull (text);
  return find_number (text, "\nPss:");
}

GArray *
bn_process_children (GPid pid)
{
  GArray *children = g_array_new (FALSE, FALSE, sizeof (GPid));
  g_autofree char *main_thread = g_strdup_printf ("%d", pid);
  g_autofree char *text = read_file (pid, main_thread, "children");
  char *at = text;

  g_assert_nonnull (text);
  while (*at != '\0')
    {
      char *end;
      GPid child = (GPid)strtol (at, &end, 10);

      if (end == at)
        break;
      g_array_append_val (children, child);
      at = end;
    }
  return children;
}
