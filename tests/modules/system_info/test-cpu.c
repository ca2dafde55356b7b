/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Shares of processor time, load, frequency and pressure. */
#include "modules/system_info/cpu.h"

#include "modules/system_info/frequency.h"
#include "modules/system_info/pressure.h"
#include "tree.h"

#define SECOND G_USEC_PER_SEC

typedef struct
{
  guint n;
  guint with_shares;
  BnCoreSample last; /* its core is only to be compared while it is there */
  GString *gone;
} Cores;

static void
count_core (const BnCoreSample *sample, gpointer user_data)
{
  Cores *cores = user_data;

  cores->n++;
  cores->with_shares += sample->has_shares;
  cores->last = *sample;
}

static void
core_gone (const char *key, gpointer user_data)
{
  g_string_append_printf (((Cores *)user_data)->gone, "%s ", key);
}

static BnCpuSample
read_total (BnCpuReader *reader, double at_seconds)
{
  g_autoptr (GError) error = NULL;
  BnCpuSample sample;

  g_assert_cmpint (bn_cpu_reader_read (reader, at_seconds * SECOND, SECOND, &sample, &error), ==,
                   BN_READ_DONE);
  g_assert_no_error (error);
  return sample;
}

static void
test_shares (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnCpuReader) reader = bn_cpu_reader_new (tree->root);
  BnCpuSample sample;

  tree_write (tree, "proc/loadavg", "1.25 0.98 0.75 3/1423 88123\n");
  tree_write (tree, "proc/stat", "cpu  100 0 100 800 0 0 0 0 0 0\nprocs_blocked 2\n");
  sample = read_total (reader, 10);
  g_assert_false (sample.has_shares);
  g_assert_true (sample.has_load);
  g_assert_cmpfloat_with_epsilon (sample.load[0], 1.25, 1e-9);
  g_assert_cmpfloat_with_epsilon (sample.load[2], 0.75, 1e-9);
  g_assert_cmpuint (sample.tasks_running, ==, 3);
  g_assert_cmpuint (sample.tasks, ==, 1423);
  g_assert_true (sample.has_blocked);
  g_assert_cmpuint (sample.tasks_blocked, ==, 2);

  /* 100 ticks: user 20 and nice 10, system 5 with irq 2 and softirq 3, iowait 7, steal 3, idle 50
   */
  tree_write (tree, "proc/stat", "cpu  120 10 105 850 7 2 3 3 0 0\n");
  sample = read_total (reader, 11);
  g_assert_true (sample.has_shares);
  g_assert_cmpfloat (sample.shares.user, ==, 30);
  g_assert_cmpfloat (sample.shares.system, ==, 10);
  g_assert_cmpfloat (sample.shares.iowait, ==, 7);
  g_assert_cmpfloat (sample.shares.steal, ==, 3);
  g_assert_cmpfloat (sample.shares.usage, ==, 43);
  g_assert_false (sample.has_blocked);
}

/* proc(5): idle and iowait may go down. */
static void
test_counters_that_go_down (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnCpuReader) reader = bn_cpu_reader_new (tree->root);
  BnCpuSample sample;

  tree_write (tree, "proc/stat", "cpu  100 0 0 800 50 0 0 0\n");
  read_total (reader, 1);
  tree_write (tree, "proc/stat", "cpu  150 0 0 850 49 0 0 0\n");
  sample = read_total (reader, 2);
  g_assert_true (sample.has_shares);
  g_assert_cmpfloat (sample.shares.iowait, ==, 0);
  g_assert_cmpfloat (sample.shares.usage, ==, 50);

  tree_write (tree, "proc/stat", "cpu  10 0 0 860 49 0 0 0\n");
  g_assert_false (read_total (reader, 3).has_shares);
  tree_write (tree, "proc/stat", "cpu  20 0 0 870 49 0 0 0\n");
  g_assert_true (read_total (reader, 4).has_shares);
  /* Nothing has passed. */
  g_assert_false (read_total (reader, 5).has_shares);
}

static void
test_too_soon (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnCpuReader) reader = bn_cpu_reader_new (tree->root);
  BnCpuSample sample;

  tree_write (tree, "proc/stat", "cpu  100 0 0 800 50 0 0 0\n");
  read_total (reader, 1);
  tree_write (tree, "proc/stat", "cpu  101 0 0 800 50 0 0 0\n");
  g_assert_cmpint (bn_cpu_reader_read (reader, 1.03 * SECOND, SECOND, &sample, NULL), ==,
                   BN_READ_TOO_SOON);
  tree_write (tree, "proc/stat", "cpu  150 0 0 850 50 0 0 0\n");
  g_assert_cmpfloat (read_total (reader, 2).shares.usage, ==, 50);
}

static void
test_broken (void)
{
  static const char *const texts[] = {
    "", "intr 5\n", "cpu \n", "cpu 1 2 3\n", "cpu0 1 2 3 4 5\n", "\xff\xfe", "cpuX 1 2 3 4\n"
  };
  g_autoptr (Tree) tree = tree_new ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (BnCpuReader) reader = bn_cpu_reader_new (tree->root);
      g_autoptr (GError) error = NULL;
      BnCpuSample sample;

      tree_write (tree, "proc/stat", texts[i]);
      g_assert_cmpint (bn_cpu_reader_read (reader, SECOND, SECOND, &sample, &error), ==,
                       BN_READ_FAILED);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
    }
  tree_remove (tree, "proc/stat");
  {
    g_autoptr (BnCpuReader) reader = bn_cpu_reader_new (tree->root);
    g_autoptr (GError) error = NULL;
    BnCpuSample sample;

    g_assert_cmpint (bn_cpu_reader_read (reader, SECOND, SECOND, &sample, &error), ==,
                     BN_READ_FAILED);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  }
}

static void
test_hotplug (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnCpuReader) reader = bn_cpu_reader_new (tree->root);
  g_autoptr (GString) gone = g_string_new (NULL);
  Cores cores = { .gone = gone };

  tree_write (tree, "proc/stat",
              "cpu  20 0 0 20\ncpu0 5 0 0 5\ncpu1 5 0 0 5\ncpu3 10 0 0 10\nintr 1\n");
  g_assert_true (
      bn_cpu_reader_read_cores (reader, SECOND, SECOND, count_core, core_gone, &cores, NULL));
  g_assert_cmpuint (cores.n, ==, 3);
  g_assert_cmpuint (cores.with_shares, ==, 0);
  g_assert_cmpstr (cores.last.core, ==, "3");

  /* Core 1 is switched off, core 2 on. */
  tree_write (tree, "proc/stat",
              "cpu  20 0 0 20\ncpu0 15 0 0 5\ncpu2 1 0 0 1\ncpu3 11 0 0 19\nintr 1\n");
  cores.n = 0;
  g_assert_true (
      bn_cpu_reader_read_cores (reader, 2 * SECOND, SECOND, count_core, core_gone, &cores, NULL));
  g_assert_cmpuint (cores.n, ==, 3);
  g_assert_cmpuint (cores.with_shares, ==, 2);
  g_assert_cmpfloat (cores.last.shares.usage, ==, 10);
  g_assert_cmpstr (gone->str, ==, "1 ");
}

static void
test_server (void)
{
  g_autofree char *root = tree_fixture ("sysroot-server");
  g_autoptr (BnCpuReader) reader = bn_cpu_reader_new (root);
  g_autoptr (GString) gone = g_string_new (NULL);
  Cores cores = { .gone = gone };

  g_assert_true (read_total (reader, 1).has_blocked);
  g_assert_true (
      bn_cpu_reader_read_cores (reader, SECOND, SECOND, count_core, core_gone, &cores, NULL));
  g_assert_cmpuint (cores.n, ==, 64);
  g_assert_cmpstr (cores.last.core, ==, "63");
}

static void
test_frequency (void)
{
  g_autofree char *root = tree_fixture ("sysroot-laptop");
  g_autofree char *vm = tree_fixture ("sysroot-vm");
  g_autoptr (BnFrequencyReader) reader = bn_frequency_reader_new (root);
  g_autoptr (BnFrequencyReader) none = bn_frequency_reader_new (vm);
  double hertz;

  g_assert_false (bn_frequency_reader_get (reader, &hertz));
  bn_frequency_reader_refresh (reader, SECOND);
  g_assert_true (bn_frequency_reader_get (reader, &hertz));
  g_assert_cmpfloat_with_epsilon (hertz, 1848500000, 1);
  g_assert_true (bn_frequency_reader_get_core (reader, "6", &hertz));
  g_assert_cmpfloat (hertz, ==, 4703000000);
  g_assert_false (bn_frequency_reader_get_core (reader, "8", &hertz));
  bn_frequency_reader_refresh (none, SECOND);
  g_assert_false (bn_frequency_reader_get (none, &hertz));
}

/* Cores that share a clock, and a refresh that is not due. */
static void
test_frequency_policies (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnFrequencyReader) reader = bn_frequency_reader_new (tree->root);
  double hertz;

  tree_write (tree, "sys/devices/system/cpu/cpufreq/policy0/affected_cpus", "0 1 10\n");
  tree_write (tree, "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "1000000\n");
  tree_write (tree, "sys/devices/system/cpu/cpufreq/policy2/affected_cpus", "2\n");
  tree_write (tree, "sys/devices/system/cpu/cpufreq/policy2/scaling_cur_freq", "<unknown>\n");
  tree_write (tree, "sys/devices/system/cpu/cpufreq/boost", "1\n");
  bn_frequency_reader_refresh (reader, SECOND);
  g_assert_true (bn_frequency_reader_get_core (reader, "10", &hertz));
  g_assert_cmpfloat (hertz, ==, 1e9);
  g_assert_false (bn_frequency_reader_get_core (reader, "2", &hertz));
  tree_write (tree, "sys/devices/system/cpu/cpufreq/policy2/scaling_cur_freq", "3000000\n");
  bn_frequency_reader_refresh (reader, 2 * SECOND);
  g_assert_false (bn_frequency_reader_get_core (reader, "2", &hertz));
  bn_frequency_reader_refresh (reader, 3 * SECOND);
  g_assert_true (bn_frequency_reader_get (reader, &hertz));
  g_assert_cmpfloat (hertz, ==, 1.5e9);
}

static void
test_pressure (void)
{
  g_autofree char *root = tree_fixture ("sysroot-server");
  g_autoptr (BnPressureReader) reader = bn_pressure_reader_new (root, "io");
  g_autoptr (BnPressureReader) none = bn_pressure_reader_new ("/nonexistent", "io");
  BnPressure pressure;

  g_assert_true (bn_pressure_reader_read (reader, &pressure));
  g_assert_cmpfloat_with_epsilon (pressure.some[0], 8.35, 1e-9);
  g_assert_cmpfloat_with_epsilon (pressure.some[2], 5.11, 1e-9);
  g_assert_true (pressure.has_full);
  g_assert_cmpfloat_with_epsilon (pressure.full[2], 0.12, 1e-9);
  g_assert_false (bn_pressure_reader_read (none, &pressure));

  g_assert_true (bn_pressure_parse ("some avg10=1.00 avg60=0.00 avg300=0.00 total=1\n", &pressure));
  g_assert_false (pressure.has_full);
  g_assert_false (bn_pressure_parse ("some avg10=101.00 avg60=0.00 avg300=0.00\n", &pressure));
  g_assert_false (bn_pressure_parse ("some avg10=\n", &pressure));
  g_assert_false (bn_pressure_parse ("", &pressure));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/cpu/shares", test_shares);
  g_test_add_func ("/system-info/cpu/counters-that-go-down", test_counters_that_go_down);
  g_test_add_func ("/system-info/cpu/too-soon", test_too_soon);
  g_test_add_func ("/system-info/cpu/broken", test_broken);
  g_test_add_func ("/system-info/cpu/hotplug", test_hotplug);
  g_test_add_func ("/system-info/cpu/server", test_server);
  g_test_add_func ("/system-info/frequency/laptop", test_frequency);
  g_test_add_func ("/system-info/frequency/policies", test_frequency_policies);
  g_test_add_func ("/system-info/pressure", test_pressure);
  return g_test_run ();
}
