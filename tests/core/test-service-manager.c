/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a service manager is told, read from a socket as it has one. */
#include "core/service-manager.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <unistd.h>

typedef struct
{
  char *folder;
  char *path;
  GSocket *socket;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = NULL;

  fixture->folder = g_dir_make_tmp ("binnacle-notify-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "notify", NULL);
  fixture->socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, 0, &error);
  g_assert_no_error (error);
  address = g_unix_socket_address_new (fixture->path);
  g_assert_true (g_socket_bind (fixture->socket, address, FALSE, &error));
  g_assert_no_error (error);
  g_socket_set_blocking (fixture->socket, FALSE);
  g_setenv ("NOTIFY_SOCKET", fixture->path, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_unsetenv ("NOTIFY_SOCKET");
  g_unsetenv ("WATCHDOG_USEC");
  g_unsetenv ("WATCHDOG_PID");
  g_object_unref (fixture->socket);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* The next message; NULL if there is none. */
static char *
receive (Fixture *fixture)
{
  char text[256];
  gssize length = g_socket_receive (fixture->socket, text, sizeof text, NULL, NULL);

  return length < 0 ? NULL : g_strndup (text, length);
}

static void
assert_next (Fixture *fixture, const char *expected)
{
  g_autofree char *text = receive (fixture);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_states (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BnServiceManager) manager = bn_service_manager_new ();

  assert_next (fixture, NULL);
  bn_service_manager_tell_ready (manager);
  bn_service_manager_tell_ready (manager);
  bn_service_manager_tell_stopping (manager);
  assert_next (fixture, "READY=1");
  assert_next (fixture, "READY=1");
  assert_next (fixture, "STOPPING=1");
  assert_next (fixture, NULL);
}

/* Fed by the loop, twice a period, and by nothing else. */
static void
test_watchdog (Fixture *fixture, gconstpointer data)
{
  g_autofree char *pid = g_strdup_printf ("%d", getpid ());
  g_autoptr (BnServiceManager) manager = NULL;
  gint64 started_usec = g_get_monotonic_time ();
  guint fed = 0;

  g_setenv ("WATCHDOG_USEC", "100000", TRUE);
  g_setenv ("WATCHDOG_PID", pid, TRUE);
  manager = bn_service_manager_new ();
  g_assert_nonnull (g_main_context_find_source_by_user_data (NULL, manager));
  while (fed < 3)
    {
      g_autofree char *text = NULL;

      g_assert_null (receive (fixture));
      g_main_context_iteration (NULL, TRUE);
      text = receive (fixture);
      if (text != NULL)
        {
          g_assert_cmpstr (text, ==, "WATCHDOG=1");
          fed++;
        }
    }
  g_assert_cmpint (g_get_monotonic_time () - started_usec, >=, 3 * 50000);
  g_clear_object (&manager);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_next (fixture, NULL);
}

/* Nobody asked this process, so there is no timer that would wake it up. */
static void
test_no_watchdog (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BnServiceManager) first = bn_service_manager_new ();
  g_autoptr (BnServiceManager) second = NULL;

  g_setenv ("WATCHDOG_USEC", "100000", TRUE);
  g_setenv ("WATCHDOG_PID", "1", TRUE);
  second = bn_service_manager_new ();
  g_assert_null (g_main_context_find_source_by_user_data (NULL, first));
  g_assert_null (g_main_context_find_source_by_user_data (NULL, second));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/service-manager/states", Fixture, NULL, set_up, test_states, tear_down);
  g_test_add ("/service-manager/watchdog", Fixture, NULL, set_up, test_watchdog, tear_down);
  g_test_add ("/service-manager/no-watchdog", Fixture, NULL, set_up, test_no_watchdog, tear_down);
  return g_test_run ();
}
