/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Control groups, as far as they are files: a folder that looks like one. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/control-group.h"
#include "introspection/error.h"

typedef struct
{
  char *folder;
} Fixture;

static void
write_file (Fixture *self, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
assert_file (Fixture *self, const char *name, const char *expected)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

/* The kernel makes these files with the folder. */
static void
make_group (Fixture *self, const char *name)
{
  static const char *const files[] = { "cgroup.procs",     "cgroup.kill", "memory.max",
                                       "memory.oom.group", "pids.max",    "memory.swap.max" };
  g_autofree char *path = g_build_filename (self->folder, name, NULL);

  g_assert_no_errno (g_mkdir (path, 0755));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *file = g_build_filename (name, files[i], NULL);

      write_file (self, file, "");
    }
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("binnacle-group-XXXXXX", &error);
  g_assert_no_error (error);
  write_file (self, "cgroup.controllers", "cpuset cpu io memory hugetlb pids\n");
  write_file (self, "cgroup.subtree_control", "");
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *command = g_strdup_printf ("rm -r %s", self->folder);

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL));
  g_free (self->folder);
}

static void
test_controllers (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (bn_control_group_get_controllers (self->folder), ==,
                   BN_CONTROLLER_MEMORY | BN_CONTROLLER_PIDS);
  write_file (self, "cgroup.controllers", "hugetlb pidsx xmemory\n");
  g_assert_cmpint (bn_control_group_get_controllers (self->folder), ==, BN_CONTROLLER_NONE);
  write_file (self, "cgroup.controllers", "pids\n");
  g_assert_cmpint (bn_control_group_get_controllers (self->folder), ==, BN_CONTROLLER_PIDS);
  g_assert_cmpint (bn_control_group_get_controllers ("/nowhere"), ==, BN_CONTROLLER_NONE);
}

static void
test_find (Fixture *self, gconstpointer data)
{
  g_autofree char *found = bn_control_group_find (self->folder, 0);
  g_autofree char *same = bn_control_group_find (self->folder, getpid ());
  g_autofree char *nowhere = bn_control_group_find ("/nowhere", 0);

  g_assert_true (g_str_has_prefix (found, self->folder));
  g_assert_cmpstr (found, ==, same);
  g_assert_null (nowhere);
}

static void
test_divide (Fixture *self, gconstpointer data)
{
  gboolean usable = FALSE;
  BnControllers controllers;

  make_group (self, "hub");
  controllers = bn_control_group_divide (self->folder, &usable);
  g_assert_true (usable);
  g_assert_cmpint (controllers, ==, BN_CONTROLLER_MEMORY | BN_CONTROLLER_PIDS);
  assert_file (self, "hub/cgroup.procs", "0");
}

static void
test_limits (Fixture *self, gconstpointer data)
{
  const BnModuleLimits limits = { .memory_max_bytes = 1 << 28, .tasks_max = 64 };
  g_autoptr (GError) error = NULL;
  g_autofree char *group = NULL;
  int join_fd = -1;

  make_group (self, "module-x.1");
  group = bn_control_group_new (self->folder, "module-x.1", &limits,
                                BN_CONTROLLER_MEMORY | BN_CONTROLLER_PIDS, &join_fd, &error);
  g_assert_no_error (error);
  assert_file (self, "module-x.1/memory.max", "268435456");
  assert_file (self, "module-x.1/memory.oom.group", "1");
  assert_file (self, "module-x.1/memory.swap.max", "0");
  assert_file (self, "module-x.1/pids.max", "64");
  g_assert_cmpint (write (join_fd, "0", 1), ==, 1);
  close (join_fd);
  assert_file (self, "module-x.1/cgroup.procs", "0");
  g_assert_false (bn_control_group_remove (group)); /* a folder with files: as if in use */
  assert_file (self, "module-x.1/cgroup.kill", "1");
  g_assert_true (bn_control_group_remove ("/nowhere"));
}

/* A group that cannot be limited is not used. */
static void
test_refused (Fixture *self, gconstpointer data)
{
  const BnModuleLimits limits = { .memory_max_bytes = 1 << 28, .tasks_max = 64 };
  g_autoptr (GError) error = NULL;
  int join_fd = -1;

  g_assert_null (bn_control_group_new (self->folder, "module-x.1", &limits, BN_CONTROLLER_MEMORY,
                                       &join_fd, &error));
  g_assert_error (error, BN_ERROR, BN_ERROR_BUSY);
  g_assert_cmpint (join_fd, ==, -1);
}

static void
test_oom_kills (Fixture *self, gconstpointer data)
{
  guint64 kills = 7;
  int fd = bn_control_group_open_events (self->folder);

  g_assert_cmpint (fd, ==, -1);
  g_assert_false (bn_control_group_read_oom_kills (fd, &kills));
  write_file (self, "memory.events", "low 0\nhigh 3\nmax 12\noom 1\noom_kill 0\n");
  fd = bn_control_group_open_events (self->folder);
  g_assert_true (bn_control_group_read_oom_kills (fd, &kills));
  g_assert_cmpuint (kills, ==, 0);
  close (fd);
  write_file (self, "memory.events",
              "low 0\nhigh 3\nmax 12\noom 1\noom_kill 2\noom_group_kill 1\n");
  fd = bn_control_group_open_events (self->folder);
  g_assert_true (bn_control_group_read_oom_kills (fd, &kills));
  g_assert_cmpuint (kills, ==, 2);
  close (fd);
}

static void
add (const char *path, void (*test) (Fixture *self, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/control-group/controllers", test_controllers);
  add ("/control-group/find", test_find);
  add ("/control-group/divide", test_divide);
  add ("/control-group/limits", test_limits);
  add ("/control-group/refused", test_refused);
  add ("/control-group/oom-kills", test_oom_kills);
  return g_test_run ();
}
