/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Temperatures and fans: the chips of hwmon, or the thermal zones where there are no chips. */
#pragma once

#include <gio/gio.h>

#include "modules/system_info/roster.h"

G_BEGIN_DECLS

typedef enum
{
  BN_SENSOR_TEMPERATURE,
  BN_SENSOR_FAN,
} BnSensorKind;

typedef struct
{
  const char *sensor; /* "nvme@nvme0/temp1": the chip, the device it is in, the input */
  const char *chip;   /* "nvme" */
  const char *device; /* nullable: "nvme0" */
  const char *label;  /* "Composite" */
  double value;       /* degrees Celsius, or turns a minute */
  gboolean has_high;
  double high;
  gboolean has_critical;
  double critical;
} BnSensorSample;

typedef void (*BnSensorFunc) (BnSensorKind kind, const BnSensorSample *sample, gpointer user_data);
typedef void (*BnSensorGoneFunc) (BnSensorKind kind, const char *sensor, gpointer user_data);

typedef struct _BnHwmonReader BnHwmonReader;

BnHwmonReader *bn_hwmon_reader_new (const char *sysroot);
void bn_hwmon_reader_free (BnHwmonReader *self);

/* A chip whose device sleeps is not woken for it: its sensors are gone until it is awake. */
void bn_hwmon_reader_read (BnHwmonReader *self, BnSensorFunc func, BnSensorGoneFunc gone,
                           gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnHwmonReader, bn_hwmon_reader_free)

G_END_DECLS
