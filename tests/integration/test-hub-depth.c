/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Checks that nobody can make the hub send what the bus disconnects it for. */
#include "hub-fixture.h"
#include "introspection/error.h"
#include "introspection/names.h"
#include "introspection/value-depth.h"

/* The most that D-Bus itself allows in one message. */
#define DBUS_DEPTH_MAX 64

static void
assert_alive (HubFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) replayed =
      hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Replay",
                        g_variant_new_parsed ("('', uint64 0, ['user.*'], @a{sv} {})"), &error);

  g_assert_no_error (error);
  g_assert_nonnull (replayed);
}

static void
test_reply (HubFixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) deepest = NULL;
  g_autoptr (GVariant) by_name = NULL;

  hub_fixture_load_echo (self);
  deepest = hub_fixture_echo (self, "Nest", g_variant_new ("(u)", BN_VALUE_DEPTH_MAX), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_variant_get_type_string (deepest), ==, "(v)");
  by_name = hub_fixture_request (self, "echo.nest", "{'depth': <48>}", &error);
  g_assert_no_error (error);
  for (guint depth = BN_VALUE_DEPTH_MAX + 1; depth <= DBUS_DEPTH_MAX; depth++)
    {
      g_autofree char *payload = g_strdup_printf ("{'depth': <%u>}", depth);

      g_assert_null (hub_fixture_echo (self, "Nest", g_variant_new ("(u)", depth), &error));
      g_assert_true (bn_error_is (error, BN_ERROR_INTERNAL));
      g_assert_nonnull (strstr (error->message, "nested too deeply"));
      g_clear_error (&error);
      g_assert_null (hub_fixture_request (self, "echo.nest", payload, &error));
      g_assert_true (bn_error_is (error, BN_ERROR_INTERNAL));
      g_assert_nonnull (strstr (error->message, "nested too deeply"));
      g_clear_error (&error);
    }
  assert_alive (self);
}

static GVariant *
emit (HubFixture *self, guint n_variants, GError **error)
{
  GVariant *value = g_variant_new_uint32 (1);
  GVariantDict payload;

  for (guint i = 0; i < n_variants; i++)
    value = g_variant_new_variant (value);
  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert_value (&payload, "tree", value);
  return hub_fixture_call (
      self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Emit",
      g_variant_new ("(s@a{sv}a{sv})", "user.deep", g_variant_dict_end (&payload), NULL), error);
}

/* The dictionary, its entry and the variant of the field come before the variants. */
static void
test_event (HubFixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) deepest = emit (self, BN_VALUE_DEPTH_MAX - 3, &error);

  g_assert_no_error (error);
  g_assert_nonnull (deepest);
  assert_alive (self);
  for (guint n = BN_VALUE_DEPTH_MAX - 2; n <= DBUS_DEPTH_MAX - 3; n++)
    {
      g_assert_null (emit (self, n, &error));
      g_assert_true (bn_error_is (error, BN_ERROR_BAD_PAYLOAD));
      g_assert_nonnull (strstr (error->message, "nested too deeply"));
      g_clear_error (&error);
    }
  assert_alive (self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/hub/depth/reply", HubFixture, NULL, hub_fixture_set_up, test_reply,
              hub_fixture_tear_down);
  g_test_add ("/hub/depth/event", HubFixture, NULL, hub_fixture_set_up, test_event,
              hub_fixture_tear_down);
  return g_test_run ();
}
