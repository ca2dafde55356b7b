/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Batteries. */
#include "modules/system_info/power.h"

#include <string.h>

#include "tree.h"

#define BATTERY "POWER_SUPPLY_TYPE=Battery\n"

typedef struct
{
  guint n;
  BnBatterySample machine; /* BAT0 */
  BnBatterySample mouse;
  GString *gone;
} Seen;

static void
see (const BnBatterySample *sample, gpointer user_data)
{
  Seen *seen = user_data;

  seen->n++;
  if (g_str_equal (sample->battery, "BAT0"))
    seen->machine = *sample;
  else
    seen->mouse = *sample;
}

static void
see_gone (const char *key, gpointer user_data)
{
  g_string_append_printf (((Seen *)user_data)->gone, "%s ", key);
}

static void
test_laptop (void)
{
  g_autofree char *root = tree_fixture ("sysroot-laptop");
  g_autofree char *server = tree_fixture ("sysroot-server");
  g_autoptr (BnPowerReader) reader = bn_power_reader_new (root);
  g_autoptr (BnPowerReader) none = bn_power_reader_new (server);
  g_autoptr (GString) gone = g_string_new (NULL);
  Seen seen = { .gone = gone };

  bn_power_reader_read (reader, see, see_gone, &seen);
  g_assert_cmpuint (seen.n, ==, 2);
  g_assert_cmpstr (seen.machine.scope, ==, "system");
  g_assert_cmpstr (seen.machine.state, ==, "discharging");
  g_assert_true (seen.machine.has_watts);
  g_assert_cmpfloat (seen.machine.watts, ==, 6.5);
  g_assert_true (seen.machine.has_volts);
  g_assert_cmpfloat (seen.machine.volts, ==, 15.853);
  g_assert_true (seen.machine.has_left);
  g_assert_cmpfloat (seen.machine.left_seconds, ==, 5 * 3600);
  g_assert_true (seen.machine.has_health);
  g_assert_cmpfloat (seen.machine.health, ==, 90);
  g_assert_true (seen.machine.has_cycles);
  g_assert_cmpuint (seen.machine.cycles, ==, 112);
  g_assert_cmpstr (seen.mouse.battery, ==, "hidpp_battery_0");
  g_assert_cmpstr (seen.mouse.model, ==, "MX Master 3");
  g_assert_cmpstr (seen.mouse.scope, ==, "device");
  g_assert_true (seen.mouse.has_percent);
  g_assert_cmpfloat (seen.mouse.percent, ==, 55);
  g_assert_false (seen.mouse.has_watts);
  g_assert_false (seen.mouse.has_left);
  bn_power_reader_read (none, see, see_gone, &seen);
  g_assert_cmpuint (seen.n, ==, 2);
  g_assert_cmpstr (gone->str, ==, "");
}

/* -1 stands for what is not told. */
static void
test_texts (void)
{
  static const struct
  {
    const char *text;
    gboolean battery;
    const char *state;
    double percent;
    double watts;
    double left_seconds;
  } rows[] = {
    { BATTERY "POWER_SUPPLY_STATUS=Charging\nPOWER_SUPPLY_CAPACITY=50\n"
              "POWER_SUPPLY_ENERGY_NOW=10000000\nPOWER_SUPPLY_ENERGY_FULL=40000000\n"
              "POWER_SUPPLY_POWER_NOW=10000000\n",
      TRUE, "charging", 50, 10, 10800 },
    /* By charge: 1 of 4 Ah at 10 V, 1 A flowing out */
    { BATTERY "POWER_SUPPLY_STATUS=Discharging\nPOWER_SUPPLY_CHARGE_NOW=1000000\n"
              "POWER_SUPPLY_CHARGE_FULL=4000000\nPOWER_SUPPLY_VOLTAGE_NOW=10000000\n"
              "POWER_SUPPLY_CURRENT_NOW=-1000000\n",
      TRUE, "discharging", 25, 10, 3600 },
    { BATTERY "POWER_SUPPLY_STATUS=Full\nPOWER_SUPPLY_CAPACITY=100\n", TRUE, "full", 100, -1, -1 },
    { BATTERY "POWER_SUPPLY_STATUS=Not charging\nPOWER_SUPPLY_CAPACITY=79\n", TRUE, "not-charging",
      79, -1, -1 },
    { BATTERY "POWER_SUPPLY_STATUS=Unknown\nPOWER_SUPPLY_CAPACITY=x\n", TRUE, NULL, -1, -1, -1 },
    { BATTERY, TRUE, NULL, -1, -1, -1 },
    { BATTERY "POWER_SUPPLY_PRESENT=0\nPOWER_SUPPLY_CAPACITY=50\n", FALSE, NULL, 0, 0, 0 },
    { "POWER_SUPPLY_TYPE=Mains\nPOWER_SUPPLY_ONLINE=1\n", FALSE, NULL, 0, 0, 0 },
    { "POWER_SUPPLY_TYPE=BatteryX\n", FALSE, NULL, 0, 0, 0 },
    { "POWER_SUPPLY_CAPACITY=50\n", FALSE, NULL, 0, 0, 0 },
    { "\xff\xfe", FALSE, NULL, 0, 0, 0 },
    { "", FALSE, NULL, 0, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BnBatterySample sample = { 0 };

      g_test_message ("row %u", i);
      g_assert_cmpint (bn_power_parse (rows[i].text, &sample), ==, rows[i].battery);
      if (!rows[i].battery)
        continue;
      g_assert_cmpstr (sample.state, ==, rows[i].state);
      g_assert_cmpfloat (sample.has_percent ? sample.percent : -1, ==, rows[i].percent);
      g_assert_cmpfloat (sample.has_watts ? sample.watts : -1, ==, rows[i].watts);
      g_assert_cmpfloat (sample.has_left ? sample.left_seconds : -1, ==, rows[i].left_seconds);
    }
}

/* A name that is longer than there is room for, or has no end. */
static void
test_long_model (void)
{
  g_autofree char *name = g_strnfill (500, 'm');
  g_autofree char *text = g_strconcat (BATTERY "POWER_SUPPLY_MODEL_NAME=", name, NULL);
  BnBatterySample sample = { 0 };

  g_assert_true (bn_power_parse (text, &sample));
  g_assert_cmpuint (strlen (sample.model), ==, sizeof sample.model - 1);
}

/* A battery is taken out of its bay, and a mouse is switched off. */
static void
test_come_and_go (void)
{
  g_autoptr (Tree) tree = tree_new ();
  g_autoptr (BnPowerReader) reader = bn_power_reader_new (tree->root);
  g_autoptr (GString) gone = g_string_new (NULL);
  Seen seen = { .gone = gone };

  tree_write (tree, "sys/class/power_supply/BAT0/uevent", BATTERY "POWER_SUPPLY_PRESENT=1\n");
  tree_write (tree, "sys/class/power_supply/mouse/uevent", BATTERY);
  bn_power_reader_read (reader, see, see_gone, &seen);
  g_assert_cmpuint (seen.n, ==, 2);
  tree_write (tree, "sys/class/power_supply/BAT0/uevent", BATTERY "POWER_SUPPLY_PRESENT=0\n");
  bn_power_reader_read (reader, see, see_gone, &seen);
  g_assert_cmpuint (seen.n, ==, 3);
  g_assert_cmpstr (gone->str, ==, "BAT0 ");
  tree_remove (tree, "sys/class/power_supply/mouse");
  bn_power_reader_read (reader, see, see_gone, &seen);
  g_assert_cmpuint (seen.n, ==, 3);
  g_assert_cmpstr (gone->str, ==, "BAT0 mouse ");
  tree_write (tree, "sys/class/power_supply/BAT0/uevent", BATTERY "POWER_SUPPLY_PRESENT=1\n");
  bn_power_reader_read (reader, see, see_gone, &seen);
  g_assert_cmpuint (seen.n, ==, 4);
  g_assert_cmpstr (gone->str, ==, "BAT0 mouse ");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-info/power/laptop", test_laptop);
  g_test_add_func ("/system-info/power/texts", test_texts);
  g_test_add_func ("/system-info/power/long-model", test_long_model);
  g_test_add_func ("/system-info/power/come-and-go", test_come_and_go);
  return g_test_run ();
}
