/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads /sys/devices/system/cpu/cpufreq. */
#include "modules/system_info/frequency.h"

#include "modules/system_info/kept-file.h"
#include "modules/system_info/scan.h"

#define REFRESH_USEC (2 * G_USEC_PER_SEC)
#define RESCAN_USEC (60 * G_USEC_PER_SEC) /* cores that were switched on */
#define POLICIES_MAX 4096

/* Cores that share a clock. */
typedef struct
{
  BnKeptFile file;
  char *cores; /* " 0 1 " */
  guint n_cores;
  guint64 khz; /* 0: not known */
} Policy;

struct _BnFrequencyReader
{
  char *folder;
  GPtrArray *policies; /* Policy */
  gint64 refreshed_usec;
  gint64 scanned_usec;
};

static void
policy_free (gpointer data)
{
  Policy *policy = data;

  bn_kept_file_clear (&policy->file);
  g_free (policy->cores);
  g_free (policy);
}

BnFrequencyReader *
bn_frequency_reader_new (const char *sysroot)
{
  BnFrequencyReader *self = g_new0 (BnFrequencyReader, 1);

  self->folder = g_build_filename (sysroot, "sys/devices/system/cpu/cpufreq", NULL);
  self->policies = g_ptr_array_new_with_free_func (policy_free);
  return self;
}

void
bn_frequency_reader_free (BnFrequencyReader *self)
{
  g_free (self->folder);
  g_ptr_array_unref (self->policies);
  g_free (self);
}

static void
scan (BnFrequencyReader *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  g_ptr_array_set_size (self->policies, 0);
  while (dir != NULL && self->policies->len < POLICIES_MAX
         && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *folder = g_build_filename (self->folder, name, NULL);
      g_autofree char *cores = NULL;
      Policy *policy;

      if (!g_str_has_prefix (name, "policy")
          || (cores = bn_read_attribute (folder, "affected_cpus")) == NULL)
        continue;
      policy = g_new0 (Policy, 1);
      bn_kept_file_init (&policy->file, g_build_filename (folder, "scaling_cur_freq", NULL));
      policy->cores = g_strconcat (" ", cores, " ", NULL);
      for (const char *at = cores; *at != '\0'; at++)
        policy->n_cores += *at != ' ' && (at[1] == ' ' || at[1] == '\0');
      g_ptr_array_add (self->policies, policy);
    }
}

static gboolean
is_due (gint64 *last_usec, gint64 now_usec, gint64 interval_usec)
{
  if (*last_usec != 0 && now_usec >= *last_usec && now_usec - *last_usec < interval_usec)
    return FALSE;
  *last_usec = now_usec;
  return TRUE;
}

void
bn_frequency_reader_refresh (BnFrequencyReader *self, gint64 now_usec)
{
  if (!is_due (&self->refreshed_usec, now_usec, REFRESH_USEC))
    return;
  if (is_due (&self->scanned_usec, now_usec, RESCAN_USEC))
    scan (self);
  for (guint i = 0; i < self->policies->len; i++)
    {
      Policy *policy = self->policies->pdata[i];

      if (!bn_kept_file_read_u64 (&policy->file, &policy->khz))
        policy->khz = 0;
    }
}

gboolean
bn_frequency_reader_get (BnFrequencyReader *self, double *hertz)
{
  double sum = 0;
  guint n_cores = 0;

  for (guint i = 0; i < self->policies->len; i++)
    {
      const Policy *policy = self->policies->pdata[i];

      if (policy->khz == 0)
        continue;
      sum += (double)policy->khz * 1000 * policy->n_cores;
      n_cores += policy->n_cores;
    }
  if (n_cores == 0)
    return FALSE;
  *hertz = sum / n_cores;
  return TRUE;
}

gboolean
bn_frequency_reader_get_core (BnFrequencyReader *self, const char *core, double *hertz)
{
  char wanted[24];

  g_snprintf (wanted, sizeof wanted, " %s ", core);
  for (guint i = 0; i < self->policies->len; i++)
    {
      const Policy *policy = self->policies->pdata[i];

      if (policy->khz == 0 || strstr (policy->cores, wanted) == NULL)
        continue;
      *hertz = (double)policy->khz * 1000;
      return TRUE;
    }
  return FALSE;
}
