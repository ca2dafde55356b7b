/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The life of modules under a real hub: calls, failures, reloads. */
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hub-fixture.h"
#include "introspection/error.h"
#include "introspection/names.h"

/* An answer is overdue after 3 s, a ping is unanswered after 2 s; the module may be late itself. */
#define HANG_USEC_MAX (8 * G_USEC_PER_SEC)

static void
assert_remote_error (GError *error, BnError code)
{
  g_assert_nonnull (error);
  if (!bn_error_is (error, code))
    g_error ("expected %s, got: %s", bn_error_code (code), error->message);
}

/* Body, error name and descriptors pass unchanged. */
static void
test_forwarding (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) echo = NULL;
  g_autoptr (GVariant) failed = NULL;
  g_autoptr (GVariant) with_fd = NULL;
  g_autoptr (GUnixFDList) descriptors = NULL;
  const char *text;
  char buffer[16] = "";
  int fd;

  hub_fixture_load_echo (self);
  echo = hub_fixture_echo (self, "Echo", g_variant_new ("(s)", "héllo"), &error);
  g_assert_no_error (error);
  g_variant_get (echo, "(&s)", &text);
  g_assert_cmpstr (text, ==, "héllo");

  failed = hub_fixture_echo (self, "Fail", g_variant_new ("(ss)", "conflict", "so it is"), &error);
  g_assert_null (failed);
  assert_remote_error (error, BN_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, "so it is"));
  g_clear_error (&error);

  with_fd = g_dbus_connection_call_with_unix_fd_list_sync (
      self->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo", "org.binnacle.Echo1", "Fd",
      g_variant_new ("(s)", "through"), G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL,
      &descriptors, NULL, &error);
  g_assert_no_error (error);
  fd = g_unix_fd_list_get (descriptors, 0, &error);
  g_assert_no_error (error);
  g_assert_cmpint (read (fd, buffer, sizeof buffer - 1), ==, 7);
  g_assert_cmpstr (buffer, ==, "through");
  close (fd);
}

static void
test_requests (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *type;
    const char *payload;
    BnError error;
  } bad[] = {
    { "echo.echo", "{}", BN_ERROR_BAD_PAYLOAD },
    { "echo.echo", "{'text': <'a'>, 'more': <1>}", BN_ERROR_BAD_PAYLOAD },
    { "echo.echo", "{'text': <5>}", BN_ERROR_BAD_PAYLOAD },
    { "echo.sleep", "{'duration_ms': <-1>}", BN_ERROR_BAD_PAYLOAD },
    { "echo.none", "{}", BN_ERROR_UNKNOWN_TYPE },
    { "nobody.none", "{}", BN_ERROR_UNKNOWN_TYPE },
    { "echo.fd", "{'text': <'a'>}", BN_ERROR_UNSUPPORTED },
    { "module.reload", "{'name': <'nope'>}", BN_ERROR_NOT_FOUND },
    { "module.reload", "{}", BN_ERROR_BAD_PAYLOAD },
    { "worker.stop", "{'name': <'nope'>}", BN_ERROR_NOT_FOUND },
    { "worker.set_interval", "{'name': <'tick'>, 'interval_ms': <5>}", BN_ERROR_BAD_PAYLOAD },
    { "echo.fail", "{'code': <'timeout'>, 'message': <'x'>}", BN_ERROR_TIMEOUT },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) slept = NULL;
  g_autoptr (GVariant) status = NULL;
  g_autoptr (GVariant) modules = NULL;
  const char *text;
  guint32 slept_ms;

  hub_fixture_load_echo (self);
  reply = hub_fixture_request (self, "echo.echo", "{'text': <'by name'>}", &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (reply, "echo", "&s", &text));
  g_assert_cmpstr (text, ==, "by name");
  slept = hub_fixture_request (self, "echo.sleep", "{'duration_ms': <'1'>}", &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (slept, "slept_ms", "u", &slept_ms));
  g_assert_cmpuint (slept_ms, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) none = NULL;

      g_test_message ("%s %s", bad[i].type, bad[i].payload);
      none = hub_fixture_request (self, bad[i].type, bad[i].payload, &error);
      g_assert_null (none);
      assert_remote_error (error, bad[i].error);
      g_clear_error (&error);
    }
  status = hub_fixture_request (self, "system.status_request", "{}", &error);
  g_assert_no_error (error);
  modules = g_variant_lookup_value (status, "modules", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (modules), ==, 1);
}

/* A deadline ends the wait, not the module. */
static void
test_deadline (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) late = NULL;
  g_autoptr (GVariant) echo = NULL;

  hub_fixture_load_echo (self);
  late = hub_fixture_call (
      self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request",
      g_variant_new_parsed ("('echo.sleep', {'duration_ms': <uint32 300>}, {'timeout-ms': <uint32 "
                            "20>})"),
      &error);
  g_assert_null (late);
  assert_remote_error (error, BN_ERROR_TIMEOUT);
  g_clear_error (&error);
  echo = hub_fixture_echo (self, "Echo", g_variant_new ("(s)", "a"), &error);
  g_assert_no_error (error);
}

/* A crash ends the calls that run, and the module is there again, with another process. */
static void
test_crash (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) crashed = NULL;
  g_autoptr (GVariant) echo = NULL;
  g_autoptr (GVariant) restarts = NULL;
  g_autoptr (GVariant) last_error = NULL;

  hub_fixture_load_echo (self);
  crashed = hub_fixture_echo (self, "Crash", NULL, &error);
  g_assert_null (crashed);
  assert_remote_error (error, BN_ERROR_UNAVAILABLE);
  g_clear_error (&error);
  hub_fixture_wait_event (self, "module.state_changed", "'backoff'");
  hub_fixture_wait_state (self, "ready");
  echo = hub_fixture_echo (self, "Echo", g_variant_new ("(s)", "a"), &error);
  g_assert_no_error (error);
  restarts = hub_fixture_module_property (self, "Restarts");
  g_assert_cmpuint (g_variant_get_uint32 (restarts), ==, 1);
  last_error = hub_fixture_module_property (self, "LastError");
  g_assert_nonnull (strstr (g_variant_get_string (last_error, NULL), "signal"));
}

static void
timed_out_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  g_assert_null (reply);
  assert_remote_error (error, BN_ERROR_TIMEOUT);
  *(gboolean *)user_data = TRUE;
}

static gboolean
is_set (HubFixture *self, gpointer user_data)
{
  return *(gboolean *)user_data;
}

/* A module that hangs is found by an unanswered ping, and replaced. Who waits for it is told that
 * it gave no answer, long before a deadline that is later. */
static void
test_hang (HubFixture *self, gconstpointer data)
{
  gint64 began_usec;
  gint64 took_usec;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) hung = NULL;
  g_autoptr (GVariant) echo = NULL;
  gboolean patient_timed_out = FALSE;

  hub_fixture_load_echo (self);
  began_usec = g_get_monotonic_time ();
  g_dbus_connection_call (
      self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request",
      g_variant_new_parsed ("('echo.wait', @a{sv} {}, {'timeout-ms': <uint32 60000>})"), NULL,
      G_DBUS_CALL_FLAGS_NONE, 70000, NULL, timed_out_cb, &patient_timed_out);
  hung = hub_fixture_echo (self, "Hang", NULL, &error);
  g_assert_null (hung);
  assert_remote_error (error, BN_ERROR_TIMEOUT);
  hub_fixture_wait_event (self, "module.state_changed", "It hangs");
  hub_fixture_wait (self, is_set, &patient_timed_out);
  took_usec = g_get_monotonic_time () - began_usec;
  g_test_message ("the hang was found after %" G_GINT64_FORMAT " ms", took_usec / 1000);
  g_assert_cmpint (took_usec, <, HANG_USEC_MAX);
  g_assert_cmpuint (hub_fixture_statistic (self, "call_timeouts"), ==, 2);
  hub_fixture_wait_state (self, "ready");
  g_clear_error (&error);
  echo = hub_fixture_echo (self, "Echo", g_variant_new ("(s)", "a"), &error);
  g_assert_no_error (error);
}

static guint
read_uint (HubFixture *self, const char *property)
{
  g_autoptr (GVariant) value = hub_fixture_module_property (self, property);

  return g_variant_get_uint32 (value);
}

/* A worker that blocks its module owes a report: the module is pinged, and replaced. */
static void
test_hanging_worker (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) working = NULL;
  g_autoptr (GVariant) subscribed = NULL;
  gint64 began_usec;
  gint64 took_usec;

  hub_fixture_load_echo (self);
  working = hub_fixture_echo (self, "Work", g_variant_new ("(us)", 60000, ""), &error);
  g_assert_no_error (error);
  subscribed = hub_fixture_call (
      self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Subscribe",
      g_variant_new_parsed ("(['echo.tick'], {'interval-ms': <uint32 100>})"), &error);
  g_assert_no_error (error);
  began_usec = g_get_monotonic_time ();
  hub_fixture_wait_event (self, "module.state_changed", "It hangs");
  took_usec = g_get_monotonic_time () - began_usec;
  g_test_message ("the hang was found after %" G_GINT64_FORMAT " ms", took_usec / 1000);
  g_assert_cmpint (took_usec, <, HANG_USEC_MAX);
  hub_fixture_wait_state (self, "ready");
}

/* Each failure in a row makes the wait for the next start twice as long, with 20 % of jitter. */
static void
test_backoff (HubFixture *self, gconstpointer data)
{
  hub_fixture_load_echo (self);
  for (guint i = 0; i < 4; i++)
    {
      gint64 fell_usec;
      gint64 wait_usec;
      gint64 wanted_usec = (gint64)(100 << i) * 1000;
      g_autofree char *fell =
          g_strdup_printf ("'state': <'backoff'>, 'generation': <uint32 %u>", i + 1);
      g_autofree char *starts =
          g_strdup_printf ("'state': <'starting'>, 'generation': <uint32 %u>", i + 2);

      hub_fixture_wait_state (self, "ready");
      kill (read_uint (self, "Pid"), SIGKILL);
      hub_fixture_wait_event (self, "module.state_changed", fell);
      fell_usec = g_get_monotonic_time ();
      hub_fixture_wait_event (self, "module.state_changed", starts);
      wait_usec = g_get_monotonic_time () - fell_usec;
      g_test_message ("failure %u: %" G_GINT64_FORMAT " ms", i + 1, wait_usec / 1000);
      g_assert_cmpint (wait_usec, >=, wanted_usec * 7 / 10); /* we hear of it a little late */
      g_assert_cmpint (wait_usec, <=, wanted_usec * 12 / 10 + 500000);
    }
}

/* The sixth failure in a minute is quarantine; reset releases it. */
static void
test_quarantine (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reset = NULL;

  hub_fixture_load_echo (self);
  for (guint i = 0; i < 6; i++)
    {
      hub_fixture_wait_state (self, "ready");
      g_ptr_array_set_size (self->events, 0);
      kill (read_uint (self, "Pid"), SIGKILL);
      hub_fixture_wait_event (self, "module.state_changed", i < 5 ? "'backoff'" : "'quarantined'");
    }
  reset = hub_fixture_request (self, "module.reset_failures", "{'name': <'echo'>}", &error);
  g_assert_no_error (error);
  hub_fixture_wait_state (self, "ready");
}

static guint64
count (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_echo (self, "Count", NULL, &error);
  guint64 value;

  g_assert_no_error (error);
  g_variant_get (reply, "(t)", &value);
  return value;
}

/* The state goes from one generation to the next. */
static void
test_reload_state (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reloaded = NULL;
  guint pid;

  hub_fixture_load_echo (self);
  g_assert_cmpuint (count (self), ==, 1);
  pid = read_uint (self, "Pid");
  reloaded = hub_fixture_request (self, "module.reload", "{'name': <'echo'>}", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read_uint (self, "Pid"), !=, pid);
  g_assert_cmpuint (read_uint (self, "Generation"), ==, 2);
  g_assert_cmpuint (read_uint (self, "Restarts"), ==, 0);
  g_assert_cmpuint (count (self), ==, 2);
}

typedef struct
{
  guint sent;
  guint answered;
  guint failed;
  guint64 sum;
} Load;

static void
counted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);
  guint64 value;

  if (reply == NULL)
    {
      load->failed++;
      g_test_message ("%s", error->message);
      return;
    }
  g_variant_get (reply, "(t)", &value);
  load->answered++;
  load->sum += value;
}

static void
reloaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  g_assert_no_error (error);
  *(gboolean *)user_data = TRUE;
}

static gboolean
all_answered (HubFixture *self, gpointer user_data)
{
  Load *load = user_data;

  return load->answered + load->failed == load->sent;
}

/* Under load no reply is lost or doubled: the counter that is handed over counts each call once. */
static void
test_reload_under_load (HubFixture *self, gconstpointer data)
{
  Load load = { 0 };

  hub_fixture_load_echo (self);
  for (guint round = 0; round < 20; round++)
    {
      gboolean reloaded = FALSE;

      g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_MODULES,
                              "Reload", g_variant_new ("(s)", "echo"), NULL, 0, 10000, NULL,
                              reloaded_cb, &reloaded);
      while (!reloaded)
        {
          for (guint i = 0; i < 10; i++, load.sent++)
            g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo",
                                    "org.binnacle.Echo1", "Count", NULL, NULL, 0, 10000, NULL,
                                    counted_cb, &load);
          hub_fixture_wait (self, all_answered, &load);
        }
    }
  g_test_message ("%u calls over 20 reloads", load.sent);
  g_assert_cmpuint (load.failed, ==, 0);
  g_assert_cmpuint (load.answered, ==, load.sent);
  g_assert_cmpuint (load.sum, ==, (guint64)load.sent * (load.sent + 1) / 2);
  g_assert_cmpuint (read_uint (self, "Generation"), ==, 21);
}

static void
replace_in_manifest (HubFixture *self, const char *from, const char *to)
{
  g_autofree char *path = hub_fixture_module_file (self, "echo", "echo.module");
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *changed = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  parts = g_strsplit (text, from, 2);
  g_assert_nonnull (parts[1]);
  changed = g_strjoinv (to, parts);
  g_file_set_contents (path, changed, -1, &error);
  g_assert_no_error (error);
}

static gboolean
has_version_two (HubFixture *self, gpointer user_data)
{
  g_autoptr (GVariant) version = hub_fixture_module_property (self, "Version");

  return g_str_equal (g_variant_get_string (version, NULL), "2.0");
}

/* A changed file is a reload, by itself. */
static void
test_changed_file (HubFixture *self, gconstpointer data)
{
  hub_fixture_load_echo (self);
  g_assert_cmpuint (count (self), ==, 1);
  replace_in_manifest (self, "Version=1.0", "Version=2.0");
  hub_fixture_wait (self, has_version_two, NULL);
  g_assert_cmpuint (count (self), ==, 2);
}

static gboolean
has_last_error (HubFixture *self, gpointer text)
{
  g_autoptr (GVariant) error = hub_fixture_module_property (self, "LastError");

  return strstr (g_variant_get_string (error, NULL), text) != NULL;
}

/* A broken new version never takes the old one down, and the reason is told. */
static void
test_broken_version (HubFixture *self, gconstpointer data)
{
  g_autofree char *program = hub_fixture_module_file (self, "echo", "binnacle-echo");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  guint pid;

  hub_fixture_load_echo (self);
  pid = read_uint (self, "Pid");
  g_assert_cmpint (g_unlink (program), ==, 0);
  g_file_set_contents (program, "#!/bin/sh\nexit 3\n", -1, &error);
  g_assert_no_error (error);
  g_chmod (program, 0755);
  reply = hub_fixture_request (self, "module.reload", "{'name': <'echo'>}", &error);
  g_assert_null (reply);
  assert_remote_error (error, BN_ERROR_UNAVAILABLE);
  g_assert_nonnull (strstr (error->message, "the old one stays"));
  g_assert_cmpuint (read_uint (self, "Pid"), ==, pid);
  g_assert_cmpuint (count (self), ==, 1);
  replace_in_manifest (self, "Class=event", "Class=nothing");
  hub_fixture_wait (self, has_last_error, (gpointer) "echo.module: [Event told] Class");
  g_assert_cmpuint (read_uint (self, "Pid"), ==, pid);
  g_assert_cmpuint (count (self), ==, 2);
}

/* Each verb, and what it says when it is out of place. */
static void
test_verbs (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *verb;
    const char *state;
    gboolean fails;
  } steps[] = {
    { "module.load", "ready", FALSE },       { "module.unload", "stopped", FALSE },
    { "module.unload", "stopped", FALSE },   { "module.load", "ready", FALSE },
    { "module.disable", "disabled", FALSE }, { "module.load", "disabled", TRUE },
    { "module.reload", "disabled", TRUE },   { "module.enable", "ready", FALSE },
    { "module.disable", "disabled", FALSE },
  };
  g_autoptr (GVariant) state = NULL;

  hub_fixture_load_echo (self);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply =
          hub_fixture_request (self, steps[i].verb, "{'name': <'echo'>}", &error);
      g_autoptr (GVariant) now = hub_fixture_module_property (self, "State");

      g_test_message ("%s: %s", steps[i].verb, error != NULL ? error->message : "done");
      g_assert_cmpint (error != NULL, ==, steps[i].fails);
      g_assert_cmpstr (g_variant_get_string (now, NULL), ==, steps[i].state);
    }
  /* what a person disabled stays so over a restart, even after a crash of the hub */
  hub_fixture_stop (self, SIGKILL);
  hub_fixture_start (self);
  state = hub_fixture_module_property (self, "State");
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "disabled");
}

/* A folder that others may write is refused, and so is a manifest with an error; both are shown. */
static void
test_refused (HubFixture *self, gconstpointer data)
{
  g_autofree char *folder = g_build_filename (self->module_folder, "echo", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autofree char *text = NULL;

  hub_fixture_install (self, ECHO_FOLDER);
  g_assert_cmpint (g_chmod (folder, 0777), ==, 0);
  reply = hub_fixture_request (self, "module.load", "{'name': <'echo'>}", &error);
  g_assert_null (reply);
  assert_remote_error (error, BN_ERROR_FORBIDDEN);
  g_clear_error (&error);
  list = hub_fixture_request (self, "module.list", "{}", &error);
  g_assert_no_error (error);
  text = g_variant_print (list, FALSE);
  g_assert_nonnull (strstr (text, "'invalid'"));
  g_assert_nonnull (strstr (text, "chmod go-w"));
}

/* With the folder, the module and its object go. */
static void
test_removed (HubFixture *self, gconstpointer data)
{
  g_autofree char *manifest = hub_fixture_module_file (self, "echo", "echo.module");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  hub_fixture_load_echo (self);
  g_assert_cmpint (g_unlink (manifest), ==, 0);
  hub_fixture_wait_event (self, "module.state_changed", "'removed'");
  reply = hub_fixture_echo (self, "Echo", g_variant_new ("(s)", "a"), &error);
  g_assert_null (reply);
  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/modules/" path, HubFixture, NULL, hub_fixture_set_up, func,                    \
              hub_fixture_tear_down)
  ADD ("forwarding", test_forwarding);
  ADD ("requests", test_requests);
  ADD ("deadline", test_deadline);
  ADD ("crash", test_crash);
  ADD ("hang", test_hang);
  ADD ("hanging-worker", test_hanging_worker);
  ADD ("backoff", test_backoff);
  ADD ("quarantine", test_quarantine);
  ADD ("reload-state", test_reload_state);
  ADD ("reload-under-load", test_reload_under_load);
  ADD ("changed-file", test_changed_file);
  ADD ("broken-version", test_broken_version);
  ADD ("verbs", test_verbs);
  ADD ("refused", test_refused);
  ADD ("removed", test_removed);
  return g_test_run ();
}
