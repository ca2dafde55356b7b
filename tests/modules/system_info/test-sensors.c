/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Temperatures, fans and graphics cards. */
#include "modules/system_info/gpu.h"

#include <stdlib.h>
#include <string.h>

#include "modules/system_info/hwmon.h"
#include "tree.h"

typedef struct
{
  GString *text;
  GString *gone;
  BnGpuSample gpu; /* its strings are only to be compared while the card is there */
} Seen;

static void
seen_clear (Seen *seen)
{
  g_string_free (seen->text, TRUE);
  g_string_free (seen->gone, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

/* "key=value^high!critical" */
static void
see_sensor (BnSensorKind kind, const BnSensorSample *sample, gpointer user_data)
{
  GString *text = ((Seen *)user_data)->text;

  g_string_append_printf (text, "%s=%g", sample->sensor, sample->value);
  if (sample->has_high)
    g_string_append_printf (text, "^%g", sample->high);
  if (sample->has_critical)
    g_string_append_printf (text, "!%g", sample->critical);
  g_string_append (text, kind == BN_SENSOR_FAN ? "rpm\n" : "\n");
}

static void
see_sensor_gone (BnSensorKind kind, const char *sensor, gpointer user_data)
{
  g_string_append_printf (((Seen *)user_data)->gone, "%s ", sensor);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* The kernel lists chips in no order that counts. */
static char *
sorted_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  qsort (lines, g_strv_length (lines), sizeof *lines, compare_lines);
  return g_strjoinv ("\n", lines);
}

static Seen
read_sensors (BnHwmonReader *reader)
{
  Seen seen = { g_string_new (NULL), g_string_new (NULL), { 0 } };
  g_autofree char *sorted = NULL;

  bn_hwmon_reader_read (reader, see_sensor, see_sensor_gone, &seen);
  sorted = sorted_lines (seen.text->str);
  g_string_assign (seen.text, sorted);
  return seen;
}

/* -128 degrees are an input without a sensor, and 65261 are a limit that means none. */
static void
test_fixtures (void)
{
  static const struct
  {
    const char *root;
    const char *text;
  } rows[] = {
    { "sysroot-laptop", "\nacpitz@hwmon0/temp1=54!128\n"
                        "amdgpu@0000:33:00.0/temp1=52\n"
                        "k10temp@0000:00:18.3/temp1=56.375\n"
                        "nvme@nvme0/temp1=41.85^80.85!84.85\n"
                        "nvme@nvme0/temp2=41.85\n"
                        "thinkpad@thinkpad_hwmon/fan1=2811rpm\n"
                        "thinkpad@thinkpad_hwmon/fan2=0rpm\n"
                        "thinkpad@thinkpad_hwmon/temp1=54" },
    { "sysroot-server", "\ncoretemp@coretemp.0/temp1=61^82!92\n"
                        "coretemp@coretemp.0/temp2=55\n"
                        "coretemp@coretemp.0/temp3=56\n"
                        "coretemp@coretemp.0/temp4=57\n"
                        "coretemp@coretemp.0/temp5=58\n"
                        "coretemp@coretemp.1/temp1=62^82!92\n"
                        "coretemp@coretemp.1/temp2=55\n"
                        "coretemp@coretemp.1/temp3=56\n"
                        "coretemp@coretemp.1/temp4=57\n"
                        "coretemp@coretemp.1/temp5=58\n"
                        "nvme@nvme0/temp1=38.85^79.85!84.85\n"
                        "nvme@nvme1/temp1=39.85^79.85!84.85" },
    { "sysroot-vm", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *root = tree_fixture (rows[i].root);
      g_autoptr (BnHwmonReader) reader = bn_hwmon_reader_new (root);
      g_auto (Seen) seen = read_sensors (reader);
      g_auto (Seen) again = read_sensors (reader);

      g_assert_cmpstr (seen.text->str, ==, rows[i].text);
      g_assert_cmpstr (again.text->str, ==, rows[i].text);
      g_assert_cmpstr (again.gone->str, ==, "");
    }
}

/* Without chips there are thermal zones; with the first chip they go. */
static void
test_thermal_zones (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnHwmonReader) reader = bn_hwmon_reader_new (tree->root);

  tree_write (tree, "sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
  tree_write (tree, "sys/class/thermal/thermal_zone0/temp", "48312\n");
  tree_write (tree, "sys/class/thermal/thermal_zone0/trip_point_0_type", "hot\n");
  tree_write (tree, "sys/class/thermal/thermal_zone0/trip_point_0_temp", "80000\n");
  tree_write (tree, "sys/class/thermal/thermal_zone0/trip_point_1_type", "critical\n");
  tree_write (tree, "sys/class/thermal/thermal_zone0/trip_point_1_temp", "110000\n");
  tree_write (tree, "sys/class/thermal/cooling_device0/type", "fan\n");
  {
    g_auto (Seen) seen = read_sensors (reader);

    g_assert_cmpstr (seen.text->str, ==, "\nthermal@thermal_zone0/temp=48.312^80!110");
  }
  tree_write (tree, "sys/class/hwmon/hwmon0/name", "cpu\n");
  tree_write (tree, "sys/class/hwmon/hwmon0/temp1_input", "48000\n");
  {
    g_auto (Seen) seen = read_sensors (reader);

    g_assert_cmpstr (seen.text->str, ==, "\ncpu@hwmon0/temp1=48");
    g_assert_cmpstr (seen.gone->str, ==, "thermal@thermal_zone0/temp ");
  }
}

static void
test_sleep_and_removal (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnHwmonReader) reader = bn_hwmon_reader_new (tree->root);

  tree_write (tree, "sys/devices/card/power/runtime_status", "active\n");
  tree_write (tree, "sys/class/hwmon/hwmon3/name", "amdgpu\n");
  tree_write (tree, "sys/class/hwmon/hwmon3/temp1_input", "50000\n");
  tree_write (tree, "sys/class/hwmon/hwmon3/fan1_input", "900\n");
  tree_link (tree, "sys/class/hwmon/hwmon3/device", "../../../devices/card");
  {
    g_auto (Seen) seen = read_sensors (reader);

    g_assert_cmpstr (seen.text->str, ==, "\namdgpu@card/fan1=900rpm\namdgpu@card/temp1=50");
  }
  tree_write (tree, "sys/devices/card/power/runtime_status", "suspended\n");
  {
    g_auto (Seen) seen = read_sensors (reader);

    g_assert_cmpstr (seen.text->str, ==, "");
    g_assert_cmpstr (seen.gone->str, ==, "amdgpu@card/fan1 amdgpu@card/temp1 ");
  }
  /* It is told once. */
  {
    g_auto (Seen) seen = read_sensors (reader);

    g_assert_cmpstr (seen.gone->str, ==, "");
  }
  tree_write (tree, "sys/devices/card/power/runtime_status", "active\n");
  {
    g_auto (Seen) seen = read_sensors (reader);

    g_assert_cmpstr (seen.text->str, ==, "\namdgpu@card/fan1=900rpm\namdgpu@card/temp1=50");
  }
  tree_remove (tree, "sys/class/hwmon/hwmon3");
  {
    g_auto (Seen) seen = read_sensors (reader);

    g_assert_cmpstr (seen.text->str, ==, "");
    g_assert_cmpstr (seen.gone->str, ==, "amdgpu@card/fan1 amdgpu@card/temp1 ");
  }
}

/* The number of a chip is given to another one. */
static void
test_number_given_again (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnHwmonReader) reader = bn_hwmon_reader_new (tree->root);

  tree_write (tree, "sys/class/hwmon/hwmon0/name", "old\n");
  tree_write (tree, "sys/class/hwmon/hwmon0/temp1_input", "50000\n");
  {
    g_auto (Seen) seen = read_sensors (reader);
  }
  /* The new folder is there before the old one goes, so that it has another inode. */
  tree_write (tree, "sys/class/new/name", "new\n");
  tree_write (tree, "sys/class/new/temp1_input", "60000\n");
  tree_remove (tree, "sys/class/hwmon/hwmon0");
  tree_link (tree, "sys/class/hwmon/hwmon0", "../new");
  {
    g_auto (Seen) seen = read_sensors (reader);

    g_assert_cmpstr (seen.text->str, ==, "\nnew@hwmon0/temp1=60");
    g_assert_cmpstr (seen.gone->str, ==, "old@hwmon0/temp1 ");
  }
}

static void
test_values (void)
{
  static const struct
  {
    const char *file;
    const char *text;
    gboolean shown;
  } rows[] = {
    { "temp1_input", "-5000\n", TRUE },    { "temp1_input", "149999\n", TRUE },
    { "temp1_input", "150000\n", FALSE },  { "temp1_input", "127000\n", FALSE },
    { "temp1_input", "-128000\n", FALSE }, { "temp1_input", "\n", FALSE },
    { "temp1_input", "N/A\n", FALSE },     { "temp1_input", "99999999999999999999\n", FALSE },
    { "fan1_input", "0\n", TRUE },         { "fan1_input", "-1\n", FALSE },
    { "fan1_input", "100000\n", FALSE },   { "in0_input", "1200\n", FALSE },
    { "temp1_label", "1200\n", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (Tree) tree = tree_new ();
      g_autoptr (BnHwmonReader) reader = bn_hwmon_reader_new (tree->root);
      g_autofree char *path = g_build_filename ("sys/class/hwmon/hwmon0", rows[i].file, NULL);

      tree_write (tree, path, rows[i].text);
      g_auto (Seen) seen = read_sensors (reader);

      g_assert_cmpint (seen.text->len > 0, ==, rows[i].shown);
    }
}

static void
see_gpu (const BnGpuSample *sample, gpointer user_data)
{
  Seen *seen = user_data;

  g_string_append_printf (seen->text, "%s ", sample->gpu);
  seen->gpu = *sample;
}

static void
see_gpu_gone (const char *key, gpointer user_data)
{
  g_string_append_printf (((Seen *)user_data)->gone, "%s ", key);
}

static Seen
read_gpus (BnGpuReader *reader)
{
  Seen seen = { g_string_new (NULL), g_string_new (NULL), { 0 } };

  bn_gpu_reader_read (reader, see_gpu, see_gpu_gone, &seen);
  return seen;
}

static void
test_gpu_fixtures (void)
{
  g_autofree char *laptop = tree_fixture ("sysroot-laptop");
  g_autofree char *vm = tree_fixture ("sysroot-vm");
  g_autoptr (BnGpuReader) reader = bn_gpu_reader_new (laptop);
  g_autoptr (BnGpuReader) none = bn_gpu_reader_new (vm);
  g_auto (Seen) seen = read_gpus (reader);
  g_auto (Seen) nothing = read_gpus (none);

  g_assert_cmpstr (seen.text->str, ==, "card0 ");
  g_assert_cmpstr (seen.gpu.vendor, ==, "AMD");
  g_assert_cmpstr (seen.gpu.driver, ==, "amdgpu");
  g_assert_cmpstr (seen.gpu.state, ==, "active");
  g_assert_true (seen.gpu.has_usage);
  g_assert_cmpfloat (seen.gpu.usage, ==, 12);
  g_assert_true (seen.gpu.has_memory);
  g_assert_cmpuint (seen.gpu.memory_total_bytes, ==, 2147483648);
  g_assert_cmpuint (seen.gpu.memory_used_bytes, ==, 412344320);
  g_assert_false (seen.gpu.has_frequency);
  g_assert_cmpstr (nothing.text->str, ==, "");
}

/* A card that sleeps is shown, but not asked; one that tells nothing is not shown. */
static void
test_gpu_states (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnGpuReader) reader = bn_gpu_reader_new (tree->root);

  tree_write (tree, "sys/class/drm/card0/device/vendor", "0x1234\n");
  tree_write (tree, "sys/class/drm/card1/device/vendor", "0x8086\n");
  tree_write (tree, "sys/class/drm/card1/device/power/runtime_status", "active\n");
  tree_write (tree, "sys/class/drm/card1/gt_act_freq_mhz", "1300\n");
  tree_write (tree, "sys/class/drm/card1-HDMI-A-1/gt_act_freq_mhz", "1\n");
  {
    g_auto (Seen) seen = read_gpus (reader);

    g_assert_cmpstr (seen.text->str, ==, "card1 ");
    g_assert_cmpstr (seen.gpu.vendor, ==, "Intel");
    g_assert_null (seen.gpu.driver);
    g_assert_true (seen.gpu.has_frequency);
    g_assert_cmpfloat (seen.gpu.hertz, ==, 1.3e9);
    g_assert_false (seen.gpu.has_usage);
    g_assert_false (seen.gpu.has_memory);
  }
  tree_write (tree, "sys/class/drm/card1/device/power/runtime_status", "suspended\n");
  {
    g_auto (Seen) seen = read_gpus (reader);

    g_assert_cmpstr (seen.gpu.state, ==, "suspended");
    g_assert_false (seen.gpu.has_frequency);
  }
  tree_remove (tree, "sys/class/drm/card1");
  {
    g_auto (Seen) seen = read_gpus (reader);

    g_assert_cmpstr (seen.text->str, ==, "");
    g_assert_cmpstr (seen.gone->str, ==, "card1 ");
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/hwmon/fixtures", test_fixtures);
  g_test_add_func ("/system-info/hwmon/thermal-zones", test_thermal_zones);
  g_test_add_func ("/system-info/hwmon/sleep-and-removal", test_sleep_and_removal);
  g_test_add_func ("/system-info/hwmon/number-given-again", test_number_given_again);
  g_test_add_func ("/system-info/hwmon/values", test_values);
  g_test_add_func ("/system-info/gpu/fixtures", test_gpu_fixtures);
  g_test_add_func ("/system-info/gpu/states", test_gpu_states);
  return g_test_run ();
}
