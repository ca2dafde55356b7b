/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads /proc/stat and /proc/loadavg. */
#include "modules/system_info/cpu.h"

#include <errno.h>

#include "modules/system_info/kept-file.h"
#include "modules/system_info/scan.h"

#define SHARED_READING_USEC (20 * 1000)
#define CORES_MAX 4096

enum
{
  USER,
  NICE,
  SYSTEM,
  IDLE,
  IOWAIT,
  IRQ,
  SOFTIRQ,
  STEAL,
};

typedef struct
{
  gboolean known;
  guint64 ticks[BN_CPU_COLUMNS];
} Counters;

typedef struct
{
  BnRosterItem parent;
  Counters counters;
} Core;

struct _BnCpuReader
{
  BnKeptFile stat;
  BnKeptFile loadavg;
  BnText stat_text;
  BnText load_text;
  gint64 stat_usec; /* when stat_text was read, 0: never */
  BnRateWindow window;
  Counters all;
  BnRateWindow core_window;
  BnRoster *cores; /* Core */
};

BnCpuReader *
bn_cpu_reader_new (const char *sysroot)
{
  BnCpuReader *self = g_new0 (BnCpuReader, 1);

  bn_kept_file_init (&self->stat, g_build_filename (sysroot, "proc/stat", NULL));
  bn_kept_file_init (&self->loadavg, g_build_filename (sysroot, "proc/loadavg", NULL));
  self->cores = bn_roster_new ("cores", sizeof (Core), CORES_MAX, NULL);
  return self;
}

void
bn_cpu_reader_free (BnCpuReader *self)
{
  bn_kept_file_clear (&self->stat);
  bn_kept_file_clear (&self->loadavg);
  bn_text_clear (&self->stat_text);
  bn_text_clear (&self->load_text);
  bn_roster_free (self->cores);
  g_free (self);
}

gboolean
bn_cpu_parse_line (const char *at, const char **core, gsize *core_length,
                   guint64 ticks[BN_CPU_COLUMNS])
{
  guint n = 0;

  if (!bn_scan_literal (&at, "cpu"))
    return FALSE;
  *core = at;
  while (g_ascii_isdigit (*at))
    at++;
  *core_length = (gsize)(at - *core);
  if (*at != ' ')
    return FALSE;
  while (n < BN_CPU_COLUMNS && bn_scan_u64 (&at, &ticks[n]))
    n++;
  for (guint i = n; i < BN_CPU_COLUMNS; i++)
    ticks[i] = 0;
  return n > IDLE;
}

gboolean
bn_cpu_parse_load (const char *text, BnCpuSample *sample)
{
  const char *at = text;

  for (guint i = 0; i < G_N_ELEMENTS (sample->load); i++)
    if (!bn_scan_decimal (&at, &sample->load[i]))
      return FALSE;
  if (!bn_scan_u64 (&at, &sample->tasks_running) || *at++ != '/')
    return FALSE;
  return bn_scan_u64 (&at, &sample->tasks);
}

/* Idle and iowait may go down a little (proc(5)): that is no time at all. When another column does,
 * the core was away and the counters are new. */
static gboolean
shares_of (const guint64 *before, const guint64 *now, BnCpuShares *shares)
{
  guint64 delta[BN_CPU_COLUMNS];
  double sum = 0;

  for (guint i = 0; i < BN_CPU_COLUMNS; i++)
    {
      if (now[i] < before[i] && i != IDLE && i != IOWAIT)
        return FALSE;
      delta[i] = now[i] < before[i] ? 0 : now[i] - before[i];
      sum += (double)delta[i];
    }
  if (sum == 0)
    return FALSE;
  shares->user = bn_percent ((double)delta[USER] + delta[NICE], sum);
  shares->system = bn_percent ((double)delta[SYSTEM] + delta[IRQ] + delta[SOFTIRQ], sum);
  shares->iowait = bn_percent (delta[IOWAIT], sum);
  shares->steal = bn_percent (delta[STEAL], sum);
  shares->usage = bn_percent (sum - delta[IDLE] - delta[IOWAIT], sum);
  return TRUE;
}

/* Remembers @ticks; TRUE if there are shares since the ones before. */
static gboolean
advance (Counters *counters, BnWindowState state, const guint64 *ticks, BnCpuShares *shares)
{
  gboolean has_shares =
      state == BN_WINDOW_RATES && counters->known && shares_of (counters->ticks, ticks, shares);

  counters->known = TRUE;
  memcpy (counters->ticks, ticks, sizeof counters->ticks);
  return has_shares;
}

static gboolean
refresh (BnCpuReader *self, gint64 now_usec, GError **error)
{
  gint64 age_usec = now_usec - self->stat_usec;

  if (self->stat_usec != 0 && age_usec >= 0 && age_usec < SHARED_READING_USEC)
    return TRUE;
  self->stat_usec = 0;
  if (bn_kept_file_read (&self->stat, &self->stat_text) == NULL)
    {
      bn_kept_file_set_error (&self->stat, error);
      return FALSE;
    }
  self->stat_usec = now_usec;
  return TRUE;
}

static gboolean
find_blocked (const char *text, guint64 *blocked)
{
  for (const char *at = text; *at != '\0'; at = bn_scan_next_line (at))
    {
      const char *line = at;

      if (bn_scan_literal (&line, "procs_blocked "))
        return bn_scan_u64 (&line, blocked);
    }
  return FALSE;
}

BnReadResult
bn_cpu_reader_read (BnCpuReader *self, gint64 now_usec, gint64 period_usec, BnCpuSample *sample,
                    GError **error)
{
  guint64 ticks[BN_CPU_COLUMNS];
  const char *core;
  const char *load;
  gsize core_length;
  double seconds;
  BnWindowState state;

  if (!refresh (self, now_usec, error))
    return BN_READ_FAILED;
  if (!bn_cpu_parse_line (self->stat_text.data, &core, &core_length, ticks) || core_length > 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   "%s does not begin with the line \"cpu\"", self->stat.path);
      return BN_READ_FAILED;
    }
  state = bn_rate_window_advance (&self->window, self->stat_usec, period_usec, &seconds);
  if (state == BN_WINDOW_SHORT)
    return BN_READ_TOO_SOON;
  *sample = (BnCpuSample){ 0 };
  sample->has_shares = advance (&self->all, state, ticks, &sample->shares);
  sample->has_blocked = find_blocked (self->stat_text.data, &sample->tasks_blocked);
  load = bn_kept_file_read (&self->loadavg, &self->load_text);
  sample->has_load = load != NULL && bn_cpu_parse_load (load, sample);
  return BN_READ_DONE;
}

gboolean
bn_cpu_reader_read_cores (BnCpuReader *self, gint64 now_usec, gint64 period_usec, BnCoreFunc func,
                          BnGoneFunc gone, gpointer user_data, GError **error)
{
  double seconds;
  BnWindowState state;

  if (!refresh (self, now_usec, error))
    return FALSE;
  state = bn_rate_window_advance (&self->core_window, self->stat_usec, period_usec, &seconds);
  if (state == BN_WINDOW_SHORT)
    return TRUE;
  bn_roster_begin (self->cores);
  for (const char *at = self->stat_text.data; *at != '\0'; at = bn_scan_next_line (at))
    {
      guint64 ticks[BN_CPU_COLUMNS];
      BnCoreSample sample = { 0 };
      const char *name;
      gsize length;
      gboolean is_new;
      Core *core;

      if (!bn_cpu_parse_line (at, &name, &length, ticks))
        break;
      if (length == 0)
        continue;
      core = bn_roster_find (self->cores, name, length, &is_new);
      if (core == NULL)
        continue;
      core->parent.shown = TRUE;
      sample.core = core->parent.key;
      sample.has_shares = advance (&core->counters, state, ticks, &sample.shares);
      func (&sample, user_data);
    }
  bn_roster_sweep (self->cores, gone, user_data);
  return TRUE;
}
