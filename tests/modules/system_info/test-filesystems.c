/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Mounts, and file systems that answer, fail, or hang. */
#include "modules/system_info/filesystems.h"

#include <errno.h>
#include <string.h>

#include "modules/system_info/mounts.h"
#include "tree.h"

#define SECOND G_USEC_PER_SEC

/* What the file systems answer, by the end of their path: */
static GMutex lock;
static GCond changed;
static const char *hanging; /* NULL: none */
static const char *failing; /* NULL: none */
static guint n_asking;      /* that hang now */
static guint n_answered;

static int
fake_statvfs (const char *path, struct statvfs *result)
{
  gboolean failed;

  g_mutex_lock (&lock);
  n_asking++;
  g_cond_broadcast (&changed);
  while (hanging != NULL && g_str_has_suffix (path, hanging))
    g_cond_wait (&changed, &lock);
  n_asking--;
  n_answered++;
  failed = failing != NULL && g_str_has_suffix (path, failing);
  g_mutex_unlock (&lock);
  if (failed)
    {
      errno = EIO;
      return -1;
    }
  *result = (struct statvfs){ .f_frsize = 4096,
                              .f_blocks = 1000,
                              .f_bfree = 300,
                              .f_bavail = 200,
                              .f_files = 50,
                              .f_ffree = 10 };
  return 0;
}

static void
set_behaviour (const char *hang, const char *fail)
{
  g_mutex_lock (&lock);
  hanging = hang;
  failing = fail;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

typedef struct
{
  GHashTable *states; /* of those that are shown: path to state */
  guint n_samples;
  guint n_gone;
  BnFilesystemSample last; /* its strings are not to be used */
} Seen;

static void
see (const BnFilesystemSample *sample, gpointer user_data)
{
  Seen *seen = user_data;

  g_hash_table_insert (seen->states, g_strdup (sample->path), g_strdup (sample->state));
  seen->n_samples++;
  seen->last = *sample;
}

static void
see_gone (const char *key, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_true (g_hash_table_remove (seen->states, key));
  seen->n_gone++;
}

typedef struct
{
  Tree *tree;
  Seen seen;
  BnFilesystemReader *reader;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->tree = tree_new ();
  fixture->seen.states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  fixture->reader =
      bn_filesystem_reader_new (fixture->tree->root, fake_statvfs, see, see_gone, &fixture->seen);
  set_behaviour (NULL, NULL);
  n_answered = 0;
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  bn_filesystem_reader_free (fixture->reader);
  g_hash_table_unref (fixture->seen.states);
  tree_free (fixture->tree);
}

static void
read_at (Fixture *fixture, guint seconds)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bn_filesystem_reader_read (fixture->reader, seconds * SECOND, &error));
  g_assert_no_error (error);
}

static void
wait_for_samples (Fixture *fixture, guint n)
{
  while (fixture->seen.n_samples < n)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->seen.n_samples, ==, n);
}

static void
expect_state (Fixture *fixture, const char *path, const char *state)
{
  g_assert_cmpstr (g_hash_table_lookup (fixture->seen.states, path), ==, state);
}

static void
test_numbers (Fixture *fixture, gconstpointer unused)
{
  tree_write (fixture->tree, "proc/self/mountinfo",
              "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /data ro - xfs /dev/sda2 rw\n");
  read_at (fixture, 1);
  wait_for_samples (fixture, 2);
  expect_state (fixture, "/", "read-write");
  expect_state (fixture, "/data", "read-only");
  g_assert_true (fixture->seen.last.has_numbers);
  g_assert_cmpuint (fixture->seen.last.total_bytes, ==, 1000 * 4096);
  g_assert_cmpuint (fixture->seen.last.used_bytes, ==, 700 * 4096);
  g_assert_cmpuint (fixture->seen.last.available_bytes, ==, 200 * 4096);
  g_assert_cmpfloat_with_epsilon (fixture->seen.last.usage, 100.0 * 700 / 900, 1e-9);
  g_assert_true (fixture->seen.last.has_inodes);
  g_assert_cmpuint (fixture->seen.last.inodes_used, ==, 40);
  g_assert_cmpuint (fixture->seen.last.inodes_total, ==, 50);
}

static void
test_come_and_go (Fixture *fixture, gconstpointer unused)
{
  tree_write (fixture->tree, "proc/self/mountinfo",
              "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /data rw - xfs /dev/sda2 rw\n");
  read_at (fixture, 1);
  wait_for_samples (fixture, 2);
  tree_write (fixture->tree, "proc/self/mountinfo", "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  read_at (fixture, 6);
  g_assert_cmpuint (fixture->seen.n_gone, ==, 1);
  wait_for_samples (fixture, 3);
  /* A disk that answers with errors is not shown, until it is back. */
  set_behaviour (NULL, "/");
  read_at (fixture, 11);
  while (fixture->seen.n_gone < 2)
    g_main_context_iteration (NULL, TRUE);
  set_behaviour (NULL, NULL);
  read_at (fixture, 16);
  wait_for_samples (fixture, 4);
  expect_state (fixture, "/", "read-write");
}

/* A dead disk: nothing waits for it, and the others are measured. */
static void
test_hang (Fixture *fixture, gconstpointer unused)
{
  const char *text = "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 8:2 / /dead rw - xfs /dev/sda2 rw\n";

  tree_write (fixture->tree, "proc/self/mountinfo", text);
  set_behaviour ("/dead", NULL);
  read_at (fixture, 1);
  wait_for_samples (fixture, 1);
  expect_state (fixture, "/", "read-write");
  expect_state (fixture, "/dead", NULL);
  read_at (fixture, 5);
  wait_for_samples (fixture, 2);
  expect_state (fixture, "/dead", NULL);
  read_at (fixture, 6);
  wait_for_samples (fixture, 4);
  expect_state (fixture, "/dead", "not-responding");
  /* It is told again with each reading, but not asked again. */
  read_at (fixture, 11);
  wait_for_samples (fixture, 6);
  g_mutex_lock (&lock);
  g_assert_cmpuint (n_answered, ==, 4);
  g_assert_cmpuint (n_asking, ==, 1);
  g_mutex_unlock (&lock);
  set_behaviour (NULL, NULL);
  wait_for_samples (fixture, 7);
  expect_state (fixture, "/dead", "read-write");
}

/* Another file system at the same place is another one: the old question does not count. */
static void
test_mounted_over (Fixture *fixture, gconstpointer unused)
{
  tree_write (fixture->tree, "proc/self/mountinfo", "1 1 0:9 / /mnt rw - nfs4 a:/b rw\n");
  set_behaviour ("/mnt", NULL);
  read_at (fixture, 1);
  g_mutex_lock (&lock);
  while (n_asking == 0)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
  read_at (fixture, 6);
  expect_state (fixture, "/mnt", "not-responding");
  tree_write (fixture->tree, "proc/self/mountinfo", "1 1 8:5 / /mnt rw - ext4 /dev/sda5 rw\n");
  read_at (fixture, 7);
  set_behaviour (NULL, NULL);
  wait_for_samples (fixture, 2);
  expect_state (fixture, "/mnt", "read-write");
}

/* The threads are so many and no more, and what hangs on one side holds up nothing of the other. */
static void
test_limit (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < BN_FILESYSTEM_THREADS_MAX + 4; i++)
    g_string_append_printf (text, "2 1 0:%u / /%u/share rw - cifs //a/b rw\n", i + 1, i);
  g_string_append (text, "1 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
  tree_write (fixture->tree, "proc/self/mountinfo", text->str);
  set_behaviour ("/share", NULL);
  read_at (fixture, 1);
  wait_for_samples (fixture, 1);
  expect_state (fixture, "/", "read-write");
  g_mutex_lock (&lock);
  while (n_asking < BN_FILESYSTEM_THREADS_MAX)
    g_cond_wait (&changed, &lock);
  g_assert_cmpuint (n_asking, ==, BN_FILESYSTEM_THREADS_MAX);
  g_mutex_unlock (&lock);
  set_behaviour (NULL, NULL);
  wait_for_samples (fixture, 1 + BN_FILESYSTEM_THREADS_MAX + 4);
}

/* The reader goes while one hangs; what the thread holds is its own. */
static void
test_free_while_hanging (void)
{
  Fixture fixture = { 0 };

  set_up (&fixture, NULL);
  tree_write (fixture.tree, "proc/self/mountinfo", "1 1 8:1 / /dead rw - ext4 /dev/sda1 rw\n");
  set_behaviour ("/dead", NULL);
  read_at (&fixture, 1);
  g_mutex_lock (&lock);
  while (n_asking == 0)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
  tear_down (&fixture, NULL);
  set_behaviour (NULL, NULL);
  g_mutex_lock (&lock);
  while (n_answered == 0)
    g_cond_wait_until (&changed, &lock, g_get_monotonic_time () + SECOND / 100);
  g_mutex_unlock (&lock);
  g_assert_cmpuint (fixture.seen.n_samples, ==, 0);
}

static void
test_errors (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (bn_filesystem_reader_read (fixture->reader, SECOND, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  tree_write (fixture->tree, "proc/self/mountinfo", "\xff broken\n1 1 8:1 /\n");
  read_at (fixture, 2);
  g_assert_cmpuint (fixture->seen.n_samples, ==, 0);
}

/* Nothing of the kernel's own, no images, no second mounts. */
static void
test_fixture_mounts (void)
{
  static const struct
  {
    const char *root;
    const char *wanted; /* path:type, "*" if remote, "!" if read-only */
  } rows[] = {
    { "sysroot-laptop", "/run:tmpfs /:btrfs /tmp:tmpfs /boot/efi:vfat "
                        "/media/ada/My Photos\\\nx:exfat! /home/ada/cloud:fuse.sshfs* " },
    { "sysroot-server", "/:xfs /srv:xfs /boot:ext4 /mnt/backup:nfs4* " },
    { "sysroot-vm", "/:ext4 " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *root = tree_fixture (rows[i].root);
      g_autofree char *path = g_build_filename (root, "proc/self/mountinfo", NULL);
      g_autofree char *text = NULL;
      g_autoptr (GString) found = g_string_new (NULL);
      g_autoptr (GPtrArray) mounts = NULL;

      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      mounts = bn_mounts_parse (text);
      for (guint j = 0; j < mounts->len; j++)
        {
          const BnMount *mount = mounts->pdata[j];

          g_string_append_printf (found, "%s:%s%s%s ", mount->path, mount->type,
                                  mount->remote ? "*" : "", mount->read_only ? "!" : "");
        }
      g_assert_cmpstr (found->str, ==, rows[i].wanted);
    }
}

static void
test_mount_lines (void)
{
  static const struct
  {
    const char *line;
    const char *path; /* NULL: broken */
  } rows[] = {
    { "1 2 8:1 / /a rw - ext4 /dev/sda rw", "/a" },
    { "1 2 8:1 / /a rw shared:1 master:2 propagate_from:3 - ext4 /dev/sda rw\n", "/a" },
    { "1 2 8:1 / /a\\040b\\011c rw - ext4 /dev/sda rw\n", "/a b\tc" },
    { "1 2 8:1 / /a\\04 rw - ext4 /dev/sda rw\n", "/a\\04" },
    { "1 2 8:1 / /a\\000 rw - ext4 /dev/sda rw\n", "/a\\000" },
    { "1 2 8:1 / /a\\777 rw - ext4 /dev/sda rw\n", "/a\\777" },
    { "1 2 8:1 / /a rw shared:1", NULL },
    { "1 2 8:1 / /a rw - ext4\n", NULL },
    { "1 2 8 1 / /a rw - ext4 x rw\n", NULL },
    { "1 2 8:1 /\n", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (BnMount) mount = bn_mount_parse_line (rows[i].line);

      g_assert_cmpstr (mount != NULL ? mount->path : NULL, ==, rows[i].path);
    }
}

#define ADD(name, test)                                                                            \
  g_test_add ("/system-info/filesystems/" name, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("numbers", test_numbers);
  ADD ("come-and-go", test_come_and_go);
  ADD ("hang", test_hang);
  ADD ("mounted-over", test_mounted_over);
  ADD ("limit", test_limit);
  ADD ("errors", test_errors);
  g_test_add_func ("/system-info/filesystems/free-while-hanging", test_free_while_hanging);
  g_test_add_func ("/system-info/mounts/fixtures", test_fixture_mounts);
  g_test_add_func ("/system-info/mounts/lines", test_mount_lines);
  return g_test_run ();
}
