/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* From what was read to the payloads of the manifest's events. All are a{sv}, floating; what is not
 * known is left out. */
#pragma once

#include "modules/system_info/cpu.h"
#include "modules/system_info/disks.h"
#include "modules/system_info/filesystems.h"
#include "modules/system_info/gpu.h"
#include "modules/system_info/hwmon.h"
#include "modules/system_info/memory.h"
#include "modules/system_info/network.h"
#include "modules/system_info/power.h"
#include "modules/system_info/pressure.h"

G_BEGIN_DECLS

/* @hertz 0 and @pressure NULL: not known. */
GVariant *bn_sample_cpu (const BnCpuSample *sample, double hertz, const BnPressure *pressure);
GVariant *bn_sample_core (const BnCoreSample *sample, double hertz);
GVariant *bn_sample_memory (const BnMemorySample *sample, const BnPressure *pressure);
GVariant *bn_sample_pressure (const char *resource, const BnPressure *pressure);
GVariant *bn_sample_disk (const BnDiskSample *sample);
GVariant *bn_sample_filesystem (const BnFilesystemSample *sample);
GVariant *bn_sample_network (const BnNetworkSample *sample);
GVariant *bn_sample_sensor (BnSensorKind kind, const BnSensorSample *sample);
GVariant *bn_sample_battery (const BnBatterySample *sample);
GVariant *bn_sample_gpu (const BnGpuSample *sample);

/* @has_users: whether the number of logins is known. */
GVariant *bn_sample_uptime (double seconds, gboolean has_users, guint users);

/* The payload that tells the end of the instance @key. */
GVariant *bn_sample_gone (const char *key_field, const char *key);

G_END_DECLS
