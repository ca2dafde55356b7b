/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The listening socket: who is let in, how many, and what is left behind. */
#include "link/link-server.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "introspection/error.h"
#include "pair.h"

typedef struct
{
  char *folder;
  char *path;
  BnLinkServer *server;
  GPtrArray *links;
} Fixture;

static void
on_link (BnLinkServer *server, BnLink *link, Fixture *fixture)
{
  g_ptr_array_add (fixture->links, g_object_ref (link));
}

static void
start (Fixture *fixture, uid_t uid, guint max_peers, const BnLinkLimits *limits)
{
  g_autoptr (GError) error = NULL;

  fixture->server = bn_link_server_new (fixture->path, uid, max_peers, limits, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->server, "link", G_CALLBACK (on_link), fixture);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("link-server-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "hub", NULL);
  fixture->links = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_clear_object (&fixture->server);
  g_ptr_array_unref (fixture->links);
  g_unlink (fixture->path);
  g_assert_no_errno (g_rmdir (fixture->folder));
  g_free (fixture->path);
  g_free (fixture->folder);
}

static int
connect_raw (Fixture *fixture)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, fixture->path, sizeof address.sun_path);
  g_assert_no_errno (connect (fd, (struct sockaddr *)&address, sizeof address));
  return fd;
}

/* Whether the other side has closed. */
static gboolean
is_refused (int fd)
{
  char byte;

  return recv (fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
}

static void
greet (int fd)
{
  static const char hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";

  g_assert_cmpint (send (fd, hello, sizeof hello - 1, MSG_NOSIGNAL), ==, sizeof hello - 1);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  *(GDBusConnection **)user_data = g_dbus_connection_new_for_address_finish (result, &error);
  g_assert_no_error (error);
}

static void
test_gdbus (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GDBusConnection) connection = NULL;
  g_autofree char *address = g_strdup_printf ("unix:path=%s", fixture->path);
  struct stat status;
  pid_t pid;

  start (fixture, getuid (), 4, &bn_link_default_limits);
  g_assert_no_errno (stat (fixture->path, &status));
  g_assert_cmpint (status.st_mode & 07777, ==, 0600);
  g_dbus_connection_new_for_address (address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL,
                                     NULL, on_connected, &connection);
  pair_await (connection != NULL && fixture->links->len == 1);
  g_assert_true (bn_link_get_peer (fixture->links->pdata[0], &pid, NULL));
  g_assert_cmpint (pid, ==, getpid ());
  bn_link_close (fixture->links->pdata[0]);
  pair_await (g_dbus_connection_is_closed (connection));
  g_assert_cmpuint (bn_link_server_get_refused (fixture->server), ==, 0);
}

static void
test_too_many (Fixture *fixture, gconstpointer unused)
{
  int fds[5];

  start (fixture, getuid (), 3, &bn_link_default_limits);
  for (guint i = 0; i < 5; i++)
    fds[i] = connect_raw (fixture);
  greet (fds[0]);
  pair_await (bn_link_server_get_refused (fixture->server) == 2 && fixture->links->len == 1);
  g_assert_true (is_refused (fds[3]) && is_refused (fds[4]));
  g_assert_false (is_refused (fds[1]));
  /* A place is free when a link closes, whether in its handshake or after it. */
  close (fds[1]);
  bn_link_close (fixture->links->pdata[0]);
  close (fds[3]);
  close (fds[4]);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  fds[3] = connect_raw (fixture);
  fds[4] = connect_raw (fixture);
  greet (fds[3]);
  greet (fds[4]);
  pair_await (fixture->links->len == 3);
  g_assert_cmpuint (bn_link_server_get_refused (fixture->server), ==, 2);
  close (fds[0]);
  close (fds[2]);
  close (fds[3]);
  close (fds[4]);
}

static void
test_other_user (Fixture *fixture, gconstpointer unused)
{
  int fd;

  start (fixture, getuid () + 1, 3, &bn_link_default_limits);
  fd = connect_raw (fixture);
  pair_await (bn_link_server_get_refused (fixture->server) == 1);
  g_assert_true (is_refused (fd));
  close (fd);
}

static void
test_silent (Fixture *fixture, gconstpointer unused)
{
  BnLinkLimits limits = bn_link_default_limits;
  guint threads = pair_count_threads ();
  guint descriptors;
  int fds[400];
  int healthy;

  limits.handshake_ms = 300;
  start (fixture, getuid (), 401, &limits);
  descriptors = pair_count_descriptors ();
  for (guint i = 0; i < 400; i++)
    fds[i] = connect_raw (fixture);
  healthy = connect_raw (fixture);
  greet (healthy);
  pair_await (fixture->links->len == 1);
  g_assert_cmpuint (pair_count_threads (), <=, threads);
  for (guint i = 0; i < 400; i++)
    {
      pair_await (is_refused (fds[i]));
      close (fds[i]);
    }
  g_assert_cmpuint (pair_count_descriptors (), ==, descriptors + 2);
  g_assert_false (bn_link_is_closed (fixture->links->pdata[0]));
  close (healthy);
}

static void
test_conflict (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BnLinkServer) second = NULL;
  g_autoptr (GError) error = NULL;

  start (fixture, getuid (), 3, &bn_link_default_limits);
  second = bn_link_server_new (fixture->path, getuid (), 3, &bn_link_default_limits, &error);
  g_assert_null (second);
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_stale (Fixture *fixture, gconstpointer unused)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, fixture->path, sizeof address.sun_path);
  g_assert_no_errno (bind (fd, (struct sockaddr *)&address, sizeof address));
  close (fd);
  start (fixture, getuid (), 3, &bn_link_default_limits);
  fd = connect_raw (fixture);
  greet (fd);
  pair_await (fixture->links->len == 1);
  close (fd);
}

/* What is not ours is not removed, neither at the start nor at the end. */
static void
test_not_a_socket (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (BnLinkServer) server = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "precious", -1, NULL));
  server = bn_link_server_new (fixture->path, getuid (), 3, &bn_link_default_limits, &error);
  g_assert_null (server);
  g_assert_error (error, BN_ERROR, BN_ERROR_CONFLICT);
  g_assert_no_errno (g_unlink (fixture->path));
  start (fixture, getuid (), 3, &bn_link_default_limits);
  g_assert_no_errno (g_unlink (fixture->path));
  g_assert_true (g_file_set_contents (fixture->path, "precious", -1, NULL));
  bn_link_server_stop (fixture->server);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_IS_REGULAR));
}

static void
test_path_too_long (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *name = g_strnfill (120, 'x');
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BnLinkServer) server =
      bn_link_server_new (path, getuid (), 3, &bn_link_default_limits, &error);

  g_assert_null (server);
  g_assert_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED);
}

static void
test_stop (Fixture *fixture, gconstpointer unused)
{
  int greeted;
  int silent;

  start (fixture, getuid (), 3, &bn_link_default_limits);
  greeted = connect_raw (fixture);
  silent = connect_raw (fixture);
  greet (greeted);
  pair_await (fixture->links->len == 1);
  bn_link_server_stop (fixture->server);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_true (is_refused (silent));
  g_assert_false (bn_link_is_closed (fixture->links->pdata[0]));
  g_clear_object (&fixture->server);
  close (silent);
  close (greeted);
  pair_await (bn_link_is_closed (fixture->links->pdata[0]));
}

/* Out of descriptors: who knocks is sent away instead of waking us up for ever. */
static void
test_out_of_descriptors (Fixture *fixture, gconstpointer unused)
{
  struct rlimit limit;
  struct rlimit tight;
  int fd;

  start (fixture, getuid (), 3, &bn_link_default_limits);
  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &limit));
  fd = connect_raw (fixture);
  tight = (struct rlimit){ fd + 1, limit.rlim_max };
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &tight));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &limit));
  g_assert_cmpuint (bn_link_server_get_refused (fixture->server), ==, 1);
  g_assert_true (is_refused (fd));
  close (fd);
  fd = connect_raw (fixture);
  greet (fd);
  pair_await (fixture->links->len == 1);
  close (fd);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/link-server/gdbus", test_gdbus);
  add ("/link-server/too-many", test_too_many);
  add ("/link-server/other-user", test_other_user);
  add ("/link-server/silent", test_silent);
  add ("/link-server/conflict", test_conflict);
  add ("/link-server/stale", test_stale);
  add ("/link-server/not-a-socket", test_not_a_socket);
  add ("/link-server/path-too-long", test_path_too_long);
  add ("/link-server/stop", test_stop);
  add ("/link-server/out-of-descriptors", test_out_of_descriptors);
  return g_test_run ();
}
