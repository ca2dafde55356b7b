/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Workers1 on the bus. */
#include "dbus/workers1.h"

struct _BnWorkers1Service
{
  BnWorkers1Skeleton parent_instance;

  BnWorkers *workers; /* (owned) */
};

static void workers1_iface_init (BnWorkers1Iface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BnWorkers1Service, bn_workers1_service, BN_TYPE_WORKERS1_SKELETON,
                               G_IMPLEMENT_INTERFACE (BN_TYPE_WORKERS1, workers1_iface_init))

/* All verbs answer alike: nothing, or the error. */
static gboolean
act (BnWorkers1 *object, GDBusMethodInvocation *invocation, BnWorkerVerb verb, const char *name,
     guint interval_ms)
{
  GError *error = NULL;

  if (bn_workers_act (BN_WORKERS1_SERVICE (object)->workers, verb, name, interval_ms, &error)
      != NULL)
    g_dbus_method_invocation_return_value (invocation, NULL);
  else
    g_dbus_method_invocation_take_error (invocation, error);
  return TRUE;
}

static gboolean
handle_start (BnWorkers1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  return act (object, invocation, BN_WORKER_VERB_START, name, 0);
}

static gboolean
handle_stop (BnWorkers1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  return act (object, invocation, BN_WORKER_VERB_STOP, name, 0);
}

static gboolean
handle_restart (BnWorkers1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  return act (object, invocation, BN_WORKER_VERB_RESTART, name, 0);
}

static gboolean
handle_run_now (BnWorkers1 *object, GDBusMethodInvocation *invocation, const char *name)
{
  return act (object, invocation, BN_WORKER_VERB_RUN_NOW, name, 0);
}

static gboolean
handle_set_interval (BnWorkers1 *object, GDBusMethodInvocation *invocation, const char *name,
                     guint32 interval_ms)
{
  return act (object, invocation, BN_WORKER_VERB_SET_INTERVAL, name, interval_ms);
}

static void
workers1_iface_init (BnWorkers1Iface *iface)
{
  iface->handle_start = handle_start;
  iface->handle_stop = handle_stop;
  iface->handle_restart = handle_restart;
  iface->handle_run_now = handle_run_now;
  iface->handle_set_interval = handle_set_interval;
}

static void
bn_workers1_service_finalize (GObject *object)
{
  g_object_unref (BN_WORKERS1_SERVICE (object)->workers);
  G_OBJECT_CLASS (bn_workers1_service_parent_class)->finalize (object);
}

static void
bn_workers1_service_class_init (BnWorkers1ServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_workers1_service_finalize;
  bn_gate_install (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
bn_workers1_service_init (BnWorkers1Service *self)
{
}

BnWorkers1Service *
bn_workers1_service_new (BnWorkers *workers, BnGate *gate)
{
  BnWorkers1Service *self = g_object_new (BN_TYPE_WORKERS1_SERVICE, NULL);

  self->workers = g_object_ref (workers);
  bn_gate_guard (gate, G_DBUS_INTERFACE_SKELETON (self));
  return self;
}
