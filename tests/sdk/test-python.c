/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Modules in Python: the program binnacle-parrot, and the example of the SDK's README. */
#include "module-hub.h"

#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "introspection/error.h"
#include "introspection/names.h"

#define PARROT_IFACE "org.binnacle.Parrot1"

static char *parrot_folder;

static ModuleHub *
start_parrot (GVariant *restore)
{
  ModuleHub *hub = module_hub_new (parrot_folder, restore, NULL);

  module_hub_wait_for (hub, hub->n_ready == 1);
  return hub;
}

static GVariant *
call (ModuleHub *hub, const char *interface, const char *member, const char *parameters)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply =
      module_hub_call (hub, interface, member,
                       parameters != NULL ? g_variant_new_parsed (parameters) : NULL, &error);

  g_assert_no_error (error);
  return reply;
}

static void
assert_printed (GVariant *value, const char *expected)
{
  g_autofree char *printed = g_variant_print (value, TRUE);

  g_assert_cmpstr (printed, ==, expected);
}

static void
test_types (void)
{
  g_autoptr (ModuleHub) hub = start_parrot (NULL);
  g_autoptr (GVariant) reply =
      call (hub, PARROT_IFACE, "Types",
            "(uint32 7, b'bytes', {'a': (1, [0.5, 2.0])}, <{'k': <[<'x'>, <true>]>}>)");
  g_autoptr (GVariant) empty =
      call (hub, PARROT_IFACE, "Types", "(uint32 0, @ay [], @a{s(iad)} {}, <int64 -5>)");

  assert_printed (reply,
                  "(uint32 7, b'bytes', {'a': (1, [0.5, 2.0])}, <{'k': <[<'x'>, <true>]>}>)");
  assert_printed (empty, "(uint32 0, @ay [], @a{s(iad)} {}, <int64 -5>)");
  module_hub_stop (hub);
}

static void
test_failures (void)
{
  static const struct
  {
    const char *member;
    const char *argument;
    BnError code;
    const char *message;
  } cases[] = {
    { "Fail", "error", BN_ERROR_CONFLICT, "it is locked" },
    { "Fail", "exception", BN_ERROR_INTERNAL, "IndexError: list index out of range" },
    { "Fail", "result", BN_ERROR_INTERNAL, "returned something, but has no out argument" },
    { "Fail", "code", BN_ERROR_INTERNAL, "there is no error code 'no_such_code'" },
    { "Emit", "unknown-event", BN_ERROR_UNKNOWN_TYPE, "no group [Event sung]" },
    { "Emit", "unknown-field", BN_ERROR_BAD_PAYLOAD, "no field 'note'" },
    { "Emit", "wrong-type", BN_ERROR_INTERNAL, "OverflowError" },
  };
  g_autoptr (ModuleHub) hub = start_parrot (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply = module_hub_call (
          hub, PARROT_IFACE, cases[i].member, g_variant_new ("(s)", cases[i].argument), &error);

      g_test_message ("%s: %s", cases[i].argument, error != NULL ? error->message : "no error");
      g_assert_error (error, BN_ERROR, (int)cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }
  g_assert_cmpuint (hub->events->len, ==, 0);
  module_hub_stop (hub);
}

static void
got_reply (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GPtrArray *order = user_data;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  guint slept_ms;

  g_assert_nonnull (reply);
  g_variant_get (reply, "(u)", &slept_ms);
  g_ptr_array_add (order, GUINT_TO_POINTER (slept_ms));
}

/* Two coroutines wait at the same time: the shorter is answered first. */
static void
test_coroutines (void)
{
  g_autoptr (ModuleHub) hub = start_parrot (NULL);
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  const guint durations_ms[] = { 400, 10 };

  for (guint i = 0; i < G_N_ELEMENTS (durations_ms); i++)
    g_dbus_connection_call (hub->connection, NULL, BN_MODULES_PATH "/parrot", PARROT_IFACE, "Later",
                            g_variant_new ("(u)", durations_ms[i]), NULL, G_DBUS_CALL_FLAGS_NONE,
                            -1, NULL, got_reply, order);
  module_hub_wait_for (hub, order->len == 2);
  g_assert_cmpuint (GPOINTER_TO_UINT (order->pdata[0]), ==, 10);
  module_hub_stop (hub);
}

static void
test_requests (void)
{
  g_autoptr (ModuleHub) hub = start_parrot (NULL);
  g_autoptr (GVariant) answer = call (hub, PARROT_IFACE, "Ask", "('module.list',)");
  g_autoptr (GVariant) refused = call (hub, PARROT_IFACE, "Ask", "('nobody.there',)");
  g_autoptr (GVariant) payload = g_variant_get_child_value (hub->requests->pdata[0], 1);

  assert_printed (answer, "('module.list',)");
  assert_printed (refused, "('no_target: there is no module \"nobody\"',)");
  assert_printed (payload, "{'from': <'parrot'>}");
  module_hub_stop (hub);
}

static void
test_descriptors (void)
{
  g_autoptr (ModuleHub) hub = start_parrot (NULL);
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GUnixFDList) answer = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GError) error = NULL;
  char text[16] = "";
  int ends[2];

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, &error));
  g_assert_cmpint (write (ends[1], "ahoy", 4), ==, 4);
  close (ends[1]);
  descriptors = g_unix_fd_list_new_from_array (ends, 1);
  reply = module_hub_call_with_descriptors (hub, PARROT_IFACE, "Upper", g_variant_new ("(h)", 0),
                                            descriptors, &answer, &error);
  g_assert_no_error (error);
  stream = g_unix_input_stream_new (g_unix_fd_list_get (answer, 0, &error), TRUE);
  g_assert_no_error (error);
  g_assert_true (g_input_stream_read_all (stream, text, sizeof text - 1, NULL, NULL, &error));
  g_assert_cmpstr (text, ==, "AHOY");
  module_hub_stop (hub);
}

static void
test_events (void)
{
  g_autoptr (ModuleHub) hub = start_parrot (NULL);
  g_autoptr (GVariant) event = call (hub, PARROT_IFACE, "Emit", "('event',)");
  g_autoptr (GVariant) sample = call (hub, PARROT_IFACE, "Emit", "('sample',)");
  g_autoptr (GVariant) gone = call (hub, PARROT_IFACE, "Emit", "('gone',)");
  g_autoptr (GVariant) watch = call (hub, PARROT_IFACE, "Watch", "('a.*',)");
  g_autoptr (GVariant) request = NULL;
  g_autoptr (GError) error = NULL;

  module_hub_wait_for (hub, hub->samples->len == 2);
  assert_printed (hub->events->pdata[0],
                  "('said', {'text': <'x'>, 'from': <'parrot'>, 'number': <uint32 7>, "
                  "'flags': <[byte 0x01, 0x02]>, 'words': <['a', 'b']>})");
  assert_printed (hub->samples->pdata[0], "('cage', {'id': <'one'>}, @a{sv} {})");
  assert_printed (hub->samples->pdata[1], "('cage', {'id': <'one'>}, {'gone': <true>})");
  assert_printed (hub->subscribed->pdata[0], "(['a.*'], {'interval-ms': <uint32 500>})");

  g_dbus_connection_emit_signal (hub->connection, NULL, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Event",
                                 g_variant_new_parsed ("('a.b', {'n': <int64 3>}, @a{sv} {})"),
                                 &error);
  g_assert_no_error (error);
  module_hub_wait_for (hub, hub->events->len == 2);
  assert_printed (hub->events->pdata[1], "('said', {'text': <'a.b'>, 'number': <uint32 3>})");

  g_dbus_connection_emit_signal (hub->connection, NULL, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Gap",
                                 g_variant_new_parsed ("('epoch', uint64 5, uint64 9)"), &error);
  g_assert_no_error (error);
  module_hub_wait_for (hub, hub->events->len == 3);
  assert_printed (hub->events->pdata[2], "('said', {'text': <'5 to 9'>})");

  request = call (hub, BN_IFACE_MODULE_PEER, "Handle",
                  "('parrot.add', {'question': <41>}, {'request': <true>})");
  assert_printed (request, "({'answer': <int64 42>},)");
  module_hub_stop (hub);
}

static void
test_workers (void)
{
  g_autoptr (ModuleHub) hub = start_parrot (NULL);
  static const struct
  {
    const char *worker;
    const char *error;
  } cases[] = { { "beat", NULL }, { "late", NULL }, { "broken", "ValueError: the cage is open" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply = module_hub_call (hub, BN_IFACE_MODULE_PEER, "RunNow",
                                                    g_variant_new ("(s)", cases[i].worker), &error);
      g_autoptr (GVariant) run = NULL;
      const char *message = NULL;

      g_assert_no_error (error);
      module_hub_wait_for (hub, hub->runs->len == i + 1);
      run = g_variant_get_child_value (hub->runs->pdata[i], 1);
      g_variant_lookup (run, "error", "&s", &message);
      g_assert_cmpstr (message, ==, cases[i].error);
    }
  assert_printed (hub->samples->pdata[0], "('beat', {'count': <uint32 1>}, @a{sv} {})");
  module_hub_stop (hub);
}

static void
test_state (void)
{
  g_autoptr (ModuleHub) old = start_parrot (NULL);
  g_autoptr (ModuleHub) new = NULL;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GVariant) frozen = NULL;
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GError) error = NULL;

  frozen = module_hub_call_with_descriptors (old, BN_IFACE_MODULE_PEER, "Freeze", NULL, NULL,
                                             &descriptors, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_unix_fd_list_get_length (descriptors), ==, 1);
  assert_printed (frozen, "({'beats': <int64 0>, 'handle': <int64 0>}, [handle 0])");
  state = g_variant_get_child_value (frozen, 0);
  new = module_hub_new (parrot_folder, state, NULL);
  new->restore_descriptors = g_steal_pointer (&descriptors);
  module_hub_wait_for (new, new->events->len == 1);
  assert_printed (new->events->pdata[0], "('said', {'text': <'handed over'>})");
  module_hub_wait_for (new, new->n_ready == 1);
  module_hub_stop (new);
  module_hub_stop (old);
}

static void
not_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  /* The connection closes with the module: until then nothing may come. */
  g_assert_null (reply);
  g_assert_true (g_dbus_connection_is_closed (G_DBUS_CONNECTION (source)));
  (*(guint *)user_data)++;
}

/* A coroutine whose call is cancelled is ended where it awaits, and nothing is answered. */
static void
test_cancel (void)
{
  static const char *const ways[] = { "future", "sleep" };
  g_autoptr (ModuleHub) hub = start_parrot (NULL);
  guint n_ended = 0;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (GVariant) one = NULL;
      g_autoptr (GVariant) none = NULL;
      g_autoptr (GVariant) cancelled = NULL;
      g_autofree char *parameters = NULL;

      g_dbus_connection_call (hub->connection, NULL, BN_MODULES_PATH "/parrot", PARROT_IFACE,
                              "Hold", g_variant_new ("(s)", ways[i]), NULL, G_DBUS_CALL_FLAGS_NONE,
                              G_MAXINT, NULL, not_answered, &n_ended);
      parameters =
          g_strdup_printf ("(uint32 %u,)", g_dbus_connection_get_last_serial (hub->connection));
      one = call (hub, PARROT_IFACE, "Holding", NULL);
      assert_printed (one, "(uint32 1,)");
      cancelled = call (hub, BN_IFACE_MODULE_PEER, "Cancel", parameters);
      none = call (hub, PARROT_IFACE, "Holding", NULL);
      assert_printed (none, "(uint32 0,)");
    }
  g_assert_cmpuint (n_ended, ==, 0);
  module_hub_stop (hub);
  module_hub_wait_for (hub, n_ended == G_N_ELEMENTS (ways));
}

/* The folder of the module in the README, with @from replaced by @to in its program. */
static char *
make_example (const char *from, const char *to)
{
  static const char *const files[][2] = {
    { "ini", "dice.module" },
    { "xml", "org.binnacle.Dice1.xml" },
    { "python", "dice.py" },
  };
  g_autofree char *readme = NULL;
  g_autofree char *top = g_dir_make_tmp ("binnacle-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (top, "dice", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (g_getenv ("BN_README"), &readme, NULL, &error));
  g_assert_no_errno (g_mkdir (folder, 0700));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *fence = g_strconcat ("```", files[i][0], "\n", NULL);
      g_autofree char *path = g_build_filename (folder, files[i][1], NULL);
      g_autoptr (GString) text = NULL;
      char *begin = strstr (readme, fence);

      g_assert_nonnull (begin);
      begin += strlen (fence);
      text = g_string_new_len (begin, strstr (begin, "```") - begin);
      if (g_str_equal (files[i][0], "python"))
        g_assert_cmpuint (g_string_replace (text, from, to, 0), >=, 1);
      g_assert_true (g_file_set_contents (path, text->str, -1, &error));
      g_assert_no_errno (g_chmod (path, 0700));
    }
  return g_steal_pointer (&folder);
}

static void
remove_example (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *top = g_path_get_dirname (folder);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_no_errno (g_unlink (path));
    }
  g_assert_no_errno (g_rmdir (folder));
  g_assert_no_errno (g_rmdir (top));
}

/* What stands in the README is a module, and does what it says. */
static void
test_readme (void)
{
  g_autofree char *folder = make_example ("Dice().run()", "Dice().run()");
  g_autoptr (ModuleHub) hub = module_hub_new (folder, NULL, NULL);
  g_autoptr (GVariant) points = NULL;
  g_autoptr (GVariant) refused = NULL;
  g_autoptr (GVariant) run = NULL;
  g_autoptr (GError) error = NULL;

  module_hub_wait_for (hub, hub->n_ready == 1);
  points = call (hub, "org.binnacle.Dice1", "ThrowDice", "(uint32 2, 'Ada')");
  module_hub_wait_for (hub, hub->events->len == 1);
  refused = module_hub_call (hub, "org.binnacle.Dice1", "ThrowDice",
                             g_variant_new ("(us)", 0, "Ada"), &error);
  g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
  run = call (hub, BN_IFACE_MODULE_PEER, "RunNow", "('total',)");
  module_hub_wait_for (hub, hub->samples->len == 1);
  module_hub_stop (hub);
  remove_example (folder);
}

/* A program that does not fit its contract does not get ready. */
static void
test_does_not_fit (void)
{
  static const char *const changes[][2] = {
    { "def throw_dice", "def throw_die" },
    { "def total(", "def sum(" },
    { "total_points = 0", "activate = lambda self: 1 / 0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *folder = make_example (changes[i][0], changes[i][1]);
      g_autoptr (ModuleHub) hub = module_hub_new (folder, NULL, NULL);

      g_assert_cmpint (module_hub_wait_exit (hub), ==, 1);
      g_assert_cmpuint (hub->n_ready, ==, 0);
      remove_example (folder);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  parrot_folder = g_test_build_filename (G_TEST_BUILT, "modules", "parrot", NULL);
  bn_error_quark (); /* so that the module's errors are recognised */
  g_test_add_func ("/sdk/python/types", test_types);
  g_test_add_func ("/sdk/python/failures", test_failures);
  g_test_add_func ("/sdk/python/coroutines", test_coroutines);
  g_test_add_func ("/sdk/python/cancel", test_cancel);
  g_test_add_func ("/sdk/python/requests", test_requests);
  g_test_add_func ("/sdk/python/descriptors", test_descriptors);
  g_test_add_func ("/sdk/python/events", test_events);
  g_test_add_func ("/sdk/python/workers", test_workers);
  g_test_add_func ("/sdk/python/state", test_state);
  g_test_add_func ("/sdk/python/readme", test_readme);
  g_test_add_func ("/sdk/python/does-not-fit", test_does_not_fit);
  return g_test_run ();
}
