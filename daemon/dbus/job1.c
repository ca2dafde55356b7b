/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* org.binnacle.Job1 on the bus.
 *
 * The gate lets pass what needs "observe"; what the job's own method needs is judged as a second
 * passage. Properties pass no gate, so the result is among them only if everybody may see it. */
#include "dbus/job1.h"

#include <gio/gunixfdlist.h>

struct _BnJob1Service
{
  BnJob1Skeleton parent_instance;

  BnJobs *jobs; /* (owned) */
  BnJob *job;   /* (owned) */
  BnGate *gate; /* (owned) */
};

static void job1_iface_init (BnJob1Iface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BnJob1Service, bn_job1_service, BN_TYPE_JOB1_SKELETON,
                               G_IMPLEMENT_INTERFACE (BN_TYPE_JOB1, job1_iface_init))

static void
cancel (GDBusMethodInvocation *invocation, GCancellable *cancellable, gpointer user_data)
{
  BnJob1Service *self = user_data;
  GError *error = NULL;

  if (bn_jobs_cancel (self->jobs, self->job, &error))
    bn_job1_complete_cancel (BN_JOB1 (self), invocation);
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

static void
open_log (GDBusMethodInvocation *invocation, GCancellable *cancellable, gpointer user_data)
{
  BnJob1Service *self = user_data;
  g_autoptr (GUnixFDList) descriptors = NULL;
  GError *error = NULL;
  int fd = bn_job_open_log (self->job, &error);

  if (fd < 0)
    {
      g_dbus_method_invocation_take_error (invocation, error);
      return;
    }
  descriptors = g_unix_fd_list_new_from_array (&fd, 1);
  bn_job1_complete_open_log (BN_JOB1 (self), invocation, descriptors, g_variant_new_handle (0));
}

/* Judges by what the job needs, then calls @func. */
static gboolean
pass (BnJob1 *object, GDBusMethodInvocation *invocation, BnJobAct act, BnGateFunc func)
{
  BnJob1Service *self = BN_JOB1_SERVICE (object);
  const char *what;
  BnAccessLevel level = bn_job_get_level (self->job, act, &what);

  bn_gate_pass (self->gate, invocation, level, what, func, g_object_ref (self), g_object_unref);
  return TRUE;
}

static gboolean
handle_cancel (BnJob1 *object, GDBusMethodInvocation *invocation)
{
  return pass (object, invocation, BN_JOB_ACT_CANCEL, cancel);
}

static gboolean
handle_open_log (BnJob1 *object, GDBusMethodInvocation *invocation, GUnixFDList *descriptors)
{
  return pass (object, invocation, BN_JOB_ACT_OPEN_LOG, open_log);
}

static void
job1_iface_init (BnJob1Iface *iface)
{
  iface->handle_cancel = handle_cancel;
  iface->handle_open_log = handle_open_log;
}

/* What stands in the properties of the result, and is broadcast. */
static GVariant *
get_public_result (BnJob1Service *self)
{
  const char *what;
  BnAccessLevel level = bn_job_get_level (self->job, BN_JOB_ACT_READ_RESULT, &what);

  if (level == BN_ACCESS_OBSERVE || bn_gate_is_immediate (self->gate))
    return bn_job_get_result (self->job);
  return g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
}

static void
update (BnJob1Service *self)
{
  BnJob1 *object = BN_JOB1 (self);
  BnJob *job = self->job;

  bn_job1_set_title (object, bn_job_get_title (job));
  bn_job1_set_state (object, bn_job_state_to_string (bn_job_get_state (job)));
  bn_job1_set_progress (object, bn_job_get_progress (job));
  bn_job1_set_message (object, bn_job_get_message (job));
  bn_job1_set_error (object, bn_job_get_error (job));
  bn_job1_set_result (object, get_public_result (self));
  bn_job1_set_finished (object, bn_job_get_finished (job));
  bn_job1_set_cancellable (object, bn_job_can_cancel (job));
}

static void
finished_cb (BnJob1Service *self)
{
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self));
  bn_job1_emit_finished (BN_JOB1 (self), bn_job_state_to_string (bn_job_get_state (self->job)),
                         get_public_result (self), bn_job_get_error (self->job));
}

static void
bn_job1_service_dispose (GObject *object)
{
  BnJob1Service *self = BN_JOB1_SERVICE (object);

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_object (&self->jobs);
  g_clear_object (&self->gate);
  G_OBJECT_CLASS (bn_job1_service_parent_class)->dispose (object);
}

static void
bn_job1_service_class_init (BnJob1ServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_job1_service_dispose;
  bn_gate_install (G_DBUS_INTERFACE_SKELETON_CLASS (klass));
}

static void
bn_job1_service_init (BnJob1Service *self)
{
}

BnJob1Service *
bn_job1_service_new (BnJobs *jobs, BnJob *job, BnGate *gate)
{
  BnJob1Service *self = g_object_new (BN_TYPE_JOB1_SERVICE, NULL);
  BnJob1 *object = BN_JOB1 (self);

  self->jobs = g_object_ref (jobs);
  self->job = g_object_ref (job);
  self->gate = g_object_ref (gate);
  bn_gate_guard (gate, G_DBUS_INTERFACE_SKELETON (self));
  bn_job1_set_id (object, bn_job_get_id (job));
  bn_job1_set_module (object, bn_job_get_module (job));
  bn_job1_set_method (object, bn_job_get_method (job));
  bn_job1_set_started (object, bn_job_get_started (job));
  update (self);
  g_signal_connect_swapped (job, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (job, "finished", G_CALLBACK (finished_cb), self);
  return self;
}
