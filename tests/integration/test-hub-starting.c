/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Calls of a module that is still starting: they wait for it. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hub-fixture.h"
#include "introspection/names.h"

#define PROGRAM "binnacle-echo"

/* The program of echo waits for a word at its gate: "go", or it ends with the status 7. It may open
 * what stands in the folder of its state. */
static char *
get_gate (HubFixture *self)
{
  g_autofree char *folder =
      g_build_filename (self->folder, "state", "binnacle", "modules", "echo", NULL);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  return g_build_filename (folder, "gate", NULL);
}

static void
install_gated_echo (HubFixture *self)
{
  g_autofree char *program = hub_fixture_module_file (self, "echo", PROGRAM);
  g_autofree char *real = hub_fixture_module_file (self, "echo", "real-echo");
  g_autofree char *gate = get_gate (self);
  g_autofree char *quoted_real = g_shell_quote (real);
  g_autofree char *quoted_gate = g_shell_quote (gate);
  g_autofree char *script =
      g_strdup_printf ("#!/bin/sh\nread -r word < %s\n[ \"$word\" = go ] || exit 7\nexec %s\n",
                       quoted_gate, quoted_real);
  g_autoptr (GError) error = NULL;

  hub_fixture_install (self, ECHO_FOLDER);
  g_assert_no_errno (g_rename (program, real));
  g_file_set_contents_full (program, script, -1, G_FILE_SET_CONTENTS_NONE, 0755, &error);
  g_assert_no_error (error);
  g_assert_no_errno (mkfifo (gate, 0600));
}

/* Waits until the program stands there. */
static void
say_at_gate (HubFixture *self, const char *word)
{
  g_autofree char *gate = get_gate (self);
  int fd = open (gate, O_WRONLY | O_CLOEXEC);

  g_assert_no_errno (fd);
  g_assert_cmpint (write (fd, word, strlen (word)), ==, strlen (word));
  close (fd);
}

/* One call, and how it ended. */
typedef struct
{
  gboolean over;
  GVariant *reply;
  GError *error;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_assert_true (answer->over);
  g_clear_pointer (&answer->reply, g_variant_unref);
  g_clear_error (&answer->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &answer->error);
  answer->over = TRUE;
}

static gboolean
is_over (HubFixture *self, gpointer user_data)
{
  return ((Answer *)user_data)->over;
}

static void
send (HubFixture *self, const char *path, const char *interface, const char *method,
      GVariant *arguments, Answer *answer)
{
  g_dbus_connection_call (self->connection, BN_BUS_NAME, path, interface, method, arguments, NULL,
                          G_DBUS_CALL_FLAGS_NONE, 20000, NULL, answered_cb, answer);
}

static void
send_echo (HubFixture *self, const char *text, Answer *answer)
{
  send (self, BN_MODULES_PATH "/echo", "org.binnacle.Echo1", "Echo", g_variant_new ("(s)", text),
        answer);
}

static void
send_request (HubFixture *self, const char *request, Answer *answer)
{
  send (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request", g_variant_new_parsed (request), answer);
}

/* Returns when the module starts; @loaded has the end of it. */
static void
begin_load (HubFixture *self, Answer *loaded)
{
  install_gated_echo (self);
  send (self, BN_HUB_PATH, BN_IFACE_MODULES, "Load", g_variant_new ("(s)", "echo"), loaded);
  hub_fixture_wait_event (self, "module.state_changed", "'state': <'starting'>");
}

/* What was sent before now has come to the hub: it takes the calls of one caller in their order. */
static void
sync_with_hub (HubFixture *self)
{
  hub_fixture_statistic (self, "requests");
}

/* A typed call and a request wait and are answered. */
static void
test_wait (HubFixture *self, gconstpointer data)
{
  g_auto (Answer) loaded = { FALSE };
  g_auto (Answer) typed = { FALSE };
  g_auto (Answer) asked = { FALSE };
  g_autofree char *text = NULL;

  begin_load (self, &loaded);
  send_echo (self, "a", &typed);
  send_request (self, "('echo.echo', {'text': <'b'>}, @a{sv} {})", &asked);
  sync_with_hub (self);
  g_assert_false (typed.over || asked.over || loaded.over);
  say_at_gate (self, "go\n");
  hub_fixture_wait (self, is_over, &typed);
  hub_fixture_wait (self, is_over, &asked);
  hub_fixture_wait (self, is_over, &loaded);
  g_assert_no_error (typed.error);
  g_assert_no_error (asked.error);
  g_assert_no_error (loaded.error);
  g_variant_get (typed.reply, "(s)", &text);
  g_assert_cmpstr (text, ==, "a");
}

/* The module ends instead: the caller is told why, long before its deadline. */
static void
test_fail (HubFixture *self, gconstpointer data)
{
  g_auto (Answer) loaded = { FALSE };
  g_auto (Answer) typed = { FALSE };

  begin_load (self, &loaded);
  send_echo (self, "a", &typed);
  sync_with_hub (self);
  g_assert_false (typed.over);
  say_at_gate (self, "no\n");
  hub_fixture_wait (self, is_over, &typed);
  hub_fixture_wait (self, is_over, &loaded);
  g_assert_true (bn_error_is (typed.error, BN_ERROR_UNAVAILABLE));
  g_assert_nonnull (strstr (typed.error->message, "code 7"));
}

/* The deadline of a call runs while it waits, and what has ended so reaches no process. */
static void
test_deadline (HubFixture *self, gconstpointer data)
{
  g_auto (Answer) loaded = { FALSE };
  g_auto (Answer) late = { FALSE };
  g_autoptr (GVariant) counted = NULL;
  g_autoptr (GError) error = NULL;
  guint64 count;

  begin_load (self, &loaded);
  send_request (self, "('echo.count', @a{sv} {}, {'timeout-ms': <uint32 20>})", &late);
  hub_fixture_wait (self, is_over, &late);
  g_assert_true (bn_error_is (late.error, BN_ERROR_TIMEOUT));
  g_assert_false (loaded.over);
  say_at_gate (self, "go\n");
  hub_fixture_wait (self, is_over, &loaded);
  counted = hub_fixture_echo (self, "Count", NULL, &error);
  g_assert_no_error (error);
  g_variant_get (counted, "(t)", &count);
  g_assert_cmpuint (count, ==, 1);
}

/* Nobody waits for a module that is to go. */
static void
test_unload (HubFixture *self, gconstpointer data)
{
  g_auto (Answer) loaded = { FALSE };
  g_auto (Answer) typed = { FALSE };
  g_auto (Answer) unloaded = { FALSE };

  begin_load (self, &loaded);
  send_echo (self, "a", &typed);
  sync_with_hub (self);
  g_assert_false (typed.over);
  send (self, BN_HUB_PATH, BN_IFACE_MODULES, "Unload", g_variant_new ("(s)", "echo"), &unloaded);
  hub_fixture_wait (self, is_over, &typed);
  hub_fixture_wait (self, is_over, &loaded);
  hub_fixture_wait (self, is_over, &unloaded);
  g_assert_true (bn_error_is (typed.error, BN_ERROR_UNAVAILABLE));
  g_assert_true (bn_error_is (loaded.error, BN_ERROR_UNAVAILABLE));
  g_assert_no_error (unloaded.error);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  bn_error_quark (); /* so that the errors of the hub have its domain */
#define ADD(path, func)                                                                            \
  g_test_add ("/hub/starting/" path, HubFixture, NULL, hub_fixture_set_up, func,                   \
              hub_fixture_tear_down)
  ADD ("wait", test_wait);
  ADD ("fail", test_fail);
  ADD ("deadline", test_deadline);
  ADD ("unload", test_unload);
  return g_test_run ();
}
