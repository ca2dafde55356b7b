/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads /sys/class/power_supply: the file uevent has all values of a supply. */
#include "modules/system_info/power.h"

#include "modules/system_info/kept-file.h"
#include "modules/system_info/rate.h"
#include "modules/system_info/scan.h"

#define SUPPLIES_MAX 64
#define PREFIX "POWER_SUPPLY_"
#define MICRO 1e6

typedef struct
{
  BnRosterItem parent;
  BnKeptFile uevent;
} Supply;

struct _BnPowerReader
{
  char *folder;
  BnRoster *supplies; /* Supply */
  BnText text;
};

/* What the driver tells in numbers, in millionths of watt hours, ampere hours, watts, amperes,
 * volts. */
enum
{
  CAPACITY,
  ENERGY_NOW,
  ENERGY_FULL,
  ENERGY_FULL_DESIGN,
  CHARGE_NOW,
  CHARGE_FULL,
  CHARGE_FULL_DESIGN,
  POWER_NOW,
  CURRENT_NOW,
  VOLTAGE_NOW,
  CYCLE_COUNT,
  PRESENT,
  N_NUMBERS,
};

static const char *const number_names[N_NUMBERS] = {
  "CAPACITY=",    "ENERGY_NOW=",  "ENERGY_FULL=",        "ENERGY_FULL_DESIGN=",
  "CHARGE_NOW=",  "CHARGE_FULL=", "CHARGE_FULL_DESIGN=", "POWER_NOW=",
  "CURRENT_NOW=", "VOLTAGE_NOW=", "CYCLE_COUNT=",        "PRESENT=",
};

typedef struct
{
  guint found; /* bits */
  double values[N_NUMBERS];
} Numbers;

static void
supply_clear (gpointer data)
{
  Supply *supply = data;

  bn_kept_file_clear (&supply->uevent);
}

BnPowerReader *
bn_power_reader_new (const char *sysroot)
{
  BnPowerReader *self = g_new0 (BnPowerReader, 1);

  self->folder = g_build_filename (sysroot, "sys/class/power_supply", NULL);
  self->supplies = bn_roster_new ("power supplies", sizeof (Supply), SUPPLIES_MAX, supply_clear);
  return self;
}

void
bn_power_reader_free (BnPowerReader *self)
{
  g_free (self->folder);
  bn_roster_free (self->supplies);
  bn_text_clear (&self->text);
  g_free (self);
}

static gboolean
scan_number (const char *at, Numbers *numbers)
{
  for (guint i = 0; i < N_NUMBERS; i++)
    {
      const char *line = at;
      gint64 value;

      if (!bn_scan_literal (&line, number_names[i]))
        continue;
      /* Some drivers write a current that flows out below zero. */
      if (bn_scan_i64 (&line, &value))
        {
          numbers->values[i] = ABS ((double)value);
          numbers->found |= 1u << i;
        }
      return TRUE;
    }
  return FALSE;
}

static const char *
state_of (const char *word)
{
  static const char *const states[][2] = {
    { "Charging\n", "charging" },
    { "Discharging\n", "discharging" },
    { "Full\n", "full" },
    { "Not charging\n", "not-charging" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_has_prefix (word, states[i][0]))
      return states[i][1];
  return NULL;
}

static gboolean
has (const Numbers *numbers, guint number)
{
  return (numbers->found & (1u << number)) != 0;
}

/* What is in a battery is told as energy, or as charge to be multiplied by the voltage. */
static void
derive (const Numbers *numbers, BnBatterySample *sample)
{
  const double *v = numbers->values;
  gboolean by_energy = has (numbers, ENERGY_NOW) && has (numbers, ENERGY_FULL);
  gboolean by_charge = !by_energy && has (numbers, CHARGE_NOW) && has (numbers, CHARGE_FULL);
  double volts = v[VOLTAGE_NOW] / MICRO;
  double now = (by_energy ? v[ENERGY_NOW] : v[CHARGE_NOW] * volts) / MICRO;
  double full = (by_energy ? v[ENERGY_FULL] : v[CHARGE_FULL] * volts) / MICRO;
  double design = by_energy ? v[ENERGY_FULL_DESIGN] : v[CHARGE_FULL_DESIGN];

  sample->has_volts = has (numbers, VOLTAGE_NOW);
  sample->volts = volts;
  sample->has_watts =
      has (numbers, POWER_NOW) || (has (numbers, CURRENT_NOW) && has (numbers, VOLTAGE_NOW));
  sample->watts = (has (numbers, POWER_NOW) ? v[POWER_NOW] : v[CURRENT_NOW] * volts) / MICRO;
  sample->has_percent = has (numbers, CAPACITY) || ((by_energy || by_charge) && full > 0);
  sample->percent = has (numbers, CAPACITY) ? CLAMP (v[CAPACITY], 0, 100) : bn_percent (now, full);
  sample->has_health = (by_energy || by_charge) && design > 0;
  sample->health = bn_percent (by_energy ? v[ENERGY_FULL] : v[CHARGE_FULL], design);
  sample->has_cycles = has (numbers, CYCLE_COUNT) && v[CYCLE_COUNT] > 0;
  sample->cycles = (guint64)v[CYCLE_COUNT];
  if ((by_energy || by_charge) && sample->has_watts && sample->watts > 0.01 && full > 0)
    {
      double left = g_strcmp0 (sample->state, "discharging") == 0 ? now
                    : g_strcmp0 (sample->state, "charging") == 0  ? full - now
                                                                  : 0;

      sample->has_left = left > 0;
      sample->left_seconds = left / sample->watts * 3600;
    }
}

gboolean
bn_power_parse (const char *text, BnBatterySample *sample)
{
  Numbers numbers = { 0 };
  gboolean is_battery = FALSE;

  sample->scope = "system";
  for (const char *at = text; *at != '\0'; at = bn_scan_next_line (at))
    {
      const char *line = at;

      if (!bn_scan_literal (&line, PREFIX) || scan_number (line, &numbers))
        continue;
      if (bn_scan_literal (&line, "TYPE="))
        is_battery = g_str_has_prefix (line, "Battery\n");
      else if (bn_scan_literal (&line, "SCOPE="))
        sample->scope = g_str_has_prefix (line, "Device") ? "device" : "system";
      else if (bn_scan_literal (&line, "STATUS="))
        sample->state = state_of (line);
      else if (bn_scan_literal (&line, "MODEL_NAME="))
        g_strlcpy (sample->model, line, MIN (sizeof sample->model, strcspn (line, "\n") + 1));
    }
  if (!is_battery || (has (&numbers, PRESENT) && numbers.values[PRESENT] == 0))
    return FALSE;
  g_strstrip (sample->model);
  derive (&numbers, sample);
  return TRUE;
}

void
bn_power_reader_read (BnPowerReader *self, BnBatteryFunc func, BnGoneFunc gone, gpointer user_data)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  bn_roster_begin (self->supplies);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      BnBatterySample sample = { 0 };
      gboolean is_new;
      Supply *supply = bn_roster_find (self->supplies, name, strlen (name), &is_new);
      const char *text;

      if (supply == NULL)
        continue;
      if (is_new)
        bn_kept_file_init (&supply->uevent, g_build_filename (self->folder, name, "uevent", NULL));
      text = bn_kept_file_read (&supply->uevent, &self->text);
      if (text != NULL && bn_power_parse (text, &sample))
        {
          sample.battery = supply->parent.key;
          supply->parent.shown = TRUE;
          func (&sample, user_data);
        }
      else if (supply->parent.shown)
        {
          supply->parent.shown = FALSE;
          if (gone != NULL)
            gone (supply->parent.key, user_data);
        }
    }
  bn_roster_sweep (self->supplies, gone, user_data);
}
