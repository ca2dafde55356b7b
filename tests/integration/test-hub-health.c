/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A minute in good health: what failed is forgotten, but for the history. It has to last a minute.
 */
#include <signal.h>
#include <string.h>

#include "hub-fixture.h"
#include "introspection/names.h"

#define HEALTHY_USEC (60 * G_USEC_PER_SEC)

static gboolean
has_last_error (HubFixture *self, gpointer user_data)
{
  g_autoptr (GVariant) error = hub_fixture_module_property (self, "LastError");

  return *g_variant_get_string (error, NULL) != '\0';
}

static guint
count_failures (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_request (self, "module.list", "{}", &error);
  g_autoptr (GVariant) rows = NULL;
  g_autoptr (GVariant) row = NULL;
  guint failures;

  g_assert_no_error (error);
  rows = g_variant_lookup_value (reply, "modules", G_VARIANT_TYPE ("aa{sv}"));
  row = g_variant_get_child_value (rows, 0);
  g_assert_true (g_variant_lookup (row, "failures", "u", &failures));
  return failures;
}

static gboolean
give_up_cb (gpointer user_data)
{
  g_error ("what failed is not forgotten");
  return G_SOURCE_REMOVE;
}

static void
test_forgotten (HubFixture *self, gconstpointer data)
{
  g_autoptr (GVariant) pid = NULL;
  g_autofree char *history = NULL;
  gint64 ready_usec;
  guint id;

  hub_fixture_load_echo (self);
  pid = hub_fixture_module_property (self, "Pid");
  kill ((GPid)g_variant_get_uint32 (pid), SIGKILL);
  hub_fixture_wait_event (self, "module.state_changed", "'backoff'");
  hub_fixture_wait_state (self, "ready");
  ready_usec = g_get_monotonic_time ();
  g_assert_true (has_last_error (self, NULL));
  g_assert_cmpuint (count_failures (self), ==, 1);
  id = g_timeout_add_seconds (90, give_up_cb, NULL);
  while (has_last_error (self, NULL))
    g_main_context_iteration (NULL, TRUE); /* the changed property wakes it */
  g_source_remove (id);
  g_assert_cmpint (g_get_monotonic_time () - ready_usec, >=, HEALTHY_USEC - G_USEC_PER_SEC);
  g_assert_cmpuint (count_failures (self), ==, 0);
  history = hub_fixture_get_history (self, "echo");
  g_assert_nonnull (strstr (history, "backoff: It was ended by signal 9"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/hub/health/forgotten", HubFixture, NULL, hub_fixture_set_up, test_forgotten,
              hub_fixture_tear_down);
  return g_test_run ();
}
