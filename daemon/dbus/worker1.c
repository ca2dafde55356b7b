/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Worker1 on the bus. */
#include "dbus/worker1.h"

struct _BnWorker1Service
{
  BnWorker1Skeleton parent_instance;

  BnWorker *worker; /* (owned) */
};

static void worker1_iface_init (BnWorker1Iface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BnWorker1Service, bn_worker1_service, BN_TYPE_WORKER1_SKELETON,
                               G_IMPLEMENT_INTERFACE (BN_TYPE_WORKER1, worker1_iface_init))

static gboolean
handle_get_statistics (BnWorker1 *object, GDBusMethodInvocation *invocation)
{
  BnWorker1Service *self = BN_WORKER1_SERVICE (object);

  bn_worker1_complete_get_statistics (object, invocation, bn_worker_get_statistics (self->worker));
  return TRUE;
}

static void
worker1_iface_init (BnWorker1Iface *iface)
{
  iface->handle_get_statistics = handle_get_statistics;
}

static void
update (BnWorker1Service *self)
{
  BnWorker1 *object = BN_WORKER1 (self);

  bn_worker1_set_state (object, bn_worker_get_state (self->worker));
  bn_worker1_set_interval (object, bn_worker_get_interval_ms (self->worker));
  bn_worker1_set_demand (object, bn_worker_is_on_demand (self->worker));
}

static void
bn_worker1_service_dispose (GObject *object)
{
  BnWorker1Service *self = BN_WORKER1_SERVICE (object);

  if (self->worker != NULL)
    g_signal_handlers_disconnect_by_data (self->worker, self);
  g_clear_object (&self->worker);
  G_OBJECT_CLASS (bn_worker1_service_parent_class)->dispose (object);
}

static void
bn_worker1_service_class_init (BnWorker1ServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_worker1_service_dispose;
  bn_gate_install (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
bn_worker1_service_init (BnWorker1Service *self)
{
}

BnWorker1Service *
bn_worker1_service_new (BnWorker *worker, BnGate *gate)
{
  BnWorker1Service *self = g_object_new (BN_TYPE_WORKER1_SERVICE, NULL);

  self->worker = g_object_ref (worker);
  bn_gate_guard (gate, G_DBUS_INTERFACE_SKELETON (self));
  bn_worker1_set_name (BN_WORKER1 (self), bn_worker_get_name (worker));
  update (self);
  g_signal_connect_swapped (worker, "changed", G_CALLBACK (update), self);
  return self;
}
