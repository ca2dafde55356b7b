/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The measurements of the hub on a stage. */
#include "stage-samples.h"

#include <math.h>

/* A slow wave, a quick one, and a little noise that is the same each time. */
static double
wave (gint64 second, double period, double low, double high)
{
  double slow = sin ((double)second * 2 * G_PI / period);
  double quick = sin ((double)second * 2 * G_PI / (period / 7.3)) * 0.35;
  double noise = (double)(((guint64)second * 2654435761u + (guint64)period) % 1000) / 1000 - 0.5;

  return low + (high - low) * CLAMP (0.5 + 0.33 * slow + 0.2 * quick + 0.3 * noise, 0, 1);
}

static void
add (GVariantBuilder *samples, const char *type, gint64 time_usec, GVariantDict *payload)
{
  GVariantDict meta;

  g_variant_dict_init (&meta, NULL);
  g_variant_dict_insert (&meta, "time", "x", time_usec);
  g_variant_dict_insert (&meta, "source", "s", "system_info");
  g_variant_builder_add (samples, "(s@a{sv}@a{sv})", type, g_variant_dict_end (payload),
                         g_variant_dict_end (&meta));
}

static void
add_processor (GVariantBuilder *samples, gint64 time_usec, gint64 second)
{
  double user = wave (second, 90, 4, 38);
  double system = wave (second, 60, 2, 12);
  double iowait = wave (second, 140, 0, 6);
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "usage", "d", user + system);
  g_variant_dict_insert (&payload, "user", "d", user);
  g_variant_dict_insert (&payload, "system", "d", system);
  g_variant_dict_insert (&payload, "iowait", "d", iowait);
  g_variant_dict_insert (&payload, "steal", "d", 0.0);
  g_variant_dict_insert (&payload, "frequency", "d", wave (second, 50, 1.4e9, 4.2e9));
  g_variant_dict_insert (&payload, "load1", "d", wave (second, 300, 0.4, 2.7));
  add (samples, "system_info.cpu", time_usec, &payload);
  for (guint core = 0; core < 8; core++)
    {
      g_variant_dict_init (&payload, NULL);
      g_variant_dict_insert (&payload, "core", "u", core);
      g_variant_dict_insert (&payload, "usage", "d",
                             wave (second + core * 31, 40 + core * 9, 0, 85));
      add (samples, "system_info.core", time_usec, &payload);
    }
}

static void
add_memory (GVariantBuilder *samples, gint64 time_usec, gint64 second)
{
  double used = wave (second, 400, 6.2e9, 7.4e9);
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "total", "t", (guint64)16624123904);
  g_variant_dict_insert (&payload, "used", "t", (guint64)used);
  g_variant_dict_insert (&payload, "usage", "d", used / 166241239.04);
  g_variant_dict_insert (&payload, "cached", "t", (guint64)5368709120);
  add (samples, "system_info.memory", time_usec, &payload);
}

static void
add_rates (GVariantBuilder *samples, gint64 time_usec, gint64 second)
{
  static const struct
  {
    const char *type, *key_field, *key, *first, *second;
    double period, first_high, second_high;
  } rows[] = {
    { "system_info.network", "interface", "wlan0", "received", "sent", 70, 4.5e6, 6e5 },
    { "system_info.network", "interface", "lo", "received", "sent", 50, 9e4, 9e4 },
    { "system_info.disk", "name", "nvme0n1", "read", "write", 80, 3e7, 1.2e7 },
    { "system_info.disk", "name", "sda", "read", "write", 110, 2e6, 7e6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GVariantDict payload;

      g_variant_dict_init (&payload, NULL);
      g_variant_dict_insert (&payload, rows[i].key_field, "s", rows[i].key);
      g_variant_dict_insert (&payload, rows[i].first, "d",
                             wave (second, rows[i].period, 0, rows[i].first_high));
      g_variant_dict_insert (&payload, rows[i].second, "d",
                             wave (second + 17, rows[i].period, 0, rows[i].second_high));
      add (samples, rows[i].type, time_usec, &payload);
    }
}

static void
add_states (GVariantBuilder *samples, gint64 time_usec, gint64 second)
{
  static const struct
  {
    const char *path;
    guint64 total;
    double usage;
  } filesystems[] = {
    { "/", 502392610816, 71.3 },
    { "/boot/efi", 535805952, 6.4 },
    { "/srv/archive-of-the-photographs", 4000787030016, 96.2 },
  };
  static const char *const sensors[] = { "k10temp Tctl", "nvme Composite", "acpitz" };
  static const char *const containers[] = { "a1", "b2", "c3" };
  GVariantDict payload;

  for (guint i = 0; i < G_N_ELEMENTS (filesystems); i++)
    {
      g_variant_dict_init (&payload, NULL);
      g_variant_dict_insert (&payload, "path", "s", filesystems[i].path);
      g_variant_dict_insert (&payload, "total", "t", filesystems[i].total);
      g_variant_dict_insert (&payload, "usage", "d", filesystems[i].usage);
      g_variant_dict_insert (&payload, "used", "t",
                             (guint64)((double)filesystems[i].total * filesystems[i].usage / 100));
      add (samples, "system_info.filesystem", time_usec, &payload);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sensors); i++)
    {
      g_variant_dict_init (&payload, NULL);
      g_variant_dict_insert (&payload, "sensor", "s", sensors[i]);
      g_variant_dict_insert (&payload, "celsius", "d", wave (second, 200 + i * 50, 41, 63));
      g_variant_dict_insert (&payload, "high", "d", 95.0);
      add (samples, "system_info.temperature", time_usec, &payload);
    }
  for (guint i = 0; i < G_N_ELEMENTS (containers); i++)
    {
      g_variant_dict_init (&payload, NULL);
      g_variant_dict_insert (&payload, "id", "s", containers[i]);
      g_variant_dict_insert (&payload, "cpu", "d", wave (second + i * 13, 45, 0, 60 / (i + 1.0)));
      g_variant_dict_insert (&payload, "memory", "t", (guint64)(i + 1) * 96468992);
      add (samples, "containers.stats", time_usec, &payload);
    }
}

GVariant *
bn_stage_samples (gint64 time_usec)
{
  GVariantBuilder samples;
  gint64 second = time_usec / G_USEC_PER_SEC;

  g_variant_builder_init (&samples, G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  add_processor (&samples, time_usec, second);
  add_memory (&samples, time_usec, second);
  add_rates (&samples, time_usec, second);
  add_states (&samples, time_usec, second);
  return g_variant_builder_end (&samples);
}
