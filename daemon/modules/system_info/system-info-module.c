/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The module system_info: a worker for each group of sources, so that nobody's interest in one
 * makes the others be read. */
#include "modules/system_info/system-info-module.h"

#include "modules/system_info/addresses.h"
#include "modules/system_info/frequency.h"
#include "modules/system_info/identity.h"
#include "modules/system_info/samples.h"
#include "modules/system_info/system-info-generated.h"
#include "modules/system_info/users.h"

struct _BnSystemInfoModule
{
  BnModule parent_instance;

  char *sysroot;
  BnSystemInfo1 *skeleton;
  BnCpuReader *cpu;
  BnFrequencyReader *frequency;
  BnPressureReader *cpu_pressure;
  BnPressureReader *memory_pressure;
  BnPressureReader *io_pressure;
  BnMemoryReader *memory;
  BnDiskReader *disks;
  BnFilesystemReader *filesystems;
  BnNetworkReader *network;
  BnHwmonReader *hwmon;
  BnPowerReader *power;
  BnGpuReader *gpus;
};

G_DEFINE_FINAL_TYPE (BnSystemInfoModule, bn_system_info_module, BN_TYPE_MODULE)

static gint64
period_usec (BnModule *module, const char *worker)
{
  guint interval_ms = bn_module_get_worker_interval (module, worker);

  /* RunNow without any interest: the worker has no interval. */
  return interval_ms > 0 ? (gint64)interval_ms * 1000 : G_USEC_PER_SEC;
}

static gboolean
run_cpu (BnModule *module, gpointer user_data, GError **error)
{
  BnSystemInfoModule *self = BN_SYSTEM_INFO_MODULE (module);
  gint64 now_usec = g_get_monotonic_time ();
  BnCpuSample sample;
  BnPressure pressure;
  gboolean has_pressure;
  double hertz = 0;
  BnReadResult result =
      bn_cpu_reader_read (self->cpu, now_usec, period_usec (module, "cpu"), &sample, error);

  if (result != BN_READ_DONE)
    return result == BN_READ_TOO_SOON;
  bn_frequency_reader_refresh (self->frequency, now_usec);
  bn_frequency_reader_get (self->frequency, &hertz);
  has_pressure = bn_pressure_reader_read (self->cpu_pressure, &pressure);
  bn_module_emit_sample (module, "cpu",
                         bn_sample_cpu (&sample, hertz, has_pressure ? &pressure : NULL));
  return TRUE;
}

static void
emit_core (const BnCoreSample *sample, gpointer user_data)
{
  BnSystemInfoModule *self = user_data;
  double hertz = 0;

  bn_frequency_reader_get_core (self->frequency, sample->core, &hertz);
  bn_module_emit_sample (BN_MODULE (self), "core", bn_sample_core (sample, hertz));
}

static gboolean
run_memory (BnModule *module, gpointer user_data, GError **error)
{
  BnSystemInfoModule *self = BN_SYSTEM_INFO_MODULE (module);
  BnMemorySample sample;
  BnPressure pressure;
  gboolean has_pressure;

  if (!bn_memory_reader_read (self->memory, &sample, error))
    return FALSE;
  has_pressure = bn_pressure_reader_read (self->memory_pressure, &pressure);
  bn_module_emit_sample (module, "memory",
                         bn_sample_memory (&sample, has_pressure ? &pressure : NULL));
  return TRUE;
}

static gboolean
run_pressure (BnModule *module, gpointer user_data, GError **error)
{
  BnSystemInfoModule *self = BN_SYSTEM_INFO_MODULE (module);
  const struct
  {
    const char *resource;
    BnPressureReader *reader;
  } rows[] = { { "cpu", self->cpu_pressure },
               { "memory", self->memory_pressure },
               { "io", self->io_pressure } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      BnPressure pressure;

      if (bn_pressure_reader_read (rows[i].reader, &pressure))
        bn_module_emit_sample (module, "pressure",
                               bn_sample_pressure (rows[i].resource, &pressure));
    }
  return TRUE;
}

static gboolean
run_uptime (BnModule *module, gpointer user_data, GError **error)
{
  BnSystemInfoModule *self = BN_SYSTEM_INFO_MODULE (module);
  double seconds;
  guint users;
  gboolean has_users;

  if (!bn_uptime_read (self->sysroot, &seconds, error))
    return FALSE;
  has_users = bn_users_count (self->sysroot, &users);
  bn_module_emit_sample (module, "uptime", bn_sample_uptime (seconds, has_users, users));
  return TRUE;
}

static void
core_gone (const char *key, gpointer user_data)
{
  bn_module_emit_gone (user_data, "core", bn_sample_gone ("core", key));
}

static gboolean
run_core (BnModule *module, gpointer user_data, GError **error)
{
  BnSystemInfoModule *self = BN_SYSTEM_INFO_MODULE (module);
  gint64 now_usec = g_get_monotonic_time ();

  bn_frequency_reader_refresh (self->frequency, now_usec);
  return bn_cpu_reader_read_cores (self->cpu, now_usec, period_usec (module, "core"), emit_core,
                                   core_gone, self, error);
}

static void
emit_disk (const BnDiskSample *sample, gpointer user_data)
{
  bn_module_emit_sample (user_data, "disk", bn_sample_disk (sample));
}

static void
disk_gone (const char *key, gpointer user_data)
{
  bn_module_emit_gone (user_data, "disk", bn_sample_gone ("name", key));
}

static gboolean
run_disk (BnModule *module, gpointer user_data, GError **error)
{
  BnSystemInfoModule *self = BN_SYSTEM_INFO_MODULE (module);

  return bn_disk_reader_read (self->disks, g_get_monotonic_time (), period_usec (module, "disk"),
                              emit_disk, disk_gone, self, error);
}

static void
emit_filesystem (const BnFilesystemSample *sample, gpointer user_data)
{
  bn_module_emit_sample (user_data, "filesystem", bn_sample_filesystem (sample));
}

static void
filesystem_gone (const char *key, gpointer user_data)
{
  bn_module_emit_gone (user_data, "filesystem", bn_sample_gone ("path", key));
}

static gboolean
run_filesystem (BnModule *module, gpointer user_data, GError **error)
{
  BnSystemInfoModule *self = BN_SYSTEM_INFO_MODULE (module);

  return bn_filesystem_reader_read (self->filesystems, g_get_monotonic_time (), error);
}

static void
emit_network (const BnNetworkSample *sample, gpointer user_data)
{
  bn_module_emit_sample (user_data, "network", bn_sample_network (sample));
}

static void
network_gone (const char *key, gpointer user_data)
{
  bn_module_emit_gone (user_data, "network", bn_sample_gone ("interface", key));
}

static gboolean
run_network (BnModule *module, gpointer user_data, GError **error)
{
  BnSystemInfoModule *self = BN_SYSTEM_INFO_MODULE (module);

  return bn_network_reader_read (self->network, g_get_monotonic_time (),
                                 period_usec (module, "network"), emit_network, network_gone, self,
                                 error);
}

static void
emit_battery (const BnBatterySample *sample, gpointer user_data)
{
  bn_module_emit_sample (user_data, "battery", bn_sample_battery (sample));
}

static void
battery_gone (const char *key, gpointer user_data)
{
  bn_module_emit_gone (user_data, "battery", bn_sample_gone ("battery", key));
}

static gboolean
run_battery (BnModule *module, gpointer user_data, GError **error)
{
  bn_power_reader_read (BN_SYSTEM_INFO_MODULE (module)->power, emit_battery, battery_gone, module);
  return TRUE;
}

static void
emit_gpu (const BnGpuSample *sample, gpointer user_data)
{
  bn_module_emit_sample (user_data, "gpu", bn_sample_gpu (sample));
}

static void
gpu_gone (const char *key, gpointer user_data)
{
  bn_module_emit_gone (user_data, "gpu", bn_sample_gone ("gpu", key));
}

static gboolean
run_gpu (BnModule *module, gpointer user_data, GError **error)
{
  bn_gpu_reader_read (BN_SYSTEM_INFO_MODULE (module)->gpus, emit_gpu, gpu_gone, module);
  return TRUE;
}

static const char *
sensor_event (BnSensorKind kind)
{
  return kind == BN_SENSOR_FAN ? "fan" : "temperature";
}

static void
emit_sensor (BnSensorKind kind, const BnSensorSample *sample, gpointer user_data)
{
  bn_module_emit_sample (user_data, sensor_event (kind), bn_sample_sensor (kind, sample));
}

static void
sensor_gone (BnSensorKind kind, const char *sensor, gpointer user_data)
{
  bn_module_emit_gone (user_data, sensor_event (kind), bn_sample_gone ("sensor", sensor));
}

static gboolean
run_sensor (BnModule *module, gpointer user_data, GError **error)
{
  bn_hwmon_reader_read (BN_SYSTEM_INFO_MODULE (module)->hwmon, emit_sensor, sensor_gone, module);
  return TRUE;
}

static gboolean
handle_identity (BnSystemInfoModule *self, GDBusMethodInvocation *invocation)
{
  bn_system_info1_complete_identity (self->skeleton, invocation, bn_identity_read (self->sysroot));
  return TRUE;
}

static gboolean
handle_list_users (BnSystemInfoModule *self, GDBusMethodInvocation *invocation)
{
  bn_system_info1_complete_list_users (self->skeleton, invocation, bn_users_list (self->sysroot));
  return TRUE;
}

static gboolean
handle_list_addresses (BnSystemInfoModule *self, GDBusMethodInvocation *invocation)
{
  g_autoptr (GError) error = NULL;
  GVariant *addresses = bn_addresses_list (&error);

  if (addresses == NULL)
    g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_INTERNAL, "%s",
                                           error->message);
  else
    bn_system_info1_complete_list_addresses (self->skeleton, invocation, addresses);
  return TRUE;
}

static void
make_readers (BnSystemInfoModule *self)
{
  self->cpu = bn_cpu_reader_new (self->sysroot);
  self->frequency = bn_frequency_reader_new (self->sysroot);
  self->cpu_pressure = bn_pressure_reader_new (self->sysroot, "cpu");
  self->memory_pressure = bn_pressure_reader_new (self->sysroot, "memory");
  self->io_pressure = bn_pressure_reader_new (self->sysroot, "io");
  self->memory = bn_memory_reader_new (self->sysroot);
  self->disks = bn_disk_reader_new (self->sysroot);
  self->filesystems =
      bn_filesystem_reader_new (self->sysroot, NULL, emit_filesystem, filesystem_gone, self);
  self->network = bn_network_reader_new (self->sysroot);
  self->hwmon = bn_hwmon_reader_new (self->sysroot);
  self->power = bn_power_reader_new (self->sysroot);
  self->gpus = bn_gpu_reader_new (self->sysroot);
}

static gboolean
bn_system_info_module_activate (BnModule *module, GError **error)
{
  BnSystemInfoModule *self = BN_SYSTEM_INFO_MODULE (module);
  const char *sysroot = bn_module_get_sysroot (module);
  static const struct
  {
    const char *name;
    BnWorkerFunc func;
  } workers[] = {
    { "cpu", run_cpu },
    { "core", run_core },
    { "memory", run_memory },
    { "disk", run_disk },
    { "network", run_network },
    { "pressure", run_pressure },
    { "filesystem", run_filesystem },
    { "sensor", run_sensor },
    { "battery", run_battery },
    { "gpu", run_gpu },
    { "uptime", run_uptime },
  };

  self->sysroot = g_strdup (sysroot != NULL ? sysroot : "/");
  make_readers (self);
  self->skeleton = bn_system_info1_skeleton_new ();
  g_object_connect (self->skeleton, "swapped-object-signal::handle-identity", handle_identity, self,
                    "swapped-object-signal::handle-list-users", handle_list_users, self,
                    "swapped-object-signal::handle-list-addresses", handle_list_addresses, self,
                    NULL);
  for (guint i = 0; i < G_N_ELEMENTS (workers); i++)
    bn_module_add_worker (module, workers[i].name, workers[i].func, NULL, NULL);
  return bn_module_export_skeleton (module, G_DBUS_INTERFACE_SKELETON (self->skeleton), error);
}

static void
bn_system_info_module_finalize (GObject *object)
{
  BnSystemInfoModule *self = BN_SYSTEM_INFO_MODULE (object);

  g_clear_object (&self->skeleton);
  g_clear_pointer (&self->cpu, bn_cpu_reader_free);
  g_clear_pointer (&self->frequency, bn_frequency_reader_free);
  g_clear_pointer (&self->cpu_pressure, bn_pressure_reader_free);
  g_clear_pointer (&self->memory_pressure, bn_pressure_reader_free);
  g_clear_pointer (&self->io_pressure, bn_pressure_reader_free);
  g_clear_pointer (&self->memory, bn_memory_reader_free);
  g_clear_pointer (&self->disks, bn_disk_reader_free);
  g_clear_pointer (&self->filesystems, bn_filesystem_reader_free);
  g_clear_pointer (&self->network, bn_network_reader_free);
  g_clear_pointer (&self->hwmon, bn_hwmon_reader_free);
  g_clear_pointer (&self->power, bn_power_reader_free);
  g_clear_pointer (&self->gpus, bn_gpu_reader_free);
  g_free (self->sysroot);
  G_OBJECT_CLASS (bn_system_info_module_parent_class)->finalize (object);
}

static void
bn_system_info_module_class_init (BnSystemInfoModuleClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_system_info_module_finalize;
  BN_MODULE_CLASS (klass)->activate = bn_system_info_module_activate;
}

static void
bn_system_info_module_init (BnSystemInfoModule *self)
{
}
