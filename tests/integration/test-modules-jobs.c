/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module with jobs that cannot be handed over is reloaded when they end, or at once by force. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "core/modules.h"
#include "introspection/error.h"

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
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
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
  while (get_generation (self) < 2)
    g_main_context_iteration (NULL, TRUE);

  self->jobs = two;
  error = act (self, BN_MODULE_VERB_FORCE_RELOAD);
  g_assert_no_error (error);
  g_assert_cmpuint (get_generation (self), ==, 3);
  g_assert_cmpuint (
      bn_hosted_module_get_counters (bn_modules_lookup (self->modules, "echo"))->reloads, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/modules/jobs", Fixture, NULL, set_up, test_jobs, tear_down);
  return g_test_run ();
}
