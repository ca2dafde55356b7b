/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Calls of a module in C that has no skeleton: the program binnacle-caller as a child process. */
#include "module-hub.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "introspection/error.h"
#include "introspection/names.h"

#define CALLER_IFACE "org.binnacle.Caller1"

static char *caller_folder;

static ModuleHub *
start_caller (void)
{
  ModuleHub *hub = module_hub_new (caller_folder, NULL, NULL);

  module_hub_wait_for (hub, hub->n_ready == 1);
  return hub;
}

static GVariant *
answer_with (ModuleHub *hub, const char *how, GError **error)
{
  return module_hub_call (hub, CALLER_IFACE, "AnswerWith", g_variant_new ("(su)", how, 7), error);
}

static void
test_answers (void)
{
  static const char *const ways[] = { "value", "tuple", "twice", "later" };
  g_autoptr (ModuleHub) hub = start_caller ();

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply = answer_with (hub, ways[i], &error);
      guint number = 0;

      g_test_message ("%s", ways[i]);
      g_assert_no_error (error);
      g_variant_get (reply, "(u)", &number);
      g_assert_cmpuint (number, ==, 7);
    }
  module_hub_stop (hub);
}

static void
test_errors (void)
{
  static const struct
  {
    const char *how;
    BnError code;
    const char *message;
  } cases[] = {
    { "drop", BN_ERROR_INTERNAL, "the module gave no answer" },
    { "nothing", BN_ERROR_INTERNAL, "with the type \"()\", but it is declared as \"(u)\"" },
    { "wrong-type", BN_ERROR_INTERNAL, "with the type \"s\", but it is declared as \"(u)\"" },
    { "error", BN_ERROR_NOT_FOUND, "there is no such number" },
    { "gerror", BN_ERROR_FORBIDDEN, "the file is secret" },
  };
  g_autoptr (ModuleHub) hub = start_caller ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) reply = answer_with (hub, cases[i].how, &error);

      g_test_message ("%s: %s", cases[i].how, error != NULL ? error->message : "no error");
      g_assert_error (error, BN_ERROR, (int)cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }
  module_hub_stop (hub);
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

static guint
read_cancelled (ModuleHub *hub)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = module_hub_call (hub, CALLER_IFACE, "Cancelled", NULL, &error);
  guint count;

  g_assert_no_error (error);
  g_variant_get (reply, "(u)", &count);
  return count;
}

static void
cancel (ModuleHub *hub, guint32 serial)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      module_hub_call (hub, BN_IFACE_MODULE_PEER, "Cancel", g_variant_new ("(u)", serial), &error);

  g_assert_no_error (error);
}

/* A cancelled call is known to the module at once, another is not touched, and neither is answered.
 * What was answered already, or is not known, cannot be cancelled. */
static void
test_cancel (void)
{
  g_autoptr (ModuleHub) hub = start_caller ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answered = answer_with (hub, "value", &error);
  guint32 old_serial = g_dbus_connection_get_last_serial (hub->connection);
  guint32 serials[2];
  guint n_ended = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (serials); i++)
    {
      g_dbus_connection_call (hub->connection, NULL, BN_MODULES_PATH "/caller", CALLER_IFACE,
                              "AnswerWith", g_variant_new ("(su)", "cancelled", 7), NULL,
                              G_DBUS_CALL_FLAGS_NONE, G_MAXINT, NULL, not_answered, &n_ended);
      serials[i] = g_dbus_connection_get_last_serial (hub->connection);
    }
  cancel (hub, old_serial);
  cancel (hub, 4000000);
  g_assert_cmpuint (read_cancelled (hub), ==, 0);
  cancel (hub, serials[1]);
  cancel (hub, serials[1]);
  g_assert_cmpuint (read_cancelled (hub), ==, 1);
  g_assert_cmpuint (n_ended, ==, 0);
  module_hub_stop (hub);
  module_hub_wait_for (hub, n_ended == G_N_ELEMENTS (serials));
}

static guint
count_descriptors (ModuleHub *hub)
{
  g_autofree char *path =
      g_strdup_printf ("/proc/%s/fd", g_subprocess_get_identifier (hub->process));
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* The descriptor comes back as the same file, and the module keeps none of them. */
static void
test_descriptors (void)
{
  g_autoptr (ModuleHub) hub = start_caller ();
  guint before = count_descriptors (hub);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) ping = NULL;

  for (guint i = 0; i < 20; i++)
    {
      int sent = open ("/dev/null", O_RDONLY | O_CLOEXEC);
      g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new_from_array (&sent, 1);
      g_autoptr (GUnixFDList) answer = NULL;
      g_autoptr (GVariant) reply = module_hub_call_with_descriptors (
          hub, CALLER_IFACE, "GiveBack", g_variant_new ("(h)", 0), descriptors, &answer, &error);
      struct stat one;
      struct stat other;

      g_assert_no_error (error);
      g_assert_no_errno (fstat (g_unix_fd_list_peek_fds (descriptors, NULL)[0], &one));
      g_assert_no_errno (fstat (g_unix_fd_list_peek_fds (answer, NULL)[0], &other));
      g_assert_cmpuint (one.st_rdev, ==, other.st_rdev);
    }
  /* Its own end of the last answer is closed when that is sent: a call later it is. */
  ping = module_hub_call (hub, BN_IFACE_MODULE_PEER, "Ping", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_descriptors (hub), <=, before + 1);
  module_hub_stop (hub);
}

static void
test_descriptor_is_missing (void)
{
  g_autoptr (ModuleHub) hub = start_caller ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      module_hub_call (hub, CALLER_IFACE, "GiveBack", g_variant_new ("(h)", 3), &error);

  g_assert_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD);
  module_hub_stop (hub);
}

/* What the interface does not declare does not reach the module. */
static void
test_unknown_member (void)
{
  g_autoptr (ModuleHub) hub = start_caller ();
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) mistyped = NULL;
  g_autoptr (GVariant) no_reply = module_hub_call (hub, CALLER_IFACE, "Nothing", NULL, &unknown);
  g_autoptr (GVariant) no_reply_either =
      module_hub_call (hub, CALLER_IFACE, "AnswerWith", g_variant_new ("(s)", "value"), &mistyped);

  g_assert_true (bn_error_is (unknown, BN_ERROR_UNKNOWN_TYPE));
  g_assert_true (bn_error_is (mistyped, BN_ERROR_BAD_PAYLOAD));
  module_hub_stop (hub);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  caller_folder = g_test_build_filename (G_TEST_BUILT, "modules", "caller", NULL);
  bn_error_quark (); /* so that the module's errors are recognised */
  g_test_add_func ("/sdk/call/answers", test_answers);
  g_test_add_func ("/sdk/call/errors", test_errors);
  g_test_add_func ("/sdk/call/cancel", test_cancel);
  g_test_add_func ("/sdk/call/descriptors", test_descriptors);
  g_test_add_func ("/sdk/call/descriptor-is-missing", test_descriptor_is_missing);
  g_test_add_func ("/sdk/call/unknown-member", test_unknown_member);
  return g_test_run ();
}
