/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Supervision under a real hub: what is told of a module that fails, quarantine, and soft limits.
 */
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <utime.h>

#include "hub-fixture.h"
#include "introspection/names.h"

#define MEMORY_STEP ((guint64)32 << 20)

static guint
read_uint (HubFixture *self, const char *property)
{
  g_autoptr (GVariant) value = hub_fixture_module_property (self, property);

  return g_variant_get_uint32 (value);
}

static void
assert_text (HubFixture *self, const char *property, const char *part)
{
  g_autoptr (GVariant) value = hub_fixture_module_property (self, property);

  if (strstr (g_variant_get_string (value, NULL), part) == NULL)
    g_error ("%s is “%s”, without “%s”", property, g_variant_get_string (value, NULL), part);
}

static gint64
read_time (HubFixture *self, const char *property)
{
  g_autoptr (GVariant) value = hub_fixture_module_property (self, property);

  return g_variant_get_int64 (value);
}

/* Kills the process and waits for what the hub says. */
static void
kill_module (HubFixture *self, const char *state)
{
  g_autofree char *wanted = g_strdup_printf ("'state': <'%s'>", state);

  hub_fixture_wait_state (self, "ready");
  g_ptr_array_set_size (self->events, 0);
  kill ((GPid)read_uint (self, "Pid"), SIGKILL);
  hub_fixture_wait_event (self, "module.state_changed", wanted);
}

static GVariant *
read_row (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_request (self, "module.list", "{}", &error);
  g_autoptr (GVariant) rows = NULL;

  g_assert_no_error (error);
  rows = g_variant_lookup_value (reply, "modules", G_VARIANT_TYPE ("aa{sv}"));
  return g_variant_get_child_value (rows, 0);
}

/* Each change of state is told with its reason and its time, and kept. */
static void
test_history (HubFixture *self, gconstpointer data)
{
  g_autofree char *history = NULL;
  g_autoptr (GVariant) row = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) changes = NULL;
  g_autoptr (GError) error = NULL;
  gint64 began_usec = g_get_real_time ();
  gint64 last_usec = began_usec;
  gint64 since_usec = 0;
  guint failures = 0;
  const char *source = NULL;

  hub_fixture_load_echo (self);
  kill_module (self, "backoff");
  hub_fixture_wait_event (self, "module.state_changed", "'reason': <'It was ended by ");
  hub_fixture_wait_state (self, "ready");
  history = hub_fixture_get_history (self, "echo");
  g_test_message ("%s", history);
  g_assert_true (g_pattern_match_simple ("state starting: \nstate ready: \n"
                                         "state backoff: It was ended by signal 9 (*)\n"
                                         "state starting: \nstate ready: \n",
                                         history));
  reply = hub_fixture_request (self, "module.history", "{'name': <'echo'>}", &error);
  g_assert_no_error (error);
  changes = g_variant_lookup_value (reply, "changes", G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (changes); i++)
    {
      g_autoptr (GVariant) change = g_variant_get_child_value (changes, i);
      gint64 time_usec = 0;

      g_assert_true (g_variant_lookup (change, "time", "x", &time_usec));
      g_assert_cmpint (time_usec, >=, last_usec);
      last_usec = time_usec;
    }
  g_assert_cmpint (last_usec, <=, g_get_real_time ());
  row = read_row (self);
  g_assert_true (g_variant_lookup (row, "since", "x", &since_usec));
  g_assert_cmpint (since_usec, ==, read_time (self, "Since"));
  g_assert_true (g_variant_lookup (row, "failures", "u", &failures));
  g_assert_cmpuint (failures, ==, 1);
  g_assert_true (g_variant_lookup (row, "source", "&s", &source));
  g_assert_cmpstr (source, ==, "current");
  g_assert_false (g_variant_lookup (row, "reason", "s", NULL));
  g_assert_false (g_variant_lookup (row, "next_start", "x", NULL));
  g_assert_cmpint (read_time (self, "NextStart"), ==, 0);
  g_assert_cmpuint (read_uint (self, "Descriptors"), >, 3);
  assert_text (self, "LastError", "signal 9");
}

/* What a person does is no failure, and has a reason too. */
static void
test_reasons (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) unloaded = NULL;
  g_autoptr (GVariant) disabled = NULL;
  g_autoptr (GVariant) call = NULL;

  hub_fixture_load_echo (self);
  unloaded = hub_fixture_request (self, "module.unload", "{'name': <'echo'>}", &error);
  g_assert_no_error (error);
  assert_text (self, "Reason", "unloaded");
  call = hub_fixture_echo (self, "Count", NULL, &error);
  g_assert_nonnull (strstr (error->message, "it is not loaded"));
  g_clear_error (&error);
  disabled = hub_fixture_request (self, "module.disable", "{'name': <'echo'>}", &error);
  g_assert_no_error (error);
  assert_text (self, "Reason", "disabled");
  call = hub_fixture_echo (self, "Count", NULL, &error);
  g_assert_nonnull (strstr (error->message, "it is disabled"));
}

/* A call that comes while the module waits for its next start waits too, if that is early enough.
 */
static void
test_held (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) late = NULL;
  g_autoptr (GVariant) held = NULL;
  gint64 next_usec;

  hub_fixture_load_echo (self);
  for (guint i = 0; i < 4; i++)
    kill_module (self, "backoff"); /* the last one waits for 640 ms at least */
  next_usec = read_time (self, "NextStart");
  g_assert_cmpint (next_usec, >, g_get_real_time ());
  late = hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request",
                           g_variant_new_parsed ("('echo.count', @a{sv} {}, {'timeout-ms': <uint32 "
                                                 "1>})"),
                           &error);
  g_assert_null (late);
  g_test_message ("%s", error->message);
  g_assert_true (bn_error_is (error, BN_ERROR_UNAVAILABLE));
  g_assert_nonnull (strstr (error->message, "it failed and is started again in 1 s"));
  g_clear_error (&error);
  held = hub_fixture_echo (self, "Count", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_get_real_time (), >=, next_usec);
}

static void
quarantine (HubFixture *self)
{
  for (guint i = 0; i < 6; i++)
    kill_module (self, i < 5 ? "backoff" : "quarantined");
}

static void
touch_program (HubFixture *self)
{
  g_autofree char *program = hub_fixture_module_file (self, "echo", "binnacle-echo");

  g_assert_no_errno (g_utime (program, NULL));
}

static void
reset_failures (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_request (self, "module.reset_failures", "{'name': <'echo'>}", &error);

  g_assert_no_error (error);
  hub_fixture_wait_state (self, "ready");
}

/* Quarantine lasts until a person or a changed file ends it, over a crash of the hub and over an
 * orderly end. */
static void
test_quarantine (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) call = NULL;
  static const int signals[] = { SIGKILL, SIGTERM };

  hub_fixture_load_echo (self);
  quarantine (self);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      hub_fixture_stop (self, signals[i]);
      hub_fixture_start (self);
      hub_fixture_wait_state (self, "quarantined");
      assert_text (self, "Reason", "It failed 6 times in 60 s; the last time: It was ended by ");
      assert_text (self, "LastError", "It failed 6 times");
    }
  call = hub_fixture_echo (self, "Count", NULL, &error);
  g_assert_true (bn_error_is (error, BN_ERROR_UNAVAILABLE));
  g_assert_nonnull (strstr (error->message, "it failed too often and was stopped"));

  reset_failures (self);
  hub_fixture_stop (self, SIGKILL);
  hub_fixture_start (self);
  hub_fixture_wait_state (self, "ready");

  quarantine (self);
  touch_program (self);
  hub_fixture_wait_state (self, "ready");

  quarantine (self);
  hub_fixture_stop (self, SIGKILL);
  touch_program (self);
  hub_fixture_start (self);
  hub_fixture_wait_state (self, "ready");
}

static void
add_to_manifest (const char *manifest, const char *line)
{
  g_autofree char *group = g_strconcat ("[Module]\n", line, "\n", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) changed = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (manifest, &text, NULL, &error);
  g_assert_no_error (error);
  changed = g_string_new (text);
  g_string_replace (changed, "[Module]\n", group, 1);
  g_file_set_contents (manifest, changed->str, -1, &error);
  g_assert_no_error (error);
}

static void
set_limit (HubFixture *self, const char *line)
{
  g_autofree char *manifest = hub_fixture_module_file (self, "echo", "echo.module");

  add_to_manifest (manifest, line);
  hub_fixture_wait_event (self, "module.reloaded", "'result': <'reloaded'>");
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

/* A worker's reports are what the looks come with. */
static void
watch_tick (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Subscribe",
                        g_variant_new_parsed ("(['echo.tick'], @a{sv} {})"), &error);

  g_assert_no_error (error);
}

static gboolean
has_last_error (HubFixture *self, gpointer text)
{
  g_autoptr (GVariant) error = hub_fixture_module_property (self, "LastError");

  return strstr (g_variant_get_string (error, NULL), text) != NULL;
}

/* Past the soft limit of memory the module is reloaded, and keeps its state. One that is there
 * again soon after is not reloaded again. */
static void
test_memory (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) memory = NULL;
  g_autoptr (GVariant) leaked = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autofree char *line = NULL;
  g_autofree char *history = NULL;
  guint64 limit;

  hub_fixture_load_echo (self);
  memory = hub_fixture_module_property (self, "Memory");
  limit = g_variant_get_uint64 (memory) + MEMORY_STEP;
  line = g_strdup_printf ("MemoryHigh=%" G_GUINT64_FORMAT, limit);
  set_limit (self, line);
  g_assert_cmpuint (count (self), ==, 1);
  leaked = hub_fixture_echo (self, "Leak", g_variant_new ("(t)", 2 * MEMORY_STEP), &error);
  g_assert_no_error (error);
  watch_tick (self);
  hub_fixture_wait_event (self, "module.reloaded", "'result': <'planned'>");
  g_assert_cmpuint (read_uint (self, "Generation"), ==, 3);
  g_assert_cmpuint (read_uint (self, "Restarts"), ==, 0);
  g_assert_cmpuint (count (self), ==, 2);
  history = hub_fixture_get_history (self, "echo");
  g_test_message ("%s", history);
  g_assert_nonnull (strstr (history, "limit ready: It takes "));
  g_assert_nonnull (strstr (history, "reload ready: It takes "));
  assert_text (self, "LastError", "");

  again = hub_fixture_echo (self, "Leak", g_variant_new ("(t)", 2 * MEMORY_STEP), &error);
  g_assert_no_error (error);
  hub_fixture_wait (self, has_last_error, (gpointer) "a reload did not help for long");
  g_assert_cmpuint (read_uint (self, "Generation"), ==, 3);
}

/* Past the soft limit of descriptors likewise. It is looked at with calls: this module has no
 * worker. */
static void
test_descriptors (HubFixture *self, gconstpointer data)
{
  g_autofree char *manifest = hub_fixture_module_file (self, "rogue", "rogue.module");
  g_autofree char *history = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) loaded = NULL;
  g_autoptr (GVariant) called = NULL;

  hub_fixture_install_rogue (self, "1.0", "files=48");
  add_to_manifest (manifest, "LimitNOFILE=64");
  loaded = hub_fixture_request (self, "module.load", "{'name': <'rogue'>}", &error);
  g_assert_no_error (error);
  called = hub_fixture_request (self, "rogue.get_value", "{}", &error);
  g_assert_no_error (error);
  hub_fixture_wait_event (self, "module.reloaded", "three quarters of LimitNOFILE");
  hub_fixture_wait_event (self, "module.reloaded", "'result': <'planned'>");
  history = hub_fixture_get_history (self, "rogue");
  g_assert_nonnull (strstr (history, "limit ready: It has 5"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/supervision/" path, HubFixture, NULL, hub_fixture_set_up, func,                \
              hub_fixture_tear_down)
  ADD ("history", test_history);
  ADD ("reasons", test_reasons);
  ADD ("held", test_held);
  ADD ("quarantine", test_quarantine);
  ADD ("memory", test_memory);
  ADD ("descriptors", test_descriptors);
  return g_test_run ();
}
