/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One module under supervision: its process is started, stopped and, when it fails, started again.
 *
 * A failure never ends anything but the module itself. What counts as too many of them is in
 * module-failures.c, what is told of a module in hosted-module-facts.c. */
#include "core/hosted-module-private.h"

#include <glib/gstdio.h>

#include "introspection/error.h"

#define STOPPED_REASON "It was unloaded"
#define DISABLED_REASON "It was disabled"

enum
{
  SIGNAL_STATE_CHANGED,
  SIGNAL_CHANGED,
  SIGNAL_MANIFEST_CHANGED,
  SIGNAL_PROCESS_STARTED,
  SIGNAL_RELOADED,
  SIGNAL_RELOAD_WANTED,
  SIGNAL_SETTLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnHostedModule, bn_hosted_module, G_TYPE_OBJECT)

void
bn_hosted_module_set_state (BnHostedModule *self, BnModuleState state, const char *reason)
{
  gboolean is_new = state != self->state || !g_str_equal (reason, self->reason);

  self->state = state;
  if (state != BN_MODULE_BACKOFF)
    self->next_start_usec = 0;
  if (is_new)
    {
      self->since_usec = g_get_real_time ();
      bn_hosted_module_set_text (&self->reason, reason);
      bn_hosted_module_note (self, BN_HISTORY_STATE, reason);
    }
  g_signal_emit (self, signals[SIGNAL_STATE_CHANGED], 0);
  bn_hosted_module_release_held (self);
  bn_hosted_module_tell_settled (self);
}

void
bn_hosted_module_tell_changed (BnHostedModule *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
bn_hosted_module_tell_settled (BnHostedModule *self)
{
  if (!bn_hosted_module_is_changing (self))
    g_signal_emit (self, signals[SIGNAL_SETTLED], 0);
}

void
bn_hosted_module_tell_reloaded (BnHostedModule *self, BnReloadResult result, const char *reason,
                                guint64 swap_usec, const char *hash)
{
  g_signal_emit (self, signals[SIGNAL_RELOADED], 0, (guint)result, reason, swap_usec, hash);
}

static void
complete_all (GQueue *tasks, const GError *error)
{
  GTask *task;

  while ((task = g_queue_pop_head (tasks)) != NULL)
    {
      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

void
bn_hosted_module_fail_starts (BnHostedModule *self, const GError *error)
{
  complete_all (&self->waiting, error);
}

/* Nothing takes calls any more; an old generation may still finish some. */
static void
set_stopped (BnHostedModule *self)
{
  bn_hosted_module_set_state (self, self->disabled ? BN_MODULE_DISABLED : BN_MODULE_STOPPED,
                              self->disabled ? DISABLED_REASON : STOPPED_REASON);
}

static void
current_gone (BnHostedModule *self, const GError *error, gboolean debugged)
{
  g_autoptr (GError) ended = g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "It ended by itself");
  const GError *reason = error != NULL ? error : ended;

  if (self->wanted && (debugged || self->state == BN_MODULE_DRAINING)) /* that is no failure */
    {
      complete_all (&self->ending, NULL);
      bn_hosted_module_start_process (self);
    }
  else if (self->wanted && self->replacement != NULL)
    {
      /* The new one takes over all the same, from no state. */
      g_message ("The module %s failed while it was being replaced: %s",
                 bn_hosted_module_get_name (self), reason->message);
      bn_hosted_module_set_text (&self->failure, reason->message);
      bn_hosted_module_set_state (self, BN_MODULE_STARTING, reason->message);
    }
  else if (self->wanted)
    bn_hosted_module_note_failure (self, reason);
  else
    {
      set_stopped (self);
      if (self->leaving->len == 0)
        complete_all (&self->ending, NULL);
    }
}

/* @error (nullable): it failed before it was told to go, when another had taken over. */
static void
leaving_gone (BnHostedModule *self, const GError *error)
{
  if (self->leaving->len == 0 && self->process == NULL && !self->wanted)
    complete_all (&self->ending, NULL);
  if (error == NULL)
    return;
  g_message ("The old generation of the module %s failed: %s", bn_hosted_module_get_name (self),
             error->message);
  bn_hosted_module_set_text (&self->failure, error->message);
  bn_hosted_module_note (self, BN_HISTORY_STATE, error->message);
  bn_hosted_module_expect_health (self);
  bn_hosted_module_tell_changed (self);
}

static void
process_gone_cb (BnModuleProcess *process, GError *error, gpointer user_data)
{
  BnHostedModule *self = user_data;

  g_signal_handlers_disconnect_by_data (process, self);
  if (g_ptr_array_remove (self->leaving, process))
    {
      leaving_gone (self, error);
      return;
    }
  if (self->replacement != NULL && self->replacement->process == process)
    {
      bn_hosted_module_replacement_gone (self, error);
      return;
    }
  g_assert (process == self->process);
  g_clear_object (&self->process);
  current_gone (self, error, bn_module_process_is_debugged (process));
}

static void
note_ready (BnHostedModule *self)
{
  bn_hosted_module_set_text (&self->checked, self->hash);
  bn_hosted_module_expect_health (self);
  bn_hosted_module_set_state (self, BN_MODULE_READY, "");
  bn_hosted_module_update_versions (self);
  complete_all (&self->waiting, NULL);
}

static void
process_ready_cb (BnModuleProcess *process, gpointer user_data)
{
  BnHostedModule *self = user_data;

  if (process == self->process)
    note_ready (self);
}

BnModuleProcess *
bn_hosted_module_spawn (BnHostedModule *self, BnManifest *manifest, const char *hash,
                        gboolean restore, int *module_fd, GError **error)
{
  const BnModuleSurroundings *around = self->surroundings;
  g_autofree char *folder =
      g_build_filename (around->state_root, bn_hosted_module_get_name (self), NULL);
  BnModuleWelcome welcome = {
    .generation = self->generation + 1,
    .epoch = around->epoch,
    .state_folder = folder,
    .sysroot = around->sysroot,
    .restore = restore,
    .workers = around->get_demand (manifest, around->user_data),
  };
  const BnModulePlaces places = {
    .program_path = around->program_path,
    .library_path = around->library_path,
    .state_folder = folder,
    .temp_folders = around->temp_folders,
    .sysroot = around->sysroot,
    .output = self->output,
  };
  BnModuleProcess *process;

  if (g_mkdir_with_parents (folder, 0700) != 0)
    g_message ("No folder for the state of the module %s: %s", bn_hosted_module_get_name (self),
               folder);
  process = module_fd != NULL
                ? bn_module_process_new_debugged (manifest, &welcome, module_fd, error)
                : bn_module_process_new (manifest, &places, around->task_groups, &welcome, error);
  if (process == NULL)
    return NULL;
  self->generation++;
  if (module_fd == NULL && g_strcmp0 (self->checked, hash) != 0)
    bn_module_process_check_interface (process);
  g_signal_connect (process, "gone", G_CALLBACK (process_gone_cb), self);
  g_signal_connect (process, "ready", G_CALLBACK (process_ready_cb), self);
  g_signal_emit (self, signals[SIGNAL_PROCESS_STARTED], 0, process);
  return process;
}

void
bn_hosted_module_start_process (BnHostedModule *self)
{
  g_autoptr (GError) error = NULL;

  g_assert (self->process == NULL);
  g_clear_handle_id (&self->backoff_id, g_source_remove);
  bn_hosted_module_take_kept (self);
  self->process = bn_hosted_module_spawn (self, self->manifest, self->hash, FALSE, NULL, &error);
  if (self->process == NULL)
    {
      bn_hosted_module_note_failure (self, error);
      return;
    }
  bn_hosted_module_set_state (self, BN_MODULE_STARTING, "");
}

void
bn_hosted_module_set_version (BnHostedModule *self, BnManifest *manifest, const char *hash,
                              gboolean kept)
{
  bn_manifest_ref (manifest);
  bn_manifest_unref (self->manifest);
  self->manifest = manifest;
  bn_hosted_module_set_text (&self->hash, hash);
  self->kept = kept;
  g_signal_emit (self, signals[SIGNAL_MANIFEST_CHANGED], 0);
}

/* @process takes the place of the current one, which finishes and goes. */
void
bn_hosted_module_adopt (BnHostedModule *self, BnModuleProcess *process)
{
  BnModuleProcess *old = g_steal_pointer (&self->process);

  self->process = process;
  if (old != NULL)
    {
      g_ptr_array_add (self->leaving, old);
      bn_module_process_drain (old);
    }
  bn_hosted_module_set_text (&self->excess, "");
  note_ready (self);
}

void
bn_hosted_module_start_async (BnHostedModule *self, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, bn_hosted_module_start_async);
  self->wanted = TRUE;
  if (self->state == BN_MODULE_READY)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (self->state == BN_MODULE_QUARANTINED)
    {
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNAVAILABLE,
                               "The module %s is quarantined: %s. Reset its failures to try again",
                               bn_hosted_module_get_name (self), self->reason);
      return;
    }
  g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
  if (self->process == NULL && self->replacement == NULL)
    bn_hosted_module_start_process (self);
}

gboolean
bn_hosted_module_start_finish (BnHostedModule *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
bn_hosted_module_stop_async (BnHostedModule *self, gboolean disable, GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GError) error =
      g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "The module %s was unloaded",
                   bn_hosted_module_get_name (self));

  g_task_set_source_tag (task, bn_hosted_module_stop_async);
  self->wanted = FALSE;
  self->disabled = disable;
  g_clear_handle_id (&self->backoff_id, g_source_remove);
  g_clear_handle_id (&self->healthy_id, g_source_remove);
  bn_hosted_module_pause_probation (self);
  if (self->replacement != NULL)
    bn_hosted_module_fail_replacement (self, error, FALSE);
  complete_all (&self->waiting, error);
  if (self->process == NULL && self->leaving->len == 0)
    g_task_return_boolean (task, TRUE);
  else
    g_queue_push_tail (&self->ending, g_steal_pointer (&task));
  if (self->process == NULL)
    set_stopped (self);
  else
    {
      bn_hosted_module_set_state (self, BN_MODULE_DRAINING,
                                  "It finishes its requests before it is stopped");
      bn_module_process_drain (self->process);
    }
}

gboolean
bn_hosted_module_stop_finish (BnHostedModule *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
bn_hosted_module_reset_failures (BnHostedModule *self)
{
  bn_hosted_module_forget_failures (self);
  if (self->state == BN_MODULE_QUARANTINED || self->state == BN_MODULE_BACKOFF)
    {
      self->wanted = TRUE;
      self->restarts++;
      bn_hosted_module_start_process (self);
      return;
    }
  if (*self->failure == '\0')
    return;
  bn_hosted_module_set_text (&self->failure, "");
  bn_hosted_module_tell_changed (self);
}

void
bn_hosted_module_set_disabled (BnHostedModule *self, gboolean disabled, const char *reason)
{
  self->disabled = disabled;
  if (self->process != NULL || (!disabled && self->state != BN_MODULE_DISABLED))
    return;
  if (disabled)
    bn_hosted_module_set_state (self, BN_MODULE_DISABLED,
                                reason != NULL ? reason : DISABLED_REASON);
  else
    bn_hosted_module_set_state (self, BN_MODULE_STOPPED, "It was enabled");
}

void
bn_hosted_module_set_quarantined (BnHostedModule *self, const char *reason)
{
  bn_hosted_module_set_text (&self->failure, reason);
  bn_hosted_module_set_state (self, BN_MODULE_QUARANTINED, reason);
}

void
bn_hosted_module_kill (BnHostedModule *self)
{
  self->wanted = FALSE;
  g_clear_handle_id (&self->backoff_id, g_source_remove);
  if (self->process != NULL)
    bn_module_process_kill (self->process);
  if (self->replacement != NULL)
    bn_module_process_kill (self->replacement->process);
  for (guint i = 0; i < self->leaving->len; i++)
    bn_module_process_kill (g_ptr_array_index (self->leaving, i));
}

gboolean
bn_hosted_module_is_live (BnHostedModule *self, BnModuleProcess *process)
{
  return process == self->process
         || (self->replacement != NULL && process == self->replacement->process);
}

void
bn_hosted_module_update_demand (BnHostedModule *self)
{
  const BnModuleSurroundings *around = self->surroundings;

  if (self->process != NULL)
    bn_module_process_set_demand (self->process,
                                  around->get_demand (self->manifest, around->user_data));
  if (self->replacement != NULL)
    bn_module_process_set_demand (
        self->replacement->process,
        around->get_demand (self->replacement->manifest, around->user_data));
}

/* The object */

static void
bn_hosted_module_dispose (GObject *object)
{
  BnHostedModule *self = BN_HOSTED_MODULE (object);
  g_autoptr (GError) error = g_error_new (BN_ERROR, BN_ERROR_UNAVAILABLE, "The hub is stopping");

  g_clear_handle_id (&self->backoff_id, g_source_remove);
  g_clear_handle_id (&self->healthy_id, g_source_remove);
  g_clear_handle_id (&self->probation_id, g_source_remove);
  if (self->replacement != NULL)
    bn_hosted_module_fail_replacement (self, error, FALSE);
  complete_all (&self->waiting, error);
  complete_all (&self->ending, error);
  if (self->process != NULL)
    g_signal_handlers_disconnect_by_data (self->process, self);
  for (guint i = 0; i < self->leaving->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->leaving, i), self);
  g_clear_object (&self->process);
  g_ptr_array_set_size (self->leaving, 0);
  G_OBJECT_CLASS (bn_hosted_module_parent_class)->dispose (object);
}

static void
bn_hosted_module_finalize (GObject *object)
{
  BnHostedModule *self = BN_HOSTED_MODULE (object);

  g_ptr_array_unref (self->leaving);
  g_array_unref (self->failures);
  bn_hosted_module_set_output (self, -1);
  g_clear_pointer (&self->manifest, bn_manifest_unref);
  g_clear_pointer (&self->history, bn_module_history_free);
  g_free (self->hash);
  g_free (self->checked);
  g_free (self->reason);
  g_free (self->failure);
  g_free (self->refusal);
  g_free (self->excess);
  g_free (self->previous);
  G_OBJECT_CLASS (bn_hosted_module_parent_class)->finalize (object);
}

static void
bn_hosted_module_class_init (BnHostedModuleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bn_hosted_module_dispose;
  object_class->finalize = bn_hosted_module_finalize;

  signals[SIGNAL_STATE_CHANGED] =
      g_signal_new ("state-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MANIFEST_CHANGED] = g_signal_new ("manifest-changed", type, G_SIGNAL_RUN_LAST, 0,
                                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PROCESS_STARTED] =
      g_signal_new ("process-started", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                    BN_TYPE_MODULE_PROCESS);
  signals[SIGNAL_RELOADED] =
      g_signal_new ("reloaded", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
                    G_TYPE_UINT, G_TYPE_STRING, G_TYPE_UINT64, G_TYPE_STRING);
  signals[SIGNAL_RELOAD_WANTED] =
      g_signal_new ("reload-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SETTLED] =
      g_signal_new ("settled", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_hosted_module_init (BnHostedModule *self)
{
  self->leaving = g_ptr_array_new_with_free_func (g_object_unref);
  self->failures = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->history = bn_module_history_new ();
  self->reason = g_strdup ("");
  self->failure = g_strdup ("");
  self->refusal = g_strdup ("");
  self->excess = g_strdup ("");
  self->since_usec = g_get_real_time ();
  self->output = -1;
  g_queue_init (&self->held);
  g_queue_init (&self->waiting);
  g_queue_init (&self->ending);
}

BnHostedModule *
bn_hosted_module_new (BnManifest *manifest, const char *hash, gboolean kept,
                      const BnModuleSurroundings *surroundings)
{
  BnHostedModule *self = g_object_new (BN_TYPE_HOSTED_MODULE, NULL);

  self->manifest = bn_manifest_ref (manifest);
  self->hash = g_strdup (hash);
  self->kept = kept;
  self->folder_differs = kept;
  self->surroundings = surroundings;
  return self;
}
