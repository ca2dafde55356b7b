/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Starts the program of a module, with its end of the link. */
#include "core/module-spawn.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/program-check.h"
#include "introspection/error.h"
#include "introspection/names.h"

#define CHILD_FD 3

/* What the service manager gave to the hub, and to nobody else: sd_notify(3). */
static const char *const not_for_modules[] = { "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC" };

/* The hub's own, and where the module's end of the link is. */
static char **
make_environment (void)
{
  char **env = g_environ_setenv (g_get_environ (), BN_ENV_MODULE_FD, G_STRINGIFY (CHILD_FD), TRUE);

  for (gsize i = 0; i < G_N_ELEMENTS (not_for_modules); i++)
    env = g_environ_unsetenv (env, not_for_modules[i]);
  return env;
}

/* In the folder, then in the folders of programs; NULL if it is in none. */
static char *
find_program (const char *name, const char *folder, const char *program_path)
{
  g_autofree char *path = g_strconcat (folder, G_SEARCHPATH_SEPARATOR_S, program_path, NULL);
  g_auto (GStrv) folders = g_strsplit (path, G_SEARCHPATH_SEPARATOR_S, -1);

  if (g_path_is_absolute (name))
    return g_file_test (name, G_FILE_TEST_IS_EXECUTABLE) ? g_strdup (name) : NULL;
  for (char **at = folders; *at != NULL; at++)
    {
      g_autofree char *file = g_build_filename (*at, name, NULL);

      if (**at != '\0' && g_file_test (file, G_FILE_TEST_IS_REGULAR)
          && g_file_test (file, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&file);
    }
  return NULL;
}

/* Between fork and exec: only functions that are safe there. */
static void
child_setup (gpointer user_data)
{
  const pid_t *hub = user_data;
  sigset_t none;

  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  if (getppid () != *hub) /* it died before prctl() */
    _exit (0);
}

gboolean
bn_module_spawn (BnManifest *manifest, const char *program_path, GPid *pid, int *link_fd,
                 GError **error)
{
  const char *folder = bn_manifest_get_folder (manifest);
  g_auto (GStrv) argv = g_strdupv ((char **)bn_manifest_get_argv (manifest));
  g_auto (GStrv) env = make_environment ();
  g_autofree char *program = find_program (argv[0], folder, program_path);
  pid_t hub = getpid ();
  int sockets[2];
  int target = CHILD_FD;
  gboolean spawned;

  if (program == NULL)
    {
      g_set_error (
          error, BN_ERROR, BN_ERROR_UNAVAILABLE,
          "The program “%s” of the module %s is not in %s nor in %s, or cannot be executed",
          argv[0], bn_manifest_get_name (manifest), folder, program_path);
      return FALSE;
    }
  if (!bn_program_check (program, error))
    return FALSE;
  g_free (argv[0]);
  argv[0] = g_steal_pointer (&program);
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets) != 0)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "No socket for the module %s: %s",
                   bn_manifest_get_name (manifest), g_strerror (errno));
      return FALSE;
    }
  spawned = g_spawn_async_with_pipes_and_fds (
      folder, (const char *const *)argv, (const char *const *)env, G_SPAWN_DO_NOT_REAP_CHILD,
      child_setup, &hub, -1, -1, -1, &sockets[1], &target, 1, pid, NULL, NULL, NULL, error);
  close (sockets[1]);
  if (!spawned)
    {
      close (sockets[0]);
      g_prefix_error (error, "The module %s did not start: ", bn_manifest_get_name (manifest));
      return FALSE;
    }
  *link_fd = sockets[0];
  return TRUE;
}

G_STATIC_ASSERT (CHILD_FD > STDERR_FILENO);
