/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Starts the program of a module, with its end of the link. */
#include "core/module-spawn.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/program-check.h"
#include "introspection/error.h"

#define CHILD_FD 3

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

char *
bn_module_spawn_find (BnManifest *manifest, const char *program_path, GError **error)
{
  const char *folder = bn_manifest_get_folder (manifest);
  const char *name = bn_manifest_get_argv (manifest)[0];
  char *program = find_program (name, folder, program_path);

  if (program == NULL)
    g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE,
                 "The program “%s” of the module %s is not in %s nor in %s, or cannot be executed",
                 name, bn_manifest_get_name (manifest), folder, program_path);
  return program;
}

gboolean
bn_module_spawn_link (BnManifest *manifest, int *link_fd, int *module_fd, GError **error)
{
  int sockets[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets) != 0)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "No socket for the module %s: %s",
                   bn_manifest_get_name (manifest), g_strerror (errno));
      return FALSE;
    }
  *link_fd = sockets[0];
  *module_fd = sockets[1];
  return TRUE;
}

/* Between fork and exec: only functions that are safe there. */
static void
child_setup (gpointer user_data)
{
  bn_confinement_enter (user_data);
}

static gboolean
start (BnManifest *manifest, const char *program, BnConfinement *confinement, int module_fd,
       int output, GPid *pid, GError **error)
{
  g_auto (GStrv) argv = g_strdupv ((char **)bn_manifest_get_argv (manifest));
  const char *const *environment =
      (const char *const *)bn_confinement_get_environment (confinement);
  int target = CHILD_FD;

  g_free (argv[0]);
  argv[0] = g_strdup (program);
  if (!g_spawn_async_with_pipes_and_fds (
          bn_manifest_get_folder (manifest), (const char *const *)argv, environment,
          G_SPAWN_DO_NOT_REAP_CHILD, child_setup, confinement, -1, output, output, &module_fd,
          &target, 1, pid, NULL, NULL, NULL, error))
    {
      g_prefix_error (error, "The module %s did not start: ", bn_manifest_get_name (manifest));
      return FALSE;
    }
  bn_confinement_adopt (confinement, *pid);
  return TRUE;
}

BnConfinement *
bn_module_spawn (BnManifest *manifest, const BnModulePlaces *places, BnTaskGroup *group, GPid *pid,
                 int *link_fd, GError **error)
{
  g_autofree char *program = bn_module_spawn_find (manifest, places->program_path, error);
  g_autoptr (BnTaskGroup) own_group = group;
  g_autoptr (BnConfinement) confinement = NULL;
  int module_fd;
  gboolean started;

  if (program == NULL || !bn_program_check (program, error))
    return NULL;
  confinement =
      bn_confinement_new (manifest, program, CHILD_FD, places, g_steal_pointer (&own_group), error);
  if (confinement == NULL || !bn_module_spawn_link (manifest, link_fd, &module_fd, error))
    return NULL;
  started = start (manifest, program, confinement, module_fd, places->output, pid, error);
  close (module_fd);
  if (!started)
    {
      close (*link_fd);
      return NULL;
    }
  return g_steal_pointer (&confinement);
}

G_STATIC_ASSERT (CHILD_FD > STDERR_FILENO);
