/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Hot reload: the new generation of a module is ready before the old one goes.
 *
 * 1. The new process starts beside the old one and says Hello.
 * 2. The old one is told to freeze and returns its state (at most 500 ms; none is legal). From now
 * on calls are held.
 * 3. The new one is given the state, and says Ready.
 * 4. In one turn of the loop calls go to the new one, those held first; the old one finishes what
 * it began.
 *
 * If anything of this fails the new process is killed, the old one thawed and given the held calls;
 * the caller gets the reason. A broken new version never takes the old one down. */
#include "core/hosted-module-private.h"

#include <gio/gunixfdlist.h>

#include "introspection/error.h"

#define FREEZE_TIMEOUT_MS 500
#define RESTORE_TIMEOUT_MS 3000
#define STATE_BYTES_MAX (256 * 1024)

static void
replacement_free (BnReplacement *replacement)
{
  g_clear_object (&replacement->task);
  g_clear_object (&replacement->process);
  g_clear_pointer (&replacement->manifest, bn_manifest_unref);
  g_free (replacement->hash);
  g_free (replacement);
}

static void
thaw_old (BnHostedModule *self)
{
  g_autoptr (GDBusMessage) message = NULL;

  if (self->process == NULL)
    return;
  message = bn_module_process_new_peer_call (self->process, "Thaw", NULL);
  bn_module_process_send (self->process, message);
}

/* The new process need not be gone yet. */
void
bn_hosted_module_fail_replacement (BnHostedModule *self, const GError *error)
{
  BnReplacement *replacement = g_steal_pointer (&self->replacement);

  g_signal_handlers_disconnect_by_data (replacement->process, self);
  bn_module_process_kill (replacement->process);
  if (replacement->frozen)
    thaw_old (self);
  g_task_return_new_error (replacement->task, BN_ERROR, BN_ERROR_UNAVAILABLE,
                           "The new version of the module %s did not get ready, the old one stays: "
                           "%s",
                           bn_hosted_module_get_name (self), error->message);
  replacement_free (replacement);
  bn_hosted_module_release_held (self);
}

void
bn_hosted_module_replacement_gone (BnHostedModule *self, const GError *error)
{
  g_autoptr (GError) ended = g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "It ended by itself");

  bn_hosted_module_fail_replacement (self, error != NULL ? error : ended);
}

/* Step 4. */
static void
new_ready_cb (BnModuleProcess *process, gpointer user_data)
{
  BnHostedModule *self = user_data;
  BnReplacement *replacement;

  if (self->replacement == NULL || self->replacement->process != process)
    return;
  replacement = g_steal_pointer (&self->replacement);
  g_signal_handlers_disconnect_by_func (process, new_ready_cb, self);
  bn_manifest_unref (self->manifest);
  self->manifest = g_steal_pointer (&replacement->manifest);
  g_free (self->hash);
  self->hash = g_steal_pointer (&replacement->hash);
  bn_hosted_module_adopt (self, g_steal_pointer (&replacement->process));
  g_task_return_boolean (replacement->task, TRUE);
  replacement_free (replacement);
}

static void
restored_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnHostedModule) self = user_data;
  BnModuleProcess *process = BN_MODULE_PROCESS (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) reply = bn_module_process_call_finish (process, result, &error);

  if (self->replacement == NULL || self->replacement->process != process)
    return;
  if (reply == NULL || g_dbus_message_to_gerror (reply, &error))
    {
      bn_error_normalise (&error);
      bn_hosted_module_fail_replacement (self, error);
    }
}

/* Step 3. @frozen (nullable): the answer to Freeze. */
static void
restore (BnHostedModule *self, GDBusMessage *frozen)
{
  BnModuleProcess *process = self->replacement->process;
  g_autoptr (GDBusMessage) message = NULL;
  GVariant *body = frozen != NULL ? g_dbus_message_get_body (frozen) : NULL;

  if (body != NULL && g_variant_is_of_type (body, G_VARIANT_TYPE ("(a{sv}ah)"))
      && g_variant_get_size (body) <= STATE_BYTES_MAX)
    {
      message = bn_module_process_new_peer_call (process, "Restore", body);
      g_dbus_message_set_unix_fd_list (message, g_dbus_message_get_unix_fd_list (frozen));
    }
  else
    {
      if (body != NULL)
        g_message (
            "The module %s returned a state of a wrong type or over %d bytes; its new version "
            "starts clean",
            bn_hosted_module_get_name (self), STATE_BYTES_MAX);
      message = bn_module_process_new_peer_call (process, "Restore",
                                                 g_variant_new ("(a{sv}ah)", NULL, NULL));
    }
  bn_module_process_call_async (process, message, RESTORE_TIMEOUT_MS, NULL, restored_cb,
                                g_object_ref (self));
}

static void
frozen_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnHostedModule) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) reply =
      bn_module_process_call_finish (BN_MODULE_PROCESS (object), result, &error);

  if (self->replacement == NULL || self->process != BN_MODULE_PROCESS (object))
    return;
  if (reply != NULL && g_dbus_message_to_gerror (reply, &error))
    g_clear_object (&reply);
  if (error != NULL)
    g_info ("The module %s gave no state: %s", bn_hosted_module_get_name (self), error->message);
  restore (self, reply);
}

/* Step 2. */
static void
new_hello_cb (BnModuleProcess *process, gpointer user_data)
{
  BnHostedModule *self = user_data;
  g_autoptr (GDBusMessage) message = NULL;

  if (self->replacement == NULL || self->replacement->process != process)
    return;
  self->replacement->frozen = TRUE;
  message = bn_module_process_new_peer_call (self->process, "Freeze", NULL);
  bn_module_process_call_async (self->process, message, FREEZE_TIMEOUT_MS, NULL, frozen_cb,
                                g_object_ref (self));
}

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (bn_hosted_module_start_finish (BN_HOSTED_MODULE (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Nothing runs that would have to be kept. */
static void
start_anew (BnHostedModule *self, BnManifest *manifest, const char *hash, GTask *task)
{
  bn_manifest_ref (manifest);
  bn_manifest_unref (self->manifest);
  self->manifest = manifest;
  g_free (self->hash);
  self->hash = g_strdup (hash);
  g_signal_emit_by_name (self, "manifest-changed");
  bn_hosted_module_reset_failures (self);
  bn_hosted_module_start_async (self, started_cb, g_object_ref (task));
}

void
bn_hosted_module_reload_async (BnHostedModule *self, BnManifest *manifest, const char *hash,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;
  BnModuleProcess *process;

  g_task_set_source_tag (task, bn_hosted_module_reload_async);
  if (self->replacement != NULL || self->state == BN_MODULE_DRAINING
      || self->state == BN_MODULE_STARTING)
    {
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_CONFLICT,
                               "The module %s is being changed already; try again",
                               bn_hosted_module_get_name (self));
      return;
    }
  if (self->process == NULL)
    {
      if (self->state == BN_MODULE_QUARANTINED || self->state == BN_MODULE_BACKOFF)
        bn_hosted_module_set_state (self, BN_MODULE_STOPPED);
      g_clear_handle_id (&self->backoff_id, g_source_remove);
      start_anew (self, manifest, hash, task);
      return;
    }
  process = bn_hosted_module_spawn (self, manifest, TRUE, &error);
  if (process == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  self->replacement = g_new0 (BnReplacement, 1);
  self->replacement->task = g_steal_pointer (&task);
  self->replacement->manifest = bn_manifest_ref (manifest);
  self->replacement->hash = g_strdup (hash);
  self->replacement->process = process;
  g_signal_connect (process, "hello", G_CALLBACK (new_hello_cb), self);
  g_signal_connect (process, "ready", G_CALLBACK (new_ready_cb), self);
}

gboolean
bn_hosted_module_reload_finish (BnHostedModule *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
