/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What modules may take: memory, files, descriptors; and what they leave behind. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/sanitized.h"
#include "introspection/names.h"
#include "prober.h"

#define MIB (1024 * 1024)

/* The soft and the hard limit of the module, as /proc tells them. */
static char *
get_limits (HubFixture *self, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/limits", prober_get_pid (self));
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  const char *line;
  char soft[32];
  char hard[32];

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  line = strstr (text, name);
  g_assert_nonnull (line);
  g_assert_cmpint (sscanf (line + strlen (name), "%31s %31s", soft, hard), ==, 2);
  return g_strdup_printf ("%s %s", soft, hard);
}

static void
assert_limits (HubFixture *self, const char *name, const char *expected)
{
  g_autofree char *limits = get_limits (self, name);

  g_assert_cmpstr (limits, ==, expected);
}

static void
assert_confinement (HubFixture *self, const char *what, const char *key, const char *expected)
{
  g_autofree char *found = prober_confinement (self, what, key);

  g_assert_cmpstr (found, ==, expected);
}

/* A session bus without systemd: what the process limits can do is done, at once or as soon as it
 * is known that there are no scopes. */
static void
wait_for_memory_limit (HubFixture *self)
{
  for (gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC; g_get_monotonic_time () < end;)
    {
      g_autofree char *by = prober_confinement (self, "memory", "by");

      if (g_strcmp0 (by, "rlimit") == 0)
        return;
    }
  g_error ("the memory is not limited");
}

static void
test_defaults (HubFixture *self, gconstpointer data)
{
  prober_load (self, "");
  assert_limits (self, "Max open files", "256 256");
  assert_limits (self, "Max core file size", "0 0");
  assert_limits (self, "Max file size", "67108864 67108864");
  assert_confinement (self, "descriptors", "state", "held");
  assert_confinement (self, "descriptors", "limit", "256");
  assert_confinement (self, "file_size", "limit_bytes", "67108864");
}

static void
test_declared (HubFixture *self, gconstpointer data)
{
  prober_load (self, "LimitNOFILE=100\nLimitFSIZE=1M\nMemoryMax=1G\n");
  assert_limits (self, "Max open files", "100 100");
  assert_limits (self, "Max file size", "1048576 1048576");
  if (BN_SANITIZED)
    return;
  wait_for_memory_limit (self);
  assert_limits (self, "Max data size", "1073741824 1073741824");
  assert_confinement (self, "memory", "limit_bytes", "1073741824");
}

static gboolean
fill (HubFixture *self, guint64 bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = prober_call (self, "Fill", g_variant_new ("(t)", bytes), &error);
  gboolean filled;

  g_assert_no_error (error);
  g_variant_get (reply, "(b)", &filled);
  return filled;
}

static gboolean
has_failed (HubFixture *self, gpointer text)
{
  g_autoptr (GVariant) error =
      hub_fixture_property (self, BN_MODULES_PATH "/prober", BN_IFACE_MODULE, "LastError");

  return strstr (g_variant_get_string (error, NULL), text) != NULL;
}

/* The module dies of it. */
static void
attempt_fatally (HubFixture *self, const char *what, const char *on)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      prober_call (self, "Attempt", g_variant_new ("(ss)", what, on), &error);

  g_assert_null (reply);
}

static void
test_memory (HubFixture *self, gconstpointer data)
{
  if (BN_SANITIZED)
    {
      g_test_message ("what a sanitizer reserves counts as memory: there is no such limit");
      return;
    }
  prober_load (self, "MemoryHigh=128M\nMemoryMax=128M"); /* no reload before that */
  wait_for_memory_limit (self);
  g_assert_true (fill (self, 64 * MIB));
  g_assert_false (fill (self, 100 * MIB));
  attempt_fatally (self, "exhaust", "104857600");
  hub_fixture_wait (self, has_failed, (gpointer) "more than 128 MiB of memory");
}

static void
test_file_size (HubFixture *self, gconstpointer data)
{
  g_autofree char *path =
      g_build_filename (self->folder, "state", "binnacle", "modules", "prober", "file", NULL);

  prober_load (self, "");
  prober_allows (self, "make", path);
  attempt_fatally (self, "grow", path);
  hub_fixture_wait (self, has_failed, (gpointer) "a file of more than 64 MiB");
}

static void
wait_for_end (int pidfd)
{
  struct pollfd descriptor = { .fd = pidfd, .events = POLLIN };

  g_assert_cmpint (poll (&descriptor, 1, 30000), ==, 1);
  close (pidfd);
}

static int
leave_behind (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = prober_call (self, "LeaveBehind", NULL, &error);
  gint32 child;
  int pidfd;

  g_assert_no_error (error);
  g_variant_get (reply, "(i)", &child);
  pidfd = (int)syscall (SYS_pidfd_open, child, 0);
  g_assert_no_errno (pidfd);
  return pidfd;
}

static void
test_left_behind (HubFixture *self, gconstpointer data)
{
  int pidfd;

  prober_load (self, "");
  pidfd = leave_behind (self);
  kill (prober_get_pid (self), SIGKILL);
  wait_for_end (pidfd);
}

static void
add (const char *name, void (*test) (HubFixture *self, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/hub/limits/", name, NULL);

  g_test_add (path, HubFixture, NULL, hub_fixture_set_up, test, hub_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("defaults", test_defaults);
  add ("declared", test_declared);
  add ("memory", test_memory);
  add ("file-size", test_file_size);
  add ("left-behind", test_left_behind);
  return g_test_run ();
}
