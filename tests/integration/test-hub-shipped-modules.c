/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The modules that are shipped do all that they do while they are confined. */
#include <string.h>

#include "hub-fixture.h"
#include "introspection/names.h"

#define SYSTEM_INFO "org.binnacle.SystemInfo1"

static void
load (HubFixture *self, const char *folder)
{
  g_autofree char *source = g_build_filename (MODULES_FOLDER, folder, NULL);
  g_autofree char *payload = g_strdup_printf ("{'name': <'%s'>}", folder);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) description = NULL;
  g_autoptr (GVariant) confinement = NULL;
  g_autofree char *printed = NULL;

  hub_fixture_install (self, source);
  reply = hub_fixture_request (self, "module.load", payload, &error);
  g_assert_no_error (error);
  description = hub_fixture_request (self, "module.describe", payload, &error);
  g_assert_no_error (error);
  confinement = g_variant_lookup_value (description, "confinement", NULL);
  printed = g_variant_print (confinement, FALSE);
  g_test_message ("%s: %s", folder, printed);
}

/* The rows of a method, at least one. */
static GVariant *
ask_system_info (HubFixture *self, const char *method)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      hub_fixture_call (self, BN_MODULES_PATH "/system_info", SYSTEM_INFO, method, NULL, &error);

  g_assert_no_error (error);
  return g_variant_get_child_value (reply, 0);
}

static void
test_methods (HubFixture *self, gconstpointer data)
{
  g_autoptr (GVariant) identity = NULL;
  g_autoptr (GVariant) addresses = NULL;
  g_autoptr (GVariant) users = NULL;
  g_autofree char *printed = NULL;
  guint threads;
  guint64 memory;

  load (self, "system_info");
  identity = ask_system_info (self, "Identity");
  g_assert_true (g_variant_lookup (identity, "threads", "u", &threads));
  g_assert_true (g_variant_lookup (identity, "memory", "t", &memory));
  g_assert_true (g_variant_lookup (identity, "os", "s", NULL));
  addresses = ask_system_info (self, "ListAddresses"); /* by netlink */
  printed = g_variant_print (addresses, FALSE);
  g_assert_nonnull (strstr (printed, "127.0.0.1"));
  users = ask_system_info (self, "ListUsers");
}

static void
samples_cb (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  GHashTable *seen = user_data;
  g_autoptr (GVariant) samples = g_variant_get_child_value (parameters, 0);

  for (gsize i = 0; i < g_variant_n_children (samples); i++)
    {
      char *type;

      g_variant_get_child (samples, i, "(s@a{sv}@a{sv})", &type, NULL, NULL);
      g_hash_table_add (seen, type);
    }
}

static gboolean
all_seen (HubFixture *self, gpointer user_data)
{
  static const char *const types[] = { "system_info.cpu",        "system_info.core",
                                       "system_info.memory",     "system_info.disk",
                                       "system_info.filesystem", "system_info.uptime" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (!g_hash_table_contains (user_data, types[i]))
      return FALSE;
  return TRUE;
}

static void
test_samples (HubFixture *self, gconstpointer data)
{
  const char *const patterns[] = { "system_info.*", NULL };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;
  guint id = g_dbus_connection_signal_subscribe (self->connection, BN_BUS_NAME, BN_IFACE_EVENT_BUS,
                                                 "Samples", BN_HUB_PATH, NULL,
                                                 G_DBUS_SIGNAL_FLAGS_NONE, samples_cb, seen, NULL);

  load (self, "system_info");
  reply = hub_fixture_call (self, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Subscribe",
                            g_variant_new ("(^asa{sv})", patterns, NULL), &error);
  g_assert_no_error (error);
  hub_fixture_wait (self, all_seen, seen);
  g_dbus_connection_signal_unsubscribe (self->connection, id);
}

/* In Python: an interpreter, the SDK by introspection, the libraries of both. */
static void
test_chat (HubFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) sent = NULL;
  g_autoptr (GVariant) reloaded = NULL;
  g_autoptr (GVariant) history = NULL;
  g_autofree char *printed = NULL;

  load (self, "chat");
  sent = hub_fixture_request (self, "chat.send", "{'room': <'lobby'>, 'text': <'Ahoy'>}", &error);
  g_assert_no_error (error);
  hub_fixture_wait_event (self, "chat.message", "Ahoy");
  reloaded = hub_fixture_request (self, "module.reload", "{'name': <'chat'>}", &error);
  g_assert_no_error (error);
  history = hub_fixture_request (self, "chat.history", "{'room': <'lobby'>}", &error);
  g_assert_no_error (error);
  printed = g_variant_print (history, FALSE);
  g_assert_nonnull (strstr (printed, "Ahoy"));
}

static void
add (const char *name, void (*test) (HubFixture *self, gconstpointer data))
{
  g_autofree char *path = g_strconcat ("/hub/shipped-modules/", name, NULL);

  g_test_add (path, HubFixture, NULL, hub_fixture_set_up, test, hub_fixture_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("system_info/methods", test_methods);
  add ("system_info/samples", test_samples);
  add ("chat", test_chat);
  return g_test_run ();
}
