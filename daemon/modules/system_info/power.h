/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Batteries, of the machine and of what is connected to it. */
#pragma once

#include <gio/gio.h>

#include "modules/system_info/roster.h"

G_BEGIN_DECLS

typedef struct
{
  const char *battery; /* "BAT0" */
  char model[64];      /* may be empty */
  const char *scope;   /* "system", or "device" for a mouse or headset */
  const char *state;   /* "charging", "discharging", "full", "not-charging"; NULL: not known */
  gboolean has_percent;
  double percent;
  gboolean has_watts;
  double watts; /* in or out, as the state says */
  gboolean has_volts;
  double volts;
  gboolean has_left;
  double left_seconds; /* until it is empty or full, as the state says */
  gboolean has_health;
  double health; /* percent of what it held when it was new */
  gboolean has_cycles;
  guint64 cycles;
} BnBatterySample;

typedef void (*BnBatteryFunc) (const BnBatterySample *sample, gpointer user_data);

typedef struct _BnPowerReader BnPowerReader;

BnPowerReader *bn_power_reader_new (const char *sysroot);
void bn_power_reader_free (BnPowerReader *self);
void bn_power_reader_read (BnPowerReader *self, BnBatteryFunc func, BnGoneFunc gone,
                           gpointer user_data);

/* The uevent file of a power supply. FALSE if it is no battery, or there is none in its bay. */
gboolean bn_power_parse (const char *text, BnBatterySample *sample);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnPowerReader, bn_power_reader_free)

G_END_DECLS
