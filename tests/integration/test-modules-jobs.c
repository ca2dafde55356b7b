/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The modules of a hub without the rest of it: what happens in one turn of the loop. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "core/modules.h"
#include "introspection/error.h"
#include "tests/lib/remove-tree.h"

#define HELD_BYTES_MAX (1 << 20) /* of core/hosted-module-calls.c */

typedef struct
{
  char *root;
  char *folder; /* of echo */
  BnEventBus *bus;
  BnWorkers *workers;
  BnModules *modules;
  const char *const *jobs; /* those that run */
} Fixture;

static char **
list_jobs_cb (BnModuleProcess *process, gpointer user_data)
{
  Fixture *self = user_data;

  g_assert_true (BN_IS_MODULE_PROCESS (process));
  return g_strdupv ((char **)self->jobs);
}

static void
copy_file (Fixture *self, const char *name)
{
  g_autofree char *from = g_build_filename (ECHO_FOLDER, name, NULL);
  g_autofree char *to = g_build_filename (self->folder, name, NULL);
  g_autoptr (GFile) from_file = g_file_new_for_path (from);
  g_autoptr (GFile) to_file = g_file_new_for_path (to);
  g_autoptr (GError) error = NULL;

  g_file_copy (from_file, to_file, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *state = NULL;
  BnModulesOptions options = { 0 };

  self->root = g_dir_make_tmp ("binnacle-jobs-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (self->root, "modules", NULL);
  state = g_build_filename (self->root, "state", NULL);
  self->folder = g_build_filename (path, "echo", NULL);
  g_assert_no_errno (g_mkdir_with_parents (self->folder, 0755));
  copy_file (self, "echo.module");
  copy_file (self, "org.binnacle.Echo1.xml");
  copy_file (self, "binnacle-echo");
  options.module_path = path;
  options.program_path = "";
  options.library_path = LIBRARY_FOLDER;
  options.state_folder = state;
  self->bus = bn_event_bus_new (&bn_replay_default_limits);
  self->workers = bn_workers_new (self->bus);
  self->modules = bn_modules_new (self->bus, self->workers, &options, &error);
  g_assert_no_error (error);
  bn_modules_set_jobs_func (self->modules, list_jobs_cb, self);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  bn_modules_stop_finish (BN_MODULES (object), result, NULL);
  *(gboolean *)user_data = TRUE;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gboolean stopped = FALSE;

  bn_modules_stop_async (self->modules, stopped_cb, &stopped);
  while (!stopped)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (self->modules);
  g_object_unref (self->workers);
  g_object_unref (self->bus);
  remove_tree (self->root);
  g_free (self->folder);
  g_free (self->root);
}

typedef struct
{
  gboolean over;
  GError *error;
} Answer;

static void
acted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  bn_modules_act_finish (BN_MODULES (object), result, &answer->error);
  answer->over = TRUE;
}

static void
disabled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  bn_hosted_module_stop_finish (BN_HOSTED_MODULE (object), result, &answer->error);
  answer->over = TRUE;
}

/* (transfer full) (nullable) */
static GError *
act (Fixture *self, BnModuleVerb verb)
{
  Answer answer = { FALSE, NULL };

  bn_modules_act_async (self->modules, verb, "echo", acted_cb, &answer);
  while (!answer.over)
    g_main_context_iteration (NULL, TRUE);
  return answer.error;
}

static guint
get_generation (Fixture *self)
{
  return bn_hosted_module_get_generation (bn_modules_lookup (self->modules, "echo"));
}

static gboolean
late_cb (gpointer user_data)
{
  g_error ("There was no generation %u", GPOINTER_TO_UINT (user_data));
  return G_SOURCE_REMOVE;
}

static void
wait_for_generation (Fixture *self, guint generation)
{
  guint late_id = g_timeout_add_seconds (15, late_cb, GUINT_TO_POINTER (generation));

  while (get_generation (self) < generation)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late_id);
}

/* A module with jobs that cannot be handed over is reloaded when they end, or at once by force. */
static void
test_jobs (Fixture *self, gconstpointer data)
{
  static const char *const two[] = { "Install nginx", "Upgrade", NULL };
  g_autoptr (GError) error = NULL;

  error = act (self, BN_MODULE_VERB_LOAD);
  g_assert_no_error (error);
  self->jobs = two;
  error = act (self, BN_MODULE_VERB_RELOAD);
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "Install nginx, Upgrade"));
  g_clear_error (&error);
  g_assert_cmpuint (get_generation (self), ==, 1);

  bn_modules_jobs_ended (self->modules, "echo"); /* one of them: another runs */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (get_generation (self), ==, 1);

  self->jobs = NULL;
  bn_modules_jobs_ended (self->modules, "echo");
  wait_for_generation (self, 2);

  self->jobs = two;
  error = act (self, BN_MODULE_VERB_FORCE_RELOAD);
  g_assert_no_error (error);
  g_assert_cmpuint (get_generation (self), ==, 3);
  g_assert_cmpuint (
      bn_hosted_module_get_counters (bn_modules_lookup (self->modules, "echo"))->reloads, ==, 2);
}

/* They end before the caller has been told of them: nothing else will say that they did. */
static void
test_jobs_end_at_once (Fixture *self, gconstpointer data)
{
  static const char *const one[] = { "Install nginx", NULL };
  Answer answer = { FALSE, NULL };
  g_autoptr (GError) error = act (self, BN_MODULE_VERB_LOAD);

  g_assert_no_error (error);
  self->jobs = one;
  bn_modules_act_async (self->modules, BN_MODULE_VERB_RELOAD, "echo", acted_cb, &answer);
  self->jobs = NULL;
  bn_modules_jobs_ended (self->modules, "echo");
  while (!answer.over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (answer.error, BN_ERROR, BN_ERROR_CONFLICT);
  g_clear_error (&answer.error);
  wait_for_generation (self, 2);
}

static void
called_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;
  g_autoptr (GDBusMessage) reply =
      bn_hosted_module_call_finish (BN_HOSTED_MODULE (object), result, &answer->error);

  answer->over = TRUE;
}

static void
disable_cb (BnHostedModule *module, gpointer user_data)
{
  Answer *answer = user_data;

  if (bn_hosted_module_get_state (module) != BN_MODULE_BACKOFF)
    return;
  g_signal_handlers_disconnect_by_func (module, disable_cb, answer);
  bn_hosted_module_stop_async (module, TRUE, disabled_cb, answer);
}

/* While the old generation finishes a call the new one fails, and is disabled before it is started
 * again: it is disabled, and does not wait for a start that will not be. */
static void
test_disable_in_backoff (Fixture *self, gconstpointer data)
{
  Answer called = { FALSE, NULL };
  Answer disabled = { FALSE, NULL };
  g_autoptr (GError) error = act (self, BN_MODULE_VERB_LOAD);
  BnHostedModule *module = bn_modules_lookup (self->modules, "echo");
  g_autoptr (GDBusMessage) message = g_dbus_message_new_method_call (
      NULL, "/org/binnacle/Hub1/modules/echo", "org.binnacle.Echo1", "Wait");

  g_assert_no_error (error);
  bn_hosted_module_call_async (module, message, 20000, NULL, called_cb, &called);
  error = act (self, BN_MODULE_VERB_RELOAD);
  g_assert_no_error (error);
  g_assert_false (called.over);
  g_signal_connect (module, "state-changed", G_CALLBACK (disable_cb), &disabled);
  kill (bn_module_process_get_pid (bn_hosted_module_get_process (module)), SIGKILL);
  while (!disabled.over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (disabled.error);
  g_assert_true (called.over); /* the old one is gone too */
  g_clear_error (&called.error);
  g_assert_cmpint (bn_hosted_module_get_state (module), ==, BN_MODULE_DISABLED);
  g_assert_cmpint (bn_hosted_module_get_next_start_usec (module), ==, 0);
}

/* What a person disabled is not loaded by way of being unloaded. */
static void
test_unload_disabled (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = act (self, BN_MODULE_VERB_LOAD);
  BnHostedModule *module = bn_modules_lookup (self->modules, "echo");

  g_assert_no_error (error);
  error = act (self, BN_MODULE_VERB_DISABLE);
  g_assert_no_error (error);
  error = act (self, BN_MODULE_VERB_UNLOAD);
  g_assert_no_error (error);
  g_assert_cmpint (bn_hosted_module_get_state (module), ==, BN_MODULE_DISABLED);
  error = act (self, BN_MODULE_VERB_LOAD);
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
}

/* A hub that stops starts nothing any more, whoever asks for it. */
static void
test_stopping (Fixture *self, gconstpointer data)
{
  static const BnModuleVerb verbs[] = { BN_MODULE_VERB_LOAD, BN_MODULE_VERB_ENABLE,
                                        BN_MODULE_VERB_RELOAD, BN_MODULE_VERB_RESET_FAILURES };
  gboolean stopped = FALSE;
  g_autoptr (GError) error = act (self, BN_MODULE_VERB_LOAD);
  g_auto (GStrv) found = NULL;

  g_assert_no_error (error);
  bn_modules_stop_async (self->modules, stopped_cb, &stopped);
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      error = act (self, verbs[i]);
      g_assert_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE);
      g_clear_error (&error);
    }
  while (!stopped)
    g_main_context_iteration (NULL, TRUE);
  found = bn_modules_rescan (self->modules);
  g_assert_cmpuint (g_strv_length (found), ==, 0);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (bn_hosted_module_get_process (bn_modules_lookup (self->modules, "echo")));
}

/* Of calls that wait for a module no more is kept than of other queues, however large they are. */
static void
test_held_bytes (Fixture *self, gconstpointer data)
{
  enum
  {
    CALLS = 64
  };
  Answer loaded = { FALSE, NULL };
  Answer called[CALLS] = { 0 };
  g_autofree char *text = g_strnfill (256 * 1024, 'x');
  guint busy = 0;

  bn_modules_act_async (self->modules, BN_MODULE_VERB_LOAD, "echo", acted_cb, &loaded);
  for (guint i = 0; i < CALLS; i++)
    {
      g_autoptr (GDBusMessage) message = g_dbus_message_new_method_call (
          NULL, "/org/binnacle/Hub1/modules/echo", "org.binnacle.Echo1", "Echo");

      g_dbus_message_set_body (message, g_variant_new ("(s)", text));
      bn_hosted_module_call_async (bn_modules_lookup (self->modules, "echo"), message, 20000, NULL,
                                   called_cb, &called[i]);
    }
  for (guint i = 0; i < CALLS; i++)
    {
      while (!called[i].over)
        g_main_context_iteration (NULL, TRUE);
      if (called[i].error != NULL)
        {
          g_assert_error (called[i].error, BN_ERROR, BN_ERROR_BUSY);
          busy++;
        }
      g_clear_error (&called[i].error);
    }
  g_assert_true (loaded.over);
  g_assert_no_error (loaded.error);
  g_assert_cmpuint (busy, ==, CALLS - HELD_BYTES_MAX / (256 * 1024 + 256));
  g_assert_cmpuint (
      bn_hosted_module_get_counters (bn_modules_lookup (self->modules, "echo"))->calls_refused, ==,
      busy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/modules/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("jobs", test_jobs);
  ADD ("jobs-end-at-once", test_jobs_end_at_once);
  ADD ("disable-in-backoff", test_disable_in_backoff);
  ADD ("unload-disabled", test_unload_disabled);
  ADD ("stopping", test_stopping);
  ADD ("held-bytes", test_held_bytes);
  return g_test_run ();
}
