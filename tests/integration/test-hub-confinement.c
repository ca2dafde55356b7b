/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What modules may do: what they did not declare fails inside them, what they did works. */
#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/landlock.h"
#include "introspection/names.h"
#include "prober.h"

#define SECRET "BINNACLE_TEST_SECRET"

static char *
own_state (HubFixture *self, const char *name)
{
  return g_build_filename (self->folder, "state", "binnacle", "modules", "prober", name, NULL);
}

static char *
get_temp_folder (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = prober_call (self, "GetEnvironment", NULL, &error);
  g_auto (GStrv) environment = NULL;

  g_assert_no_error (error);
  g_variant_get (reply, "(^as)", &environment);
  return g_strdup (g_environ_getenv (environment, "TMPDIR"));
}

/* The folder of the fixture is to the module what the home of the user is. */
static void
test_other_files (HubFixture *self, gconstpointer data)
{
  g_autofree char *secret = prober_make_file (self, "secret");
  g_autofree char *new_file = prober_path (self, "new");
  g_autofree char *renamed = g_strconcat (secret, ">", new_file, NULL);
  g_autofree char *token =
      g_build_filename (self->runtime_folder, BN_RUNTIME_FOLDER, BN_RUNTIME_TOKEN, NULL);
  g_autofree char *others = own_state (self, "../other");
  g_autofree char *manifest = hub_fixture_module_file (self, "prober", "prober.module");
  g_autofree char *beside = hub_fixture_module_file (self, "prober", "beside");
  g_autofree char *proc_root = g_strconcat ("/proc/self/root", secret, NULL);

  if (!prober_has_landlock ())
    return;
  prober_load (self, "");
  prober_expect (self, "read", secret, EACCES);
  prober_expect (self, "read", proc_root, EACCES);
  prober_expect (self, "write", secret, EACCES);
  prober_expect (self, "remove", secret, EACCES);
  prober_expect (self, "rename", renamed, EACCES);
  prober_expect (self, "make", new_file, EACCES);
  prober_expect (self, "make-folder", new_file, EACCES);
  prober_expect (self, "list", self->folder, EACCES);
  prober_expect (self, "list", "/", EACCES);
  prober_expect (self, "list", "/run", EACCES);
  prober_expect (self, "list", g_get_home_dir (), EACCES);
  if (bn_landlock_get_abi () >= 3)
    prober_expect (self, "truncate", secret, EACCES);

  g_assert_true (g_file_test (token, G_FILE_TEST_EXISTS));
  prober_expect (self, "read", token, EACCES);
  g_assert_no_errno (g_mkdir (others, 0700));
  prober_expect (self, "list", others, EACCES);

  prober_allows (self, "read", manifest);
  prober_expect (self, "write", manifest, EACCES);
  prober_expect (self, "make", beside, EACCES);
}

static void
test_own_files (HubFixture *self, gconstpointer data)
{
  g_autofree char *file = own_state (self, "file");
  g_autofree char *folder = own_state (self, "folder");
  g_autofree char *moved = own_state (self, "folder/file");
  g_autofree char *move = g_strconcat (file, ">", moved, NULL);
  g_autofree char *program = own_state (self, "true");
  g_autofree char *temp_folder = NULL;
  g_autofree char *temp_file = NULL;
  g_autoptr (GFile) from = g_file_new_for_path ("/usr/bin/true");
  g_autoptr (GFile) to = g_file_new_for_path (program);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  GStatBuf status;

  if (!prober_has_landlock ())
    return;
  prober_load (self, "");
  prober_allows (self, "make", file);
  g_assert_no_errno (g_stat (file, &status));
  g_assert_cmphex (status.st_mode & 0777, ==, 0600);
  prober_allows (self, "make-folder", folder);
  if (bn_landlock_get_abi () >= 2)
    prober_allows (self, "rename", move);
  prober_allows (self, "list", folder);
  g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  prober_allows (self, "execute", "/usr/bin/true");
  prober_expect (self, "execute", program, EACCES);
  prober_allows (self, "read", "/etc/passwd");
  prober_allows (self, "read", "/proc/stat");
  prober_allows (self, "list", "/sys/class");
  prober_allows (self, "write", "/dev/null");

  temp_folder = get_temp_folder (self);
  g_assert_no_errno (g_stat (temp_folder, &status));
  g_assert_cmphex (status.st_mode & 0777, ==, 0700);
  temp_file = g_build_filename (temp_folder, "file", NULL);
  prober_allows (self, "make", temp_file);
  reply = hub_fixture_request (self, "module.unload", "{'name': <'prober'>}", &error);
  g_assert_no_error (error);
  while (g_file_test (temp_folder, G_FILE_TEST_EXISTS)) /* rm(1) is at it */
    g_thread_yield ();
}

static void
test_declared_files (HubFixture *self, gconstpointer data)
{
  g_autofree char *written = prober_make_file (self, "written");
  g_autofree char *looked_at = prober_make_file (self, "looked-at");
  g_autofree char *other = prober_make_file (self, "other");
  g_autofree char *folder = prober_path (self, "shared");
  g_autofree char *inside = prober_path (self, "shared/new");
  g_autofree char *lines = NULL;

  g_assert_no_errno (g_mkdir (folder, 0700));
  lines = g_strdup_printf ("Files=%s;%s:ro;%s;/nowhere/at/all\n", written, looked_at, folder);
  if (!prober_has_landlock ())
    return;
  prober_load (self, lines);
  prober_allows (self, "read", written);
  prober_allows (self, "write", written);
  prober_allows (self, "truncate", written);
  prober_allows (self, "read", looked_at);
  prober_expect (self, "write", looked_at, EACCES);
  prober_expect (self, "read", other, EACCES);
  prober_allows (self, "make", inside);
  prober_allows (self, "list", folder);
  prober_allows (self, "remove", inside);
  prober_allows (self, "connect", self->bus_address + strlen ("unix:path="));
  prober_expect (self, "inet", "1", EPERM);
}

static const int forbidden_calls[] = {
  SYS_add_key,         SYS_bpf,         SYS_delete_module,  SYS_finit_module,
  SYS_fsopen,          SYS_init_module, SYS_io_uring_setup, SYS_kcmp,
  SYS_kexec_load,      SYS_keyctl,      SYS_move_mount,     SYS_open_tree,
  SYS_perf_event_open, SYS_pidfd_getfd, SYS_pivot_root,     SYS_process_vm_readv,
  SYS_reboot,          SYS_request_key, SYS_setns,          SYS_sethostname,
  SYS_swapon,          SYS_umount2,     SYS_userfaultfd,    SYS_open_by_handle_at,
};

static void
test_system_calls (HubFixture *self, gconstpointer data)
{
  g_autofree char *hub = g_strdup_printf ("%d", self->pid);

  prober_load (self, "");
  for (guint i = 0; i < G_N_ELEMENTS (forbidden_calls); i++)
    {
      g_autofree char *number = g_strdup_printf ("%d", forbidden_calls[i]);

      prober_expect (self, "system-call", number, EPERM);
    }
  prober_expect (self, "mount", "", EPERM);
  prober_expect (self, "unshare", "", EPERM);
  prober_expect (self, "clone-namespace", "", EPERM);
  prober_expect (self, "clone3", "", ENOSYS);
  prober_expect (self, "session", "", EPERM);
  prober_expect (self, "process-group", "", EPERM);
  prober_allows (self, "die-with-hub", "");
  prober_expect (self, "outlive-hub", "", EPERM);
  prober_expect (self, "disguised-outlive-hub", "", EPERM);
  prober_expect (self, "type-into-terminal", "", EPERM);
  prober_expect (self, "limit-other", hub, EPERM);
  prober_expect (self, "trace", hub, EPERM);
  prober_allows (self, "no-new-privileges", "");
  prober_expect (self, "umask", "", 077);
}

static void
test_sockets (HubFixture *self, gconstpointer data)
{
  prober_load (self, "");
  prober_allows (self, "unix", "1");        /* SOCK_STREAM */
  prober_allows (self, "unix", "5");        /* SOCK_SEQPACKET */
  prober_expect (self, "unix", "2", EPERM); /* SOCK_DGRAM */
  prober_expect (self, "unix", "3", EPERM); /* SOCK_RAW */
  prober_expect (self, "inet", "1", EPERM);
  prober_expect (self, "inet", "2", EPERM);
  prober_expect (self, "socket", "10", EPERM); /* AF_INET6 */
  prober_expect (self, "socket", "17", EPERM); /* AF_PACKET */
  prober_expect (self, "socket", "40", EPERM); /* AF_VSOCK */
  prober_expect (self, "disguised-socket", "", EPERM);
  prober_allows (self, "netlink", G_STRINGIFY (NETLINK_ROUTE));
  prober_expect (self, "netlink", G_STRINGIFY (NETLINK_SOCK_DIAG), EPERM);
  prober_expect (self, "connect", self->bus_address + strlen ("unix:path="), EPERM);
}

static void
test_network (HubFixture *self, gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_autofree char *text = g_strdup_printf ("%u", port);

  g_assert_no_error (error);
  prober_load (self, "Network=true");
  prober_allows (self, "inet", "1");
  prober_allows (self, "connect-port", text);
  prober_allows (self, "unix", "2"); /* SOCK_DGRAM */
  prober_expect (self, "mount", "", EPERM);
}

static gboolean
has_variable (HubFixture *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = prober_call (self, "GetEnvironment", NULL, &error);
  g_auto (GStrv) environment = NULL;

  g_assert_no_error (error);
  g_variant_get (reply, "(^as)", &environment);
  return g_environ_getenv (environment, name) != NULL;
}

static void
test_environment (HubFixture *self, gconstpointer data)
{
  prober_load (self, "");
  g_assert_true (has_variable (self, "PATH"));
  g_assert_true (has_variable (self, "HOME"));
  g_assert_true (has_variable (self, "LC_ALL"));
  g_assert_true (has_variable (self, "XDG_RUNTIME_DIR"));
  g_assert_true (has_variable (self, "TMPDIR"));
  g_assert_false (has_variable (self, SECRET));
  g_assert_false (has_variable (self, BN_ENV_MODULE_PATH));
  g_assert_false (has_variable (self, "DBUS_SESSION_BUS_ADDRESS"));
}

static void
test_talk (HubFixture *self, gconstpointer data)
{
  prober_load (self, "Talk=session:org.mpris.MediaPlayer2.*");
  g_assert_true (has_variable (self, "DBUS_SESSION_BUS_ADDRESS"));
  g_assert_false (has_variable (self, SECRET));
  prober_allows (self, "connect", self->bus_address + strlen ("unix:path="));
  prober_expect (self, "inet", "1", EPERM);
}

static void
test_signals (HubFixture *self, gconstpointer data)
{
  g_autofree char *hub = g_strdup_printf ("%d", self->pid);
  g_autofree char *own = NULL;

  if (bn_landlock_get_abi () < BN_LANDLOCK_ABI_SCOPE)
    {
      g_test_skip ("this kernel's Landlock knows no signals");
      return;
    }
  prober_load (self, "");
  own = g_strdup_printf ("%d", prober_get_pid (self));
  prober_expect (self, "signal", hub, EPERM);
  prober_allows (self, "signal", own);
}

static void
test_unconfined (HubFixture *self, gconstpointer data)
{
  g_autofree char *secret = prober_make_file (self, "secret");
  g_autofree char *files = NULL;
  g_autofree char *network = NULL;
  guint n_refused = 0;

  prober_load (self, "Unconfined=true");
  prober_allows (self, "read", secret);
  prober_allows (self, "inet", "1");
  prober_allows (self, "session", "");
  prober_allows (self, "connect", self->bus_address + strlen ("unix:path="));
  for (guint i = 0; i < G_N_ELEMENTS (forbidden_calls); i++)
    {
      g_autofree char *number = g_strdup_printf ("%d", forbidden_calls[i]);

      n_refused += prober_attempt (self, "system-call", number) == EPERM;
    }
  /* Else the test of the filter could not tell. Some need privileges, and a container has a filter
   * of its own. */
  g_assert_cmpuint (n_refused, <, G_N_ELEMENTS (forbidden_calls));
  g_assert_false (has_variable (self, SECRET));
  g_assert_false (has_variable (self, "DBUS_SESSION_BUS_ADDRESS"));
  prober_allows (self, "no-new-privileges", "");
  files = prober_confinement (self, "files", "state");
  network = prober_confinement (self, "network", "state");
  g_assert_cmpstr (files, ==, "granted");
  g_assert_cmpstr (network, ==, "granted");
}

static void
add (const char *name, void (*test) (HubFixture *self, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/hub/confinement/", name, NULL);

  g_test_add (path, HubFixture, NULL, hub_fixture_set_up, test, hub_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_setenv (SECRET, "nobody's business", TRUE);
  g_test_init (&argc, &argv, NULL);
  add ("other-files", test_other_files);
  add ("own-files", test_own_files);
  add ("declared-files", test_declared_files);
  add ("system-calls", test_system_calls);
  add ("sockets", test_sockets);
  add ("network", test_network);
  add ("environment", test_environment);
  add ("talk", test_talk);
  add ("signals", test_signals);
  add ("unconfined", test_unconfined);
  return g_test_run ();
}
