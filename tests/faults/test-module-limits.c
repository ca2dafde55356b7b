/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module that takes what it can get: F3. Its limits end it, or it gets no more; the hub does not
 * grow, and others notice nothing. */
#include <signal.h>
#include <string.h>

#include "bounds.h"
#include "hostile-module.h"
#include "introspection/names.h"
#include "invariants.h"

#define MEMORY_BYTES G_GUINT64_CONSTANT (1073741824)
#define DISK_BYTES G_GUINT64_CONSTANT (268435456)
#define DESCRIPTORS 4096
#define CHILDREN 200
#define LIMIT_NOFILE 256 /* the default of the manifest */

static char *
find_reason (HubFixture *hub)
{
  for (guint i = hub->events->len; i > 0; i--)
    {
      const char *event = g_ptr_array_index (hub->events, i - 1);

      if (g_str_has_prefix (event, "module.state_changed {'name': <'hostile'>")
          && strstr (event, "'state': <'backoff'>") != NULL)
        return g_strdup (event);
    }
  return NULL;
}

/* A limit ends it, which is told as such, and it is started again. */
static void
end_by_limit (HubFixture *hub, const char *deed, guint64 amount, const char *reason)
{
  guint32 generation = fault_module_number (hub, "hostile", "Generation");
  gint64 began_usec = g_get_monotonic_time ();
  g_autofree char *said = NULL;

  g_ptr_array_set_size (hub->events, 0);
  hostile_do (hub, deed, amount);
  fault_module_wait_told (hub, "hostile", "backoff");
  said = find_reason (hub);
  g_test_message ("F3 %s %" G_GUINT64_FORMAT ": ended after %" G_GINT64_FORMAT " ms: %s", deed,
                  amount, (g_get_monotonic_time () - began_usec) / 1000, said);
  g_assert_nonnull (strstr (said, reason));
  fault_module_wait_generation (hub, "hostile", generation);
  fault_module_verb (hub, "reset_failures", "hostile");
  hostile_check_answer (hub);
}

static void
test_memory (HubFixture *hub, gconstpointer data)
{
  Invariants *invariants;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  end_by_limit (hub, "fill-memory", MEMORY_BYTES, "memory");
  invariants_end (invariants);
}

static void
test_disk (HubFixture *hub, gconstpointer data)
{
  Invariants *invariants;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  end_by_limit (hub, "write-disk", DISK_BYTES, "wrote a file of more than 64 MiB");
  invariants_end (invariants);
}

static void
test_descriptors (HubFixture *hub, gconstpointer data)
{
  Invariants *invariants;
  guint64 opened;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  hostile_do (hub, "open", DESCRIPTORS);
  opened = hostile_wait_told (hub, "opened");
  g_test_message ("F3 open: it got %" G_GUINT64_FORMAT " of %d descriptors", opened, DESCRIPTORS);
  g_assert_cmpuint (opened, >, 0);
  g_assert_cmpuint (opened, <, LIMIT_NOFILE);
  hostile_check_answer (hub);
  invariants_end (invariants);
}

static gboolean
is_not_ready (HubFixture *hub, gpointer user_data)
{
  return !fault_module_is (hub, "hostile", "ready");
}

static gboolean
group_is_gone (HubFixture *hub, gpointer user_data)
{
  return fault_count_group (*(GPid *)user_data) == 0;
}

/* What a module has forked ends with it. */
static void
test_forks (HubFixture *hub, gconstpointer data)
{
  Invariants *invariants;
  guint64 forked;
  guint32 generation;
  GPid pid;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  generation = fault_module_number (hub, "hostile", "Generation");
  pid = (GPid)fault_module_number (hub, "hostile", "Pid");
  hostile_do (hub, "fork", CHILDREN);
  forked = hostile_wait_told (hub, "forked");
  g_test_message ("F3 fork: it got %" G_GUINT64_FORMAT " of %d processes; its group has %u", forked,
                  CHILDREN, fault_count_group (pid));
  g_assert_cmpuint (fault_count_group (pid), <=, CHILDREN + 1);
  kill (pid, SIGKILL);
  fault_module_wait_generation (hub, "hostile", generation);
  fault_wait (hub, group_is_gone, &pid);
  hostile_check_answer (hub);
  invariants_end (invariants);
}

/* It spins for ever: the first call that it does not answer finds out. */
static void
test_spin (HubFixture *hub, gconstpointer data)
{
  guint32 generation;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  Invariants *invariants;

  hostile_load (hub, "");
  invariants = invariants_begin (hub);
  invariants_expect_any (invariants, "call_timeouts"); /* or it is ended a moment sooner */
  generation = fault_module_number (hub, "hostile", "Generation");
  hostile_do (hub, "spin", 0);
  reply = hostile_answer (hub, "well", 7, &error);
  g_test_message ("F3 spin: a caller was told: %s", error->message);
  g_assert_true (bn_error_is (error, BN_ERROR_TIMEOUT));
  fault_wait (hub, is_not_ready, NULL);
  fault_module_wait_generation (hub, "hostile", generation);
  hostile_check_answer (hub);
  invariants_end (invariants);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func)                                                                            \
  g_test_add ("/module/limits/" path, HubFixture, NULL, hub_fixture_set_up, func,                  \
              hub_fixture_tear_down)
  /* An allocation that fails ends a sanitizer's own memory, too: it runs without this limit. */
  if (MEMORY_IS_REAL)
    ADD ("memory", test_memory);
  ADD ("disk", test_disk);
  ADD ("descriptors", test_descriptors);
  ADD ("forks", test_forks);
  ADD ("spin", test_spin);
  return g_test_run ();
}
