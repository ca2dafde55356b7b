/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A caller on the bus as a peer of the event bus.
 *
 * What everybody may see reaches it by broadcast; this is for what is meant for it alone: retained
 * samples, private events, gaps. */
#include "dbus/bus-peer.h"

#include "introspection/error.h"
#include "introspection/names.h"

struct _BnBusPeer
{
  BnPeer parent_instance;

  GDBusConnection *connection; /* (owned) */
  BnBusPublisher *publisher;   /* (owned) */
  char *unique_name;           /* (owned) */
  guint watch_id;
};

enum
{
  SIGNAL_VANISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnBusPeer, bn_bus_peer, BN_TYPE_PEER)

static gboolean
emit_to (BnBusPeer *self, const char *name, GVariant *body)
{
  return bn_bus_publisher_send (self->publisher, self->unique_name, name, body);
}

static gboolean
bus_peer_send_event (BnPeer *peer, BnEvent *event, GArray *ids)
{
  return emit_to (BN_BUS_PEER (peer), "Event", bn_event_to_variant (event, NULL, FALSE));
}

static gboolean
bus_peer_send_samples (BnPeer *peer, GPtrArray *deliveries)
{
  GVariant *body;
  guint next = 0;

  while ((body = bn_deliveries_next_message (deliveries, &next, FALSE)) != NULL)
    if (!emit_to (BN_BUS_PEER (peer), "Samples", body))
      return FALSE;
  return TRUE;
}

static void
bus_peer_send_gap (BnPeer *peer, const char *epoch, guint64 from, guint64 to)
{
  emit_to (BN_BUS_PEER (peer), "Gap", g_variant_new ("(stt)", epoch, from, to));
}

static void
handled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) body =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (body != NULL)
    {
      g_task_return_pointer (task, g_variant_get_child_value (body, 0),
                             (GDestroyNotify)g_variant_unref);
      return;
    }
  /* The bus says NoReply when the callee left; a deadline is an error of GIO. */
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY))
    g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNAVAILABLE,
                             "The handler left the bus before it answered");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    g_task_return_new_error (task, BN_ERROR, BN_ERROR_TIMEOUT,
                             "The handler did not answer in time; it may still do what was asked");
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
bus_peer_handle_async (BnPeer *peer, const char *handler, GVariant *arguments, guint timeout_ms,
                       GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  BnBusPeer *self = BN_BUS_PEER (peer);
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, bus_peer_handle_async);
  g_dbus_connection_call (self->connection, self->unique_name, handler, BN_IFACE_EVENT_HANDLER,
                          "Handle", arguments, G_VARIANT_TYPE ("(a{sv})"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, timeout_ms, cancellable, handled_cb,
                          task);
}

static GVariant *
bus_peer_handle_finish (BnPeer *peer, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer user_data)
{
  g_autoptr (BnBusPeer) self = g_object_ref (user_data);

  g_signal_emit (self, signals[SIGNAL_VANISHED], 0);
}

static void
bn_bus_peer_dispose (GObject *object)
{
  BnBusPeer *self = BN_BUS_PEER (object);

  g_clear_handle_id (&self->watch_id, g_bus_unwatch_name);
  g_clear_object (&self->publisher);
  g_clear_object (&self->connection);
  G_OBJECT_CLASS (bn_bus_peer_parent_class)->dispose (object);
}

static void
bn_bus_peer_finalize (GObject *object)
{
  g_free (BN_BUS_PEER (object)->unique_name);
  G_OBJECT_CLASS (bn_bus_peer_parent_class)->finalize (object);
}

static void
bn_bus_peer_class_init (BnBusPeerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  BnPeerClass *peer_class = BN_PEER_CLASS (klass);

  object_class->dispose = bn_bus_peer_dispose;
  object_class->finalize = bn_bus_peer_finalize;
  peer_class->send_event = bus_peer_send_event;
  peer_class->send_samples = bus_peer_send_samples;
  peer_class->send_gap = bus_peer_send_gap;
  peer_class->handle_async = bus_peer_handle_async;
  peer_class->handle_finish = bus_peer_handle_finish;

  signals[SIGNAL_VANISHED] = g_signal_new ("vanished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_bus_peer_init (BnBusPeer *self)
{
  bn_peer_set_on_bus (BN_PEER (self), TRUE);
}

const char *
bn_bus_peer_get_unique_name (BnBusPeer *self)
{
  return self->unique_name;
}

BnBusPeer *
bn_bus_peer_new (GDBusConnection *connection, BnBusPublisher *publisher, const char *unique_name)
{
  BnBusPeer *self = g_object_new (BN_TYPE_BUS_PEER, NULL);

  self->connection = g_object_ref (connection);
  self->publisher = g_object_ref (publisher);
  self->unique_name = g_strdup (unique_name);
  self->watch_id = g_bus_watch_name_on_connection (
      connection, unique_name, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL, vanished_cb, self, NULL);
  return self;
}
