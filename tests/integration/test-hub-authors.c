/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Modules that their authors run from a folder or debug, under a real hub. */
#include <gio/gunixfdlist.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hub-fixture.h"
#include "introspection/names.h"

#define DEADLINE_MS 3500 /* longer than a module has to get ready */

/* A caller with a connection of its own, and what the module prints. */
typedef struct
{
  HubFixture hub;
  GDBusConnection *author; /* owned */
  char *folder;            /* owned: of the author's echo */
  int output;              /* what its processes print */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  hub_fixture_set_up (&self->hub, NULL);
  self->author = hub_fixture_connect (&self->hub);
  self->folder = g_build_filename (self->hub.folder, "own", "echo", NULL);
  self->output = -1;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->output >= 0)
    close (self->output);
  if (!g_dbus_connection_is_closed (self->author))
    g_dbus_connection_close_sync (self->author, NULL, NULL);
  g_object_unref (self->author);
  g_free (self->folder);
  hub_fixture_tear_down (&self->hub, NULL);
}

static void
write_file (Fixture *self, const char *name, const char *text, int mode)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, mode, &error);
  g_assert_no_error (error);
}

/* The installed manifest with one text in the place of another. */
static void
write_manifest (Fixture *self, const char *old, const char *new)
{
  g_autofree char *text = NULL;
  g_autoptr (GString) changed = NULL;

  g_assert_true (g_file_get_contents (ECHO_FOLDER "/echo.module", &text, NULL, NULL));
  changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, old, new, 1), ==, 1);
  write_file (self, "echo.module", changed->str, 0644);
}

/* The author's version prints when it starts, and says its own version. */
static void
make_folder (Fixture *self)
{
  g_autofree char *parent = g_path_get_dirname (self->folder);
  char *modules = self->hub.module_folder;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  self->hub.module_folder = parent;
  hub_fixture_install (&self->hub, ECHO_FOLDER);
  self->hub.module_folder = modules;
  write_file (self, "start", "#!/bin/sh\necho started\nexec ./binnacle-echo\n", 0755);
  write_manifest (self, "Exec=binnacle-echo", "Exec=start");
}

/* hub_fixture_get_environ() makes this the user's folder of modules. */
static void
use_user_folder (Fixture *self)
{
  g_free (self->hub.module_folder);
  self->hub.module_folder = g_build_filename (self->hub.folder, "binnacle", "modules", NULL);
  g_assert_cmpint (g_mkdir_with_parents (self->hub.module_folder, 0700), ==, 0);
}

static GVariant *
call_modules (Fixture *self, const char *method, GVariant *arguments, GUnixFDList *sent,
              GUnixFDList **received, GError **error)
{
  return g_dbus_connection_call_with_unix_fd_list_sync (
      self->author, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_MODULES, method, arguments, NULL,
      G_DBUS_CALL_FLAGS_NONE, 20000, sent, received, NULL, error);
}

/* RunFolder; @problem (nullable) is a part of what is answered. */
static GVariant *
call_run (Fixture *self, const char *folder, GError **error)
{
  g_autoptr (GUnixFDList) sent = g_unix_fd_list_new ();
  int ends[2];

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  g_unix_fd_list_append (sent, ends[1], NULL);
  close (ends[1]);
  if (self->output >= 0)
    close (self->output);
  self->output = ends[0];
  return call_modules (self, "RunFolder", g_variant_new ("(sh)", folder, 0), sent, NULL, error);
}

static void
run_folder (Fixture *self, const char *problem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = call_run (self, self->folder, &error);
  const char *name;
  const char *said;

  g_assert_no_error (error);
  g_variant_get (reply, "(&s&s)", &name, &said);
  g_assert_cmpstr (name, ==, "echo");
  if (problem == NULL)
    g_assert_cmpstr (said, ==, "");
  else if (strstr (said, problem) == NULL)
    g_error ("“%s” is not in “%s”", problem, said);
}

static void
refuse_run (Fixture *self, const char *folder, BnError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = call_run (self, folder, &error);

  g_assert_null (reply);
  if (!bn_error_is (error, code))
    g_error ("%s: expected %s, got: %s", folder, bn_error_code (code), error->message);
}

static void
release (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      call_modules (self, "Release", g_variant_new ("(s)", "echo"), NULL, NULL, &error);

  g_assert_no_error (error);
}

/* The row of echo in module.list; NULL if there is none. */
static GVariant *
get_row (HubFixture *hub)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_request (hub, "module.list", "{}", &error);
  g_autoptr (GVariant) rows = NULL;

  g_assert_no_error (error);
  rows = g_variant_lookup_value (reply, "modules", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      GVariant *row = g_variant_get_child_value (rows, i);
      const char *name;

      g_assert_true (g_variant_lookup (row, "name", "&s", &name));
      if (g_str_equal (name, "echo"))
        return row;
      g_variant_unref (row);
    }
  return NULL;
}

static gboolean
row_has (HubFixture *hub, const char *key, const char *value)
{
  g_autoptr (GVariant) row = get_row (hub);
  const char *found = NULL;

  return row != NULL && g_variant_lookup (row, key, "&s", &found) && g_str_equal (found, value);
}

static void
assert_row (Fixture *self, const char *key, const char *value)
{
  if (!row_has (&self->hub, key, value))
    {
      g_autoptr (GVariant) row = get_row (&self->hub);
      g_autofree char *text = row != NULL ? g_variant_print (row, FALSE) : NULL;

      g_error ("%s is not %s: %s", key, value, text);
    }
}

static guint64
count (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_echo (&self->hub, "Count", NULL, &error);
  guint64 value;

  g_assert_no_error (error);
  g_variant_get (reply, "(t)", &value);
  return value;
}

static gboolean
is_away (HubFixture *hub, gpointer user_data)
{
  g_autoptr (GVariant) row = get_row (hub);

  return row == NULL;
}

/* It starts, prints to the author, and goes when it is released. */
static void
test_run (Fixture *self, gconstpointer data)
{
  char text[32] = "";

  make_folder (self);
  run_folder (self, NULL);
  assert_row (self, "state", "ready");
  assert_row (self, "folder", self->folder);
  g_assert_cmpint (read (self->output, text, sizeof text - 1), ==, strlen ("started\n"));
  g_assert_cmpstr (text, ==, "started\n");
  release (self);
  g_assert_true (is_away (&self->hub, NULL));
}

/* It stands in the place of the installed one and goes on with its state; likewise back. */
static void
test_in_place (Fixture *self, gconstpointer data)
{
  g_autofree char *installed = g_build_filename (self->hub.module_folder, "echo", NULL);

  hub_fixture_load_echo (&self->hub);
  g_assert_cmpuint (count (self), ==, 1);
  make_folder (self);
  run_folder (self, NULL);
  assert_row (self, "folder", self->folder);
  g_assert_cmpuint (count (self), ==, 2);
  release (self);
  assert_row (self, "folder", installed);
  assert_row (self, "state", "ready");
  g_assert_cmpuint (count (self), ==, 3);
}

/* A saved file is a reload; a version that is refused leaves the one before. */
static void
test_save (Fixture *self, gconstpointer data)
{
  make_folder (self);
  run_folder (self, NULL);
  write_file (self, "start", "#!/bin/sh\nexec ./binnacle-echo\n", 0755);
  hub_fixture_wait_event (&self->hub, "module.reloaded", "'reloaded'");
  g_assert_cmpuint (count (self), ==, 1);

  write_manifest (self, "Class=event", "Class=evnt");
  hub_fixture_wait_event (&self->hub, "module.reloaded", "did you mean “event”");
  g_assert_cmpuint (count (self), ==, 2);

  write_file (self, "start", "#!/bin/sh\nexit 3\n", 0755);
  write_manifest (self, "Exec=binnacle-echo", "Exec=start");
  hub_fixture_wait_event (&self->hub, "module.reloaded", "did not get ready, the old one stays");
  g_assert_cmpuint (count (self), ==, 3);
}

/* One that is refused from the first is tried again when its files change. */
static void
test_refused_first (Fixture *self, gconstpointer data)
{
  make_folder (self);
  write_manifest (self, "Class=event", "Class=evnt");
  run_folder (self, "did you mean “event”");
  assert_row (self, "state", "invalid");
  write_manifest (self, "Exec=binnacle-echo", "Exec=start");
  hub_fixture_wait_event (&self->hub, "module.state_changed", "'ready'");
  g_assert_cmpuint (count (self), ==, 1);
}

/* An author whose command is killed leaves no lease. */
static void
test_author_leaves (Fixture *self, gconstpointer data)
{
  make_folder (self);
  run_folder (self, NULL);
  g_dbus_connection_close_sync (self->author, NULL, NULL);
  hub_fixture_wait (&self->hub, is_away, NULL);
}

/* What a person disabled is disabled again. */
static void
test_disabled (Fixture *self, gconstpointer data)
{
  g_autofree char *installed = g_build_filename (self->hub.module_folder, "echo", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  hub_fixture_load_echo (&self->hub);
  reply = hub_fixture_request (&self->hub, "module.disable", "{'name': <'echo'>}", &error);
  g_assert_no_error (error);
  make_folder (self);
  run_folder (self, NULL);
  assert_row (self, "state", "ready");
  release (self);
  assert_row (self, "state", "disabled");
  assert_row (self, "folder", installed);
}

static void
kill_module (Fixture *self)
{
  g_autoptr (GVariant) row = get_row (&self->hub);
  guint32 pid;

  g_assert_true (g_variant_lookup (row, "pid", "u", &pid));
  kill ((GPid)pid, SIGKILL);
}

static gboolean
is_other_process (HubFixture *hub, gpointer user_data)
{
  g_autoptr (GVariant) row = get_row (hub);
  guint32 restarts = 0;

  g_variant_lookup (row, "restarts", "u", &restarts);
  return restarts == GPOINTER_TO_UINT (user_data) && row_has (hub, "state", "ready");
}

/* An installed version that fails after it was given back is not followed by the author's. */
static void
test_no_way_back (Fixture *self, gconstpointer data)
{
  g_autofree char *installed = g_build_filename (self->hub.module_folder, "echo", NULL);
  g_autofree char *copy = NULL;

  make_folder (self);
  run_folder (self, NULL);
  copy = hub_fixture_wait_for_copy (&self->hub, "echo");
  hub_fixture_install (&self->hub, ECHO_FOLDER);
  release (self);
  for (guint i = 1; i <= 3; i++)
    {
      kill_module (self);
      hub_fixture_wait (&self->hub, is_other_process, GUINT_TO_POINTER (i));
      assert_row (self, "folder", installed);
      assert_row (self, "source", "current");
    }
}

/* A hub that was killed while an author ran a module does not start his version in the place of one
 * that nobody approved. */
static void
test_not_approved (Fixture *self, gconstpointer data)
{
  g_autofree char *copy = NULL;

  use_user_folder (self);
  make_folder (self);
  run_folder (self, NULL);
  copy = hub_fixture_wait_for_copy (&self->hub, "echo");
  hub_fixture_install (&self->hub, ECHO_FOLDER);
  hub_fixture_stop (&self->hub, SIGKILL);
  hub_fixture_start (&self->hub);
  assert_row (self, "state", "disabled");
  assert_row (self, "source", "current");
}

static void
test_refusals (Fixture *self, gconstpointer data)
{
  g_autofree char *nowhere = g_build_filename (self->hub.folder, "own", "nothing", NULL);
  g_autofree char *manifest = g_build_filename (self->folder, "echo.module", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      call_modules (self, "Release", g_variant_new ("(s)", "echo"), NULL, NULL, &error);

  g_assert_null (reply);
  g_assert_true (bn_error_is (error, BN_ERROR_NOT_FOUND));
  make_folder (self);
  refuse_run (self, "own/echo", BN_ERROR_BAD_PAYLOAD);
  refuse_run (self, "/", BN_ERROR_BAD_PAYLOAD);
  refuse_run (self, nowhere, BN_ERROR_NOT_FOUND);
  g_assert_cmpint (g_chmod (manifest, 0666), ==, 0);
  refuse_run (self, self->folder, BN_ERROR_FORBIDDEN);
  g_assert_cmpint (g_chmod (manifest, 0644), ==, 0);
  run_folder (self, NULL);
  refuse_run (self, self->folder, BN_ERROR_CONFLICT);
}

/* Debugging */

/* Debug; the module's end of the link. @program_suffix: of the path of what is to be started. */
static int
begin_debug (Fixture *self, const char *program_suffix)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) received = NULL;
  g_autoptr (GVariant) reply =
      call_modules (self, "Debug", g_variant_new ("(s)", "echo"), NULL, &received, &error);
  g_autoptr (GVariant) program = NULL;
  g_autofree const char **command = NULL;
  gint32 handle;

  g_assert_no_error (error);
  g_variant_get (reply, "(h@a{sv})", &handle, &program);
  g_assert_true (g_variant_lookup (program, "command", "^a&s", &command));
  g_assert_true (g_str_has_suffix (command[0], program_suffix));
  return g_unix_fd_list_get (received, handle, NULL);
}

/* Starts the program as a debugger does. @link is taken. */
static GSubprocess *
start_program (int link)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_setenv (launcher, BN_ENV_MODULE_FD, "3", TRUE);
  g_subprocess_launcher_take_fd (launcher, link, 3);
  process = g_subprocess_launcher_spawn (launcher, &error, ECHO_FOLDER "/binnacle-echo", NULL);
  g_assert_no_error (error);
  return process;
}

static gboolean
is_debugged (HubFixture *hub)
{
  g_autoptr (GVariant) row = get_row (hub);
  gboolean debugged = FALSE;

  g_variant_lookup (row, "debugged", "b", &debugged);
  return debugged;
}

static gboolean
is_debugged_and_ready (HubFixture *hub, gpointer user_data)
{
  return is_debugged (hub) && row_has (hub, "state", "ready");
}

static gboolean
is_back (HubFixture *hub, gpointer folder)
{
  return !is_debugged (hub) && row_has (hub, "state", "ready")
         && (folder == NULL || row_has (hub, "folder", folder));
}

static gboolean
over_cb (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* The process of a debugger takes over with the state, however long that takes it. */
static void
test_debug (Fixture *self, gconstpointer data)
{
  g_autoptr (GSubprocess) process = NULL;
  gboolean over = FALSE;
  int link;

  hub_fixture_load_echo (&self->hub);
  g_assert_cmpuint (count (self), ==, 1);
  link = begin_debug (self, "/modules/echo/binnacle-echo");
  g_timeout_add (DEADLINE_MS, over_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (count (self), ==, 2); /* the one before serves */
  process = start_program (link);
  hub_fixture_wait (&self->hub, is_debugged_and_ready, NULL);
  g_assert_cmpuint (count (self), ==, 3);
  hub_fixture_refuse_request (&self->hub, "module.reload", "{'name': <'echo'>}", BN_ERROR_CONFLICT);
  refuse_run (self, self->folder, BN_ERROR_NOT_FOUND);
  release (self);
  hub_fixture_wait (&self->hub, is_back, NULL);
  g_assert_true (
      g_subprocess_wait_check (process, NULL, NULL)); /* its hub is gone: it exits well */
  g_assert_cmpuint (count (self), ==, 1);
}

/* A debugger that kills its program is no failure of the module. */
static void
test_debug_kill (Fixture *self, gconstpointer data)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GVariant) row = NULL;
  guint32 restarts;

  hub_fixture_load_echo (&self->hub);
  process = start_program (begin_debug (self, "/modules/echo/binnacle-echo"));
  hub_fixture_wait (&self->hub, is_debugged_and_ready, NULL);
  g_subprocess_send_signal (process, SIGKILL);
  hub_fixture_wait (&self->hub, is_back, NULL);
  row = get_row (&self->hub);
  g_assert_true (g_variant_lookup (row, "restarts", "u", &restarts));
  g_assert_cmpuint (restarts, ==, 0);
  g_subprocess_wait (process, NULL, NULL);
}

/* A debugger that never starts the program, and one that goes with its author. */
static void
test_debug_given_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GSubprocess) process = NULL;
  int link;

  hub_fixture_load_echo (&self->hub);
  link = begin_debug (self, "/modules/echo/binnacle-echo");
  reply = call_modules (self, "Debug", g_variant_new ("(s)", "echo"), NULL, NULL, &error);
  g_assert_null (reply);
  g_assert_true (bn_error_is (error, BN_ERROR_CONFLICT));
  close (link);
  g_assert_cmpuint (count (self), ==, 1);
  release (self);
  process = start_program (begin_debug (self, "/modules/echo/binnacle-echo"));
  hub_fixture_wait (&self->hub, is_debugged_and_ready, NULL);
  g_dbus_connection_close_sync (self->author, NULL, NULL);
  hub_fixture_wait (&self->hub, is_back, NULL);
  g_assert_true (g_subprocess_wait_check (process, NULL, NULL));
}

/* Who debugs what it runs leaves both at once. */
static void
test_debug_what_runs (Fixture *self, gconstpointer data)
{
  g_autofree char *installed = g_build_filename (self->hub.module_folder, "echo", NULL);
  g_autoptr (GSubprocess) process = NULL;

  hub_fixture_load_echo (&self->hub);
  make_folder (self);
  run_folder (self, NULL);
  process = start_program (begin_debug (self, "/own/echo/start"));
  hub_fixture_wait (&self->hub, is_debugged_and_ready, NULL);
  g_dbus_connection_close_sync (self->author, NULL, NULL);
  hub_fixture_wait (&self->hub, is_back, installed);
  for (guint i = 0; i < self->hub.events->len; i++) /* it never was away */
    g_assert_null (strstr (g_ptr_array_index (self->hub.events, i), "'removed'"));
  g_subprocess_wait (process, NULL, NULL);
}

/* What is debugged is what stands in the folder, although it cannot start. */
static void
test_debug_broken (Fixture *self, gconstpointer data)
{
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *copy = NULL;

  make_folder (self);
  run_folder (self, NULL);
  copy = hub_fixture_wait_for_copy (&self->hub, "echo");
  write_file (self, "broken", "#!/bin/sh\nexit 3\n", 0755);
  write_manifest (self, "Exec=binnacle-echo", "Exec=broken");
  hub_fixture_wait_event (&self->hub, "module.reloaded", "did not get ready, the old one stays");
  process = start_program (begin_debug (self, "/own/echo/broken"));
  hub_fixture_wait (&self->hub, is_debugged_and_ready, NULL);
  release (self);
  hub_fixture_wait (&self->hub, is_back, NULL); /* the version before that one */
  g_assert_cmpuint (count (self), ==, 1);
  g_subprocess_wait (process, NULL, NULL);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/hub-authors/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("run", test_run);
  ADD ("in-place", test_in_place);
  ADD ("save", test_save);
  ADD ("refused-first", test_refused_first);
  ADD ("author-leaves", test_author_leaves);
  ADD ("disabled", test_disabled);
  ADD ("no-way-back", test_no_way_back);
  ADD ("not-approved", test_not_approved);
  ADD ("refusals", test_refusals);
  ADD ("debug", test_debug);
  ADD ("debug-kill", test_debug_kill);
  ADD ("debug-broken", test_debug_broken);
  ADD ("debug-given-up", test_debug_given_up);
  ADD ("debug-what-runs", test_debug_what_runs);
  return g_test_run ();
}
