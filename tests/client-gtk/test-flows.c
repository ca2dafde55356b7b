/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What happens to a real hub and real modules, as a person hears it from the client: whole flows,
 * one after the other, in one window.
 * test-flows CLIENT HUB FOLDER-OF-MODULES FOLDER-OF-MODULES-FOR-TESTS */
#include "notifications.h"
#include "screen.h"

#include "introspection/names.h"

#include <gdk/gdkkeysyms.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>

#define MODULE "system_info"
#define PROGRAM "binnacle-system-info"
/* A module that failed is live again within this time. */
#define HEALS_USEC G_USEC_PER_SEC

static const char *hub_path;
static const char *built_modules;
static const char *test_modules;
static char *modules_folder; /* a copy that can be touched */
static GSubprocess *hub;
static GDBusConnection *bus;

static const ScreenWanted cpu_live = { ATSPI_ROLE_PANEL, "CPU", "" };
static const ScreenWanted cpu_stale = { ATSPI_ROLE_PANEL, "CPU", "as of " };

/* Asks the hub; the reply a{sv}. */
static GVariant *
ask (const char *type, const char *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) payload =
      g_variant_ref_sink (g_variant_parse (G_VARIANT_TYPE_VARDICT, arguments, NULL, NULL, NULL));
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      bus, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request",
      g_variant_new ("(s@a{sv}a{sv})", type, payload, NULL), G_VARIANT_TYPE ("(a{sv})"),
      G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, &error);

  g_assert_no_error (error);
  return g_variant_get_child_value (reply, 0);
}

/* What the hub lists of the module; NULL if it does not know it. */
static GVariant *
find_module (const char *module)
{
  g_autoptr (GVariant) reply = ask ("module.list", "{}");
  g_autoptr (GVariant) modules =
      g_variant_lookup_value (reply, "modules", G_VARIANT_TYPE ("aa{sv}"));

  for (gsize i = 0; i < g_variant_n_children (modules); i++)
    {
      g_autoptr (GVariant) row = g_variant_get_child_value (modules, i);
      const char *name;

      if (g_variant_lookup (row, "name", "&s", &name) && g_str_equal (name, module))
        return g_steal_pointer (&row);
    }
  return NULL;
}

/* A number of the module; 0 if it has none. */
static guint
number_of (const char *module, const char *key)
{
  g_autoptr (GVariant) row = find_module (module);
  guint number = 0;

  if (row != NULL)
    g_variant_lookup (row, key, "u", &number);
  return number;
}

static gboolean
is_in_state (const char *module, const char *wanted)
{
  g_autoptr (GVariant) row = find_module (module);
  const char *state = "";

  if (row != NULL)
    g_variant_lookup (row, "state", "&s", &state);
  return g_str_equal (state, wanted);
}

static void
copy_file (const char *from_folder, const char *to_folder, const char *name)
{
  g_autofree char *from_path = g_build_filename (from_folder, name, NULL);
  g_autofree char *to_path = g_build_filename (to_folder, name, NULL);
  g_autoptr (GFile) from = g_file_new_for_path (from_path);
  g_autoptr (GFile) to = g_file_new_for_path (to_path);
  g_autoptr (GError) error = NULL;

  g_file_copy (from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
copy_module (const char *from_folder, const char *to_folder, const char *name,
             const char *const *files)
{
  g_autofree char *from = g_build_filename (from_folder, name, NULL);
  g_autofree char *to = g_build_filename (to_folder, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  for (guint i = 0; files[i] != NULL; i++)
    copy_file (from, to, files[i]);
}

static void
test_hub_starts (void)
{
  screen_press (&(ScreenWanted){ ATSPI_ROLE_PUSH_BUTTON, "Start", NULL });
  /* Nothing can start it here, and it says so. */
  g_object_unref (
      screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LABEL, "It is not installed*", NULL }));
  hub = screen_spawn (hub_path, "--session");
  g_object_unref (screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LABEL, "Network", NULL }));
}

static void
go_to (const char *name)
{
  screen_press (&(ScreenWanted){ ATSPI_ROLE_PUSH_BUTTON, "Search", NULL });
  screen_write (&(ScreenWanted){ ATSPI_ROLE_ENTRY, "Search", NULL }, name);
  g_object_unref (screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LIST_ITEM, name, NULL }));
  screen_key (GDK_KEY_Return);
}

/* A name, Return: the card has the focus. From here on the Overview is shown: GTK 4.8 does not tell
 * which page is, and a button of another one does nothing. */
static void
test_search (void)
{
  const ScreenWanted card = { ATSPI_ROLE_PANEL, "CPU time", "" };

  go_to ("CPU time");
  g_object_unref (screen_wait_for (&card));
  while (!screen_has_focus (&card))
    g_main_context_iteration (NULL, FALSE);
  go_to ("Overview");
  g_object_unref (screen_wait_for (&cpu_live));
}

static void
test_module_killed (void)
{
  guint pid = number_of (MODULE, "pid");
  gint64 killed_usec;

  g_assert_cmpuint (pid, >, 0);
  killed_usec = g_get_monotonic_time ();
  g_assert_cmpint (kill ((pid_t)pid, SIGKILL), ==, 0);
  while (number_of (MODULE, "pid") == pid || number_of (MODULE, "pid") == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (g_get_monotonic_time () - killed_usec, <, HEALS_USEC);
  g_object_unref (screen_wait_for (&(ScreenWanted){ 0, NULL, "System was started again" }));
  g_object_unref (screen_wait_for (&cpu_live));
}

/* Another version takes over: no value is old for a moment. */
static void
test_module_replaced (void)
{
  guint generation = number_of (MODULE, "generation");
  g_autofree char *from = g_build_filename (built_modules, MODULE, NULL);
  g_autofree char *next = g_build_filename (g_get_user_runtime_dir (), PROGRAM, NULL);
  g_autofree char *program = g_build_filename (modules_folder, MODULE, PROGRAM, NULL);
  FILE *file;

  g_object_unref (screen_wait_for (&cpu_live));
  /* The same program with a byte more is another version. */
  copy_file (from, g_get_user_runtime_dir (), PROGRAM);
  file = fopen (next, "a");
  g_assert_nonnull (file);
  g_assert_cmpint (fputc ('\n', file), ==, '\n');
  g_assert_cmpint (fclose (file), ==, 0);
  g_assert_cmpint (g_rename (next, program), ==, 0);
  while (number_of (MODULE, "generation") == generation)
    {
      g_autoptr (AtspiAccessible) stale = screen_find (&cpu_stale);

      g_assert_null (stale);
    }
  g_object_unref (screen_wait_for (&cpu_live));
}

static void
test_module_disabled (void)
{
  g_autoptr (GVariant) reply = ask ("module.disable", "{'name': <'" MODULE "'>}");

  g_object_unref (screen_wait_for (&cpu_stale));
  g_object_unref (
      screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LABEL, "System is disabled*", NULL }));
  screen_press (&(ScreenWanted){ ATSPI_ROLE_PUSH_BUTTON, "Enable", NULL });
  g_object_unref (screen_wait_for (&cpu_live));
  screen_wait_gone (&(ScreenWanted){ ATSPI_ROLE_LABEL, "System is disabled*", NULL });
}

/* One that fails again and again is not started for ever. */
static void
test_module_quarantined (void)
{
  while (!is_in_state (MODULE, "quarantined"))
    {
      guint pid = number_of (MODULE, "pid");

      if (pid != 0)
        kill ((pid_t)pid, SIGKILL);
    }
  g_object_unref (screen_wait_for (&cpu_stale));
  g_object_unref (
      screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LABEL, "System failed too often*", NULL }));
  screen_press (&(ScreenWanted){ ATSPI_ROLE_PUSH_BUTTON, "Start again", NULL });
  g_object_unref (screen_wait_for (&cpu_live));
}

static void
test_hub_killed (void)
{
  g_subprocess_send_signal (hub, SIGKILL);
  g_assert_true (g_subprocess_wait (hub, NULL, NULL));
  g_clear_object (&hub);
  g_object_unref (screen_wait_for (&cpu_stale));
  g_object_unref (
      screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LABEL, "The hub is not running*", NULL }));
  hub = screen_spawn (hub_path, "--session");
  g_object_unref (screen_wait_for (&cpu_live));
}

/* What was said before anybody looked is there; what is said now comes. */
static void
test_chat (void)
{
  g_autoptr (GVariant) reply = NULL;

  while (number_of ("chat", "generation") == 0)
    g_main_context_iteration (NULL, FALSE);
  g_object_unref (screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LIST_ITEM, "Chat", NULL }));
  reply = ask ("chat.send", "{'room': <'lobby'>, 'text': <'Ahoy'>}");
  go_to ("Messages");
  g_object_unref (screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LABEL, "Ahoy", NULL }));
  screen_write (&(ScreenWanted){ ATSPI_ROLE_TEXT, "Message", NULL }, "Anchor up");
  screen_press (&(ScreenWanted){ ATSPI_ROLE_PUSH_BUTTON, "Send", NULL });
  g_object_unref (screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LABEL, "Anchor up", NULL }));
}

/* One that the person brought runs after they have read what it asks for, and said so. */
static void
test_module_approved (void)
{
  static const char *const files[] = { "echo.module", "binnacle-echo", "org.binnacle.Echo1.xml",
                                       NULL };
  g_autofree char *own = g_build_filename (g_get_user_data_dir (), "binnacle", "modules", NULL);

  copy_module (test_modules, own, "echo", files);
  while (!is_in_state ("echo", "disabled"))
    g_main_context_iteration (NULL, FALSE);
  go_to ("Echo");
  screen_press (&(ScreenWanted){ ATSPI_ROLE_PUSH_BUTTON, "Review…", NULL });
  g_object_unref (screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LABEL, "Let Echo run?", NULL }));
  g_object_unref (screen_wait_for (&(ScreenWanted){
      ATSPI_ROLE_LABEL, "• ask for everything, with the rights of an administrator", NULL }));
  g_assert_true (is_in_state ("echo", "disabled"));
  screen_press (&(ScreenWanted){ ATSPI_ROLE_PUSH_BUTTON, "Approve*", NULL });
  while (!is_in_state ("echo", "ready"))
    g_main_context_iteration (NULL, FALSE);
  screen_wait_gone (&(ScreenWanted){ ATSPI_ROLE_LABEL, "Echo waits for you*", NULL });
}

/* The number of a new job. */
static guint
start_job (const char *title)
{
  g_autofree char *arguments =
      g_strdup_printf ("{'title': <'%s'>, 'options': <@a{sv} {'cancellable': <true>}>}", title);
  g_autoptr (GVariant) reply = ask ("echo.start_job", arguments);
  const char *path;

  g_assert_true (g_variant_lookup (reply, "job", "&o", &path));
  return (guint)g_ascii_strtoull (strrchr (path, '/') + 1, NULL, 10);
}

static void
report_job (guint id, double progress, const char *message)
{
  g_autofree char *arguments =
      g_strdup_printf ("{'id': <uint32 %u>, 'progress': <%f>, 'message': <'%s'>, 'log': <'%s'>}",
                       id, progress, message, message);
  g_autoptr (GVariant) reply = ask ("echo.report_job", arguments);
}

/* Somebody else started it: it is told of, followed, and cancelled. */
static void
test_job_cancelled (void)
{
  guint id = start_job ("Copying");

  report_job (id, 0.4, "Half of it");
  screen_press (&(ScreenWanted){ ATSPI_ROLE_PUSH_BUTTON, "Copying 40*", NULL });
  g_object_unref (
      screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LIST_ITEM, "Copying", "Echo · Half" }));
  report_job (id, 0.9, "Nearly all");
  g_object_unref (
      screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LIST_ITEM, "Copying", "Echo · Nearly" }));
  screen_press (&(ScreenWanted){ ATSPI_ROLE_PUSH_BUTTON, "Cancel", NULL });
  g_object_unref (
      screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LIST_ITEM, "Copying", "Echo · Cancelled" }));
  screen_wait_gone (&(ScreenWanted){ ATSPI_ROLE_PUSH_BUTTON, "Copying 90*", NULL });
}

/* The module dies of something else: its job says why it failed. */
static void
test_job_of_dead_module (void)
{
  guint id = start_job ("Sorting");

  report_job (id, 0.5, "Half of it");
  g_object_unref (
      screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LIST_ITEM, "Sorting", "Echo · Half" }));
  g_assert_cmpint (kill ((pid_t)number_of ("echo", "pid"), SIGKILL), ==, 0);
  g_object_unref (
      screen_wait_for (&(ScreenWanted){ ATSPI_ROLE_LIST_ITEM, "Sorting", "Echo · Failed: " }));
}

int
main (int argc, char **argv)
{
  static const char *const system_info_files[] = { "system_info.module", PROGRAM,
                                                   "org.binnacle.SystemInfo1.xml", NULL };
  static const char *const chat_files[] = { "chat.module", "binnacle-chat",
                                            "org.binnacle.Chat1.xml", NULL };
  g_autoptr (GError) error = NULL;
  GSubprocess *client;
  int result;

  g_test_init (&argc, &argv, NULL);
  /* The library warns about every program that leaves while it is looked at. */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  if (argc != 5)
    {
      g_printerr ("usage: test-flows CLIENT HUB FOLDER-OF-MODULES FOLDER-OF-MODULES-FOR-TESTS\n");
      return 2;
    }
  hub_path = argv[2];
  built_modules = argv[3];
  test_modules = argv[4];
  modules_folder = g_build_filename (g_get_user_runtime_dir (), "modules", NULL);
  copy_module (built_modules, modules_folder, MODULE, system_info_files);
  copy_module (built_modules, modules_folder, "chat", chat_files);
  g_setenv (BN_ENV_MODULE_PATH, modules_folder, TRUE);
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (atspi_init (), ==, 0);
  notifications_start ();
  client = screen_spawn (argv[1], NULL);
  g_test_add_func ("/flows/hub-starts", test_hub_starts);
  g_test_add_func ("/flows/search", test_search);
  g_test_add_func ("/flows/module-killed", test_module_killed);
  g_test_add_func ("/flows/module-replaced", test_module_replaced);
  g_test_add_func ("/flows/module-disabled", test_module_disabled);
  g_test_add_func ("/flows/module-quarantined", test_module_quarantined);
  g_test_add_func ("/flows/hub-killed", test_hub_killed);
  g_test_add_func ("/flows/chat", test_chat);
  g_test_add_func ("/flows/module-approved", test_module_approved);
  g_test_add_func ("/flows/job-cancelled", test_job_cancelled);
  g_test_add_func ("/flows/job-of-dead-module", test_job_of_dead_module);
  result = g_test_run ();
  screen_end (client);
  screen_end (hub);
  g_object_unref (client);
  g_object_unref (hub);
  g_object_unref (bus);
  g_free (modules_folder);
  return result;
}
