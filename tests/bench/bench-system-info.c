/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What each reader of system_info costs when it is hot: CPU time of one reading with the payloads
 * of its samples, on this machine or in the tree that is given. */
#include <stdlib.h>
#include <time.h>

#include "modules/system_info/frequency.h"
#include "modules/system_info/samples.h"
#include "modules/system_info/users.h"

#define READINGS 1000
#define WARM_UP 10

/* Each reading is a second after the last one, by the clock that the readers are given. */
static gint64 now_usec;
static guint n_samples;
static const char *root;

static void
take (GVariant *payload)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (payload);

  /* Serialised, as it is on its way to the hub. */
  g_assert_cmpuint (g_variant_get_size (owned), >, 0);
  n_samples++;
}

static void
read_cpu (gpointer reader)
{
  BnCpuSample sample;

  if (bn_cpu_reader_read (reader, now_usec, G_USEC_PER_SEC, &sample, NULL) == BN_READ_DONE)
    take (bn_sample_cpu (&sample, 1e9, NULL));
}

static void
take_core (const BnCoreSample *sample, gpointer unused)
{
  take (bn_sample_core (sample, 1e9));
}

static void
read_cores (gpointer reader)
{
  bn_cpu_reader_read_cores (reader, now_usec, G_USEC_PER_SEC, take_core, NULL, NULL, NULL);
}

static void
read_frequency (gpointer reader)
{
  bn_frequency_reader_refresh (reader, 2 * now_usec);
}

static void
read_memory (gpointer reader)
{
  BnMemorySample sample;

  if (bn_memory_reader_read (reader, &sample, NULL))
    take (bn_sample_memory (&sample, NULL));
}

static void
read_pressure (gpointer reader)
{
  BnPressure pressure;

  if (bn_pressure_reader_read (reader, &pressure))
    take (bn_sample_pressure ("io", &pressure));
}

static void
take_disk (const BnDiskSample *sample, gpointer unused)
{
  take (bn_sample_disk (sample));
}

static void
read_disks (gpointer reader)
{
  bn_disk_reader_read (reader, now_usec, G_USEC_PER_SEC, take_disk, NULL, NULL, NULL);
}

static void
take_interface (const BnNetworkSample *sample, gpointer unused)
{
  take (bn_sample_network (sample));
}

static void
read_network (gpointer reader)
{
  bn_network_reader_read (reader, now_usec, G_USEC_PER_SEC, take_interface, NULL, NULL, NULL);
}

static guint n_filesystems; /* of the first reading */

static void
take_filesystem (const BnFilesystemSample *sample, gpointer unused)
{
  take (bn_sample_filesystem (sample));
}

/* The answers come from threads, whose CPU time counts, too; the clock is that of the machine, or
 * they would seem to be late. */
static void
read_filesystems (gpointer reader)
{
  guint before = n_samples;

  bn_filesystem_reader_read (reader, g_get_monotonic_time (), NULL);
  while (n_samples - before < n_filesystems)
    g_main_context_iteration (NULL, TRUE);
}

static void
take_sensor (BnSensorKind kind, const BnSensorSample *sample, gpointer unused)
{
  take (bn_sample_sensor (kind, sample));
}

static void
read_sensors (gpointer reader)
{
  bn_hwmon_reader_read (reader, take_sensor, NULL, NULL);
}

static void
take_battery (const BnBatterySample *sample, gpointer unused)
{
  take (bn_sample_battery (sample));
}

static void
read_batteries (gpointer reader)
{
  bn_power_reader_read (reader, take_battery, NULL, NULL);
}

static void
take_gpu (const BnGpuSample *sample, gpointer unused)
{
  take (bn_sample_gpu (sample));
}

static void
read_gpus (gpointer reader)
{
  bn_gpu_reader_read (reader, take_gpu, NULL, NULL);
}

static void
read_uptime (gpointer unused)
{
  double seconds;
  guint users = 0;
  gboolean has_users;

  if (!bn_uptime_read (root, &seconds, NULL))
    return;
  has_users = bn_users_count (root, &users);
  take (bn_sample_uptime (seconds, has_users, users));
}

static double
cpu_usec (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void
measure (const char *name, void (*read) (gpointer reader), gpointer reader)
{
  double began_usec, usec;

  for (guint i = 0; i < WARM_UP; i++)
    {
      now_usec += G_USEC_PER_SEC;
      read (reader);
    }
  n_samples = 0;
  began_usec = cpu_usec ();
  for (guint i = 0; i < READINGS; i++)
    {
      now_usec += G_USEC_PER_SEC;
      read (reader);
    }
  usec = (cpu_usec () - began_usec) / READINGS;
  g_print ("%-12s %8.1f us a reading %6.1f samples\n", name, usec, (double)n_samples / READINGS);
}

/* Those that answer within a tenth of a second are waited for from then on. */
static void
count_filesystems (BnFilesystemReader *reader)
{
  gint64 end_usec = g_get_monotonic_time () + G_USEC_PER_SEC / 10;

  n_samples = 0;
  bn_filesystem_reader_read (reader, g_get_monotonic_time (), NULL);
  while (g_get_monotonic_time () < end_usec)
    g_main_context_iteration (NULL, FALSE);
  n_filesystems = n_samples;
}

int
main (int argc, char *argv[])
{
  root = argc > 1 ? argv[1] : "/";
  now_usec = G_USEC_PER_SEC;
  g_autoptr (BnCpuReader) cpu = bn_cpu_reader_new (root);
  g_autoptr (BnCpuReader) cores = bn_cpu_reader_new (root);
  g_autoptr (BnFrequencyReader) frequency = bn_frequency_reader_new (root);
  g_autoptr (BnMemoryReader) memory = bn_memory_reader_new (root);
  g_autoptr (BnPressureReader) pressure = bn_pressure_reader_new (root, "io");
  g_autoptr (BnDiskReader) disks = bn_disk_reader_new (root);
  g_autoptr (BnNetworkReader) network = bn_network_reader_new (root);
  g_autoptr (BnFilesystemReader) filesystems =
      bn_filesystem_reader_new (root, NULL, take_filesystem, NULL, NULL);
  g_autoptr (BnHwmonReader) sensors = bn_hwmon_reader_new (root);
  g_autoptr (BnPowerReader) batteries = bn_power_reader_new (root);
  g_autoptr (BnGpuReader) gpus = bn_gpu_reader_new (root);

  g_print ("%s\n", root);
  measure ("cpu", read_cpu, cpu);
  measure ("cores", read_cores, cores);
  measure ("frequency", read_frequency, frequency);
  measure ("memory", read_memory, memory);
  measure ("pressure", read_pressure, pressure);
  measure ("disks", read_disks, disks);
  measure ("network", read_network, network);
  count_filesystems (filesystems);
  measure ("filesystems", read_filesystems, filesystems);
  measure ("sensors", read_sensors, sensors);
  measure ("batteries", read_batteries, batteries);
  measure ("gpus", read_gpus, gpus);
  measure ("uptime", read_uptime, NULL);
  return EXIT_SUCCESS;
}
