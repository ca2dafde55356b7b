/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A client of the hub on the bus. */
#include "bus-client.h"

#include "introspection/names.h"

static void
event_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
  BusClient *self = user_data;

  g_ptr_array_add (self->events, g_variant_ref (parameters));
}

static void
samples_cb (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  BusClient *self = user_data;
  g_autoptr (GVariant) samples = g_variant_get_child_value (parameters, 0);

  self->sample_messages++;
  for (gsize i = 0; i < g_variant_n_children (samples); i++)
    g_ptr_array_add (self->samples, g_variant_get_child_value (samples, i));
}

static void
gap_cb (GDBusConnection *connection, const char *sender, const char *path, const char *interface,
        const char *signal, GVariant *parameters, gpointer user_data)
{
  BusClient *self = user_data;

  g_ptr_array_add (self->gaps, g_variant_ref (parameters));
}

static guint
listen (BusClient *self, const char *signal, const char *namespace, GDBusSignalCallback callback)
{
  return g_dbus_connection_signal_subscribe (
      self->connection, BN_BUS_NAME, BN_IFACE_EVENT_BUS, signal, BN_HUB_PATH, namespace,
      namespace != NULL ? G_DBUS_SIGNAL_FLAGS_MATCH_ARG0_NAMESPACE : G_DBUS_SIGNAL_FLAGS_NONE,
      callback, self, NULL);
}

BusClient *
bus_client_new (HubFixture *hub, const char *namespace)
{
  BusClient *self = g_new0 (BusClient, 1);

  self->hub = hub;
  self->connection = hub_fixture_connect (hub);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->samples = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->gaps = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  self->asked = g_ptr_array_new_with_free_func (g_object_unref);
  self->handled = g_ptr_array_new_with_free_func (g_free);
  self->listening[0] = listen (self, "Event", namespace, event_cb);
  self->listening[1] = listen (self, "Samples", NULL, samples_cb);
  self->listening[2] = listen (self, "Gap", NULL, gap_cb);
  bus_client_sync (self); /* the bus has the match rules */
  return self;
}

void
bus_client_free (BusClient *self)
{
  if (self->handler != NULL)
    g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->handler));
  g_clear_object (&self->handler);
  for (guint i = 0; i < G_N_ELEMENTS (self->listening); i++)
    g_dbus_connection_signal_unsubscribe (self->connection, self->listening[i]);
  g_dbus_connection_close_sync (self->connection, NULL, NULL);
  g_object_unref (self->connection);
  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->samples);
  g_ptr_array_unref (self->gaps);
  g_ptr_array_unref (self->asked);
  g_ptr_array_unref (self->handled);
  g_free (self);
}

GVariant *
bus_client_call (BusClient *self, const char *method, const char *arguments, GError **error)
{
  g_autoptr (GError) local = NULL;
  GVariant *body = g_variant_parse (NULL, arguments, NULL, NULL, &local);

  g_assert_no_error (local);
  return g_dbus_connection_call_sync (self->connection, BN_BUS_NAME, BN_HUB_PATH,
                                      BN_IFACE_EVENT_BUS, method, body, NULL,
                                      G_DBUS_CALL_FLAGS_NONE, 20000, NULL, error);
}

void
bus_client_refuse (BusClient *self, const char *method, const char *arguments, BnError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bus_client_call (self, method, arguments, &error);

  if (reply != NULL)
    g_error ("%s %s was not refused", method, arguments);
  g_test_message ("%s %.200s: %s", method, arguments, error->message);
  if (!bn_error_is (error, code))
    g_error ("%s: expected %s, got: %s", method, bn_error_code (code), error->message);
}

guint64
bus_client_emit (BusClient *self, const char *type, const char *payload, const char *options)
{
  g_autofree char *arguments =
      g_strdup_printf ("('%s', @a{sv} %s, @a{sv} %s)", type, payload, options);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bus_client_call (self, "Emit", arguments, &error);
  guint64 sequence;

  g_assert_no_error (error);
  g_variant_get (reply, "(t)", &sequence);
  return sequence;
}

guint32
bus_client_subscribe (BusClient *self, const char *patterns, const char *options)
{
  g_autofree char *arguments = g_strdup_printf ("(@as %s, @a{sv} %s)", patterns, options);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bus_client_call (self, "Subscribe", arguments, &error);
  guint32 id;

  g_assert_no_error (error);
  g_variant_get (reply, "(u)", &id);
  return id;
}

void
bus_client_unsubscribe (BusClient *self, guint32 id)
{
  g_autofree char *arguments = g_strdup_printf ("(uint32 %u,)", id);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bus_client_call (self, "Unsubscribe", arguments, &error);

  g_assert_no_error (error);
}

static gboolean
handle_cb (BnEventHandler1 *handler, GDBusMethodInvocation *invocation, const char *type,
           GVariant *payload, GVariant *meta, gpointer user_data)
{
  BusClient *self = user_data;

  g_ptr_array_add (self->handled, g_strdup (type));
  if (self->answer == NULL)
    g_ptr_array_add (self->asked, g_object_ref (invocation));
  else
    bn_event_handler1_complete_handle (
        handler, invocation,
        g_variant_parse (G_VARIANT_TYPE_VARDICT, self->answer, NULL, NULL, NULL));
  return TRUE;
}

void
bus_client_export_handler (BusClient *self)
{
  g_autoptr (GError) error = NULL;

  self->handler = bn_event_handler1_skeleton_new ();
  g_signal_connect (self->handler, "handle-handle", G_CALLBACK (handle_cb), self);
  g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->handler), self->connection,
                                    "/handler", &error);
  g_assert_no_error (error);
}

typedef struct
{
  GPtrArray *array;
  guint length;
} Wanted;

static gboolean
has_length (HubFixture *hub, gpointer user_data)
{
  const Wanted *wanted = user_data;

  return wanted->array->len >= wanted->length;
}

void
bus_client_wait (BusClient *self, GPtrArray *array, guint length)
{
  Wanted wanted = { array, length };

  hub_fixture_wait (self->hub, has_length, &wanted);
}

const char *
bus_client_get_type (GPtrArray *array, guint index)
{
  const char *type;

  g_assert_cmpuint (index, <, array->len);
  g_variant_get_child (g_ptr_array_index (array, index), 0, "&s", &type);
  return type;
}

static GVariant *
get_value (GPtrArray *array, guint index, guint child, const char *name)
{
  g_autoptr (GVariant) dict = NULL;

  g_assert_cmpuint (index, <, array->len);
  dict = g_variant_get_child_value (g_ptr_array_index (array, index), child);
  return g_variant_lookup_value (dict, name, NULL);
}

GVariant *
bus_client_get_field (GPtrArray *array, guint index, const char *name)
{
  return get_value (array, index, 1, name);
}

GVariant *
bus_client_get_meta (GPtrArray *array, guint index, const char *name)
{
  return get_value (array, index, 2, name);
}

char *
bus_client_dup_meta_string (GPtrArray *array, guint index, const char *name)
{
  g_autoptr (GVariant) value = bus_client_get_meta (array, index, name);

  return g_strdup (value != NULL ? g_variant_get_string (value, NULL) : "");
}

static void
synced_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  g_assert_no_error (error);
  *(gboolean *)user_data = TRUE;
}

static gboolean
is_set (HubFixture *hub, gpointer user_data)
{
  return *(gboolean *)user_data;
}

/* An answer comes after all that was sent before it, and is dispatched after it. */
void
bus_client_sync (BusClient *self)
{
  gboolean synced = FALSE;

  g_dbus_connection_call (self->connection, BN_BUS_NAME, BN_HUB_PATH, BN_IFACE_EVENT_BUS,
                          "GetStatistics", NULL, NULL, G_DBUS_CALL_FLAGS_NONE, 20000, NULL,
                          synced_cb, &synced);
  hub_fixture_wait (self->hub, is_set, &synced);
}
