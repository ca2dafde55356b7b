/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Hot reload: the new generation of a module is ready before the old one goes.
 *
 * 1. The new process starts beside the old one and says Hello.
 * 2. The old one is told to freeze and returns its state (at most 500 ms; none is legal). From now
 * on calls are held.
 * 3. The new one is given the state, and says Ready. A state that it refuses, or that cannot be
 * handed over, is not worth a failure: it starts clean, and the history says so.
 * 4. In one turn of the loop calls go to the new one, those held first; the old one finishes what
 * it began.
 *
 * If anything of this fails the new process is killed, the old one thawed and given the held calls;
 * the caller gets the reason. A broken new version never takes the old one down. If the old one
 * falls meanwhile, the new one takes over from no state. */
#include "core/hosted-module-private.h"
#include "core/module-state.h"

#include <string.h>

#include "introspection/error.h"

#define FREEZE_TIMEOUT_MS 500
#define RESTORE_TIMEOUT_MS 3000
#define REASON_BYTES_MAX 1024

static void
replacement_free (BnReplacement *replacement)
{
  g_clear_object (&replacement->task);
  g_clear_object (&replacement->process);
  g_clear_pointer (&replacement->manifest, bn_manifest_unref);
  g_string_free (replacement->notes, TRUE);
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
bn_hosted_module_fail_replacement (BnHostedModule *self, const GError *error, gboolean blame)
{
  BnReplacement *replacement = g_steal_pointer (&self->replacement);
  g_autofree char *reason =
      g_strdup_printf ("The version %s did not get ready, the old one stays: %s",
                       bn_manifest_get_version (replacement->manifest), error->message);

  g_signal_handlers_disconnect_by_data (replacement->process, self);
  bn_module_process_kill (replacement->process);
  if (replacement->frozen_usec != 0)
    thaw_old (self);
  if (blame)
    bn_hosted_module_refuse_version (self, reason, replacement->hash);
  if (replacement->task != NULL)
    g_task_return_new_error (replacement->task, BN_ERROR, BN_ERROR_UNAVAILABLE, "The module %s: %s",
                             bn_hosted_module_get_name (self), reason);
  replacement_free (replacement);
  if (self->wanted && self->process == NULL && self->state == BN_MODULE_STARTING)
    bn_hosted_module_note_failure (self, error); /* the old one fell meanwhile */
  bn_hosted_module_release_held (self);
  bn_hosted_module_tell_settled (self);
}

void
bn_hosted_module_replacement_gone (BnHostedModule *self, const GError *error)
{
  g_autoptr (GError) ended = g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "It ended by itself");

  bn_hosted_module_fail_replacement (self, error != NULL ? error : ended,
                                     !bn_module_process_is_debugged (self->replacement->process));
}

/* A new version is on probation if there is one to go back to that proved itself: not one that is
 * on probation too, but the one before that. */
static void
begin_probation (BnHostedModule *self, const BnReplacement *replacement)
{
  g_autofree char *proven = g_strdup (self->previous != NULL ? self->previous : self->hash);

  if (g_str_equal (replacement->hash, self->hash))
    return;
  if (g_str_equal (replacement->hash, proven))
    bn_hosted_module_end_probation (self);
  else
    bn_hosted_module_begin_probation (self, proven);
}

/* Step 4. */
static void
new_ready_cb (BnModuleProcess *process, gpointer user_data)
{
  BnHostedModule *self = user_data;
  BnReplacement *replacement;
  BnReloadResult result;
  gint64 swap_usec;

  if (self->replacement == NULL || self->replacement->process != process)
    return;
  replacement = g_steal_pointer (&self->replacement);
  result = replacement->flags & BN_RELOAD_PLANNED ? BN_RELOADED_PLANNED : BN_RELOADED;
  swap_usec = g_get_monotonic_time () - replacement->frozen_usec;
  g_signal_handlers_disconnect_by_func (process, new_ready_cb, self);
  begin_probation (self, replacement);
  bn_hosted_module_set_version (self, replacement->manifest, replacement->hash, replacement->kept);
  if (!replacement->kept)
    bn_hosted_module_accept_version (self);
  bn_hosted_module_adopt (self, g_steal_pointer (&replacement->process));
  self->counters.reloads++;
  if (result == BN_RELOADED_PLANNED)
    self->counters.planned_reloads++;
  bn_hosted_module_note (self, BN_HISTORY_RELOAD, replacement->notes->str);
  bn_hosted_module_tell_reloaded (self, result, replacement->notes->str, (guint64)swap_usec,
                                  self->hash);
  if (replacement->task != NULL)
    g_task_return_boolean (replacement->task, TRUE);
  replacement_free (replacement);
}

static void G_GNUC_PRINTF (2, 3) start_clean (BnHostedModule *self, const char *format, ...)
{
  BnReplacement *replacement = self->replacement;
  g_autofree char *why = NULL;
  va_list arguments;

  va_start (arguments, format);
  why = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  replacement->clean = TRUE;
  g_string_append_printf (replacement->notes, "%sIt started clean: %s",
                          replacement->notes->len > 0 ? ". " : "", why);
  g_message ("The new version of the module %s starts clean: %s", bn_hosted_module_get_name (self),
             why);
}

/* What a module answered; it is kept in the history, and told to everybody. */
static void
read_reason (GError **error)
{
  char *message;

  bn_error_normalise (error);
  message = (*error)->message;
  if (strlen (message) > REASON_BYTES_MAX)
    *g_utf8_find_prev_char (message, message + REASON_BYTES_MAX + 1) = '\0';
}

static void restored_cb (GObject *object, GAsyncResult *result, gpointer user_data);

/* @state (nullable): the answer to Freeze. */
static void
send_restore (BnHostedModule *self, GDBusMessage *state)
{
  BnModuleProcess *process = self->replacement->process;
  g_autoptr (GDBusMessage) message = bn_module_process_new_peer_call (process, "Restore", NULL);

  bn_module_state_put (message, state);
  bn_module_process_call_async (process, message, RESTORE_TIMEOUT_MS, NULL, restored_cb,
                                g_object_ref (self));
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
  if (reply != NULL && !g_dbus_message_to_gerror (reply, &error))
    return;
  read_reason (&error);
  if (reply == NULL && bn_error_is (error, BN_ERROR_UNAVAILABLE))
    return; /* it ends, and "gone" knows why */
  if (reply == NULL || self->replacement->clean)
    {
      bn_hosted_module_fail_replacement (self, error, TRUE);
      return;
    }
  start_clean (self, "it refused the state: %s", error->message);
  send_restore (self, NULL);
}

/* Step 3. @frozen (nullable): the answer to Freeze. */
static void
restore (BnHostedModule *self, GDBusMessage *frozen)
{
  g_autoptr (GError) error = NULL;

  if (frozen != NULL && !bn_module_state_check (frozen, &error))
    {
      start_clean (self, "%s", error->message);
      frozen = NULL;
    }
  send_restore (self, frozen);
}

/* A call of Freeze; its answer may come when another replacement is under way. */
typedef struct
{
  BnHostedModule *module; /* (owned) */
  guint generation;       /* of the new process */
} Freeze;

static void
freeze_free (Freeze *freeze)
{
  g_object_unref (freeze->module);
  g_free (freeze);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Freeze, freeze_free)

static void
frozen_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Freeze) freeze = user_data;
  BnHostedModule *self = freeze->module;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) reply =
      bn_module_process_call_finish (BN_MODULE_PROCESS (object), result, &error);

  if (self->replacement == NULL
      || bn_module_process_get_generation (self->replacement->process) != freeze->generation)
    return;
  if (reply != NULL && g_dbus_message_to_gerror (reply, &error))
    g_clear_object (&reply);
  if (reply == NULL && bn_error_is (error, BN_ERROR_UNAVAILABLE))
    start_clean (self, "the old version ended meanwhile");
  else if (reply == NULL)
    {
      read_reason (&error);
      start_clean (self, "the old version gave no state: %s", error->message);
    }
  restore (self, reply);
}

/* Step 2. */
static void
new_hello_cb (BnModuleProcess *process, gpointer user_data)
{
  BnHostedModule *self = user_data;
  g_autoptr (GDBusMessage) message = NULL;
  Freeze *freeze;

  if (self->replacement == NULL || self->replacement->process != process)
    return;
  self->replacement->frozen_usec = g_get_monotonic_time ();
  if (self->process == NULL)
    {
      start_clean (self, "the old version ended meanwhile");
      restore (self, NULL);
      return;
    }
  message = bn_module_process_new_peer_call (self->process, "Freeze", NULL);
  freeze = g_new0 (Freeze, 1);
  freeze->module = g_object_ref (self);
  freeze->generation = bn_module_process_get_generation (process);
  bn_module_process_call_async (self->process, message, FREEZE_TIMEOUT_MS, NULL, frozen_cb, freeze);
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

/* Nothing runs that would have to be kept. A version that only waited for its next start may be
 * gone back to. */
static void
start_anew (BnHostedModule *self, BnManifest *manifest, const char *hash, GTask *task)
{
  g_autofree char *proven = g_strdup (self->previous != NULL ? self->previous : self->hash);
  gboolean is_new = !g_str_equal (hash, self->hash);

  if (!is_new && self->previous != NULL)
    bn_hosted_module_begin_probation (self, proven);
  else if (is_new && self->state == BN_MODULE_BACKOFF && g_strcmp0 (self->checked, self->hash) == 0)
    bn_hosted_module_begin_probation (self, proven);
  else
    bn_hosted_module_end_probation (self);
  g_clear_handle_id (&self->backoff_id, g_source_remove);
  bn_hosted_module_forget_failures (self);
  if (self->state == BN_MODULE_QUARANTINED || self->state == BN_MODULE_BACKOFF)
    self->restarts++;
  bn_hosted_module_set_version (self, manifest, hash, FALSE);
  bn_hosted_module_accept_version (self);
  if (self->state == BN_MODULE_QUARANTINED)
    bn_hosted_module_set_state (self, BN_MODULE_STOPPED, "Its files changed");
  bn_hosted_module_start_async (self, started_cb, g_object_ref (task));
}

gboolean
bn_hosted_module_is_changing (BnHostedModule *self)
{
  return self->replacement != NULL || self->state == BN_MODULE_STARTING;
}

char **
bn_hosted_module_list_jobs (BnHostedModule *self)
{
  const BnModuleSurroundings *around = self->surroundings;
  char **jobs = self->process != NULL ? around->list_jobs (self->process, around->user_data) : NULL;

  return jobs != NULL ? jobs : g_new0 (char *, 1);
}

static gboolean
check_free (BnHostedModule *self, BnReloadFlags flags, GError **error)
{
  g_auto (GStrv) jobs = bn_hosted_module_list_jobs (self);
  g_autofree char *titles = g_strjoinv (", ", jobs);

  if (bn_hosted_module_is_debugged (self))
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                 "The module %s is being debugged; end that first",
                 bn_hosted_module_get_name (self));
  else if (bn_hosted_module_is_changing (self) || self->state == BN_MODULE_DRAINING)
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                 "The module %s is being changed already; try again",
                 bn_hosted_module_get_name (self));
  else if (*titles != '\0' && (flags & BN_RELOAD_FORCE) == 0)
    g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                 "The module %s has jobs that cannot be handed over: %s. It is reloaded when they "
                 "end; ForceReload ends them",
                 bn_hosted_module_get_name (self), titles);
  else
    return TRUE;
  return FALSE;
}

void
bn_hosted_module_replace (BnHostedModule *self, BnManifest *manifest, const char *hash,
                          BnModuleProcess *process, BnReloadFlags flags, GTask *task)
{
  BnReplacement *replacement = g_new0 (BnReplacement, 1);

  replacement->task = task != NULL ? g_object_ref (task) : NULL;
  replacement->manifest = bn_manifest_ref (manifest);
  replacement->hash = g_strdup (hash);
  replacement->kept = self->kept && manifest == self->manifest;
  replacement->process = process;
  replacement->flags = flags;
  replacement->notes = g_string_new (flags & BN_RELOAD_PLANNED ? self->excess : NULL);
  self->replacement = replacement;
  g_signal_connect (process, "hello", G_CALLBACK (new_hello_cb), self);
  g_signal_connect (process, "ready", G_CALLBACK (new_ready_cb), self);
}

static void
begin (BnHostedModule *self, BnManifest *manifest, const char *hash, BnReloadFlags flags,
       GTask *task)
{
  g_autoptr (GError) error = NULL;
  BnModuleProcess *process = bn_hosted_module_spawn (self, manifest, hash, TRUE, NULL, &error);

  if (process == NULL)
    {
      bn_hosted_module_refuse_version (self, error->message, hash);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  bn_hosted_module_replace (self, manifest, hash, process, flags, task);
}

void
bn_hosted_module_reload_async (BnHostedModule *self, BnManifest *manifest, const char *hash,
                               BnReloadFlags flags, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, bn_hosted_module_reload_async);
  if (manifest == NULL)
    {
      bn_hosted_module_take_kept (self);
      manifest = self->manifest;
      hash = self->hash;
    }
  if (!check_free (self, flags, &error))
    g_task_return_error (task, error);
  else if (self->process == NULL)
    start_anew (self, manifest, hash, task);
  else
    begin (self, manifest, hash, flags, task);
}

gboolean
bn_hosted_module_reload_finish (BnHostedModule *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
