/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Hot reload under a real hub: probation and the way back, state, and reloads that come together.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <utime.h>

#include "hub-fixture.h"
#include "introspection/names.h"

#define ROGUE_PATH BN_MODULES_PATH "/rogue"
#define ROLL_BACK_USEC G_USEC_PER_SEC
#define TOUCHES 1000
#define RELOADS 50

static guint
get (HubFixture *self, const char *method)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, ROGUE_PATH, "org.binnacle.Rogue1", method, NULL, &error);
  guint value;

  g_assert_no_error (error);
  g_variant_get (reply, "(u)", &value);
  return value;
}

static char *
read_text (HubFixture *self, const char *property)
{
  g_autoptr (GVariant) value = hub_fixture_property (self, ROGUE_PATH, BN_IFACE_MODULE, property);

  return g_variant_dup_string (value, NULL);
}

static void
assert_text (HubFixture *self, const char *property, const char *text)
{
  g_autofree char *value = read_text (self, property);

  g_assert_cmpstr (value, ==, text);
}

static guint
read_uint (HubFixture *self, const char *property)
{
  g_autoptr (GVariant) value = hub_fixture_property (self, ROGUE_PATH, BN_IFACE_MODULE, property);

  return g_variant_get_uint32 (value);
}

static void
request (HubFixture *self, const char *type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_request (self, type, "{'name': <'rogue'>}", &error);

  g_assert_no_error (error);
}

static void
load (HubFixture *self, const char *arguments)
{
  g_autofree char *copy = NULL;

  hub_fixture_install_rogue (self, "1.0", arguments);
  request (self, "module.load");
  copy = hub_fixture_wait_for_copy (self, "rogue");
  g_test_message ("kept as %s", copy);
}

static void
rescan (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_MODULES, "Rescan", NULL, &error);

  g_assert_no_error (error);
}

static gboolean
has_state (HubFixture *self, gpointer state)
{
  g_autofree char *is = read_text (self, "State");

  return g_str_equal (is, state);
}

static void
assert_rolled_back (HubFixture *self)
{
  g_autofree char *last_error = read_text (self, "LastError");

  assert_text (self, "State", "ready");
  assert_text (self, "Source", "previous");
  assert_text (self, "Version", "1.0");
  g_assert_cmpuint (get (self, "GetValue"), ==, 1);
  g_test_message ("%s", last_error);
}

/* A version that fails twice in its probation is followed by the one before it, at once; it is not
 * tried again by itself, also not by the next hub; the next version is. */
static void
test_roll_back (HubFixture *self, gconstpointer data)
{
  g_autofree char *history = NULL;
  g_autofree char *last_error = NULL;
  guint generation;
  gint64 failed_usec;

  load (self, "value=1");
  hub_fixture_install_rogue (self, "2.0", "value=2 dies=30");
  hub_fixture_wait_event (self, "module.reloaded", "'result': <'reloaded'>");
  hub_fixture_wait_event (self, "module.state_changed", "'state': <'backoff'>");
  failed_usec = g_get_monotonic_time ();
  hub_fixture_wait_event (self, "module.reloaded", "'result': <'rolled_back'>");
  hub_fixture_wait (self, has_state, (gpointer) "ready");
  g_test_message ("from the first failure to the old version: %" G_GINT64_FORMAT " ms",
                  (g_get_monotonic_time () - failed_usec) / 1000);
  g_assert_cmpint (g_get_monotonic_time () - failed_usec, <, ROLL_BACK_USEC);
  assert_rolled_back (self);
  last_error = read_text (self, "LastError");
  g_assert_true (g_str_has_prefix (last_error,
                                   "The version 2.0 failed 2 times in 30 s, the version "
                                   "1.0 runs again: It exited with code 3"));
  history = hub_fixture_get_history (self, "rogue");
  g_assert_nonnull (strstr (history, "roll_back "));
  generation = read_uint (self, "Generation");
  rescan (self);
  g_assert_cmpuint (read_uint (self, "Generation"), ==, generation);

  hub_fixture_stop (self, SIGKILL);
  hub_fixture_start (self);
  hub_fixture_wait (self, has_state, (gpointer) "ready");
  assert_rolled_back (self);
  rescan (self);
  g_assert_cmpuint (read_uint (self, "Generation"), ==, 1);

  g_ptr_array_set_size (self->events, 0);
  hub_fixture_install_rogue (self, "3.0", "value=3");
  hub_fixture_wait_event (self, "module.reloaded", "'result': <'reloaded'>");
  g_assert_cmpuint (get (self, "GetValue"), ==, 3);
  assert_text (self, "Source", "current");
  assert_text (self, "LastError", "");
}

/* A probation goes on in the next hub. */
static void
test_probation_lasts (HubFixture *self, gconstpointer data)
{
  load (self, "value=1");
  hub_fixture_install_rogue (self, "2.0", "value=2 dies=1500");
  hub_fixture_wait_event (self, "module.reloaded", "'result': <'reloaded'>");
  hub_fixture_stop (self, SIGTERM);
  hub_fixture_start (self);
  hub_fixture_wait (self, has_state, (gpointer) "ready");
  g_assert_cmpuint (get (self, "GetValue"), ==, 2);
  hub_fixture_wait_event (self, "module.reloaded", "'result': <'rolled_back'>");
  hub_fixture_wait (self, has_state, (gpointer) "ready");
  assert_rolled_back (self);
}

/* What runs can start again although its folder has a version that is refused. */
static void
test_start_again (HubFixture *self, gconstpointer data)
{
  g_autofree char *last_error = NULL;

  load (self, "value=1");
  hub_fixture_install_rogue (self, "2.0", "value=2 protocol=9");
  hub_fixture_wait_event (self, "module.reloaded", "'result': <'refused'>");
  assert_text (self, "Source", "current");
  kill ((GPid)read_uint (self, "Pid"), SIGKILL);
  hub_fixture_wait_event (self, "module.state_changed", "'state': <'backoff'>");
  hub_fixture_wait (self, has_state, (gpointer) "ready");
  assert_rolled_back (self);
  last_error = read_text (self, "LastError");
  g_assert_nonnull (strstr (last_error, "The version 2.0 did not get ready"));
}

/* A copy that somebody changed is not started: without it the new version goes on failing. */
static void
test_changed_copy (HubFixture *self, gconstpointer data)
{
  g_autofree char *copy = NULL;
  g_autofree char *manifest = NULL;
  g_autoptr (GError) error = NULL;

  load (self, "value=1");
  copy = hub_fixture_wait_for_copy (self, "rogue");
  manifest = g_build_filename (copy, "rogue.module", NULL);
  g_file_set_contents (manifest, "[Module]\nName=rogue\nExec=/bin/false\n", -1, &error);
  g_assert_no_error (error);
  hub_fixture_install_rogue (self, "2.0", "value=2 dies=50");
  hub_fixture_wait_event (self, "module.state_changed", "'quarantined'");
  assert_text (self, "Version", "2.0");
  assert_text (self, "Source", "current");
}

/* A state that cannot be handed over is no reason to refuse the new version: it starts clean, and
 * the history says so. */
static void
test_state (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *old_arguments;
    const char *new_arguments;
    guint restored;
    const char *part;
  } rows[] = {
    { "value=1", "value=2", 1, "reload ready: \n" },
    { "value=1 state=large", "value=2", 0,
      "It started clean: the state of the old version has 26" },
    { "value=1 state=type", "value=2", 0,
      "It started clean: the old version returned a state of the type (s)" },
    { "value=1 state=silent", "value=2", 0, "It started clean: the old version gave no state: " },
    { "value=1 state=exit", "value=2", 0, "It started clean: the old version ended meanwhile" },
    { "value=1", "value=2 state=refuse", 0,
      "It started clean: it refused the state: the state is of version 7" },
  };

  load (self, "value=9");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *history = NULL;

      g_test_message ("%s; %s", rows[i].old_arguments, rows[i].new_arguments);
      hub_fixture_install_rogue (self, "1.0", rows[i].old_arguments);
      request (self, "module.reload");
      hub_fixture_install_rogue (self, "2.0", rows[i].new_arguments);
      request (self, "module.reload");
      g_assert_cmpuint (get (self, "GetValue"), ==, 2);
      g_assert_cmpuint (get (self, "GetRestored"), ==, rows[i].restored);
      history = hub_fixture_get_history (self, "rogue");
      g_assert_nonnull (strstr (history, rows[i].part));
    }
  hub_fixture_wait_event (self, "module.reloaded", "'swap_usec': <uint64 ");
}

/* What a module gives as a reason is kept and told to everybody: it is cut. */
static void
test_long_reason (HubFixture *self, gconstpointer data)
{
  g_autofree char *history = NULL;

  load (self, "value=1");
  hub_fixture_install_rogue (self, "2.0", "value=2 state=complain");
  request (self, "module.reload");
  g_assert_cmpuint (get (self, "GetValue"), ==, 2);
  history = hub_fixture_get_history (self, "rogue");
  g_assert_nonnull (strstr (history, "It started clean: it refused the state: xxx"));
  g_assert_cmpuint (strlen (history), <, 4096);
  hub_fixture_wait_event (self, "module.reloaded", "it refused the state: xxx");
  for (guint i = 0; i < self->events->len; i++)
    g_assert_cmpuint (strlen (g_ptr_array_index (self->events, i)), <, 4096);
}

/* With the SDK: a module refuses a state of another version. */
static void
test_refused_state (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) loaded = NULL;
  g_autoptr (GVariant) reloaded = NULL;
  g_autofree char *history = NULL;

  hub_fixture_install (self, CALLER_FOLDER);
  loaded = hub_fixture_request (self, "module.load", "{'name': <'caller'>}", &error);
  g_assert_no_error (error);
  reloaded = hub_fixture_request (self, "module.reload", "{'name': <'caller'>}", &error);
  g_assert_no_error (error);
  history = hub_fixture_get_history (self, "caller");
  g_assert_nonnull (strstr (history, "It started clean: it refused the state: it is of version 2"));
}

typedef struct
{
  guint waiting;
} Answers;

static void
reloaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  g_assert_no_error (error);
  ((Answers *)user_data)->waiting--;
}

static gboolean
all_answered (HubFixture *self, gpointer user_data)
{
  return ((Answers *)user_data)->waiting == 0;
}

static gboolean
is_counted (HubFixture *self, gpointer user_data)
{
  return hub_fixture_statistic (self, "late") == 1;
}

typedef struct
{
  guint waiting;
  guint failed;
} Greetings;

static void
greeted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Greetings *greetings = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  greetings->waiting--;
  if (reply == NULL)
    {
      g_test_message ("%s", error->message);
      greetings->failed++;
    }
}

static gboolean
all_greeted (HubFixture *self, gpointer user_data)
{
  return ((Greetings *)user_data)->waiting == 0;
}

/* Requests that a module answers as a responder, without a method, wait for the new generation too:
 * none is lost over many reloads. */
static void
test_responder (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) loaded = NULL;
  Greetings greetings = { 0, 0 };

  hub_fixture_install (self, CALLER_FOLDER);
  loaded = hub_fixture_request (self, "module.load", "{'name': <'caller'>}", &error);
  g_assert_no_error (error);
  for (guint round = 0; round < 20; round++)
    {
      g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_MODULES,
                              "Reload", g_variant_new ("(s)", "caller"), NULL, 0, 20000, NULL,
                              greeted_cb, &greetings);
      greetings.waiting++;
      for (guint i = 0; i < 20; i++, greetings.waiting++)
        g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_EVENT_BUS,
                                "Request",
                                g_variant_new_parsed ("('caller.hello', @a{sv} {}, @a{sv} {})"),
                                NULL, 0, 20000, NULL, greeted_cb, &greetings);
      hub_fixture_wait (self, all_greeted, &greetings);
    }
  g_assert_cmpuint (greetings.failed, ==, 0);
}

/* What the old generation says after the switch reaches nobody, and is counted. */
static void
test_late (HubFixture *self, gconstpointer data)
{
  load (self, "value=1 stop=told");
  hub_fixture_install_rogue (self, "2.0", "value=2");
  request (self, "module.reload");
  while (!is_counted (self, NULL))
    g_assert_cmpuint (get (self, "GetValue"), ==, 2);
  for (guint i = 0; i < self->events->len; i++)
    g_assert_false (g_str_has_prefix (g_ptr_array_index (self->events, i), "rogue.told"));
}

/* Of many reloads that are asked for together there are two: the one under way, and one after it.
 */
static void
test_asked_together (HubFixture *self, gconstpointer data)
{
  Answers answers = { RELOADS };

  load (self, "value=1");
  for (guint i = 0; i < RELOADS; i++)
    g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_MODULES, "Reload",
                            g_variant_new ("(s)", "rogue"), NULL, 0, 20000, NULL, reloaded_cb,
                            &answers);
  hub_fixture_wait (self, all_answered, &answers);
  g_test_message ("%d reloads made %u", RELOADS, read_uint (self, "Generation") - 1);
  g_assert_cmpuint (read_uint (self, "Generation"), <=, 5);
  g_assert_cmpuint (get (self, "GetRestored"), ==, 1);
}

static gboolean
has_value (HubFixture *self, gpointer value)
{
  return get (self, "GetValue") == GPOINTER_TO_UINT (value);
}

/* A storm of changes, in which the program answers all the time, ends with the last version. */
static void
test_storm (HubFixture *self, gconstpointer data)
{
  g_autofree char *program = NULL;

  load (self, "value=1");
  program = hub_fixture_module_file (self, "rogue", "binnacle-rogue");
  for (guint i = 0; i < TOUCHES; i++)
    {
      g_assert_no_errno (g_utime (program, NULL));
      g_assert_cmpuint (get (self, "GetValue"), ==, 1);
    }
  hub_fixture_install_rogue (self, "2.0", "value=2");
  hub_fixture_wait (self, has_value, GUINT_TO_POINTER (2));
  g_test_message ("%d changes made %u reloads", TOUCHES, read_uint (self, "Generation") - 1);
  g_assert_cmpuint (read_uint (self, "Generation"), <, 20);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/reload/" path, HubFixture, NULL, hub_fixture_set_up, func,                     \
              hub_fixture_tear_down)
  ADD ("roll-back", test_roll_back);
  ADD ("probation-lasts", test_probation_lasts);
  ADD ("start-again", test_start_again);
  ADD ("changed-copy", test_changed_copy);
  ADD ("state", test_state);
  ADD ("refused-state", test_refused_state);
  ADD ("long-reason", test_long_reason);
  ADD ("responder", test_responder);
  ADD ("late", test_late);
  ADD ("asked-together", test_asked_together);
  ADD ("storm", test_storm);
  return g_test_run ();
}
