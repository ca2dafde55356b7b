/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How a module makes jobs. */
#include "sdk/module-private.h"

#include "introspection/event-type.h"
#include "sdk/job-private.h"

/**
 * bn_module_create_job:
 * @self: the module
 * @method: (nullable): the method of the interface that the job is for, in snake case; who may call
 *   it may cancel the job. Without it that needs the level `control`
 * @title: one line for people that says what is being done, at most 256 bytes
 * @flags: how it is
 *
 * Makes a job. Everybody sees its title, message and error who may observe; its log and its result
 * are seen by those who may call the method.
 *
 * Returns: (transfer full): the job
 */
BnJob *
bn_module_create_job (BnModule *self, const char *method, const char *title, BnJobFlags flags)
{
  BnJob *job;

  g_return_val_if_fail (BN_IS_MODULE (self), NULL);
  g_return_val_if_fail (title != NULL && *title != '\0', NULL);

  job = bn_job_new (bn_module_get_connection (self), bn_module_get_jobs (self));
  bn_job_create (job, method, title, flags);
  return job;
}

static void
answer_invocation (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GDBusMethodInvocation *invocation = user_data;
  GError *error = NULL;
  const char *path = bn_job_wait_created_finish (BN_JOB (source), result, &error);

  if (path != NULL)
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", path));
  else
    g_dbus_method_invocation_take_error (invocation, error);
}

/**
 * bn_module_start_job:
 * @self: the module
 * @invocation: (transfer full): a call of a method that returns the path of a job and nothing else;
 *   it is answered with that, or with the error with which the hub refuses the job
 * @title: one line for people that says what is being done, at most 256 bytes
 * @flags: how the job is
 *
 * Makes the job that a method returns, for a module that serves its methods with
 * [method@Binnacle.Module.export_skeleton]; see [method@Binnacle.Call.start_job].
 *
 * Returns: (transfer full): the job
 */
BnJob *
bn_module_start_job (BnModule *self, GDBusMethodInvocation *invocation, const char *title,
                     BnJobFlags flags)
{
  g_autofree char *method = NULL;
  BnJob *job;

  g_return_val_if_fail (BN_IS_MODULE (self), NULL);
  g_return_val_if_fail (G_IS_DBUS_METHOD_INVOCATION (invocation), NULL);

  method = bn_name_from_member (g_dbus_method_invocation_get_method_name (invocation));
  job = bn_module_create_job (self, method, title, flags);
  bn_job_wait_created_async (job, answer_invocation, invocation);
  return job;
}

/**
 * bn_module_adopt_job:
 * @self: the module
 * @id: the number of a job of the last generation, made with %BN_JOB_SURVIVES; see
 *   [method@Binnacle.Job.get_id]
 *
 * Goes on with a job of the last generation. To be called in
 * [vfunc@Binnacle.Module.restore_state], with a number that the last one saved; a job that nobody
 * adopts has failed. If somebody has asked to cancel it, its cancellable will be cancelled.
 *
 * Returns: (transfer full): the job
 */
BnJob *
bn_module_adopt_job (BnModule *self, guint id)
{
  BnJob *job;

  g_return_val_if_fail (BN_IS_MODULE (self), NULL);
  g_return_val_if_fail (id != 0, NULL);

  job = bn_job_new (bn_module_get_connection (self), bn_module_get_jobs (self));
  bn_job_adopt (job, id);
  return job;
}
