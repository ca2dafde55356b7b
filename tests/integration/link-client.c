/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A client of the hub on its private socket. */
#include "link-client.h"

#include "introspection/names.h"

static void
note_sample (LinkClient *self)
{
  gint64 now_usec = g_get_monotonic_time ();

  self->samples++;
  if (self->sample_usec != 0)
    self->sample_wait_usec = MAX (self->sample_wait_usec, now_usec - self->sample_usec);
  self->sample_usec = now_usec;
}

static void
note_event (LinkClient *self, GVariant *parameters)
{
  g_autoptr (GVariant) meta = g_variant_get_child_value (parameters, 2);
  guint64 sequence = 0;

  g_assert_true (g_variant_lookup (meta, "sequence", "t", &sequence));
  self->in_order = self->in_order && sequence > self->sequence;
  self->sequence = sequence;
  self->events++;
}

static void
signal_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
           const char *signal, GVariant *parameters, gpointer user_data)
{
  LinkClient *self = user_data;

  if (g_str_equal (signal, "Event"))
    note_event (self, parameters);
  else if (g_str_equal (signal, "Samples"))
    note_sample (self);
  else
    self->gaps++;
}

static GVariant *
call (LinkClient *self, const char *interface, const char *method, GVariant *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply =
      g_dbus_connection_call_sync (self->connection, NULL, BN_HUB_PATH, interface, method,
                                   arguments, NULL, G_DBUS_CALL_FLAGS_NONE, 20000, NULL, &error);

  g_assert_no_error (error);
  return reply;
}

static void
authenticate (LinkClient *self)
{
  g_autofree char *path =
      g_build_filename (self->hub->runtime_folder, BN_RUNTIME_FOLDER, BN_RUNTIME_TOKEN, NULL);
  g_autofree char *token = NULL;
  g_autoptr (GVariant) reply = NULL;

  g_assert_true (g_file_get_contents (path, &token, NULL, NULL));
  reply = call (self, BN_IFACE_ACCESS, "Authenticate", g_variant_new ("(sa{sv})", token, NULL));
  g_variant_get (reply, "(s@a{sv})", &self->session, NULL);
}

LinkClient *
link_client_new (HubFixture *hub)
{
  LinkClient *self = g_new0 (LinkClient, 1);
  g_autofree char *address = g_strdup_printf (
      "unix:path=%s/" BN_RUNTIME_FOLDER "/" BN_RUNTIME_SOCKET, hub->runtime_folder);
  g_autoptr (GError) error = NULL;

  self->hub = hub;
  self->in_order = TRUE;
  self->connection = g_dbus_connection_new_for_address_sync (
      address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, &error);
  g_assert_no_error (error);
  self->listening = g_dbus_connection_signal_subscribe (
      self->connection, NULL, BN_IFACE_EVENT_BUS, NULL, BN_HUB_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      signal_cb, self, NULL);
  authenticate (self);
  return self;
}

void
link_client_free (LinkClient *self)
{
  g_dbus_connection_signal_unsubscribe (self->connection, self->listening);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_object_unref (self->connection);
  g_free (self->session);
  g_free (self);
}

void
link_client_subscribe (LinkClient *self, const char *pattern, guint interval_ms)
{
  const char *const patterns[] = { pattern, NULL };
  g_autoptr (GVariant) reply = NULL;
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "session", "s", self->session);
  if (interval_ms != 0)
    g_variant_dict_insert (&options, "interval-ms", "u", interval_ms);
  reply = call (self, BN_IFACE_EVENT_BUS, "Subscribe",
                g_variant_new ("(^as@a{sv})", patterns, g_variant_dict_end (&options)));
}

GVariant *
link_client_request (LinkClient *self, const char *type, const char *payload)
{
  g_autoptr (GVariant) reply =
      call (self, BN_IFACE_EVENT_BUS, "Request",
            g_variant_new ("(s@a{sv}@a{sv})", type,
                           g_variant_parse (G_VARIANT_TYPE_VARDICT, payload, NULL, NULL, NULL),
                           g_variant_new_parsed ("{'session': <%s>}", self->session)));

  return g_variant_get_child_value (reply, 0);
}

guint64
link_client_statistic (LinkClient *self, const char *name)
{
  g_autoptr (GVariant) statistics = link_client_request (self, "event.statistics", "{}");
  guint64 value = 0;

  if (!g_variant_lookup (statistics, name, "t", &value))
    g_error ("there is no statistic “%s”", name);
  return value;
}

typedef struct
{
  const guint *counter;
  guint wanted;
} Wanted;

static gboolean
has_counted (HubFixture *hub, gpointer user_data)
{
  const Wanted *wanted = user_data;

  return *wanted->counter >= wanted->wanted;
}

void
link_client_wait (LinkClient *self, const guint *counter, guint wanted)
{
  Wanted condition = { counter, wanted };

  hub_fixture_wait (self->hub, has_counted, &condition);
}
