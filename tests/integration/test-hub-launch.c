/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module may not start, and where. That it can is tried with a real systemd: tests/data. */
#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <unistd.h>

#include "introspection/names.h"
#include "prober.h"

#define SYSTEMD_IFACE "org.freedesktop.systemd1.Manager"
#define LAUNCHES_MAX 16

static void
refuse (HubFixture *self, const char *argv, const char *options, BnError code, const char *text)
{
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  int null = open ("/dev/null", O_WRONLY | O_CLOEXEC);

  g_unix_fd_list_append (descriptors, null, NULL);
  close (null);
  reply = g_dbus_connection_call_with_unix_fd_list_sync (
      self->connection, BN_BUS_NAME, BN_MODULES_PATH "/prober", "org.binnacle.Prober1", "Launch",
      g_variant_new ("(@as@a{sv}h)", g_variant_new_parsed (argv), g_variant_new_parsed (options),
                     0),
      NULL, G_DBUS_CALL_FLAGS_NONE, 10000, descriptors, NULL, NULL, &error);
  g_assert_null (reply);
  g_test_message ("%s %s: %s", argv, options, error->message);
  if (!bn_error_is (error, code))
    g_error ("expected %s, got: %s", bn_error_code (code), error->message);
  g_assert_nonnull (strstr (error->message, text));
}

static void
test_undeclared (HubFixture *self, gconstpointer data)
{
  prober_load (self, "");
  refuse (self, "['true']", "@a{sv} {}", BN_ERROR_FORBIDDEN, "Launch=true");
}

static void
test_no_systemd (HubFixture *self, gconstpointer data)
{
  prober_load (self, "Launch=true");
  refuse (self, "['true']", "{'stdout': <handle 0>}", BN_ERROR_UNSUPPORTED, "systemd");
}

static void
test_bad_arguments (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *argv;
    const char *options;
    BnError code;
    const char *text;
  } cases[] = {
    { "['no such program']", "@a{sv} {}", BN_ERROR_NOT_FOUND, "no program" },
    { "['/etc/passwd']", "@a{sv} {}", BN_ERROR_NOT_FOUND, "no program" },
    { "['']", "@a{sv} {}", BN_ERROR_NOT_FOUND, "no program" },
    { "['../bin/true']", "@a{sv} {}", BN_ERROR_BAD_PAYLOAD, "absolute path" },
    { "['true']", "{'description': <7>}", BN_ERROR_BAD_PAYLOAD, "type s" },
    { "['true']", "{'folder': <'here'>}", BN_ERROR_BAD_PAYLOAD, "absolute path" },
    { "['true']", "{'environment': <['A=1', 'B']>}", BN_ERROR_BAD_PAYLOAD, "NAME=VALUE" },
    { "['true']", "{'environment': <['=1']>}", BN_ERROR_BAD_PAYLOAD, "NAME=VALUE" },
    { "['true']", "{'terminal': <'/dev/tty'>}", BN_ERROR_BAD_PAYLOAD, "/dev/pts/5" },
    { "['true']", "{'terminal': <'/dev/pts/../mem'>}", BN_ERROR_BAD_PAYLOAD, "/dev/pts/5" },
    { "['true']", "{'terminal': <'/dev/pts/1'>, 'stdin': <handle 0>}", BN_ERROR_BAD_PAYLOAD,
      "With “terminal”" },
  };

  prober_load (self, "Launch=true");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    refuse (self, cases[i].argv, cases[i].options, cases[i].code, cases[i].text);
}

/* Keeps silent like a systemd that hangs. */
static GDBusMessage *
swallow (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  if (incoming && g_strcmp0 (g_dbus_message_get_interface (message), SYSTEMD_IFACE) == 0)
    g_clear_object (&message);
  return message;
}

static void
launched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (object), NULL, result, error);

  g_assert_null (reply);
}

static gboolean
has_failed (HubFixture *self, gpointer user_data)
{
  return *(GError **)user_data != NULL;
}

/* While systemd does not answer, launches are not piled up. */
static void
test_many (HubFixture *self, gconstpointer data)
{
  GDBusConnection *systemd = hub_fixture_connect (self);
  GError *errors[LAUNCHES_MAX + 1] = { NULL };
  g_autoptr (GVariant) owned = NULL;
  g_autoptr (GUnixFDList) descriptors = g_unix_fd_list_new ();

  g_unix_fd_list_append (descriptors, STDOUT_FILENO, NULL);
  g_dbus_connection_add_filter (systemd, swallow, NULL, NULL);
  owned = g_dbus_connection_call_sync (systemd, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                       "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", "org.freedesktop.systemd1", 0), NULL,
                                       0, -1, NULL, NULL);
  g_assert_nonnull (owned);
  prober_load (self, "Launch=true");
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    g_dbus_connection_call_with_unix_fd_list (
        self->connection, BN_BUS_NAME, BN_MODULES_PATH "/prober", "org.binnacle.Prober1", "Launch",
        g_variant_new_parsed ("(['true'], @a{sv} {}, handle 0)"), NULL, G_DBUS_CALL_FLAGS_NONE,
        20000, descriptors, NULL, launched_cb, &errors[i]);
  hub_fixture_wait (self, has_failed, &errors[LAUNCHES_MAX]);
  if (!bn_error_is (errors[LAUNCHES_MAX], BN_ERROR_BUSY))
    g_error ("expected busy, got: %s", errors[LAUNCHES_MAX]->message);
  g_assert_null (errors[LAUNCHES_MAX - 1]);
  g_dbus_connection_close_sync (systemd, NULL, NULL); /* it is gone: all others fail */
  g_object_unref (systemd);
  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      hub_fixture_wait (self, has_failed, &errors[i]);
      g_clear_error (&errors[i]);
    }
}

static void
add (const char *name, void (*test) (HubFixture *self, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/hub/launch/", name, NULL);

  g_test_add (path, HubFixture, NULL, hub_fixture_set_up, test, hub_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("undeclared", test_undeclared);
  add ("no-systemd", test_no_systemd);
  add ("bad-arguments", test_bad_arguments);
  add ("many", test_many);
  return g_test_run ();
}
