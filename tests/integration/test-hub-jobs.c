/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Jobs of a real module: on the bus, by requests, after the end of the module, over a reload. */
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "bus-client.h"
#include "introspection/names.h"

#define LIVE_MAX 32

static void
set_up (HubFixture *self, gconstpointer data)
{
  hub_fixture_set_up (self, data);
  hub_fixture_load_echo (self);
}

static guint
read_id (const char *path)
{
  g_assert_true (g_str_has_prefix (path, BN_JOBS_PATH "/"));
  return (guint)g_ascii_strtoull (strrchr (path, '/') + 1, NULL, 10);
}

/* By a request; @options of echo.start_job in text form. */
static guint
start (HubFixture *self, const char *title, const char *options)
{
  g_autofree char *payload =
      g_strdup_printf ("{'title': <'%s'>, 'options': <@a{sv} %s>}", title, options);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_request (self, "echo.start_job", payload, &error);
  const char *path;

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (reply, "job", "&o", &path));
  return read_id (path);
}

static void
echo (HubFixture *self, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_echo (self, method, arguments, &error);

  g_assert_no_error (error);
}

/* A request about one job. */
static GVariant *
ask (HubFixture *self, const char *type, guint id)
{
  g_autofree char *payload = g_strdup_printf ("{'id': <%u>}", id);
  g_autoptr (GError) error = NULL;
  GVariant *reply = hub_fixture_request (self, type, payload, &error);

  g_assert_no_error (error);
  return reply;
}

static void
refuse (HubFixture *self, const char *type, guint id, BnError code)
{
  g_autofree char *payload = g_strdup_printf ("{'id': <%u>}", id);

  hub_fixture_refuse_request (self, type, payload, code);
}

/* A string of job.get; empty if there is none. */
static char *
get_text (HubFixture *self, guint id, const char *key)
{
  g_autoptr (GVariant) row = ask (self, "job.get", id);
  char *text = NULL;

  return g_variant_lookup (row, key, "s", &text) ? text : g_strdup ("");
}

static void
assert_text (HubFixture *self, guint id, const char *key, const char *expected)
{
  g_autofree char *text = get_text (self, id, key);

  g_assert_cmpstr (text, ==, expected);
}

static char *
make_path (guint id)
{
  return g_strdup_printf (BN_JOBS_PATH "/%u", id);
}

static GVariant *
get_property (HubFixture *self, guint id, const char *name)
{
  g_autofree char *path = make_path (id);

  return hub_fixture_property (self, path, BN_IFACE_JOB, name);
}

typedef struct
{
  guint id;
  const char *state;
} Wanted;

static gboolean
has_state (HubFixture *self, gpointer user_data)
{
  const Wanted *wanted = user_data;
  g_autofree char *state = get_text (self, wanted->id, "state");

  return g_str_equal (state, wanted->state);
}

static void
wait_state (HubFixture *self, guint id, const char *state)
{
  Wanted wanted = { id, state };

  hub_fixture_wait (self, has_state, &wanted);
}

/* The reading end of the log, on the bus. */
static int
open_log (HubFixture *self, guint id)
{
  g_autofree char *path = make_path (id);
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_sync (
      self->connection, BN_BUS_NAME, path, BN_IFACE_JOB, "OpenLog", NULL, G_VARIANT_TYPE ("(h)"),
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &descriptors, NULL, &error);
  int fd;

  g_assert_no_error (error);
  fd = g_unix_fd_list_get (descriptors, 0, &error);
  g_assert_no_error (error);
  return fd;
}

/* Up to the end of the log. */
static char *
read_log (HubFixture *self, guint id)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int fd = open_log (self, id);
  char buffer[4096];
  gssize n;

  while ((n = read (fd, buffer, sizeof buffer)) > 0)
    g_string_append_len (text, buffer, n);
  g_assert_cmpint (n, ==, 0);
  close (fd);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_log (HubFixture *self, guint id, const char *expected)
{
  g_autofree char *text = read_log (self, id);

  g_assert_cmpstr (text, ==, expected);
}

/* From its start to its end, as everybody sees it. */
static void
test_life (HubFixture *self, gconstpointer data)
{
  guint id = start (self, "Installing nginx", "{}");
  g_autoptr (GVariant) row = NULL;
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GVariant) value = NULL;
  int answer = 0;

  hub_fixture_wait_event (self, "job.started", "Installing nginx");
  assert_text (self, id, "state", "running");
  assert_text (self, id, "module", "echo");
  assert_text (self, id, "method", "echo.start_job");
  echo (self, "ReportJob", g_variant_new ("(udss)", id, 0.25, "Unpacking", "one\n"));
  echo (self, "ReportJob", g_variant_new ("(udss)", id, 0.5, "Unpacking", "two\n"));
  echo (self, "EndJob", g_variant_new ("(us)", id, "succeed"));
  hub_fixture_wait_event (self, "job.finished", "succeeded");
  row = ask (self, "job.get", id);
  g_assert_true (g_variant_lookup (row, "result", "@a{sv}", &result));
  g_assert_true (g_variant_lookup (result, "answer", "i", &answer));
  g_assert_cmpint (answer, ==, 42);
  assert_text (self, id, "message", "Unpacking");
  assert_log (self, id, "one\ntwo\n");
  value = get_property (self, id, "Progress");
  g_assert_cmpfloat (g_variant_get_double (value), ==, 1);
  refuse (self, "job.cancel", id, BN_ERROR_CONFLICT);
  refuse (self, "job.get", id + 1, BN_ERROR_NOT_FOUND);
  refuse (self, "job.open_log", id, BN_ERROR_UNSUPPORTED); /* without the option "stream" */
  hub_fixture_refuse_request (self, "job.get", "{'id': <'x'>}", BN_ERROR_BAD_PAYLOAD);
}

static void
test_ends (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *how;
    const char *state;
    const char *error;
  } ends[] = {
    { "succeed", "succeeded", "" },
    { "fail", "failed", "conflict: It is locked" },
    { "cancelled", "cancelled", "" },
    { "drop", "failed", "internal: The module dropped the job before its end" },
    { "too-large", "failed", "internal: The result of a job has " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      guint id = start (self, ends[i].how, "{}");
      g_autofree char *error = NULL;

      echo (self, "EndJob", g_variant_new ("(us)", id, ends[i].how));
      wait_state (self, id, ends[i].state);
      error = get_text (self, id, "error");
      g_test_message ("%s: %s", ends[i].how, error);
      g_assert_true (g_str_has_prefix (error, ends[i].error));
    }
  /* What is said of a job that is over, or of no job, is refused and counted. */
  echo (self, "MisuseJob", g_variant_new ("(u)", 1));
  echo (self, "MisuseJob", g_variant_new ("(u)", 1000));
  echo (self, "Echo", g_variant_new ("(s)", "after it"));
  g_assert_cmpuint (hub_fixture_statistic (self, "jobs_late"), ==, 2);
  assert_text (self, 1, "state", "succeeded");
}

/* The object on the bus: it appears and tells of changes; the path comes by a typed call too. */
static void
changed_cb (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup_printf ("%s %s", path, signal));
}

static void
test_object (HubFixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) signals = g_ptr_array_new_with_free_func (g_free);
  guint subscription =
      g_dbus_connection_signal_subscribe (self->connection, BN_BUS_NAME, NULL, NULL, NULL, NULL,
                                          G_DBUS_SIGNAL_FLAGS_NONE, changed_cb, signals, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) objects = NULL;
  g_autofree char *added = NULL;
  const char *path;
  guint finished = 0;

  reply = hub_fixture_echo (self, "StartJob", g_variant_new ("(sa{sv})", "A", NULL), &error);
  g_assert_no_error (error);
  g_variant_get (reply, "(&o)", &path);
  objects = hub_fixture_call (self, BN_HUB_PATH, "org.freedesktop.DBus.ObjectManager",
                              "GetManagedObjects", NULL, &error);
  g_assert_no_error (error);
  added = g_variant_print (objects, FALSE);
  g_assert_nonnull (strstr (added, path));
  echo (self, "EndJob", g_variant_new ("(us)", read_id (path), "succeed"));
  hub_fixture_wait_event (self, "job.finished", "succeeded");
  g_dbus_connection_signal_unsubscribe (self->connection, subscription);
  for (guint i = 0; i < signals->len; i++)
    {
      g_autofree char *end = g_strconcat (path, " Finished", NULL);

      if (g_str_equal (g_ptr_array_index (signals, i), end))
        finished++;
    }
  g_assert_cmpuint (finished, ==, 1);
}

static void
test_cancel (HubFixture *self, gconstpointer data)
{
  guint id = start (self, "A", "{}");
  guint stubborn = start (self, "B", "{'stubborn': <true>}");
  guint fixed = start (self, "C", "{'cancellable': <false>}");
  g_autofree char *path = make_path (stubborn);
  g_autoptr (GVariant) reply = ask (self, "job.cancel", id);
  g_autoptr (GVariant) called = NULL;
  g_autoptr (GError) error = NULL;

  wait_state (self, id, "cancelled");
  assert_log (self, id, "stopped\n");
  called = hub_fixture_call (self, path, BN_IFACE_JOB, "Cancel", NULL, &error);
  g_assert_no_error (error);
  assert_text (self, stubborn, "state", "cancelling");
  echo (self, "EndJob", g_variant_new ("(us)", stubborn, "succeed"));
  wait_state (self, stubborn, "succeeded");
  refuse (self, "job.cancel", fixed, BN_ERROR_UNSUPPORTED);
}

/* Whoever started it may go. */
static void
test_caller_leaves (HubFixture *self, gconstpointer data)
{
  BusClient *client = bus_client_new (self, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      client->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo", "org.binnacle.Echo1", "StartJob",
      g_variant_new_parsed ("('A', {'steps': <uint32 20>})"), G_VARIANT_TYPE ("(o)"),
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  const char *path;

  g_assert_no_error (error);
  g_variant_get (reply, "(&o)", &path);
  bus_client_free (client);
  wait_state (self, read_id (path), "succeeded");
}

/* The log is the hub's: a reader follows it over the death of the module. */
static void
test_module_dies (HubFixture *self, gconstpointer data)
{
  guint id = start (self, "A", "{}");
  int fd;
  char text[64] = "";
  g_autofree char *error = NULL;
  g_autoptr (GVariant) reply = NULL;

  echo (self, "ReportJob", g_variant_new ("(udss)", id, 0.5, "Half", "before\n"));
  fd = open_log (self, id);
  g_assert_cmpint (read (fd, text, sizeof text), ==, 7);
  reply = hub_fixture_echo (self, "Crash", NULL, NULL);
  g_assert_null (reply);
  wait_state (self, id, "failed");
  error = get_text (self, id, "error");
  g_assert_true (g_str_has_prefix (error, "unavailable: The module echo ended: "));
  g_assert_cmpint (read (fd, text, sizeof text), ==, 0);
  close (fd);
  assert_log (self, id, "before\n");
  /* The next process has no part in it. */
  hub_fixture_wait_state (self, "ready");
  echo (self, "MisuseJob", g_variant_new ("(u)", id));
  echo (self, "Echo", g_variant_new ("(s)", "after it"));
  assert_text (self, id, "state", "failed");
}

static void
test_hub_restarts (HubFixture *self, gconstpointer data)
{
  guint id = start (self, "A", "{}");
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GError) error = NULL;

  hub_fixture_stop (self, SIGKILL);
  hub_fixture_start (self);
  hub_fixture_wait_state (self, "ready");
  refuse (self, "job.get", id, BN_ERROR_NOT_FOUND);
  rows = hub_fixture_request (self, "job.list", "{}", &error);
  g_assert_no_error (error);
  list = g_variant_lookup_value (rows, "jobs", G_VARIANT_TYPE ("aa{sv}"));
  g_assert_cmpuint (g_variant_n_children (list), ==, 0);
}

static void
test_limit (HubFixture *self, gconstpointer data)
{
  for (guint i = 0; i < LIVE_MAX; i++)
    start (self, "A", "{}");
  hub_fixture_refuse_request (self, "echo.start_job", "{'title': <'B'>, 'options': <@a{sv} {}>}",
                              BN_ERROR_BUSY);
  g_assert_cmpuint (hub_fixture_statistic (self, "jobs_limited"), ==, 1);
  g_assert_cmpuint (hub_fixture_statistic (self, "jobs_live"), ==, LIVE_MAX);
  echo (self, "EndJob", g_variant_new ("(us)", 1, "drop"));
  wait_state (self, 1, "failed");
  start (self, "B", "{}");
}

static void
flooded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  g_assert_no_error (error);
  *(gboolean *)user_data = TRUE;
}

static gboolean
is_set (HubFixture *self, gpointer user_data)
{
  return *(gboolean *)user_data;
}

static void
count_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
  ++*(guint *)user_data;
}

/* 100,000 reports and a quarter of a megabyte of log: few messages, and the end of the log. */
static void
test_flood (HubFixture *self, gconstpointer data)
{
  g_autoptr (BusClient) client = bus_client_new (self, NULL);
  guint id = start (self, "A", "{}");
  gint64 began_usec = g_get_monotonic_time ();
  g_autofree char *path = make_path (id);
  gboolean answered = FALSE;
  g_autofree char *log = NULL;
  guint changed = 0;
  guint told = 0;
  guint most;
  guint subscription = g_dbus_connection_signal_subscribe (
      self->connection, BN_BUS_NAME, "org.freedesktop.DBus.Properties", "PropertiesChanged", path,
      NULL, G_DBUS_SIGNAL_FLAGS_NONE, count_cb, &changed, NULL);

  bus_client_subscribe (client, "['job.*']", "{}");
  g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_MODULES_PATH "/echo",
                          "org.binnacle.Echo1", "FloodJob", g_variant_new ("(u)", id), NULL, 0,
                          60000, NULL, flooded_cb, &answered);
  hub_fixture_wait (self, is_set, &answered);
  wait_state (self, id, "succeeded");
  bus_client_sync (client);
  most = (guint)((g_get_monotonic_time () - began_usec) / (100 * 1000)) + 5;
  for (guint i = 0; i < client->samples->len; i++)
    if (g_str_equal (bus_client_get_type (client->samples, i), "job.progress"))
      told++;
  g_dbus_connection_signal_unsubscribe (self->connection, subscription);
  g_test_message ("told %u and %u times", told, changed);
  g_assert_cmpuint (told, <=, most);
  g_assert_cmpuint (changed, >=, 1);
  g_assert_cmpuint (changed, <=, most);
  log = read_log (self, id);
  g_assert_true (g_str_has_suffix (log, "line 19999\n"));
  g_assert_cmpuint (strlen (log), <=, 256 * 1024 + 64);
}

static void
reload (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_request (self, "module.reload", "{'name': <'echo'>}", &error);

  g_assert_no_error (error);
}

/* A job that survives goes on in the next generation, with its log. */
static void
test_survives (HubFixture *self, gconstpointer data)
{
  guint id = start (self, "A", "{'survives': <true>}");
  g_autofree char *log = NULL;

  echo (self, "ReportJob", g_variant_new ("(udss)", id, 0.5, "Half", "one generation\n"));
  reload (self);
  assert_text (self, id, "state", "running");
  echo (self, "ReportJob", g_variant_new ("(udss)", id, 0.75, "More", "three\n"));
  echo (self, "EndJob", g_variant_new ("(us)", id, "succeed"));
  wait_state (self, id, "succeeded");
  assert_log (self, id, "one generation\nthe next generation\nthree\n");
}

static guint
get_generation (HubFixture *self)
{
  g_autoptr (GVariant) value = hub_fixture_module_property (self, "Generation");

  return g_variant_get_uint32 (value);
}

static gboolean
is_next_generation (HubFixture *self, gpointer user_data)
{
  return get_generation (self) > GPOINTER_TO_UINT (user_data);
}

/* One that cannot be handed over is waited for. */
static void
test_reload_waits (HubFixture *self, gconstpointer data)
{
  guint first = start (self, "First", "{}");
  guint second = start (self, "Second", "{}");
  guint generation = get_generation (self);

  hub_fixture_refuse_request (self, "module.reload", "{'name': <'echo'>}", BN_ERROR_CONFLICT);
  echo (self, "EndJob", g_variant_new ("(us)", first, "succeed"));
  wait_state (self, first, "succeeded");
  g_assert_cmpuint (get_generation (self), ==, generation);
  echo (self, "EndJob", g_variant_new ("(us)", second, "succeed"));
  hub_fixture_wait (self, is_next_generation, GUINT_TO_POINTER (generation));
  assert_text (self, second, "state", "succeeded");
}

static void
test_reload_forced (HubFixture *self, gconstpointer data)
{
  guint plain = start (self, "Plain", "{}");
  guint lasting = start (self, "Lasting", "{'survives': <true>}");
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_request (self, "module.force_reload", "{'name': <'echo'>}", &error);

  g_assert_no_error (error);
  assert_text (self, plain, "state", "failed");
  assert_text (self, plain, "error", "unavailable: The module echo was reloaded");
  assert_text (self, lasting, "state", "running");
  echo (self, "EndJob", g_variant_new ("(us)", lasting, "succeed"));
  wait_state (self, lasting, "succeeded");
}

/* That somebody asked to cancel it is not lost on the way. */
static void
test_survives_cancelling (HubFixture *self, gconstpointer data)
{
  guint id = start (self, "A", "{'survives': <true>, 'stubborn': <true>}");
  g_autoptr (GVariant) reply = ask (self, "job.cancel", id);

  assert_text (self, id, "state", "cancelling");
  reload (self);
  wait_state (self, id, "cancelled");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/hub-jobs/" name, HubFixture, NULL, set_up, func, hub_fixture_tear_down)
  ADD ("life", test_life);
  ADD ("ends", test_ends);
  ADD ("object", test_object);
  ADD ("cancel", test_cancel);
  ADD ("caller-leaves", test_caller_leaves);
  ADD ("module-dies", test_module_dies);
  ADD ("hub-restarts", test_hub_restarts);
  ADD ("limit", test_limit);
  ADD ("flood", test_flood);
  ADD ("reload-waits", test_reload_waits);
  ADD ("reload-forced", test_reload_forced);
  ADD ("survives", test_survives);
  ADD ("survives-cancelling", test_survives_cancelling);
  return g_test_run ();
}
