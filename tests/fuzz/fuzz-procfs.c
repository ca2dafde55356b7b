/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The kernel and its drivers say anything at all in /proc and /sys.
 *
 * The first byte of the input says which file the others are: a letter of the table below. What the
 * parsers make of it must stay within its bounds, and within the text. */
#include <string.h>

#include "fuzz.h"
#include "modules/system_info/cpu.h"
#include "modules/system_info/disks.h"
#include "modules/system_info/identity.h"
#include "modules/system_info/memory.h"
#include "modules/system_info/mounts.h"
#include "modules/system_info/network.h"
#include "modules/system_info/power.h"
#include "modules/system_info/pressure.h"
#include "modules/system_info/rate.h"
#include "modules/system_info/scan.h"

static void
check_name (const char *text, const char *name, gsize length)
{
  g_assert_true (name >= text && name + length <= text + strlen (text));
  g_assert_null (memchr (name, '\n', length));
}

static void
parse_stat (const char *text)
{
  for (const char *at = text; *at != '\0'; at = bn_scan_next_line (at))
    {
      guint64 ticks[BN_CPU_COLUMNS];
      const char *core;
      gsize length;

      if (bn_cpu_parse_line (at, &core, &length, ticks))
        check_name (text, core, length);
    }
}

static void
parse_load (const char *text)
{
  BnCpuSample sample = { 0 };

  bn_cpu_parse_load (text, &sample);
}

static void
parse_diskstats (const char *text)
{
  guint64 before[BN_DISK_COUNTERS] = { 0 };

  for (const char *at = text; *at != '\0'; at = bn_scan_next_line (at))
    {
      guint64 counters[BN_DISK_COUNTERS];
      guint64 delta[BN_DISK_COUNTERS];
      const char *name;
      gsize length;

      if (!bn_disk_parse_line (at, &name, &length, counters))
        continue;
      g_assert_cmpuint (length, >, 0);
      check_name (text, name, length);
      if (bn_counters_delta (before, counters, delta, BN_DISK_COUNTERS))
        for (guint i = 0; i < BN_DISK_COUNTERS; i++)
          g_assert_true (before[i] + delta[i] == counters[i] || delta[i] <= G_MAXUINT32);
      memcpy (before, counters, sizeof before);
    }
}

static void
parse_net_dev (const char *text)
{
  for (const char *at = text; *at != '\0'; at = bn_scan_next_line (at))
    {
      guint64 counters[BN_NETWORK_COUNTERS];
      const char *name;
      gsize length;

      if (!bn_network_parse_line (at, &name, &length, counters))
        continue;
      g_assert_cmpuint (length, >, 0);
      check_name (text, name, length);
    }
}

static void
parse_meminfo (const char *text)
{
  BnMemorySample sample = { 0 };

  if (!bn_memory_parse (text, &sample))
    return;
  g_assert_cmpuint (sample.used + sample.available, ==, sample.total);
  g_assert_cmpuint (sample.free, <=, sample.total);
  g_assert_cmpuint (sample.swap_used, <=, sample.swap_total);
}

static void
parse_mountinfo (const char *text)
{
  g_autoptr (GPtrArray) mounts = bn_mounts_parse (text);
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < mounts->len; i++)
    {
      BnMount *mount = mounts->pdata[i];

      g_assert_true (g_hash_table_add (paths, mount->path));
      g_assert_true (*mount->type != '\0' && mount->source != NULL);
    }
}

static void
parse_pressure (const char *text)
{
  BnPressure pressure = { 0 };

  if (bn_pressure_parse (text, &pressure))
    for (guint i = 0; i < 3; i++)
      g_assert_true (pressure.some[i] >= 0 && pressure.some[i] <= 100);
}

static void
parse_power (const char *text)
{
  BnBatterySample sample = { 0 };

  if (!bn_power_parse (text, &sample))
    return;
  g_assert_nonnull (memchr (sample.model, '\0', sizeof sample.model));
  g_assert_true (!sample.has_percent || (sample.percent >= 0 && sample.percent <= 100));
  g_assert_true (!sample.has_left || sample.left_seconds >= 0);
}

static void
parse_machine_id (const char *text)
{
  g_autofree char *hashed = bn_identity_hash_machine_id (text);

  g_assert_true (hashed == NULL || strlen (hashed) == 32);
}

static const struct
{
  char letter;
  void (*parse) (const char *text);
} files[] = {
  { 's', parse_stat },     { 'l', parse_load },    { 'd', parse_diskstats },
  { 'n', parse_net_dev },  { 'm', parse_meminfo }, { 'f', parse_mountinfo },
  { 'p', parse_pressure }, { 'b', parse_power },   { 'i', parse_machine_id },
};

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    if (data[0] == files[i].letter)
      {
        /* As long as the text, so that a look past its end is seen. */
        g_autofree char *text = g_strndup ((const char *)data + 1, size - 1);
        g_autofree char *exact = g_strdup (text);

        files[i].parse (exact);
      }
  return 0;
}
