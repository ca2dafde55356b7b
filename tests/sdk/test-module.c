/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The life of a module in C, and its methods: the program binnacle-echo as a child process. */
#include "module-hub.h"

#include <gio/gunixfdlist.h>
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <unistd.h>

#include "introspection/error.h"
#include "introspection/names.h"

#define ECHO_IFACE "org.binnacle.Echo1"

static char *echo_folder;

static ModuleHub *
start_echo (GVariant *restore)
{
  ModuleHub *hub = module_hub_new (echo_folder, restore, NULL);

  module_hub_wait_for (hub, hub->n_ready == 1);
  g_assert_cmpuint (hub->n_hello, ==, 1);
  return hub;
}

static GVariant *
state_of (const char *key, guint64 value)
{
  GVariantDict state;

  g_variant_dict_init (&state, NULL);
  g_variant_dict_insert (&state, key, "t", value);
  return g_variant_dict_end (&state);
}

static guint64
count (ModuleHub *hub)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = module_hub_call (hub, ECHO_IFACE, "Count", NULL, &error);
  guint64 value;

  g_assert_no_error (error);
  g_variant_get (reply, "(t)", &value);
  return value;
}

static void
test_methods (void)
{
  g_autoptr (ModuleHub) hub = start_echo (NULL);
  g_autoptr (GVariant) echo = NULL;
  g_autoptr (GVariant) slept = NULL;
  g_autoptr (GVariant) failed = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;

  echo = module_hub_call (hub, ECHO_IFACE, "Echo", g_variant_new ("(s)", "ahoy"), &error);
  g_assert_no_error (error);
  g_variant_get (echo, "(&s)", &text);
  g_assert_cmpstr (text, ==, "ahoy");

  slept = module_hub_call (hub, ECHO_IFACE, "Sleep", g_variant_new ("(u)", 10), &error);
  g_assert_no_error (error);

  failed = module_hub_call (hub, ECHO_IFACE, "Fail",
                            g_variant_new ("(ss)", "conflict", "it is locked"), &error);
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
  g_assert_cmpstr (error->message, ==, "it is locked");
  module_hub_stop (hub);
}

static void
test_descriptor (void)
{
  g_autoptr (ModuleHub) hub = start_echo (NULL);
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = module_hub_call_with_descriptors (
      hub, ECHO_IFACE, "Fd", g_variant_new ("(s)", "bytes"), NULL, &descriptors, &error);
  char text[16] = "";

  g_assert_no_error (error);
  g_assert_cmpint (g_unix_fd_list_get_length (descriptors), ==, 1);
  stream = g_unix_input_stream_new (g_unix_fd_list_get (descriptors, 0, &error), TRUE);
  g_assert_no_error (error);
  g_assert_true (g_input_stream_read_all (stream, text, sizeof text - 1, NULL, NULL, &error));
  g_assert_cmpstr (text, ==, "bytes");
  module_hub_stop (hub);
}

static void
test_ping (void)
{
  g_autoptr (ModuleHub) hub = start_echo (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = module_hub_call (hub, BN_IFACE_MODULE_PEER, "Ping", NULL, &error);

  g_assert_no_error (error);
  module_hub_stop (hub);
}

static void
test_hang_leaves_ping_unanswered (void)
{
  g_autoptr (ModuleHub) hub = start_echo (NULL);
  g_autofree char *path = g_strconcat (BN_MODULES_PATH, "/echo", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  g_dbus_connection_call (hub->connection, NULL, path, ECHO_IFACE, "Hang", NULL, NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  reply = g_dbus_connection_call_sync (hub->connection, NULL, path, BN_IFACE_MODULE_PEER, "Ping",
                                       NULL, NULL, G_DBUS_CALL_FLAGS_NONE, 200, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_subprocess_send_signal (hub->process, SIGKILL);
}

static void
test_crash (void)
{
  g_autoptr (ModuleHub) hub = start_echo (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = module_hub_call (hub, ECHO_IFACE, "Crash", NULL, &error);

  g_assert_null (reply);
  g_assert_cmpint (module_hub_wait_exit (hub), ==, -SIGSEGV);
}

static void
test_hub_is_gone (void)
{
  g_autoptr (ModuleHub) hub = start_echo (NULL);

  g_dbus_connection_close_sync (hub->connection, NULL, NULL);
  g_assert_cmpint (module_hub_wait_exit (hub), ==, 0);
}

static void
test_state (void)
{
  g_autoptr (ModuleHub) old = start_echo (NULL);
  g_autoptr (ModuleHub) new = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) frozen = NULL;
  g_autoptr (GVariant) thawed = NULL;
  g_autoptr (GVariant) state = NULL;
  guint64 saved;

  g_assert_cmpuint (count (old), ==, 1);
  g_assert_cmpuint (count (old), ==, 2);
  frozen = module_hub_call (old, BN_IFACE_MODULE_PEER, "Freeze", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_variant_get_type_string (frozen), ==, "(a{sv}ah)");
  state = g_variant_get_child_value (frozen, 0);
  g_assert_true (g_variant_lookup (state, "count", "t", &saved));
  g_assert_cmpuint (saved, ==, 2);

  new = start_echo (g_variant_ref (state));
  g_assert_cmpuint (count (new), ==, 3);

  thawed = module_hub_call (old, BN_IFACE_MODULE_PEER, "Thaw", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count (old), ==, 3);
  module_hub_stop (new);
  module_hub_stop (old);
}

/* A state of another version is ignored: the module starts clean. */
static void
test_state_not_understood (void)
{
  g_autoptr (ModuleHub) hub = start_echo (state_of ("something", 7));

  g_assert_cmpuint (count (hub), ==, 1);
  module_hub_stop (hub);
}

static void
test_accepted_event (void)
{
  g_autoptr (ModuleHub) hub = start_echo (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) fields = NULL;
  g_autofree char *printed = NULL;
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "text", "s", "who is there");
  reply = module_hub_call (
      hub, BN_IFACE_MODULE_PEER, "Handle",
      g_variant_new ("(s@a{sv}a{sv})", "echo.knock", g_variant_dict_end (&payload), NULL), &error);
  g_assert_no_error (error);
  printed = g_variant_print (reply, FALSE);
  g_assert_cmpstr (printed, ==, "({'stop': <false>},)");
  module_hub_wait_for (hub, hub->events->len == 1);
  fields = g_variant_get_child_value (hub->events->pdata[0], 1);
  g_assert_cmpuint (g_variant_n_children (fields), ==, 2);
  module_hub_stop (hub);
}

static void
test_emitted_in_order (void)
{
  g_autoptr (ModuleHub) hub = start_echo (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      module_hub_call (hub, ECHO_IFACE, "Tell", g_variant_new ("(su)", "x", 1000), &error);

  g_assert_no_error (error);
  module_hub_wait_for (hub, hub->events->len == 1000);
  for (guint i = 0; i < hub->events->len; i++)
    {
      g_autoptr (GVariant) fields = g_variant_get_child_value (hub->events->pdata[i], 1);
      guint number;

      g_assert_true (g_variant_lookup (fields, "number", "u", &number));
      g_assert_cmpuint (number, ==, i);
    }
  module_hub_stop (hub);
}

static void
test_request (void)
{
  g_autoptr (ModuleHub) hub = start_echo (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) refused = NULL;
  g_autoptr (GVariant) reply = module_hub_call (
      hub, ECHO_IFACE, "Ask", g_variant_new ("(sa{sv})", "module.list", NULL), &error);
  g_autofree char *printed = NULL;

  g_assert_no_error (error);
  printed = g_variant_print (reply, FALSE);
  g_assert_cmpstr (printed, ==, "({'asked': <'module.list'>},)");

  refused = module_hub_call (hub, ECHO_IFACE, "Ask",
                             g_variant_new ("(sa{sv})", "nobody.there", NULL), &error);
  g_assert_error (error, BN_ERROR, BN_ERROR_NO_TARGET);
  g_assert_cmpstr (error->message, ==, "there is no module \"nobody\"");
  module_hub_stop (hub);
}

static void
test_subscribe (void)
{
  g_autoptr (ModuleHub) hub = start_echo (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) refused = NULL;
  g_autoptr (GVariant) reply =
      module_hub_call (hub, ECHO_IFACE, "Watch", g_variant_new ("(s)", "docker.*"), &error);
  g_autofree char *printed = NULL;
  GVariantBuilder samples;

  g_assert_no_error (error);
  g_assert_cmpuint (hub->subscribed->len, ==, 1);
  g_dbus_connection_emit_signal (
      hub->connection, NULL, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Event",
      g_variant_new ("(sa{sv}a{sv})", "docker.container_changed", NULL, NULL), &error);
  g_assert_no_error (error);
  g_variant_builder_init (&samples, G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
  g_variant_builder_add (&samples, "(sa{sv}a{sv})", "docker.stats", NULL, NULL);
  g_variant_builder_add (&samples, "(sa{sv}a{sv})", "docker.stats", NULL, NULL);
  g_dbus_connection_emit_signal (hub->connection, NULL, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Samples",
                                 g_variant_new ("(a(sa{sv}a{sv}))", &samples), &error);
  g_assert_no_error (error);
  g_dbus_connection_emit_signal (
      hub->connection, NULL, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Gap",
      g_variant_new ("(stt)", "epoch", G_GUINT64_CONSTANT (5), G_GUINT64_CONSTANT (9)), &error);
  g_assert_no_error (error);
  module_hub_wait_for (hub, hub->events->len == 4);
  printed = g_variant_print (hub->events->pdata[3], FALSE);
  g_assert_cmpstr (printed, ==, "('heard', {'text': <'gap 5 9'>})");

  refused =
      module_hub_call (hub, ECHO_IFACE, "Watch", g_variant_new ("(s)", "not a pattern"), &error);
  g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
  module_hub_stop (hub);
}

/* Started by hand, or with a descriptor that is none: says who starts a module, exits with 2. */
/* The folder of echo without the group [Worker slow], and without what names it. */
static char *
make_folder_without_worker (void)
{
  g_autofree char *top = g_dir_make_tmp ("binnacle-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (top, "echo", NULL);
  g_autofree char *manifest = g_build_filename (folder, "echo.module", NULL);
  g_autofree char *from_manifest = g_build_filename (echo_folder, "echo.module", NULL);
  static const char *const files[] = { "org.binnacle.Echo1.xml", "binnacle-echo" };
  g_autofree char *text = NULL;
  g_autoptr (GString) changed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_mkdir (folder, 0700));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *from = g_build_filename (echo_folder, files[i], NULL);
      g_autofree char *to = g_build_filename (folder, files[i], NULL);

      g_assert_no_errno (symlink (from, to));
    }
  g_assert_true (g_file_get_contents (from_manifest, &text, NULL, &error));
  changed = g_string_new (text);
  g_assert_cmpuint (
      g_string_replace (changed, "[Worker slow]\nInterval=1000\nDemand=true\n", "", 0), ==, 1);
  g_assert_cmpuint (g_string_replace (changed, "Worker=slow\n", "", 0), ==, 1);
  g_assert_true (g_file_set_contents (manifest, changed->str, -1, &error));
  return g_steal_pointer (&folder);
}

/* A worker that the manifest does not have is told as a mistake: tests end at it. */
static void
test_undeclared_worker (void)
{
  g_autofree char *folder = make_folder_without_worker ();
  g_autofree char *top = g_path_get_dirname (folder);
  g_autoptr (ModuleHub) hub = module_hub_new (folder, NULL, NULL);
  static const char *const files[] = { "org.binnacle.Echo1.xml", "binnacle-echo", "echo.module" };

  g_assert_cmpint (module_hub_wait_exit (hub), ==, -SIGTRAP);
  g_assert_cmpuint (hub->n_ready, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i], NULL);

      g_assert_no_errno (g_unlink (path));
    }
  g_assert_no_errno (g_rmdir (folder));
  g_assert_no_errno (g_rmdir (top));
}

static void
test_not_started_by_the_hub (void)
{
  g_autofree char *program = g_build_filename (echo_folder, "binnacle-echo", NULL);
  const char *const values[] = { NULL, "", "3", "-1", "999999999999", "seven" };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GSubprocessLauncher) launcher =
          g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_PIPE);
      g_autoptr (GSubprocess) process = NULL;
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;

      if (values[i] != NULL)
        g_subprocess_launcher_setenv (launcher, BN_ENV_MODULE_FD, values[i], TRUE);
      process = g_subprocess_launcher_spawn (launcher, &error, program, NULL);
      g_assert_no_error (error);
      g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &text, &error);
      g_assert_no_error (error);
      g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 2);
      g_assert_nonnull (strstr (text, "started by the hub"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  echo_folder = g_test_build_filename (G_TEST_BUILT, "modules", "echo", NULL);
  bn_error_quark (); /* so that the module's errors are recognised */
  g_test_add_func ("/sdk/module/methods", test_methods);
  g_test_add_func ("/sdk/module/descriptor", test_descriptor);
  g_test_add_func ("/sdk/module/ping", test_ping);
  g_test_add_func ("/sdk/module/hang-leaves-ping-unanswered", test_hang_leaves_ping_unanswered);
  g_test_add_func ("/sdk/module/crash", test_crash);
  g_test_add_func ("/sdk/module/hub-is-gone", test_hub_is_gone);
  g_test_add_func ("/sdk/module/state", test_state);
  g_test_add_func ("/sdk/module/state-not-understood", test_state_not_understood);
  g_test_add_func ("/sdk/module/accepted-event", test_accepted_event);
  g_test_add_func ("/sdk/module/emitted-in-order", test_emitted_in_order);
  g_test_add_func ("/sdk/module/request", test_request);
  g_test_add_func ("/sdk/module/subscribe", test_subscribe);
  g_test_add_func ("/sdk/module/not-started-by-the-hub", test_not_started_by_the_hub);
  g_test_add_func ("/sdk/module/undeclared-worker", test_undeclared_worker);
  return g_test_run ();
}
