/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Jobs of a module in Python, at a real hub. */
#include "hub-fixture.h"
#include "introspection/names.h"

static void
set_up (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  hub_fixture_set_up (self, data);
  hub_fixture_install (self, PARROT_FOLDER);
  reply = hub_fixture_request (self, "module.load", "{'name': <'parrot'>}", &error);
  g_assert_no_error (error);
}

/* job.get as text, when the job is over. */
static char *
wait_end (HubFixture *self, guint id)
{
  g_autofree char *mark = g_strdup_printf ("'id': <uint32 %u>", id);
  g_autofree char *payload = g_strdup_printf ("{'id': <%u>}", id);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) row = NULL;

  hub_fixture_wait_event (self, "job.finished", mark);
  row = hub_fixture_request (self, "job.get", payload, &error);
  g_assert_no_error (error);
  return g_variant_print (row, FALSE);
}

static guint
count (HubFixture *self, const char *how)
{
  g_autofree char *payload = g_strdup_printf ("{'to': <3>, 'how': <'%s'>}", how);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_request (self, "parrot.count", payload, &error);
  const char *path;

  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (reply, "job", "&o", &path));
  return (guint)g_ascii_strtoull (strrchr (path, '/') + 1, NULL, 10);
}

static void
assert_end (HubFixture *self, guint id, const char *part)
{
  g_autofree char *row = wait_end (self, id);

  g_test_message ("%s", row);
  g_assert_nonnull (strstr (row, part));
}

static void
test_ends (HubFixture *self, gconstpointer data)
{
  guint id = count (self, "succeed");

  assert_end (self, id, "'title': <'Counting to 3'>");
  assert_end (self, id, "'state': <'succeeded'>");
  assert_end (self, id, "'message': <'At 2'>");
  assert_end (self, id, "'result': <{'counted': <int64 3>}>");
  assert_end (self, count (self, "fail"), "'error': <'conflict: it cannot count further'>");
  assert_end (self, count (self, "exception"),
              "'error': <'internal: IndexError: list index out of range'>");
  assert_end (self, count (self, "result"), "'error': <'internal: TypeError: a object cannot be");
}

static gboolean
waits (HubFixture *self, gpointer user_data)
{
  g_autofree char *payload = g_strdup_printf ("{'id': <%u>}", GPOINTER_TO_UINT (user_data));
  g_autoptr (GVariant) row = hub_fixture_request (self, "job.get", payload, NULL);
  const char *message = "";

  g_variant_lookup (row, "message", "&s", &message);
  return g_str_equal (message, "Waiting");
}

static void
test_cancel (HubFixture *self, gconstpointer data)
{
  guint id = count (self, "wait");
  g_autofree char *payload = g_strdup_printf ("{'id': <%u>}", id);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  hub_fixture_wait (self, waits, GUINT_TO_POINTER (id));
  reply = hub_fixture_request (self, "job.cancel", payload, &error);
  g_assert_no_error (error);
  assert_end (self, id, "'state': <'cancelled'>");
}

static void
ask (HubFixture *self, const char *type, const char *payload)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = hub_fixture_request (self, type, payload, &error);

  g_assert_no_error (error);
}

/* The next generation goes on with it. */
static void
test_survives (HubFixture *self, gconstpointer data)
{
  ask (self, "parrot.brood", "{}");
  ask (self, "module.reload", "{'name': <'parrot'>}");
  ask (self, "parrot.hatch", "{}");
  assert_end (self, 1, "'result': <{'hatched': <true>}>");
}

static void
test_survives_cancelled (HubFixture *self, gconstpointer data)
{
  ask (self, "parrot.brood", "{}");
  ask (self, "module.reload", "{'name': <'parrot'>}");
  ask (self, "job.cancel", "{'id': <1>}");
  assert_end (self, 1, "'state': <'cancelled'>");
}

static void
test_with (HubFixture *self, gconstpointer data)
{
  static const struct
  {
    const char *how;
    const char *end;
  } cases[] = {
    { "succeed", "'state': <'succeeded'>" },
    { "fixed", "'title': <'Managed'>" },
    { "error", "'error': <'busy: there is no time'>" },
    { "cancelled", "'state': <'cancelled'>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *payload = g_strdup_printf ("{'how': <'%s'>}", cases[i].how);
      g_autoptr (GVariant) reply = hub_fixture_request (self, "parrot.manage", payload, NULL);

      /* With an exception the block ends the job, and the call. */
      g_assert_cmpint (reply != NULL, ==, i < 2);
      assert_end (self, i + 1, cases[i].end);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                            \
  g_test_add ("/hub-jobs-python/" name, HubFixture, NULL, set_up, func, hub_fixture_tear_down)
  ADD ("ends", test_ends);
  ADD ("cancel", test_cancel);
  ADD ("survives", test_survives);
  ADD ("survives-cancelled", test_survives_cancelled);
  ADD ("with", test_with);
  return g_test_run ();
}
