/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Builds the payloads. */
#include "modules/system_info/samples.h"

#include "sdk/binnacle-module.h"

/* Two decimals are all that anybody looks at, and they make short JSON. */
static void
add_double (BnPayload *payload, const char *field, double value)
{
  double rounded = value < 1e15 ? (double)(gint64)(value * 100 + 0.5) / 100 : value;

  bn_payload_add_double (payload, field, value < 0 ? value : rounded);
}

/* Names of interfaces and paths are bytes to the kernel: what is not UTF-8 is replaced. */
static void
add_string (BnPayload *payload, const char *field, const char *value)
{
  if (value != NULL && *value != '\0')
    bn_payload_add_string (payload, field, value);
}

static void
add_shares (BnPayload *payload, const BnCpuShares *shares)
{
  add_double (payload, "usage", shares->usage);
  add_double (payload, "user", shares->user);
  add_double (payload, "system", shares->system);
  add_double (payload, "iowait", shares->iowait);
  add_double (payload, "steal", shares->steal);
}

GVariant *
bn_sample_cpu (const BnCpuSample *sample, double hertz, const BnPressure *pressure)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  if (sample->has_shares)
    add_shares (payload, &sample->shares);
  if (sample->has_load)
    {
      add_double (payload, "load1", sample->load[0]);
      add_double (payload, "load5", sample->load[1]);
      add_double (payload, "load15", sample->load[2]);
      bn_payload_add_uint64 (payload, "tasks", sample->tasks);
      bn_payload_add_uint64 (payload, "tasks_running", sample->tasks_running);
    }
  if (sample->has_blocked)
    bn_payload_add_uint64 (payload, "tasks_blocked", sample->tasks_blocked);
  if (hertz > 0)
    add_double (payload, "frequency", hertz);
  if (pressure != NULL)
    add_double (payload, "pressure", pressure->some[0]);
  return bn_payload_end (payload);
}

GVariant *
bn_sample_core (const BnCoreSample *sample, double hertz)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  add_string (payload, "core", sample->core);
  if (sample->has_shares)
    add_shares (payload, &sample->shares);
  if (hertz > 0)
    add_double (payload, "frequency", hertz);
  return bn_payload_end (payload);
}

GVariant *
bn_sample_memory (const BnMemorySample *sample, const BnPressure *pressure)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  add_double (payload, "usage", bn_percent ((double)sample->used, (double)sample->total));
  bn_payload_add_uint64 (payload, "total", sample->total);
  bn_payload_add_uint64 (payload, "used", sample->used);
  bn_payload_add_uint64 (payload, "available", sample->available);
  bn_payload_add_uint64 (payload, "free", sample->free);
  bn_payload_add_uint64 (payload, "cached", sample->cached);
  bn_payload_add_uint64 (payload, "buffers", sample->buffers);
  bn_payload_add_uint64 (payload, "shared", sample->shared);
  bn_payload_add_uint64 (payload, "dirty", sample->dirty);
  bn_payload_add_uint64 (payload, "swap_total", sample->swap_total);
  bn_payload_add_uint64 (payload, "swap_used", sample->swap_used);
  if (pressure != NULL)
    add_double (payload, "pressure", pressure->some[0]);
  return bn_payload_end (payload);
}

GVariant *
bn_sample_pressure (const char *resource, const BnPressure *pressure)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  add_string (payload, "resource", resource);
  add_double (payload, "some", pressure->some[0]);
  add_double (payload, "some_60s", pressure->some[1]);
  add_double (payload, "some_300s", pressure->some[2]);
  if (pressure->has_full)
    {
      add_double (payload, "full", pressure->full[0]);
      add_double (payload, "full_60s", pressure->full[1]);
      add_double (payload, "full_300s", pressure->full[2]);
    }
  return bn_payload_end (payload);
}

GVariant *
bn_sample_disk (const BnDiskSample *sample)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  add_string (payload, "name", sample->name);
  add_string (payload, "model", sample->model);
  bn_payload_add_uint64 (payload, "size", sample->size_bytes);
  if (sample->has_rates)
    {
      add_double (payload, "read", sample->read_bytes);
      add_double (payload, "write", sample->written_bytes);
      add_double (payload, "read_ops", sample->read_ops);
      add_double (payload, "write_ops", sample->write_ops);
      add_double (payload, "utilisation", sample->utilisation);
    }
  if (sample->has_latency)
    add_double (payload, "latency", sample->latency_ms);
  return bn_payload_end (payload);
}

GVariant *
bn_sample_filesystem (const BnFilesystemSample *sample)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  add_string (payload, "path", sample->path);
  add_string (payload, "type", sample->type);
  add_string (payload, "source", sample->source);
  add_string (payload, "state", sample->state);
  if (sample->has_numbers)
    {
      add_double (payload, "usage", sample->usage);
      bn_payload_add_uint64 (payload, "used", sample->used_bytes);
      bn_payload_add_uint64 (payload, "available", sample->available_bytes);
      bn_payload_add_uint64 (payload, "total", sample->total_bytes);
    }
  if (sample->has_inodes)
    {
      bn_payload_add_uint64 (payload, "inodes_used", sample->inodes_used);
      bn_payload_add_uint64 (payload, "inodes_total", sample->inodes_total);
    }
  return bn_payload_end (payload);
}

GVariant *
bn_sample_network (const BnNetworkSample *sample)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  add_string (payload, "interface", sample->interface);
  add_string (payload, "kind", sample->kind);
  if (sample->has_link)
    bn_payload_add_boolean (payload, "link", sample->link);
  if (sample->link_bytes > 0)
    bn_payload_add_uint64 (payload, "speed", sample->link_bytes);
  bn_payload_add_uint64 (payload, "received_total", sample->received_total_bytes);
  bn_payload_add_uint64 (payload, "sent_total", sample->sent_total_bytes);
  if (sample->has_rates)
    {
      add_double (payload, "received", sample->received_bytes);
      add_double (payload, "sent", sample->sent_bytes);
      add_double (payload, "received_packets", sample->received_packets);
      add_double (payload, "sent_packets", sample->sent_packets);
      add_double (payload, "errors", sample->errors);
      add_double (payload, "drops", sample->drops);
    }
  return bn_payload_end (payload);
}

GVariant *
bn_sample_sensor (BnSensorKind kind, const BnSensorSample *sample)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  add_string (payload, "sensor", sample->sensor);
  add_string (payload, "chip", sample->chip);
  add_string (payload, "device", sample->device);
  add_string (payload, "label", sample->label);
  add_double (payload, kind == BN_SENSOR_FAN ? "speed" : "celsius", sample->value);
  if (sample->has_high)
    add_double (payload, "high", sample->high);
  if (sample->has_critical)
    add_double (payload, "critical", sample->critical);
  return bn_payload_end (payload);
}

GVariant *
bn_sample_battery (const BnBatterySample *sample)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();
  g_autofree char *model = g_utf8_make_valid (sample->model, -1);

  add_string (payload, "battery", sample->battery);
  add_string (payload, "model", model);
  add_string (payload, "scope", sample->scope);
  add_string (payload, "state", sample->state);
  if (sample->has_percent)
    add_double (payload, "percent", sample->percent);
  if (sample->has_watts)
    add_double (payload, "watts", sample->watts);
  if (sample->has_volts)
    add_double (payload, "volts", sample->volts);
  if (sample->has_left)
    add_double (payload, "time_left", sample->left_seconds);
  if (sample->has_health)
    add_double (payload, "health", sample->health);
  if (sample->has_cycles)
    bn_payload_add_uint64 (payload, "cycles", sample->cycles);
  return bn_payload_end (payload);
}

GVariant *
bn_sample_gpu (const BnGpuSample *sample)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  add_string (payload, "gpu", sample->gpu);
  add_string (payload, "vendor", sample->vendor);
  add_string (payload, "driver", sample->driver);
  add_string (payload, "state", sample->state);
  if (sample->has_usage)
    add_double (payload, "usage", sample->usage);
  if (sample->has_memory)
    {
      bn_payload_add_uint64 (payload, "memory_used", sample->memory_used_bytes);
      bn_payload_add_uint64 (payload, "memory_total", sample->memory_total_bytes);
    }
  if (sample->has_frequency)
    add_double (payload, "frequency", sample->hertz);
  return bn_payload_end (payload);
}

GVariant *
bn_sample_uptime (double seconds, gboolean has_users, guint users)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  add_double (payload, "seconds", seconds);
  if (has_users)
    bn_payload_add_uint32 (payload, "users", users);
  return bn_payload_end (payload);
}

GVariant *
bn_sample_gone (const char *key_field, const char *key)
{
  g_autoptr (BnPayload) payload = bn_payload_new ();

  add_string (payload, key_field, key);
  return bn_payload_end (payload);
}
