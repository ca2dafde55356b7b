/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The connection to the hub. */
#include "model/hub.h"

#include "introspection/error.h"
#include "introspection/names.h"

#include <gio/gunixfdlist.h>
#include <glib/gi18n.h>

/* A request waits longer than the hub's own longest default deadline: its answer says more than
 * "timeout" of the bus. */
#define REQUEST_TIMEOUT_MS 30000
#define RETRY_MS 5000

struct _BnHub
{
  GObject parent_instance;
  GBusType bus_type;
  BnHubState state;
  char *message;               /* nullable */
  GDBusConnection *connection; /* owned, nullable */
  char *owner;                 /* owned, nullable: the unique name of the hub */
  guint watch_id;
  guint samples_id;
  guint n_sample_users;
  guint retry_id;
  gulong closed_id;
  gboolean suspended;
  GCancellable *cancellable; /* owned: ends with the object */
};

enum
{
  PROP_STATE = 1,
  PROP_SUSPENDED,
  N_PROPS,
};

enum
{
  SAMPLES,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnHub, bn_hub, G_TYPE_OBJECT)

static void open_bus (BnHub *self);

static void
set_state (BnHub *self, BnHubState state, const char *message)
{
  gboolean changed = self->state != state || g_strcmp0 (self->message, message) != 0;

  self->state = state;
  g_free (self->message);
  self->message = g_strdup (message);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
samples_cb (GDBusConnection *connection, const char *sender, const char *path,
            const char *interface, const char *signal, GVariant *parameters, gpointer user_data)
{
  BnHub *self = BN_HUB (user_data);
  g_autoptr (GVariant) samples = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(a(sa{sv}a{sv}))")))
    return;
  samples = g_variant_get_child_value (parameters, 0);
  g_signal_emit (self, signals[SAMPLES], 0, samples);
}

/* The match rule stands while it is wanted, and no longer: a hidden client costs nothing. */
static void
update_samples_match (BnHub *self)
{
  gboolean wanted = self->owner != NULL && self->n_sample_users > 0 && !self->suspended;

  if (wanted && self->samples_id == 0)
    self->samples_id = g_dbus_connection_signal_subscribe (
        self->connection, self->owner, BN_IFACE_EVENT_BUS, "Samples", BN_HUB_PATH, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, samples_cb, self, NULL);
  else if (!wanted && self->samples_id != 0)
    {
      g_dbus_connection_signal_unsubscribe (self->connection, self->samples_id);
      self->samples_id = 0;
    }
}

static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  BnHub *self = BN_HUB (user_data);

  g_free (self->owner);
  self->owner = g_strdup (owner);
  update_samples_match (self);
  set_state (self, BN_HUB_READY, NULL);
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer user_data)
{
  BnHub *self = BN_HUB (user_data);

  if (connection == NULL)
    return; /* "closed" tells it */
  g_clear_pointer (&self->owner, g_free);
  update_samples_match (self);
  if (self->state != BN_HUB_STARTING)
    set_state (self, BN_HUB_ABSENT, NULL);
}

static void
retry_cb (gpointer user_data)
{
  BnHub *self = BN_HUB (user_data);

  self->retry_id = 0;
  open_bus (self);
}

static void
drop_connection (BnHub *self)
{
  g_clear_pointer (&self->owner, g_free);
  if (self->connection == NULL)
    return;
  update_samples_match (self);
  if (self->watch_id != 0)
    g_bus_unwatch_name (self->watch_id);
  self->watch_id = 0;
  g_clear_signal_handler (&self->closed_id, self->connection);
  g_clear_object (&self->connection);
}

static void
bus_failed (BnHub *self, const char *message)
{
  drop_connection (self);
  set_state (self, BN_HUB_NO_BUS, message);
  if (self->retry_id == 0)
    self->retry_id = g_timeout_add_once (RETRY_MS, retry_cb, self);
}

static void
closed_cb (GDBusConnection *connection, gboolean remote_peer_vanished, GError *error,
           gpointer user_data)
{
  bus_failed (BN_HUB (user_data), error != NULL ? error->message : NULL);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) connection =
      g_dbus_connection_new_for_address_finish (result, &error);
  BnHub *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the object is gone */
  if (connection == NULL)
    {
      bus_failed (self, error->message);
      return;
    }
  self->connection = g_steal_pointer (&connection);
  g_dbus_connection_set_exit_on_close (self->connection, FALSE);
  self->closed_id = g_signal_connect (self->connection, "closed", G_CALLBACK (closed_cb), self);
  self->watch_id =
      g_bus_watch_name_on_connection (self->connection, BN_BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                      appeared_cb, vanished_cb, self, NULL);
}

/* A connection of our own: a shared one cannot be opened again after the bus went. */
static void
open_bus (BnHub *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address =
      g_dbus_address_get_for_bus_sync (self->bus_type, self->cancellable, &error);

  if (address == NULL)
    {
      bus_failed (self, error->message);
      return;
    }
  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                         | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, self->cancellable, opened_cb, self);
}

static void
activated_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  BnHub *self = user_data;

  if (reply != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (self->state != BN_HUB_STARTING)
    return;
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN))
    {
      set_state (self, BN_HUB_ABSENT, _ ("It is not installed here; start “binnacled” yourself."));
      return;
    }
  g_dbus_error_strip_remote_error (error);
  set_state (self, BN_HUB_ABSENT, error->message);
}

static void
bn_hub_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BnHub *self = BN_HUB (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_SUSPENDED:
      g_value_set_boolean (value, self->suspended);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bn_hub_dispose (GObject *object)
{
  BnHub *self = BN_HUB (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  drop_connection (self);
  G_OBJECT_CLASS (bn_hub_parent_class)->dispose (object);
}

static void
bn_hub_finalize (GObject *object)
{
  BnHub *self = BN_HUB (object);

  g_clear_object (&self->cancellable);
  g_free (self->message);
  G_OBJECT_CLASS (bn_hub_parent_class)->finalize (object);
}

static void
bn_hub_class_init (BnHubClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /* Registers the D-Bus names of errors, before the first one comes. */
  (void)bn_error_quark ();
  object_class->get_property = bn_hub_get_property;
  object_class->dispose = bn_hub_dispose;
  object_class->finalize = bn_hub_finalize;
  properties[PROP_STATE] =
      g_param_spec_uint ("state", NULL, NULL, BN_HUB_NO_BUS, BN_HUB_READY, BN_HUB_NO_BUS, flags);
  properties[PROP_SUSPENDED] = g_param_spec_boolean ("suspended", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SAMPLES] = g_signal_new ("samples", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_VARIANT);
}

static void
bn_hub_init (BnHub *self)
{
  self->cancellable = g_cancellable_new ();
}

BnHub *
bn_hub_new (GBusType bus_type)
{
  BnHub *self = g_object_new (BN_TYPE_HUB, NULL);

  self->bus_type = bus_type;
  return self;
}

void
bn_hub_open (BnHub *self)
{
  g_return_if_fail (BN_IS_HUB (self));
  g_return_if_fail (self->connection == NULL && self->retry_id == 0);

  open_bus (self);
}

void
bn_hub_activate (BnHub *self)
{
  g_return_if_fail (BN_IS_HUB (self));

  if (self->connection == NULL || self->state != BN_HUB_ABSENT)
    return;
  set_state (self, BN_HUB_STARTING, NULL);
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", "StartServiceByName",
                          g_variant_new ("(su)", BN_BUS_NAME, 0u), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          self->cancellable, activated_cb, self);
}

BnHubState
bn_hub_get_state (BnHub *self)
{
  g_return_val_if_fail (BN_IS_HUB (self), BN_HUB_NO_BUS);

  return self->state;
}

const char *
bn_hub_get_message (BnHub *self)
{
  g_return_val_if_fail (BN_IS_HUB (self), NULL);

  return self->message;
}

GBusType
bn_hub_get_bus_type (BnHub *self)
{
  g_return_val_if_fail (BN_IS_HUB (self), G_BUS_TYPE_NONE);

  return self->bus_type;
}

void
bn_hub_set_suspended (BnHub *self, gboolean suspended)
{
  g_return_if_fail (BN_IS_HUB (self));

  if (self->suspended == suspended)
    return;
  self->suspended = suspended;
  update_samples_match (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUSPENDED]);
}

gboolean
bn_hub_get_suspended (BnHub *self)
{
  g_return_val_if_fail (BN_IS_HUB (self), FALSE);

  return self->suspended;
}

/* Calls Request for @task; @callback takes a reference to it. */
static void
send_request (BnHub *self, const char *type, GVariant *payload, GVariant *options, GTask *task,
              GAsyncReadyCallback callback)
{
  g_autoptr (GVariant) arguments = NULL;

  if (payload == NULL)
    payload = g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0);
  arguments = g_variant_ref_sink (g_variant_new ("(s@a{sv}@a{sv})", type, payload, options));
  if (self->owner == NULL)
    {
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNAVAILABLE, "%s",
                               _ ("The hub is not running."));
      return;
    }
  g_dbus_connection_call_with_unix_fd_list (
      self->connection, self->owner, BN_HUB_PATH, BN_IFACE_EVENT_BUS, "Request", arguments,
      G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NO_AUTO_START, REQUEST_TIMEOUT_MS, NULL,
      g_task_get_cancellable (task), callback, g_object_ref (task));
}

static void
replied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &error);

  if (reply == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  g_task_return_pointer (task, g_variant_get_child_value (reply, 0),
                         (GDestroyNotify)g_variant_unref);
}

void
bn_hub_request_async (BnHub *self, const char *type, GVariant *payload, GCancellable *cancellable,
                      GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (BN_IS_HUB (self));
  g_return_if_fail (type != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, bn_hub_request_async);
  send_request (self, type, payload, g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0), task,
                replied_cb);
}

static void
stream_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), &descriptors, result, &error);
  int fd = -1;

  if (reply != NULL && descriptors != NULL && g_unix_fd_list_get_length (descriptors) > 0)
    fd = g_unix_fd_list_get (descriptors, 0, &error);
  if (fd >= 0)
    g_task_return_int (task, fd);
  else if (error != NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else
    g_task_return_new_error (task, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "%s",
                             _ ("The hub answered without a descriptor."));
}

void
bn_hub_open_stream_async (BnHub *self, const char *type, GVariant *payload,
                          GCancellable *cancellable, GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GVariantDict options;

  g_return_if_fail (BN_IS_HUB (self));
  g_return_if_fail (type != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, bn_hub_open_stream_async);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "stream", "b", TRUE);
  send_request (self, type, payload, g_variant_dict_end (&options), task, stream_opened_cb);
}

int
bn_hub_open_stream_finish (BnHub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return (int)g_task_propagate_int (G_TASK (result), error);
}

GVariant *
bn_hub_request_finish (BnHub *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GDBusConnection *
bn_hub_get_connection (BnHub *self)
{
  g_return_val_if_fail (BN_IS_HUB (self), NULL);

  return self->owner != NULL ? self->connection : NULL;
}

const char *
bn_hub_get_owner (BnHub *self)
{
  g_return_val_if_fail (BN_IS_HUB (self), NULL);

  return self->owner;
}

void
bn_hub_use_samples (BnHub *self)
{
  g_return_if_fail (BN_IS_HUB (self));

  self->n_sample_users++;
  update_samples_match (self);
}

void
bn_hub_unuse_samples (BnHub *self)
{
  g_return_if_fail (BN_IS_HUB (self));
  g_return_if_fail (self->n_sample_users > 0);

  self->n_sample_users--;
  update_samples_match (self);
}
