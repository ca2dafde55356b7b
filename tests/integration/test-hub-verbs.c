/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Modules1 under a real hub: each verb with its errors, and the module path. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hub-fixture.h"
#include "introspection/names.h"

#define WATCH_MS 1000 /* the watch looks 300 ms after a change */

static void
act (HubFixture *self, const char *verb, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_MODULES, verb,
                                                 g_variant_new ("(s)", name), &error);

  g_assert_no_error (error);
}

/* Returns the message. */
static char *
refuse (HubFixture *self, const char *verb, const char *name, BnError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_MODULES, verb,
                                                 g_variant_new ("(s)", name), &error);

  g_assert_null (reply);
  g_test_message ("%s %s: %s", verb, name, error->message);
  if (!bn_error_is (error, code))
    g_error ("%s %s: expected %s, got: %s", verb, name, bn_error_code (code), error->message);
  return g_strdup (error->message);
}

static void
assert_refused (HubFixture *self, const char *verb, const char *name, BnError code)
{
  g_autofree char *message = refuse (self, verb, name, code);

  g_assert_nonnull (message);
}

static void
assert_state (HubFixture *self, const char *state)
{
  g_autoptr (GVariant) is = hub_fixture_module_property (self, "State");

  g_assert_cmpstr (g_variant_get_string (is, NULL), ==, state);
}

static guint
get_uint (HubFixture *self, const char *property)
{
  g_autoptr (GVariant) value = hub_fixture_module_property (self, property);

  return g_variant_get_uint32 (value);
}

/* Each verb does what it says when it answers, and no harm when it is said twice. */
static void
test_verbs (HubFixture *self, gconstpointer data)
{
  guint pid;

  hub_fixture_install (self, ECHO_FOLDER);
  act (self, "Load", "echo");
  assert_state (self, "ready");
  pid = get_uint (self, "Pid");
  act (self, "Load", "echo");
  g_assert_cmpuint (get_uint (self, "Pid"), ==, pid);
  act (self, "ResetFailures", "echo");
  g_assert_cmpuint (get_uint (self, "Pid"), ==, pid);
  act (self, "Reload", "echo");
  assert_state (self, "ready");
  g_assert_cmpuint (get_uint (self, "Pid"), !=, pid);
  act (self, "Unload", "echo");
  assert_state (self, "stopped");
  g_assert_cmpuint (get_uint (self, "Pid"), ==, 0);
  act (self, "Unload", "echo");
  act (self, "Reload", "echo"); /* starts what is stopped */
  assert_state (self, "ready");
  act (self, "Disable", "echo");
  assert_state (self, "disabled");
  act (self, "Disable", "echo");
  assert_refused (self, "Load", "echo", BN_ERROR_CONFLICT);
  assert_refused (self, "Reload", "echo", BN_ERROR_CONFLICT);
  act (self, "ResetFailures", "echo");
  assert_state (self, "disabled");
  act (self, "Enable", "echo");
  assert_state (self, "ready");
  act (self, "Enable", "echo");
  assert_state (self, "ready");
}

static void
write_module (HubFixture *self, const char *name, const char *text)
{
  g_autofree char *folder = g_build_filename (self->module_folder, name, NULL);
  g_autofree char *base = g_strconcat (name, ".module", NULL);
  g_autofree char *file = g_build_filename (folder, base, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_file_set_contents (file, text, -1, &error);
  g_assert_no_error (error);
}

/* What cannot be done says why, and what to do. */
static void
test_errors (HubFixture *self, gconstpointer data)
{
  static const char *const verbs[] = { "Load",   "Unload",  "Reload",
                                       "Enable", "Disable", "ResetFailures" };
  g_autofree char *wrong = NULL;
  g_autofree char *exits = NULL;
  g_autofree char *missing = NULL;
  g_autofree char *elsewhere = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      assert_refused (self, verbs[i], "nothing", BN_ERROR_NOT_FOUND);
      assert_refused (self, verbs[i], "../echo", BN_ERROR_NOT_FOUND);
      assert_refused (self, verbs[i], "", BN_ERROR_NOT_FOUND);
    }
  write_module (self, "wrong",
                "[Module]\nName=wrong\nVersion=1.0\nSummary=x\nExec=/bin/true\n"
                "[Event a]\nClass=sometimes\nFields=x:s\n");
  wrong = refuse (self, "Load", "wrong", BN_ERROR_BAD_PAYLOAD);
  g_assert_nonnull (strstr (wrong, "wrong.module: [Event a] Class"));
  assert_refused (self, "Reload", "wrong", BN_ERROR_BAD_PAYLOAD);
  write_module (self, "exits", "[Module]\nName=exits\nVersion=1.0\nSummary=x\nExec=/bin/false\n");
  exits = refuse (self, "Load", "exits", BN_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (exits, "exited with code 1"));
  act (self, "Unload", "exits");
  write_module (self, "missing",
                "[Module]\nName=missing\nVersion=1.0\nSummary=x\nExec=/nowhere/program\n");
  missing = refuse (self, "Load", "missing", BN_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (missing, "/nowhere/program"));
  act (self, "Unload", "missing");
  write_module (self, "elsewhere",
                "[Module]\nName=elsewhere\nVersion=1.0\nSummary=x\nExec=/bin/true\nBus=system\n");
  elsewhere = refuse (self, "Load", "elsewhere", BN_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (elsewhere, "Bus="));
}

typedef struct
{
  guint waiting;
  guint done;
  guint conflicts;
  guint unavailable;
} Answers;

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Answers *answers = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  answers->waiting--;
  if (reply != NULL)
    answers->done++;
  else if (bn_error_is (error, BN_ERROR_CONFLICT))
    answers->conflicts++;
  else if (bn_error_is (error, BN_ERROR_UNAVAILABLE))
    answers->unavailable++;
  else
    g_error ("%s", error->message);
}

static gboolean
all_answered (HubFixture *self, gpointer user_data)
{
  return ((Answers *)user_data)->waiting == 0;
}

static Answers
act_together (HubFixture *self, const char *first, const char *second)
{
  const char *const verbs[] = { first, second };
  Answers answers = { .waiting = 2 };

  for (guint i = 0; i < 2; i++)
    g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_MODULES, verbs[i],
                            g_variant_new ("(s)", "echo"), NULL, 0, 20000, NULL, answered_cb,
                            &answers);
  hub_fixture_wait (self, all_answered, &answers);
  return answers;
}

/* Of two changes at a time each gets an answer, and the last one holds. */
static void
test_together (HubFixture *self, gconstpointer data)
{
  Answers answers;

  hub_fixture_load_echo (self);
  answers = act_together (self, "Reload", "Reload");
  g_assert_cmpuint (answers.done, ==, 2); /* the second one after the first */
  g_assert_cmpuint (get_uint (self, "Generation"), ==, 3);
  assert_state (self, "ready");
  answers = act_together (self, "Reload", "Unload");
  g_assert_cmpuint (answers.done, ==, 1);
  g_assert_cmpuint (answers.unavailable, ==, 1);
  assert_state (self, "stopped");
  answers = act_together (self, "Load", "Load");
  g_assert_cmpuint (answers.done + answers.conflicts, ==, 2);
  assert_state (self, "ready");
  answers = act_together (self, "Unload", "Load");
  g_assert_cmpuint (answers.done, ==, 2);
  assert_state (self, "ready");
  answers = act_together (self, "Load", "Disable");
  g_assert_cmpuint (answers.done, ==, 2);
  assert_state (self, "disabled");
}

static char **
rescan (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_MODULES, "Rescan", NULL, &error);
  char **found;

  g_assert_no_error (error);
  g_variant_get (reply, "(^as)", &found);
  return found;
}

static void
set_version (HubFixture *self, const char *folder, const char *version)
{
  g_autofree char *file = g_build_filename (folder, "echo", "echo.module", NULL);
  g_autofree char *text = NULL;
  g_autofree char *line = g_strconcat ("Version=", version, NULL);
  g_auto (GStrv) parts = NULL;
  g_autofree char *changed = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (file, &text, NULL, &error);
  g_assert_no_error (error);
  parts = g_strsplit (text, "Version=1.0", 2);
  changed = g_strjoinv (line, parts);
  g_file_set_contents (file, changed, -1, &error);
  g_assert_no_error (error);
}

static gboolean
has_version (HubFixture *self, gpointer version)
{
  g_autoptr (GVariant) is = hub_fixture_module_property (self, "Version");
  g_autoptr (GVariant) state = hub_fixture_module_property (self, "State");

  return g_str_equal (g_variant_get_string (is, NULL), version)
         && g_str_equal (g_variant_get_string (state, NULL), "ready");
}

static void
set_up_two_folders (HubFixture *self, gconstpointer data)
{
  hub_fixture_set_up (self, data);
  hub_fixture_stop (self, SIGTERM);
  self->extra_modules = g_build_filename (self->folder, "more", NULL);
}

/* Copies echo into a folder of the path. */
static void
install_into (HubFixture *self, const char *folder)
{
  g_autofree char *kept = g_steal_pointer (&self->module_folder);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  self->module_folder = g_strdup (folder);
  hub_fixture_install (self, ECHO_FOLDER);
  g_free (self->module_folder);
  self->module_folder = g_steal_pointer (&kept);
}

/* The first folder of the path that has a module wins; a later one stands in for it. */
static void
test_precedence (HubFixture *self, gconstpointer data)
{
  g_autofree char *manifest = NULL;
  g_autofree char *hidden = NULL;
  g_autoptr (GVariant) folder = NULL;

  install_into (self, self->extra_modules);
  set_version (self, self->extra_modules, "2.0");
  hub_fixture_start (self);
  hub_fixture_wait (self, has_version, (gpointer) "2.0");
  folder = hub_fixture_module_property (self, "Folder");
  g_assert_true (g_str_has_prefix (g_variant_get_string (folder, NULL), self->extra_modules));

  hub_fixture_install (self, ECHO_FOLDER); /* before the other one in the path */
  hub_fixture_wait (self, has_version, (gpointer) "1.0");
  manifest = hub_fixture_module_file (self, "echo", "echo.module");
  hidden = hub_fixture_module_file (self, "echo", "hidden");
  g_assert_cmpint (g_rename (manifest, hidden), ==, 0);
  hub_fixture_wait (self, has_version, (gpointer) "2.0");
  g_assert_cmpint (g_rename (hidden, manifest), ==, 0);
  hub_fixture_wait (self, has_version, (gpointer) "1.0");
}

/* Rescan finds what is new, also where nothing was to be watched, and names it once. */
static void
test_rescan (HubFixture *self, gconstpointer data)
{
  g_auto (GStrv) none = NULL;
  g_auto (GStrv) found = NULL;
  g_auto (GStrv) again = NULL;

  hub_fixture_start (self); /* its second folder does not exist yet */
  none = rescan (self);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  install_into (self, self->extra_modules);
  found = rescan (self);
  g_assert_cmpuint (g_strv_length (found), ==, 1);
  g_assert_cmpstr (found[0], ==, "echo");
  hub_fixture_wait_state (self, "ready");
  again = rescan (self);
  g_assert_cmpuint (g_strv_length (again), ==, 0);
}

/* What is put into the user's own folder, which the hub made, is there at once, and waits until a
 * person approves it. */
static void
test_user_folder (HubFixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->folder, "binnacle", "modules", NULL);

  g_assert_true (g_file_test (folder, G_FILE_TEST_IS_DIR));
  install_into (self, folder);
  hub_fixture_wait_event (self, "module.state_changed", "'state': <'disabled'>");
  assert_state (self, "disabled");
}

/* What others may write is not started: neither from such a folder nor from such a file. */
static void
test_writable (HubFixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->module_folder, "echo", NULL);
  g_autofree char *program = hub_fixture_module_file (self, "echo", "binnacle-echo");
  g_autofree char *message = NULL;
  g_autofree char *reload = NULL;
  g_auto (GStrv) found = NULL;
  guint pid;

  hub_fixture_install (self, ECHO_FOLDER);
  g_assert_cmpint (g_chmod (program, 0777), ==, 0);
  message = refuse (self, "Load", "echo", BN_ERROR_FORBIDDEN);
  g_assert_nonnull (strstr (message, "binnacle-echo"));
  g_assert_nonnull (strstr (message, "chmod go-w"));
  g_assert_cmpint (g_chmod (program, 0755), ==, 0);
  g_assert_cmpint (g_chmod (folder, 0777), ==, 0);
  assert_refused (self, "Load", "echo", BN_ERROR_FORBIDDEN);
  g_assert_cmpint (g_chmod (folder, 0755), ==, 0);
  found = rescan (self);
  g_assert_cmpuint (g_strv_length (found), ==, 1);
  hub_fixture_wait_state (self, "ready");
  /* what runs already stays, and a reload of it is refused */
  pid = get_uint (self, "Pid");
  g_assert_cmpint (g_chmod (folder, 0777), ==, 0);
  reload = refuse (self, "Reload", "echo", BN_ERROR_FORBIDDEN);
  assert_state (self, "ready");
  g_assert_cmpuint (get_uint (self, "Pid"), ==, pid);
}

/* The program of echo waits for a line in the fifo beside it before it starts. */
static char *
delay_program (HubFixture *self)
{
  g_autofree char *program = hub_fixture_module_file (self, "echo", "binnacle-echo");
  g_autofree char *real = hub_fixture_module_file (self, "echo", "binnacle-echo.real");
  char *fifo = hub_fixture_module_file (self, "echo", "binnacle-echo.fifo");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (g_rename (program, real), ==, 0);
  g_file_set_contents (program, "#!/bin/sh\nread line < \"$0.fifo\"\nexec \"$0.real\"\n", -1,
                       &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (program, 0755), ==, 0);
  return fifo;
}

static gboolean
passed_cb (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_true (HubFixture *self, gpointer user_data)
{
  return *(gboolean *)user_data;
}

/* Of changes that come while one is under way the last one wins. */
static void
test_latest_wins (HubFixture *self, gconstpointer data)
{
  static const char lines[] = "go\ngo\n"; /* for the reload that runs, and the next */
  g_autofree char *fifo = NULL;
  Answers answers = { .waiting = 1 };
  gboolean passed = FALSE;
  int writing;
  int kept;

  hub_fixture_load_echo (self);
  fifo = delay_program (self);
  g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_MODULES, "Reload",
                          g_variant_new ("(s)", "echo"), NULL, 0, 20000, NULL, answered_cb,
                          &answers);
  writing = g_open (fifo, O_WRONLY | O_CLOEXEC); /* returns when the new process waits */
  g_assert_cmpint (writing, >=, 0);
  kept = g_open (fifo, O_RDWR | O_CLOEXEC); /* keeps the second line */
  set_version (self, self->module_folder, "3.0");
  /* Nothing tells that the watch has looked, which meets the reload that is under way. */
  g_timeout_add (WATCH_MS, passed_cb, &passed);
  hub_fixture_wait (self, is_true, &passed);
  g_assert_cmpuint (answers.waiting, ==, 1);
  g_assert_cmpint (write (writing, lines, sizeof lines - 1), ==, sizeof lines - 1);
  hub_fixture_wait (self, all_answered, &answers);
  hub_fixture_wait (self, has_version, (gpointer) "3.0");
  close (writing);
  close (kept);
}

static void
reloaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);

  *(gboolean *)user_data = TRUE;
}

/* A file that comes and goes while its folder is read is no reason to refuse the module for good.
 */
static void
test_vanishing (HubFixture *self, gconstpointer data)
{
  g_autofree char *file = hub_fixture_module_file (self, "echo", "temporary");
  g_autoptr (GVariant) last_error = NULL;

  hub_fixture_load_echo (self);
  for (guint i = 0; i < 20; i++)
    {
      gboolean reloaded = FALSE;

      g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_MODULES,
                              "Reload", g_variant_new ("(s)", "echo"), NULL, 0, 20000, NULL,
                              reloaded_cb, &reloaded);
      while (!reloaded)
        {
          g_assert_true (g_file_set_contents (file, "x", 1, NULL));
          g_unlink (file);
          g_main_context_iteration (NULL, FALSE);
        }
    }
  act (self, "Reload", "echo");
  assert_state (self, "ready");
  last_error = hub_fixture_module_property (self, "LastError");
  g_assert_cmpstr (g_variant_get_string (last_error, NULL), ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, set_up, func)                                                                    \
  g_test_add ("/hub/verbs/" path, HubFixture, NULL, set_up, func, hub_fixture_tear_down)
  ADD ("verbs", hub_fixture_set_up, test_verbs);
  ADD ("errors", hub_fixture_set_up, test_errors);
  ADD ("together", hub_fixture_set_up, test_together);
  ADD ("precedence", set_up_two_folders, test_precedence);
  ADD ("rescan", set_up_two_folders, test_rescan);
  ADD ("user-folder", hub_fixture_set_up, test_user_folder);
  ADD ("writable", hub_fixture_set_up, test_writable);
  ADD ("latest-wins", hub_fixture_set_up, test_latest_wins);
  ADD ("vanishing", hub_fixture_set_up, test_vanishing);
  return g_test_run ();
}
