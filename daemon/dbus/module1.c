/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Module1 on the bus. */
#include "dbus/module1.h"

struct _BnModule1Service
{
  BnModule1Skeleton parent_instance;

  BnHostedModule *module;  /* (owned) */
  const BnHubFacts *facts; /* not owned: the hub's */
};

enum
{
  PROP_MEMORY = 1,
  PROP_CPU_TIME,
  PROP_DESCRIPTORS,
  PROP_CONFINEMENT,
};

static void module1_iface_init (BnModule1Iface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BnModule1Service, bn_module1_service, BN_TYPE_MODULE1_SKELETON,
                               G_IMPLEMENT_INTERFACE (BN_TYPE_MODULE1, module1_iface_init))

static gboolean
handle_describe (BnModule1 *object, GDBusMethodInvocation *invocation, const char *locale)
{
  BnModule1Service *self = BN_MODULE1_SERVICE (object);

  bn_module1_complete_describe (object, invocation,
                                bn_hub_describe (self->facts, self->module, locale));
  return TRUE;
}

static gboolean
handle_get_history (BnModule1 *object, GDBusMethodInvocation *invocation)
{
  BnHostedModule *module = BN_MODULE1_SERVICE (object)->module;

  bn_module1_complete_get_history (
      object, invocation, bn_module_history_to_variant (bn_hosted_module_get_history (module)));
  return TRUE;
}

static void
module1_iface_init (BnModule1Iface *iface)
{
  iface->handle_get_history = handle_get_history;
  iface->handle_describe = handle_describe;
}

static void
update (BnModule1Service *self)
{
  BnModule1 *object = BN_MODULE1 (self);
  BnManifest *manifest = bn_hosted_module_get_manifest (self->module);
  BnModuleProcess *process = bn_hosted_module_get_process (self->module);
  const char *interface = bn_manifest_get_interface (manifest);

  bn_module1_set_version (object, bn_manifest_get_version (manifest));
  bn_module1_set_summary (object, bn_manifest_get_summary (manifest));
  bn_module1_set_interface (object, interface != NULL ? interface : "");
  bn_module1_set_folder (object, bn_manifest_get_folder (manifest));
  bn_module1_set_state (object,
                        bn_module_state_to_string (bn_hosted_module_get_state (self->module)));
  bn_module1_set_reason (object, bn_hosted_module_get_reason (self->module));
  bn_module1_set_since (object, bn_hosted_module_get_since_usec (self->module));
  bn_module1_set_next_start (object, bn_hosted_module_get_next_start_usec (self->module));
  bn_module1_set_source (object, bn_hosted_module_is_kept (self->module) ? "previous" : "current");
  bn_module1_set_pid (object, process != NULL ? bn_module_process_get_pid (process) : 0);
  bn_module1_set_generation (object, bn_hosted_module_get_generation (self->module));
  bn_module1_set_restarts (object, bn_hosted_module_get_restarts (self->module));
  bn_module1_set_last_error (object, bn_hosted_module_get_last_error (self->module));
}

static GVariant *
describe_confinement (BnModuleProcess *process)
{
  if (process != NULL && !bn_module_process_is_debugged (process))
    return bn_confinement_describe (bn_module_process_get_confinement (process));
  return g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0);
}

/* Memory, CpuTime, Descriptors and Confinement are read when somebody looks. */
static void
bn_module1_service_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  BnModule1Service *self = BN_MODULE1_SERVICE (object);
  BnModuleProcess *process =
      self->module != NULL ? bn_hosted_module_get_process (self->module) : NULL;
  guint64 memory_bytes = 0;
  guint64 cpu_usec = 0;

  if (id == PROP_DESCRIPTORS)
    {
      g_value_set_uint (value, process != NULL ? bn_module_process_get_descriptors (process) : 0);
      return;
    }
  if (id == PROP_CONFINEMENT)
    {
      g_value_set_variant (value, describe_confinement (process));
      return;
    }
  if (process != NULL)
    bn_module_process_get_usage (process, &memory_bytes, &cpu_usec);
  g_value_set_uint64 (value, id == PROP_MEMORY ? memory_bytes : cpu_usec);
}

/* The skeleton's properties can be written inside this process; these are never. */
static void
bn_module1_service_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
bn_module1_service_dispose (GObject *object)
{
  BnModule1Service *self = BN_MODULE1_SERVICE (object);

  if (self->module != NULL)
    g_signal_handlers_disconnect_by_data (self->module, self);
  g_clear_object (&self->module);
  G_OBJECT_CLASS (bn_module1_service_parent_class)->dispose (object);
}

static void
bn_module1_service_class_init (BnModule1ServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bn_module1_service_get_property;
  object_class->set_property = bn_module1_service_set_property;
  object_class->dispose = bn_module1_service_dispose;
  g_object_class_override_property (object_class, PROP_MEMORY, "memory");
  g_object_class_override_property (object_class, PROP_CPU_TIME, "cpu-time");
  g_object_class_override_property (object_class, PROP_DESCRIPTORS, "descriptors");
  g_object_class_override_property (object_class, PROP_CONFINEMENT, "confinement");
  bn_gate_install (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
bn_module1_service_init (BnModule1Service *self)
{
}

BnModule1Service *
bn_module1_service_new (BnHostedModule *module, const BnHubFacts *facts, BnGate *gate)
{
  BnModule1Service *self = g_object_new (BN_TYPE_MODULE1_SERVICE, NULL);

  self->module = g_object_ref (module);
  self->facts = facts;
  bn_gate_guard (gate, G_DBUS_INTERFACE_SKELETON (self));
  bn_module1_set_name (BN_MODULE1 (self), bn_hosted_module_get_name (module));
  update (self);
  g_signal_connect_swapped (module, "state-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (module, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (module, "manifest-changed", G_CALLBACK (update), self);
  return self;
}
