/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the event bus sends on the bus: to everybody, and to one subscriber.
 *
 * GDBus queues without end when the bus does not read, and a bus stops reading us when one
 * subscriber stops reading it. So there is a canary: after every 64 KiB a flush is begun, and what
 * was sent since the last one that ended is what may be queued. Past 1 MiB nothing more is sent
 * until the flush ends, neither to everybody nor to anybody; samples are then sent anew from the
 * retained ones, and the lost events are announced. */
#include "dbus/bus-publisher.h"

#include <malloc.h>

#include "introspection/names.h"

#define FLUSH_BYTES (64 * 1024)
#define TRIM_BYTES (256 * 1024) /* a queue of so much leaves the heap in pieces: give it back */
#define MESSAGE_BYTES 256       /* header and bookkeeping of a message, about */

struct _BnBusPublisher
{
  GObject parent_instance;

  BnEventBus *bus;             /* (owned) */
  GDBusConnection *connection; /* (owned) */
  GCancellable *cancellable;   /* (owned) */
  gsize unflushed_bytes;       /* sent since the last flush began */
  gsize flushing_bytes;        /* covered by the flush that runs */
  gsize longest_bytes;         /* of the queue, since the heap was last given back */
  gboolean flushing;
  gboolean stalled;
  gboolean lost; /* something of a broadcast since the stall began */
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
  if (self->unflushed_bytes < FLUSH_BYTES && self->longest_bytes >= TRIM_BYTES)
    {
      self->longest_bytes = 0;
      malloc_trim (0);
    }
  if (self->unflushed_bytes >= FLUSH_BYTES || self->stalled)
    begin_flush (self);
  if (self->stalled && bn_bus_publisher_get_queued (self) < BN_BUS_QUEUE_BYTES_MAX / 4)
    {
      gboolean lost = self->lost;
      guint64 from = self->lost_from;
      guint64 to = self->lost_to;

      self->stalled = self->lost = FALSE;
      self->lost_from = self->lost_to = 0;
      g_message ("The bus takes messages again");
      g_signal_emit (self, signals[SIGNAL_RECOVERED], 0, lost, from, to);
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
      bn_event_bus_get_counters (self->bus)->bus_stalls++;
      g_message (
          "The bus does not take our messages: a subscriber stopped reading. Events wait in the "
          "replay ring");
    }
  return !self->stalled;
}

gboolean
bn_bus_publisher_send (BnBusPublisher *self, const char *destination, const char *name,
                       GVariant *body)
{
  g_autoptr (GVariant) sunk = g_variant_ref_sink (body);

  if (self->connection == NULL || !has_room (self))
    return FALSE;
  self->unflushed_bytes += g_variant_get_size (sunk) + MESSAGE_BYTES;
  g_dbus_connection_emit_signal (self->connection, destination, BN_HUB_PATH, BN_IFACE_EVENT_BUS,
                                 name, sunk, NULL);
  self->longest_bytes = MAX (self->longest_bytes, bn_bus_publisher_get_queued (self));
  if (self->unflushed_bytes >= FLUSH_BYTES)
    begin_flush (self);
  return TRUE;
}

static void
event_cb (BnEventBus *bus, BnEvent *event, gpointer user_data)
{
  BnBusPublisher *self = user_data;

  if (bn_bus_publisher_send (self, NULL, "Event", bn_event_to_variant (event, NULL, FALSE)))
    {
      bn_event_bus_get_counters (bus)->deliveries++;
      return;
    }
  bn_event_bus_get_counters (bus)->dropped++;
  self->lost = TRUE;
  if (self->lost_from == 0)
    self->lost_from = event->sequence;
  self->lost_to = event->sequence;
}

static void
samples_cb (BnEventBus *bus, GPtrArray *samples, gpointer user_data)
{
  BnBusPublisher *self = user_data;
  BnEventBusCounters *counters = bn_event_bus_get_counters (bus);
  guint first;

  for (guint at = 0; at < samples->len;)
    {
      g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sa{sv}a{sv})"));
      gsize bytes = 0;

      for (first = at; at < samples->len; at++)
        {
          BnEvent *event = g_ptr_array_index (samples, at);

          bytes += bn_event_get_size (event);
          if (bytes > BN_SAMPLES_MESSAGE_BYTES && at > first)
            break;
          g_variant_builder_add_value (&builder, bn_event_to_variant (event, NULL, FALSE));
        }
      if (bn_bus_publisher_send (self, NULL, "Samples",
                                 g_variant_new ("(a(sa{sv}a{sv}))", &builder)))
        counters->deliveries += at - first;
      else
        {
          self->lost = TRUE;
          counters->coalesced += at - first;
        }
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
                    G_TYPE_NONE, 3, G_TYPE_BOOLEAN, G_TYPE_UINT64, G_TYPE_UINT64);
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
