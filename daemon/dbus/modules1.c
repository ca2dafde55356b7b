/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Modules1 on the bus. */
#include "dbus/modules1.h"

#include <gio/gunixfdlist.h>

#include "dbus/module-leases.h"
#include "introspection/error.h"

struct _BnModules1Service
{
  BnModules1Skeleton parent_instance;

  BnModules *modules;     /* (owned) */
  BnModuleLeases *leases; /* (owned) */
};

static void modules1_iface_init (BnModules1Iface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BnModules1Service, bn_modules1_service, BN_TYPE_MODULES1_SKELETON,
                               G_IMPLEMENT_INTERFACE (BN_TYPE_MODULES1, modules1_iface_init))

/* All verbs answer alike: nothing, when it is done. */
static void
acted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (bn_modules_act_finish (BN_MODULES (object), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
act (BnModules1 *object, GDBusMethodInvocation *invocation, BnModuleVerb verb, const char *name)
{
  bn_modules_act_async (BN_MODULES1_SERVICE (object)->modules, verb, name, acted_cb, invocation);
  return TRUE;
}

static gboolean
handle_load (BnModules1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  return act (object, invocation, BN_MODULE_VERB_LOAD, name);
}

static gboolean
handle_unload (BnModules1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  return act (object, invocation, BN_MODULE_VERB_UNLOAD, name);
}

static gboolean
handle_reload (BnModules1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  return act (object, invocation, BN_MODULE_VERB_RELOAD, name);
}

static gboolean
handle_force_reload (BnModules1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  return act (object, invocation, BN_MODULE_VERB_FORCE_RELOAD, name);
}

static gboolean
handle_enable (BnModules1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  return act (object, invocation, BN_MODULE_VERB_ENABLE, name);
}

static gboolean
handle_disable (BnModules1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  return act (object, invocation, BN_MODULE_VERB_DISABLE, name);
}

static gboolean
handle_reset_failures (BnModules1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  return act (object, invocation, BN_MODULE_VERB_RESET_FAILURES, name);
}

static void
approved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;

  if (bn_modules_approve_finish (BN_MODULES (object), result, &error))
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static gboolean
handle_approve (BnModules1 *object, GDBusMethodInvocation *invocation, const char *name,
                const char *rights)
{
  bn_modules_approve_async (BN_MODULES1_SERVICE (object)->modules, name, rights, approved_cb,
                            invocation);
  return TRUE;
}

static gboolean
handle_rescan (BnModules1 *object, GDBusMethodInvocation *invocation)
{
  g_auto (GStrv) found = bn_modules_rescan (BN_MODULES1_SERVICE (object)->modules);

  bn_modules1_complete_rescan (object, invocation, (const char *const *)found);
  return TRUE;
}

/* For authors */

/* A module that is about to run. */
typedef struct
{
  GDBusMethodInvocation *invocation; /* taken by the answer */
  char *name;                        /* (owned) */
} Running;

static void
run_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Running *running = user_data;
  g_autofree char *problem = bn_modules_run_leased_finish (BN_MODULES (object), result);

  g_dbus_method_invocation_return_value (
      running->invocation, g_variant_new ("(ss)", running->name, problem != NULL ? problem : ""));
  g_free (running->name);
  g_free (running);
}

static gboolean
handle_run_folder (BnModules1 *object, GDBusMethodInvocation *invocation, GUnixFDList *descriptors,
                   const char *folder, GVariant *output)
{
  BnModules1Service *self = BN_MODULES1_SERVICE (object);
  const char *sender = g_dbus_method_invocation_get_sender (invocation);
  GError *error = NULL;
  char *name = NULL;
  Running *running;
  int descriptor = -1;

  if (descriptors != NULL)
    descriptor = g_unix_fd_list_get (descriptors, g_variant_get_handle (output), &error);
  else
    g_set_error (&error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "The descriptor of the output is missing");
  if (descriptor >= 0)
    name = bn_module_leases_take_folder (self->leases, sender, folder, descriptor, &error);
  if (name == NULL)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  running = g_new0 (Running, 1);
  *running = (Running){ invocation, name };
  bn_modules_run_leased_async (self->modules, name, run_cb, running);
  return TRUE;
}

static gboolean
handle_debug (BnModules1 *object, GDBusMethodInvocation *invocation, GUnixFDList *descriptors,
              const char *name)
{
  g_autoptr (GVariant) program = NULL;
  g_autoptr (GUnixFDList) answered = NULL;
  GError *error = NULL;
  int link = bn_module_leases_debug (BN_MODULES1_SERVICE (object)->leases,
                                     g_dbus_method_invocation_get_sender (invocation), name,
                                     &program, &error);

  if (link < 0)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return TRUE;
    }
  answered = g_unix_fd_list_new_from_array (&link, 1);
  bn_modules1_complete_debug (object, invocation, answered, g_variant_new_handle (0), program);
  return TRUE;
}

static void
released_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  bn_modules_release_finish (BN_MODULES (object), result, NULL);
  g_dbus_method_invocation_return_value (user_data, NULL);
}

static gboolean
handle_release (BnModules1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  GError *error = NULL;

  if (!bn_module_leases_release (BN_MODULES1_SERVICE (object)->leases,
                                 g_dbus_method_invocation_get_sender (invocation), name,
                                 released_cb, invocation, &error))
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static void
modules1_iface_init (BnModules1Iface *iface)
{
  iface->handle_load = handle_load;
  iface->handle_unload = handle_unload;
  iface->handle_reload = handle_reload;
  iface->handle_force_reload = handle_force_reload;
  iface->handle_enable = handle_enable;
  iface->handle_disable = handle_disable;
  iface->handle_reset_failures = handle_reset_failures;
  iface->handle_approve = handle_approve;
  iface->handle_rescan = handle_rescan;
  iface->handle_run_folder = handle_run_folder;
  iface->handle_debug = handle_debug;
  iface->handle_release = handle_release;
}

/* The bus is gone, and with it everybody who leased a module. */
static void
bn_modules1_service_dispose (GObject *object)
{
  BnModules1Service *self = BN_MODULES1_SERVICE (object);

  if (self->leases != NULL)
    bn_module_leases_end_all (self->leases);
  g_clear_object (&self->leases);
  G_OBJECT_CLASS (bn_modules1_service_parent_class)->dispose (object);
}

static void
bn_modules1_service_finalize (GObject *object)
{
  g_object_unref (BN_MODULES1_SERVICE (object)->modules);
  G_OBJECT_CLASS (bn_modules1_service_parent_class)->finalize (object);
}

static void
bn_modules1_service_class_init (BnModules1ServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_modules1_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_modules1_service_finalize;
  bn_gate_install (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
bn_modules1_service_init (BnModules1Service *self)
{
}

BnModules1Service *
bn_modules1_service_new (BnModules *modules, BnGate *gate, GDBusConnection *connection)
{
  BnModules1Service *self = g_object_new (BN_TYPE_MODULES1_SERVICE, NULL);

  self->modules = g_object_ref (modules);
  self->leases = bn_module_leases_new (modules, connection);
  bn_gate_guard (gate, G_DBUS_INTERFACE_SKELETON (self));
  return self;
}
