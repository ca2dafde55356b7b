/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Control groups of the kernel, version 2, as folders and files. */
#include "core/control-group.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "introspection/error.h"

#define OWN_GROUP "hub"
#define OOM_KILLS "oom_kill " /* of memory.events */

static const struct
{
  BnControllers controller;
  const char *name;
  const char *hand_on;
} controllers[] = {
  { BN_CONTROLLER_MEMORY, "memory", "+memory" },
  { BN_CONTROLLER_PIDS, "pids", "+pids" },
};

/* These files take what one write() gives them, and say with its result what they think of it. */
static gboolean
write_file (const char *folder, const char *file, const char *text)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean written;

  if (fd < 0)
    return FALSE;
  written = write (fd, text, strlen (text)) == (gssize)strlen (text);
  close (fd);
  return written;
}

char *
bn_control_group_find (const char *root, GPid pid)
{
  g_autofree char *file =
      pid != 0 ? g_strdup_printf ("/proc/%d/cgroup", pid) : g_strdup ("/proc/self/cgroup");
  g_autofree char *controllers_file = g_build_filename (root, "cgroup.controllers", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_test (controllers_file, G_FILE_TEST_EXISTS)
      || !g_file_get_contents (file, &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, "0::/"))
      return g_build_filename (root, *line + strlen ("0::/"), NULL);
  return NULL;
}

BnControllers
bn_control_group_get_controllers (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "cgroup.controllers", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) names = NULL;
  BnControllers found = BN_CONTROLLER_NONE;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return found;
  names = g_strsplit (g_strchomp (text), " ", -1);
  for (guint i = 0; i < G_N_ELEMENTS (controllers); i++)
    if (g_strv_contains ((const char *const *)names, controllers[i].name))
      found |= controllers[i].controller;
  return found;
}

/* systemd marks what it delegates, and gives it to the user of the unit. */
gboolean
bn_control_group_is_delegated (const char *folder)
{
  g_autofree char *file = g_build_filename (folder, "cgroup.subtree_control", NULL);
  char mark = '0';
  struct stat status;

  if (access (file, W_OK) != 0)
    return FALSE;
  if (getxattr (folder, "user.delegate", &mark, sizeof mark) == sizeof mark)
    return mark == '1';
  return getuid () != 0 && stat (folder, &status) == 0 && status.st_uid == getuid ();
}

BnControllers
bn_control_group_divide (const char *folder, gboolean *usable)
{
  g_autofree char *own = g_build_filename (folder, OWN_GROUP, NULL);
  BnControllers has = bn_control_group_get_controllers (folder);
  BnControllers handed_on = BN_CONTROLLER_NONE;

  *usable = (g_mkdir (own, 0755) == 0 || errno == EEXIST) && write_file (own, "cgroup.procs", "0");
  for (guint i = 0; *usable && i < G_N_ELEMENTS (controllers); i++)
    if ((has & controllers[i].controller)
        && write_file (folder, "cgroup.subtree_control", controllers[i].hand_on))
      handed_on |= controllers[i].controller;
  return handed_on;
}

/* The group is ended as a whole: half a module is none. It gets no swap, or one that leaks would
 * fill that first. The soft limit is not the kernel's: that would slow the module down until it
 * seems to hang, where the hub reloads it. */
static gboolean
set_limits (const char *folder, const BnModuleLimits *limits, BnControllers which)
{
  g_autofree char *memory = g_strdup_printf ("%" G_GUINT64_FORMAT, limits->memory_max_bytes);
  g_autofree char *tasks = g_strdup_printf ("%u", limits->tasks_max);

  if (which & BN_CONTROLLER_MEMORY)
    {
      write_file (folder, "memory.oom.group", "1");
      write_file (folder, "memory.swap.max", "0"); /* is not there without swap accounting */
      if (!write_file (folder, "memory.max", memory))
        return FALSE;
    }
  return !(which & BN_CONTROLLER_PIDS) || write_file (folder, "pids.max", tasks);
}

char *
bn_control_group_new (const char *folder, const char *name, const BnModuleLimits *limits,
                      BnControllers which, int *join_fd, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *processes = g_build_filename (path, "cgroup.procs", NULL);

  if ((g_mkdir (path, 0755) == 0 || errno == EEXIST) && set_limits (path, limits, which)
      && (*join_fd = open (processes, O_WRONLY | O_CLOEXEC)) >= 0)
    return g_steal_pointer (&path);
  g_set_error (error, BN_ERROR, BN_ERROR_BUSY, "The control group %s cannot be made: %s", path,
               g_strerror (errno));
  g_rmdir (path);
  return NULL;
}

gboolean
bn_control_group_remove (const char *folder)
{
  if (g_rmdir (folder) == 0 || errno == ENOENT)
    return TRUE;
  write_file (folder, "cgroup.kill", "1");
  return FALSE;
}

int
bn_control_group_open_events (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "memory.events", NULL);

  return open (path, O_RDONLY | O_CLOEXEC);
}

gboolean
bn_control_group_read_oom_kills (int fd, guint64 *kills)
{
  char text[512];
  gssize size = fd >= 0 ? pread (fd, text, sizeof text - 1, 0) : -1;
  const char *line;

  if (size < 0)
    return FALSE;
  text[size] = '\0';
  line = strstr (text, OOM_KILLS);
  *kills = line != NULL ? g_ascii_strtoull (line + strlen (OOM_KILLS), NULL, 10) : 0;
  return TRUE;
}
