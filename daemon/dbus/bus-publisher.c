/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Broadcasts what everybody on the bus may see.
 *
 * GDBus queues without end when the bus does not read, and a bus stops reading us when one
 * subscriber stops reading it. So there is a canary: after every 64 KiB a flush is begun, and what
 * was sent since the last one that ended is what may be queued. Past 1 MiB nothing more is sent
 * until the flush ends; samples are then sent anew from the retained ones, and the lost events are
 * announced. */
#include "dbus/bus-publisher.h"

#include "introspection/names.h"

#define FLUSH_BYTES (64 * 1024)

struct _BnBusPublisher
{
  GObject parent_instance;

  BnEventBus *bus;             /* (owned) */
  GDBusConnection *connection; /* (owned) */
  GCancellable *cancellable;   /* (owned) */
  gsize unflushed_bytes;       /* sent since the last flush began */
  gsize flushing_bytes;        /* covered by the flush that runs */
  gboolean flushing;
  gboolean stalled;
  guint64 lost_from;
  guint64 lost_to;
};

enum
{
  SIGNAL_RECOVERED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnBusPublisher, bn_bus_publisher, G_TYPE_OBJECT)

static void begin_flush (BnBusPublisher *self);

static void
flushed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnBusPublisher) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_dbus_connection_flush_finish (G_DBUS_CONNECTION (object), result, &error))
    return; /* the connection is closed, or we are going */
  self->flushing = FALSE;
  self->flushing_bytes = 0;
  if (self->unflushed_bytes >= FLUSH_BYTES || self->stalled)
    begin_flush (self);
  if (self->stalled && bn_bus_publisher_get_queued (self) < BN_BUS_QUEUE_BYTES_MAX / 4)
    {
      guint64 from = self->lost_from;
      guint64 to = self->lost_to;

      self->stalled = FALSE;
      self->lost_from = self->lost_to = 0;
      g_message ("The bus takes messages again");
      g_signal_emit (self, signals[SIGNAL_RECOVERED], 0, from, to);
    }
}

static void
begin_flush (BnBusPublisher *self)
{
  if (self->flushing || self->unflushed_bytes == 0)
    return;
  self->flushing = TRUE;
  self->flushing_bytes = self->unflushed_bytes;
  self->unflushed_bytes = 0;
  g_dbus_connection_flush (self->connection, self->cancellable, flushed_cb, g_object_ref (self));
}

gsize
bn_bus_publisher_get_queued (BnBusPublisher *self)
{
  return self->flushing_bytes + self->unflushed_bytes;
}

/* TRUE if the bus takes more. */
static gboolean
has_room (BnBusPublisher *self)
{
  if (!self->stalled && bn_bus_publisher_get_queued (self) >= BN_BUS_QUEUE_BYTES_MAX)
    {
      self->stalled = TRUE;
      g_message (
          "The bus does not take our messages: a subscriber stopped reading. Events wait in the "
          "replay ring");
    }
  return !self->stalled;
}

static void
broadcast (BnBusPublisher *self, const char *name, GVariant *body)
{
  self->unflushed_bytes += g_variant_get_size (body) + 128;
  g_dbus_connection_emit_signal (self->connection, NULL, BN_HUB_PATH, BN_IFACE_EVENT_BUS, name,
                                 body, NULL);
  if (self->unflushed_bytes >= FLUSH_BYTES)
    begin_flush (self);
}

static void
event_cb (BnEventBus *bus, BnEvent *event, gpointer user_data)
{
  BnBusPublisher *self = user_data;

  if (has_room (self))
    {
      bn_event_bus_get_counters (bus)->deliveries++;
      broadcast (self, "Event", bn_event_to_variant (event, NULL, FALSE));
      return;
    }
  bn_event_bus_get_counters (bus)->dropped++;
  if (self->lost_from == 0)
    self->lost_from = event->sequence;
  self->lost_to = event->sequence;
}

static void
samples_cb (BnEventBus *bus, GPtrArray *samples, gpointer user_data)
{
  BnBusPublisher *self = user_data;
  BnEventBusCounters *counters = bn_event_bus_get_counters (bus);
  guint at = 0;

  if (!has_room (self))
    {
      counters->coalesced += samples->len;
      return;
    }
  counters->deliveries += samples->len;
  while (at < samples->len)
    {
      g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
      gsize bytes = 0;

      for (guint first = at; at < samples->len; at++)
        {
          BnEvent *event = g_ptr_array_index (samples, at);

          bytes += bn_event_get_size (event);
          if (bytes > BN_SAMPLES_MESSAGE_BYTES && at > first)
            break;
          g_variant_builder_add_value (&builder, bn_event_to_variant (event, NULL, FALSE));
        }
      broadcast (self, "Samples", g_variant_new ("(a(sa{sv}a{sv}))", &builder));
    }
}

static void
bn_bus_publisher_dispose (GObject *object)
{
  BnBusPublisher *self = BN_BUS_PUBLISHER (object);

  g_cancellable_cancel (self->cancellable);
  if (self->bus != NULL)
    g_signal_handlers_disconnect_by_data (self->bus, self);
  g_clear_object (&self->bus);
  g_clear_object (&self->connection);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (bn_bus_publisher_parent_class)->dispose (object);
}

static void
bn_bus_publisher_class_init (BnBusPublisherClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_bus_publisher_dispose;

  signals[SIGNAL_RECOVERED] =
      g_signal_new ("recovered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_UINT64, G_TYPE_UINT64);
}

static void
bn_bus_publisher_init (BnBusPublisher *self)
{
  self->cancellable = g_cancellable_new ();
}

BnBusPublisher *
bn_bus_publisher_new (BnEventBus *bus, GDBusConnection *connection)
{
  BnBusPublisher *self = g_object_new (BN_TYPE_BUS_PUBLISHER, NULL);

  self->bus = g_object_ref (bus);
  self->connection = g_object_ref (connection);
  g_signal_connect (bus, "broadcast-event", G_CALLBACK (event_cb), self);
  g_signal_connect (bus, "broadcast-samples", G_CALLBACK (samples_cb), self);
  return self;
}
