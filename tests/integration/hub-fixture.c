/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A real hub on a private bus. */
#include "hub-fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "introspection/names.h"
#include "tests/lib/remove-tree.h"

#define WAIT_SECONDS 30
#define WAIT_SECONDS_THOROUGH 600 /* a million of something */
#define SHOWN_EVENTS 50           /* when a wait was in vain */

static void
event_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
  HubFixture *self = user_data;
  const char *type;
  g_autoptr (GVariant) payload = NULL;
  g_autofree char *text = NULL;

  g_variant_get (parameters, "(&s@a{sv}@a{sv})", &type, &payload, NULL);
  text = g_variant_print (payload, FALSE);
  g_ptr_array_add (self->events, g_strdup_printf ("%s %s", type, text));
}

/* What a wait is for is looked at after each wake-up. */
static void
property_cb (GDBusConnection *connection, const char *sender, const char *path,
             const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
}

static void
exited_cb (GPid pid, int status, gpointer user_data)
{
  HubFixture *self = user_data;

  self->status = status;
  self->pid = 0;
}

static void
bus_exited_cb (GPid pid, int status, gpointer user_data)
{
  HubFixture *self = user_data;

  self->bus_pid = 0;
}

static gboolean
timed_out_cb (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

void
hub_fixture_wait (HubFixture *self, HubFixtureCondition condition, gpointer user_data)
{
  gboolean timed_out = FALSE;
  guint seconds = g_test_thorough () ? WAIT_SECONDS_THOROUGH : WAIT_SECONDS;
  guint id = g_timeout_add_seconds (seconds, timed_out_cb, &timed_out);

  while (!condition (self, user_data) && !timed_out)
    g_main_context_iteration (NULL, TRUE);
  if (timed_out)
    {
      guint first = self->events->len > SHOWN_EVENTS ? self->events->len - SHOWN_EVENTS : 0;

      for (guint i = first; i < self->events->len; i++)
        g_test_message ("event: %.200s", (char *)g_ptr_array_index (self->events, i));
      g_error ("waited %u s in vain", seconds);
    }
  g_source_remove (id);
}

static gboolean
is_gone (HubFixture *self, gpointer user_data)
{
  return self->pid == 0;
}

static gboolean
bus_is_gone (HubFixture *self, gpointer user_data)
{
  return self->bus_pid == 0;
}

static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
}

static gboolean
is_set (HubFixture *self, gpointer user_data)
{
  g_assert_cmpint (self->pid, !=, 0);
  return *(gboolean *)user_data;
}

/* A test that aborts leaves nothing behind: what waits for its output would wait for ever. */
static void
die_with_test (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

/* No services are started by it, and its limits are those that dbus-daemon has by default. */
static void
write_bus_config (HubFixture *self, const char *path, const char *elements)
{
  g_autofree char *text = g_strdup_printf (
      "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" "
      "\"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">"
      "<busconfig><type>session</type><listen>%s</listen><auth>EXTERNAL</auth>"
      "<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>"
      "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy>%s</busconfig>",
      self->bus_address, elements != NULL ? elements : "");
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

GDBusConnection *
hub_fixture_connect (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection =
      g_dbus_connection_new_for_address_sync (self->bus_address,
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                                  | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

void
hub_fixture_start_bus (HubFixture *self)
{
  g_autofree char *config = g_build_filename (self->folder, "bus.conf", NULL);
  g_autofree char *option = g_strconcat ("--config-file=", config, NULL);
  const char *argv[] = {
    "dbus-daemon", option, "--nofork", "--nopidfile", "--print-address=1", NULL
  };
  g_autoptr (GError) error = NULL;
  char line[256];
  int output;

  g_spawn_async_with_pipes (NULL, (char **)argv, NULL,
                            G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH, die_with_test, NULL,
                            &self->bus_pid, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  g_child_watch_add (self->bus_pid, bus_exited_cb, self);
  g_assert_cmpint (read (output, line, sizeof line), >, 0); /* it listens */
  close (output);
  self->connection = hub_fixture_connect (self);
  self->subscription_id = g_dbus_connection_signal_subscribe (
      self->connection, BN_BUS_NAME, BN_IFACE_EVENT_BUS, "Event", BN_HUB_PATH, NULL,
      G_DBUS_SIGNAL_FLAGS_NONE, event_cb, self, NULL);
  self->properties_id = g_dbus_connection_signal_subscribe (
      self->connection, BN_BUS_NAME, "org.freedesktop.DBus.Properties", "PropertiesChanged", NULL,
      NULL, G_DBUS_SIGNAL_FLAGS_NONE, property_cb, NULL, NULL);
}

void
hub_fixture_kill_bus (HubFixture *self)
{
  g_dbus_connection_signal_unsubscribe (self->connection, self->subscription_id);
  g_dbus_connection_signal_unsubscribe (self->connection, self->properties_id);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_clear_object (&self->connection);
  kill (self->bus_pid, SIGKILL);
  hub_fixture_wait (self, bus_is_gone, NULL);
}

char **
hub_fixture_get_environ (HubFixture *self)
{
  g_autofree char *state = g_build_filename (self->folder, "state", NULL);
  g_autofree char *path = g_strjoin (":", self->module_folder, self->extra_modules, NULL);
  char **env = g_get_environ ();

  env = g_environ_setenv (env, "DBUS_SESSION_BUS_ADDRESS", self->bus_address, TRUE);
  env = g_environ_setenv (env, "XDG_RUNTIME_DIR", self->runtime_folder, TRUE);
  env = g_environ_setenv (env, "XDG_STATE_HOME", state, TRUE);
  env = g_environ_setenv (env, "XDG_DATA_HOME", self->folder, TRUE);
  return g_environ_setenv (env, BN_ENV_MODULE_PATH, path, TRUE);
}

void
hub_fixture_start (HubFixture *self)
{
  g_auto (GStrv) env = hub_fixture_get_environ (self);
  const char *argv[] = { BINNACLED, "--session", NULL };
  g_autoptr (GError) error = NULL;
  gboolean appeared = FALSE;
  guint id;

  g_spawn_async (NULL, (char **)argv, env, G_SPAWN_DO_NOT_REAP_CHILD, die_with_test, NULL,
                 &self->pid, &error);
  g_assert_no_error (error);
  g_child_watch_add (self->pid, exited_cb, self);
  id = g_bus_watch_name_on_connection (self->connection, BN_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                       appeared_cb, NULL, &appeared, NULL);
  hub_fixture_wait (self, is_set, &appeared);
  g_bus_unwatch_name (id);
}

void
hub_fixture_stop (HubFixture *self, int signal)
{
  g_assert_cmpint (self->pid, >, 0); /* 0 would be the test itself */
  kill (self->pid, signal);
  hub_fixture_wait (self, is_gone, NULL);
}

void
hub_fixture_set_up (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *config = NULL;

  self->events = g_ptr_array_new_with_free_func (g_free);
  self->folder = g_dir_make_tmp ("binnacle-hub-XXXXXX", &error);
  g_assert_no_error (error);
  self->bus_address = g_strdup_printf ("unix:path=%s/bus", self->folder);
  config = g_build_filename (self->folder, "bus.conf", NULL);
  write_bus_config (self, config, data);
  hub_fixture_start_bus (self);
  self->runtime_folder = g_build_filename (self->folder, "run", NULL);
  self->module_folder = g_build_filename (self->folder, "modules", NULL);
  g_assert_cmpint (g_mkdir (self->runtime_folder, 0700), ==, 0);
  g_assert_cmpint (g_mkdir (self->module_folder, 0755), ==, 0);
  hub_fixture_start (self);
}

/* A hub that ended well leaves no file in the runtime folder. */
static void
assert_clean (HubFixture *self)
{
  g_autofree char *path = g_build_filename (self->runtime_folder, BN_RUNTIME_FOLDER, NULL);

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

void
hub_fixture_tear_down (HubFixture *self, gconstpointer data)
{
  if (self->pid != 0)
    {
      hub_fixture_stop (self, SIGTERM);
      g_assert_true (WIFEXITED (self->status));
      g_assert_cmpint (WEXITSTATUS (self->status), ==, 0);
      assert_clean (self);
    }
  hub_fixture_kill_bus (self);
  remove_tree (self->folder);
  g_ptr_array_unref (self->events);
  g_free (self->folder);
  g_free (self->runtime_folder);
  g_free (self->module_folder);
  g_free (self->extra_modules);
  g_free (self->bus_address);
}

char *
hub_fixture_module_file (HubFixture *self, const char *module, const char *file)
{
  return g_build_filename (self->module_folder, module, file, NULL);
}

void
hub_fixture_install (HubFixture *self, const char *source)
{
  g_autofree char *name = g_path_get_basename (source);
  g_autofree char *target = g_build_filename (self->module_folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (source, 0, &error);
  const char *entry;

  g_assert_no_error (error);
  g_mkdir (target, 0755);
  while ((entry = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *from = g_build_filename (source, entry, NULL);
      g_autofree char *to = g_build_filename (target, entry, NULL);
      g_autoptr (GFile) from_file = g_file_new_for_path (from);
      g_autoptr (GFile) to_file = g_file_new_for_path (to);

      if (!g_file_test (from, G_FILE_TEST_IS_REGULAR))
        continue;
      g_file_copy (from_file, to_file, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
    }
}

GVariant *
hub_fixture_call (HubFixture *self, const char *path, const char *interface, const char *method,
                  GVariant *arguments, GError **error)
{
  return g_dbus_connection_call_sync (self->connection, BN_BUS_NAME, path, interface, method,
                                      arguments, NULL, G_DBUS_CALL_FLAGS_NONE, 10000, NULL, error);
}

GVariant *
hub_fixture_echo (HubFixture *self, const char *method, GVariant *arguments, GError **error)
{
  return hub_fixture_call (self, BN_MODULES_PATH "/echo", "org.binnacle.Echo1", method, arguments,
                           error);
}

GVariant *
hub_fixture_request (HubFixture *self, const char *type, const char *payload, GError **error)
{
  g_autoptr (GVariant) arguments =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, payload, NULL, NULL, NULL);
  g_autoptr (GVariant) reply = NULL;

  g_assert_nonnull (arguments);
  reply = hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request",
                            g_variant_new ("(s@a{sv}a{sv})", type, arguments, NULL), error);
  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

void
hub_fixture_refuse_request (HubFixture *self, const char *type, const char *payload, BnError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_request (self, type, payload, &error);

  g_assert_null (reply);
  g_test_message ("%s %s: %s", type, payload, error->message);
  if (!bn_error_is (error, code))
    g_error ("%s: expected %s, got: %s", type, bn_error_code (code), error->message);
}

guint64
hub_fixture_statistic (HubFixture *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "GetStatistics", NULL, &error);
  g_autoptr (GVariant) statistics = NULL;
  guint64 value = 0;

  g_assert_no_error (error);
  statistics = g_variant_get_child_value (reply, 0);
  if (!g_variant_lookup (statistics, name, "t", &value))
    g_error ("there is no statistic “%s”", name);
  return value;
}

GVariant *
hub_fixture_module_property (HubFixture *self, const char *property)
{
  return hub_fixture_property (self, BN_MODULES_PATH "/echo", BN_IFACE_MODULE, property);
}

GVariant *
hub_fixture_property (HubFixture *self, const char *path, const char *interface,
                      const char *property)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, path, "org.freedesktop.DBus.Properties", "Get",
                        g_variant_new ("(ss)", interface, property), &error);
  GVariant *value;

  g_assert_no_error (error);
  g_variant_get (reply, "(v)", &value);
  return value;
}

static gboolean
has_state (HubFixture *self, gpointer state)
{
  g_autoptr (GVariant) value = hub_fixture_module_property (self, "State");

  return g_str_equal (g_variant_get_string (value, NULL), state);
}

/* The state is told by events; those wake the loop, and it is then read. */
void
hub_fixture_wait_state (HubFixture *self, const char *state)
{
  hub_fixture_wait (self, has_state, (gpointer)state);
}

typedef struct
{
  const char *type;
  const char *text;
} Wanted;

static gboolean
was_seen (HubFixture *self, gpointer user_data)
{
  const Wanted *wanted = user_data;

  for (guint i = 0; i < self->events->len; i++)
    {
      const char *event = g_ptr_array_index (self->events, i);

      if (g_str_has_prefix (event, wanted->type) && strstr (event, wanted->text) != NULL)
        return TRUE;
    }
  return FALSE;
}

void
hub_fixture_wait_event (HubFixture *self, const char *type, const char *text)
{
  Wanted wanted = { type, text };

  hub_fixture_wait (self, was_seen, &wanted);
}

char *
hub_fixture_wait_for_copy (HubFixture *self, const char *module)
{
  g_autofree char *versions =
      g_build_filename (self->folder, "state", "binnacle", "versions", module, NULL);

  while (TRUE)
    {
      g_autoptr (GDir) dir = g_dir_open (versions, 0, NULL);
      const char *hash = dir != NULL ? g_dir_read_name (dir) : NULL;

      if (hash != NULL && !g_str_has_suffix (hash, ".new"))
        return g_build_filename (versions, hash, module, NULL);
      hub_fixture_statistic (self, "events"); /* a turn of the hub */
    }
}

void
hub_fixture_load_echo (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  hub_fixture_install (self, ECHO_FOLDER);
  reply = hub_fixture_request (self, "module.load", "{'name': <'echo'>}", &error);
  g_assert_no_error (error);
}

void
hub_fixture_install_rogue (HubFixture *self, const char *version, const char *arguments)
{
  g_autofree char *manifest = hub_fixture_module_file (self, "rogue", "rogue.module");
  g_autofree char *version_line = g_strconcat ("Version=", version, NULL);
  g_autofree char *exec_line = g_strconcat ("Exec=binnacle-rogue ", arguments, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) changed = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_test (manifest, G_FILE_TEST_EXISTS))
    hub_fixture_install (self, ROGUE_FOLDER);
  g_file_get_contents (ROGUE_FOLDER "/rogue.module", &text, NULL, &error);
  g_assert_no_error (error);
  changed = g_string_new (text);
  g_assert_cmpuint (g_string_replace (changed, "Version=1.0", version_line, 1), ==, 1);
  g_assert_cmpuint (g_string_replace (changed, "Exec=binnacle-rogue", exec_line, 1), ==, 1);
  g_file_set_contents (manifest, changed->str, -1, &error);
  g_assert_no_error (error);
}

char *
hub_fixture_get_history (HubFixture *self, const char *module)
{
  g_autofree char *path = g_strconcat (BN_MODULES_PATH "/", module, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, path, BN_IFACE_MODULE, "GetHistory", NULL, &error);
  g_autoptr (GVariant) changes = NULL;
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  changes = g_variant_get_child_value (reply, 0);
  for (gsize i = 0; i < g_variant_n_children (changes); i++)
    {
      g_autoptr (GVariant) change = g_variant_get_child_value (changes, i);
      const char *what = NULL;
      const char *state = NULL;
      const char *reason = "";

      g_assert_true (g_variant_lookup (change, "what", "&s", &what));
      g_assert_true (g_variant_lookup (change, "state", "&s", &state));
      g_variant_lookup (change, "reason", "&s", &reason);
      g_string_append_printf (text, "%s %s: %s\n", what, state, reason);
    }
  return g_string_free (text, FALSE);
}

void
hub_fixture_load_twin (HubFixture *self)
{
  g_autofree char *program = hub_fixture_module_file (self, "echo", "binnacle-echo");
  g_autofree char *folder = g_build_filename (self->module_folder, "twin", NULL);
  g_autofree char *manifest = hub_fixture_module_file (self, "twin", "twin.module");
  g_autofree char *text = g_strdup_printf (
      "[Module]\nName=twin\nVersion=1.0\nSummary=x\nExec=%s\n[Event tick]\nClass=sample\n"
      "Fields=count:t;monotonic:x\nWorker=tick\n[Worker tick]\nInterval=1000\nDemand=true\n"
      "[Event slow]\nClass=sample\nKey=id\nFields=id:s\nWorker=slow\n"
      "[Worker slow]\nInterval=1000\nDemand=true\n",
      program);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_file_set_contents (manifest, text, -1, &error);
  g_assert_no_error (error);
  reply = hub_fixture_request (self, "module.load", "{'name': <'twin'>}", &error);
  g_assert_no_error (error);
}

gsize
hub_fixture_get_memory (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/statm", pid);
  g_autofree char *text = NULL;
  unsigned long size;
  unsigned long resident;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%lu %lu", &size, &resident), ==, 2);
  return resident * (gsize)sysconf (_SC_PAGESIZE);
}
