/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A kernel that lacks what modules are confined with: it is done without, and shown.
 *
 * A filter of system calls makes this process, and with it the hub, believe that it runs on such a
 * kernel. It cannot be taken back, so the tests stand in the order of what is missing. */
#include <errno.h>
#include <seccomp.h>
#include <sys/prctl.h>

#include "introspection/names.h"
#include "prober.h"

static void
lose_landlock (void)
{
  scmp_filter_ctx context = seccomp_init (SCMP_ACT_ALLOW);

  g_assert_cmpint (
      seccomp_rule_add (context, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (landlock_create_ruleset), 0),
      ==, 0);
  g_assert_cmpint (seccomp_load (context), ==, 0);
  seccomp_release (context);
}

static void
lose_seccomp (void)
{
  scmp_filter_ctx context = seccomp_init (SCMP_ACT_ALLOW);

  g_assert_cmpint (seccomp_rule_add (context, SCMP_ACT_ERRNO (EINVAL), SCMP_SYS (prctl), 1,
                                     SCMP_A0 (SCMP_CMP_EQ, PR_SET_SECCOMP)),
                   ==, 0);
  g_assert_cmpint (seccomp_load (context), ==, 0);
  seccomp_release (context);
}

static void
assert_state (HubFixture *self, const char *what, const char *expected)
{
  g_autofree char *state = prober_confinement (self, what, "state");

  g_assert_cmpstr (state, ==, expected);
}

static void
assert_extent (HubFixture *self, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_request (self, "module.list", "{}", &error);
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GVariant) row = NULL;
  const char *extent = NULL;

  g_assert_no_error (error);
  rows = g_variant_lookup_value (reply, "modules", NULL);
  row = g_variant_get_child_value (rows, 0);
  g_assert_true (g_variant_lookup (row, "confinement", "&s", &extent));
  g_assert_cmpstr (extent, ==, expected);
}

static void
test_whole (HubFixture *self, gconstpointer data)
{
  if (!prober_has_landlock ())
    return;
  prober_load (self, "");
  assert_state (self, "files", "held");
  assert_state (self, "system_calls", "held");
  assert_state (self, "network", "held");
  assert_extent (self, "full");
  lose_landlock ();
}

static void
test_without_landlock (HubFixture *self, gconstpointer data)
{
  g_autofree char *secret = prober_make_file (self, "secret");

  prober_load (self, "");
  assert_state (self, "files", "missing");
  assert_state (self, "signals", "missing");
  assert_state (self, "system_calls", "held");
  assert_extent (self, "partial");
  prober_allows (self, "read", secret);
  prober_expect (self, "mount", "", EPERM);
  prober_expect (self, "inet", "1", EPERM);
  lose_seccomp ();
}

static void
test_without_both (HubFixture *self, gconstpointer data)
{
  prober_load (self, "");
  assert_state (self, "files", "missing");
  assert_state (self, "system_calls", "missing");
  assert_state (self, "network", "missing");
  assert_state (self, "descriptors", "held");
  assert_extent (self, "partial");
  prober_allows (self, "inet", "1");
  prober_allows (self, "no-new-privileges", "");
}

static void
add (const char *name, void (*test) (HubFixture *self, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/hub/degraded/", name, NULL);

  g_test_add (path, HubFixture, NULL, hub_fixture_set_up, test, hub_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("whole", test_whole);
  add ("without-landlock", test_without_landlock);
  add ("without-both", test_without_both);
  return g_test_run ();
}
