/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The connection to the hub's private socket, kept up. */
#include "hub/hub-client.h"

#include "introspection/contract-generated.h"
#include "introspection/error.h"
#include "introspection/names.h"

#define FIRST_RETRY_MS 100
#define LAST_RETRY_MS 5000
/* Longer than the hub's own deadline for a request (5 s): its answer says more than ours. */
#define CALL_TIMEOUT_MS 15000
#define PROPERTIES "org.freedesktop.DBus.Properties"

struct _BnHubClient
{
  GObject parent_instance;

  char *path;
  GDBusConnection *connection; /* (owned, nullable) */
  BnBridgePeer1 *object;       /* (owned): what the hub calls */
  const BnHubAnswers *answers; /* (nullable) */
  gpointer answers_data;
  GCancellable *cancellable; /* of the attempt under way */
  char *epoch;               /* (nullable): NULL until the hub has said it */
  guint64 sequence;
  guint retry_id;
  guint retry_ms;
  gboolean running;
};

G_DEFINE_FINAL_TYPE (BnHubClient, bn_hub_client, G_TYPE_OBJECT)

enum
{
  SIGNAL_EVENT,
  SIGNAL_SAMPLES,
  SIGNAL_GAP,
  SIGNAL_SESSION_ENDED,
  SIGNAL_SESSION_CHANGED,
  SIGNAL_EXPOSURE_CHANGED,
  SIGNAL_CONNECTED,
  SIGNAL_LOST,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void attempt (BnHubClient *self);

static gboolean
on_retry (gpointer user_data)
{
  BnHubClient *self = user_data;

  self->retry_id = 0;
  attempt (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (BnHubClient *self)
{
  guint wait_ms = self->retry_ms * g_random_double_range (0.8, 1.2);

  if (!self->running || self->retry_id != 0)
    return;
  self->retry_id = g_timeout_add (wait_ms, on_retry, self);
  self->retry_ms = MIN (self->retry_ms * 2, LAST_RETRY_MS);
}

static void
drop_connection (BnHubClient *self)
{
  gboolean was_there = self->epoch != NULL;

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->connection != NULL)
    {
      g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (self->object));
      g_signal_handlers_disconnect_by_data (self->connection, self);
      g_dbus_connection_close (self->connection, NULL, NULL, NULL);
    }
  g_clear_object (&self->connection);
  g_clear_pointer (&self->epoch, g_free);
  if (was_there)
    g_signal_emit (self, signals[SIGNAL_LOST], 0);
}

static void
on_closed (GDBusConnection *connection, gboolean remote, GError *error, gpointer user_data)
{
  BnHubClient *self = user_data;

  drop_connection (self);
  retry_later (self);
}

static void
on_event_bus_signal (GDBusConnection *connection, const char *sender, const char *path,
                     const char *interface, const char *name, GVariant *parameters,
                     gpointer user_data)
{
  BnHubClient *self = user_data;

  if (g_str_equal (name, "Event")
      && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}a{sv})")))
    {
      g_autoptr (GVariant) payload = NULL;
      g_autoptr (GVariant) meta = NULL;
      const char *type;

      g_variant_get (parameters, "(&s@a{sv}@a{sv})", &type, &payload, &meta);
      g_signal_emit (self, signals[SIGNAL_EVENT], 0, type, payload, meta);
    }
  else if (g_str_equal (name, "Samples")
           && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(a(sa{sv}a{sv}))")))
    {
      g_autoptr (GVariant) samples = g_variant_get_child_value (parameters, 0);

      g_signal_emit (self, signals[SIGNAL_SAMPLES], 0, samples);
    }
  else if (g_str_equal (name, "Gap") && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(stt)")))
    {
      const char *epoch;
      guint64 from, to;

      g_variant_get (parameters, "(&stt)", &epoch, &from, &to);
      g_signal_emit (self, signals[SIGNAL_GAP], 0, epoch, from, to);
    }
}

static void
on_access_signal (GDBusConnection *connection, const char *sender, const char *path,
                  const char *interface, const char *name, GVariant *parameters, gpointer user_data)
{
  BnHubClient *self = user_data;
  const char *session, *reason;

  if (g_str_equal (name, "SessionEnded")
      && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ss)")))
    {
      g_variant_get (parameters, "(&s&s)", &session, &reason);
      g_signal_emit (self, signals[SIGNAL_SESSION_ENDED], 0, session, reason);
    }
  else if (g_str_equal (name, "ExposureChanged")
           && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(bq)")))
    {
      gboolean wanted;
      guint16 port;

      g_variant_get (parameters, "(bq)", &wanted, &port);
      g_signal_emit (self, signals[SIGNAL_EXPOSURE_CHANGED], 0, wanted, (guint)port);
    }
  else if (g_str_equal (name, "SessionChanged")
           && g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv})")))
    {
      g_autoptr (GVariant) info = NULL;

      g_variant_get (parameters, "(&s@a{sv})", &session, &info);
      g_signal_emit (self, signals[SIGNAL_SESSION_CHANGED], 0, session, info);
    }
}

static void
on_properties (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnHubClient) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) properties = NULL;

  if (G_DBUS_CONNECTION (source) != self->connection)
    return;
  if (reply != NULL)
    {
      g_variant_get (reply, "(@a{sv})", &properties);
      g_variant_lookup (properties, "Epoch", "s", &self->epoch);
      g_variant_lookup (properties, "Sequence", "t", &self->sequence);
    }
  if (self->epoch == NULL)
    {
      drop_connection (self);
      retry_later (self);
      return;
    }
  self->retry_ms = FIRST_RETRY_MS;
  g_signal_emit (self, signals[SIGNAL_CONNECTED], 0);
}

static gboolean
on_get_statistics (BnHubClient *self, GDBusMethodInvocation *invocation)
{
  GVariant *statistics = self->answers != NULL
                             ? self->answers->get_statistics (self->answers_data)
                             : g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);

  bn_bridge_peer1_complete_get_statistics (self->object, invocation, statistics);
  return TRUE;
}

static gboolean
on_list_connections (BnHubClient *self, GDBusMethodInvocation *invocation)
{
  GVariant *connections = self->answers != NULL
                              ? self->answers->list_connections (self->answers_data)
                              : g_variant_new_array (G_VARIANT_TYPE_VARDICT, NULL, 0);

  bn_bridge_peer1_complete_list_connections (self->object, invocation, connections);
  return TRUE;
}

static void
export_object (BnHubClient *self)
{
  g_autoptr (GError) error = NULL;

  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->object), self->connection,
                                         BN_BRIDGE_PATH, &error))
    g_warning ("The hub cannot ask for our counters: %s", error->message);
}

static void
on_connection (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnHubClient) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection =
      g_dbus_connection_new_for_address_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || !self->running)
    return;
  g_clear_object (&self->cancellable);
  if (connection == NULL)
    {
      retry_later (self);
      return;
    }
  self->connection = g_steal_pointer (&connection);
  g_dbus_connection_set_exit_on_close (self->connection, FALSE);
  g_signal_connect (self->connection, "closed", G_CALLBACK (on_closed), self);
  g_dbus_connection_signal_subscribe (self->connection, NULL, BN_IFACE_EVENT_BUS, NULL, BN_HUB_PATH,
                                      NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_event_bus_signal, self,
                                      NULL);
  g_dbus_connection_signal_subscribe (self->connection, NULL, BN_IFACE_ACCESS, NULL, BN_HUB_PATH,
                                      NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_access_signal, self, NULL);
  export_object (self);
  g_dbus_connection_start_message_processing (self->connection);
  g_dbus_connection_call (self->connection, NULL, BN_HUB_PATH, PROPERTIES, "GetAll",
                          g_variant_new ("(s)", BN_IFACE_EVENT_BUS), G_VARIANT_TYPE ("(a{sv})"),
                          G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, NULL, on_properties,
                          g_object_ref (self));
}

static void
attempt (BnHubClient *self)
{
  g_autofree char *escaped = g_dbus_address_escape_value (self->path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);

  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                         | G_DBUS_CONNECTION_FLAGS_DELAY_MESSAGE_PROCESSING,
                                     NULL, self->cancellable, on_connection, g_object_ref (self));
}

void
bn_hub_client_start (BnHubClient *self)
{
  g_return_if_fail (BN_IS_HUB_CLIENT (self));

  if (self->running)
    return;
  self->running = TRUE;
  attempt (self);
}

void
bn_hub_client_stop (BnHubClient *self)
{
  g_return_if_fail (BN_IS_HUB_CLIENT (self));

  self->running = FALSE;
  g_clear_handle_id (&self->retry_id, g_source_remove);
  drop_connection (self);
}

void
bn_hub_client_set_answers (BnHubClient *self, const BnHubAnswers *answers, gpointer user_data)
{
  g_return_if_fail (BN_IS_HUB_CLIENT (self));

  self->answers = answers;
  self->answers_data = user_data;
}

const char *
bn_hub_client_get_epoch (BnHubClient *self)
{
  return self->epoch;
}

guint64
bn_hub_client_get_sequence (BnHubClient *self)
{
  return self->sequence;
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GUnixFDList *descriptors = NULL;
  GVariant *reply = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source),
                                                                     &descriptors, result, &error);

  if (descriptors != NULL)
    g_task_set_task_data (task, descriptors, g_object_unref);
  if (reply != NULL)
    g_task_return_pointer (task, reply, (GDestroyNotify)g_variant_unref);
  else
    g_task_return_error (task, error);
}

void
bn_hub_client_call_async (BnHubClient *self, const char *interface, const char *method,
                          GVariant *arguments, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);

  if (self->epoch == NULL)
    g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNAVAILABLE,
                             "The hub is not there; it is connected to again and again");
  else
    g_dbus_connection_call_with_unix_fd_list (
        self->connection, NULL, BN_HUB_PATH, interface, method, owned, NULL, G_DBUS_CALL_FLAGS_NONE,
        CALL_TIMEOUT_MS, NULL, NULL, on_called, g_steal_pointer (&task));
}

GVariant *
bn_hub_client_call_finish (BnHubClient *self, GAsyncResult *result, GUnixFDList **descriptors,
                           GError **error)
{
  GUnixFDList *received = g_task_get_task_data (G_TASK (result));

  *descriptors = received != NULL ? g_object_ref (received) : NULL;
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
bn_hub_client_dispose (GObject *object)
{
  bn_hub_client_stop (BN_HUB_CLIENT (object));
  G_OBJECT_CLASS (bn_hub_client_parent_class)->dispose (object);
}

static void
bn_hub_client_finalize (GObject *object)
{
  BnHubClient *self = BN_HUB_CLIENT (object);

  g_object_unref (self->object);
  g_free (self->path);
  G_OBJECT_CLASS (bn_hub_client_parent_class)->finalize (object);
}

static void
bn_hub_client_class_init (BnHubClientClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bn_hub_client_dispose;
  object_class->finalize = bn_hub_client_finalize;

  signals[SIGNAL_EVENT] =
      g_signal_new ("event", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_VARIANT, G_TYPE_VARIANT);
  signals[SIGNAL_SAMPLES] = g_signal_new ("samples", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_VARIANT);
  signals[SIGNAL_GAP] =
      g_signal_new ("gap", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                    G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_UINT64, G_TYPE_UINT64);
  signals[SIGNAL_SESSION_ENDED] = g_signal_new (
      "session-ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
      G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_SESSION_CHANGED] =
      g_signal_new ("session-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                    G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, G_TYPE_VARIANT);
  signals[SIGNAL_EXPOSURE_CHANGED] =
      g_signal_new ("exposure-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                    2, G_TYPE_BOOLEAN, G_TYPE_UINT);
  signals[SIGNAL_CONNECTED] =
      g_signal_new ("connected", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LOST] =
      g_signal_new ("lost", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_hub_client_init (BnHubClient *self)
{
  self->retry_ms = FIRST_RETRY_MS;
  self->object = bn_bridge_peer1_skeleton_new ();
  g_signal_connect_swapped (self->object, "handle-get-statistics", G_CALLBACK (on_get_statistics),
                            self);
  g_signal_connect_swapped (self->object, "handle-list-connections",
                            G_CALLBACK (on_list_connections), self);
}

BnHubClient *
bn_hub_client_new (const char *path)
{
  BnHubClient *self = g_object_new (BN_TYPE_HUB_CLIENT, NULL);

  self->path = g_strdup (path);
  return self;
}
