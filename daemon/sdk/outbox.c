/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Gathers the samples and run reports of one turn of the loop and sends them at once.
 *
 * A message costs, not its content. Everything that the sources of one turn produced is sent when
 * the next turn begins, from the prepare function of a source of the highest priority: before the
 * loop sleeps, and without a turn of its own as an idle source would need.
 *
 * A module that has workers sends them as packets on the stream that ModuleHost1.OpenSampleStream
 * gives: written here, byte by byte, and sent from this thread. GDBus would make a value of each
 * number, marshal it and wake a thread to write it. The send waits while the hub has not read what
 * was sent before: so a module that measures too much is slowed down, and nothing grows. */
#include "sdk/outbox.h"

#include <errno.h>
#include <gio/gunixfdlist.h>
#include <sys/socket.h>
#include <unistd.h>

#include "introspection/names.h"
#include "sdk/array-writer.h"
#include "sdk/payload.h"

#define PACKET_TYPE "(a(sa{sv}a{sv})a(sa{sv}))"

/* The hub reads a bounded number of bytes a turn. */
#define BATCH_BYTES_MAX (64 * 1024)

struct _BnOutbox
{
  GSource source; /* first: the source is the object */

  GDBusConnection *connection; /* owned */
  GCancellable *cancellable;   /* owned: of the call for the stream */
  BnArrayWriter samples;
  BnArrayWriter runs;
  int stream;          /* owned; -1: none */
  gboolean opening;    /* the hub was asked for the stream */
  gboolean overflowed; /* meanwhile more was sent over the connection, which the stream could
                        * overtake: it is not used */
};

static gboolean
outbox_prepare (GSource *source, int *timeout_ms)
{
  BnOutbox *self = (BnOutbox *)source;

  /* What went over the connection could come after what goes over the stream: it waits. */
  if (!self->opening)
    bn_outbox_flush (self);
  *timeout_ms = -1;
  return FALSE;
}

static gboolean
outbox_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
close_stream (BnOutbox *self)
{
  if (self->stream >= 0)
    close (self->stream);
  self->stream = -1;
}

static void
outbox_finalize (GSource *source)
{
  BnOutbox *self = (BnOutbox *)source;

  close_stream (self);
  bn_array_writer_clear (&self->samples);
  bn_array_writer_clear (&self->runs);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->connection);
}

static GSourceFuncs outbox_funcs = {
  .prepare = outbox_prepare,
  .dispatch = outbox_dispatch,
  .finalize = outbox_finalize,
};

BnOutbox *
bn_outbox_new (GDBusConnection *connection)
{
  BnOutbox *self = (BnOutbox *)g_source_new (&outbox_funcs, sizeof (BnOutbox));

  self->connection = g_object_ref (connection);
  self->cancellable = g_cancellable_new ();
  self->stream = -1;
  self->opening = FALSE;
  self->overflowed = FALSE;
  bn_array_writer_init (&self->samples);
  bn_array_writer_init (&self->runs);
  g_source_set_static_name (&self->source, "binnacle outbox");
  g_source_set_priority (&self->source, G_PRIORITY_HIGH);
  g_source_attach (&self->source, g_main_context_get_thread_default ());
  return self;
}

void
bn_outbox_free (BnOutbox *self)
{
  g_cancellable_cancel (self->cancellable);
  g_source_destroy (&self->source);
  g_source_unref (&self->source);
}

static void
stream_opened (GObject *object, GAsyncResult *result, gpointer user_data)
{
  BnOutbox *self = user_data;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (object), &descriptors, result, &error);
  gint32 handle;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the outbox is gone */
  self->opening = FALSE;
  if (reply == NULL)
    {
      /* A hub that has no streams takes EmitSamples, and one that is gone takes nothing. */
      g_debug ("Samples go over the connection: %s", error->message);
      return;
    }
  g_variant_get (reply, "(h)", &handle);
  if (descriptors != NULL && !self->overflowed)
    self->stream = g_unix_fd_list_get (descriptors, handle, NULL);
}

void
bn_outbox_open_stream (BnOutbox *self)
{
  self->opening = TRUE;
  g_dbus_connection_call_with_unix_fd_list (self->connection, NULL, BN_HUB_PATH,
                                            BN_IFACE_MODULE_HOST, "OpenSampleStream", NULL,
                                            G_VARIANT_TYPE ("(h)"), G_DBUS_CALL_FLAGS_NONE, -1,
                                            NULL, self->cancellable, stream_opened, self);
}

static guint
get_gathered (BnOutbox *self)
{
  return self->samples.bytes->len + self->runs.bytes->len;
}

static void
flush_if_full (BnOutbox *self)
{
  if (get_gathered (self) < BATCH_BYTES_MAX)
    return;
  self->overflowed |= self->opening;
  bn_outbox_flush (self);
}

static void
put_dict (BnArrayWriter *writer, GVariant *dict)
{
  bn_array_writer_align (writer);
  bn_array_writer_put (writer, g_variant_get_data (dict), g_variant_get_size (dict));
}

void
bn_outbox_add_sample (BnOutbox *self, const char *name, GVariant *payload, gboolean gone)
{
  BnArrayWriter *writer = &self->samples;
  g_autoptr (GVariant) normal = g_variant_get_normal_form (payload);
  guint32 ends[2];

  bn_array_writer_begin (writer);
  bn_array_writer_put_string (writer, name);
  ends[0] = bn_array_writer_get_offset (writer);
  put_dict (writer, normal);
  ends[1] = bn_array_writer_get_offset (writer);
  bn_array_writer_align (writer);
  if (gone)
    {
      g_autoptr (BnPayload) options = bn_payload_new ();
      g_autoptr (GVariant) dict = NULL;

      bn_payload_add_boolean (options, "gone", TRUE);
      dict = g_variant_ref_sink (bn_payload_end (options));
      put_dict (writer, dict);
    }
  bn_array_writer_end (writer, ends, G_N_ELEMENTS (ends));
  flush_if_full (self);
}

void
bn_outbox_add_run (BnOutbox *self, const char *worker, guint64 duration_usec, const char *error,
                   guint missed)
{
  BnArrayWriter *writer = &self->runs;
  g_autoptr (BnPayload) report = bn_payload_new ();
  g_autoptr (GVariant) dict = NULL;
  guint32 end;

  bn_payload_add_uint64 (report, "duration-usec", duration_usec);
  if (error != NULL)
    bn_payload_add_string (report, "error", error);
  if (missed > 0)
    bn_payload_add_uint32 (report, "missed", missed);
  dict = g_variant_ref_sink (bn_payload_end (report));
  bn_array_writer_begin (writer);
  bn_array_writer_put_string (writer, worker);
  end = bn_array_writer_get_offset (writer);
  put_dict (writer, dict);
  bn_array_writer_end (writer, &end, 1);
  flush_if_full (self);
}

/* FALSE if it has to go over the connection. */
static gboolean
send_packet (BnOutbox *self, const guint8 *data, gsize size)
{
  gssize sent;

  if (self->stream < 0 || size > BN_SAMPLE_PACKET_BYTES_MAX)
    return FALSE;
  do
    sent = send (self->stream, data, size, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent >= 0)
    return TRUE;
  g_debug ("The sample stream is broken: %s", g_strerror (errno));
  close_stream (self);
  return FALSE;
}

void
bn_outbox_flush (BnOutbox *self)
{
  GByteArray *packet = self->samples.bytes;
  gsize samples_end;

  if (get_gathered (self) == 0)
    return;
  bn_array_writer_finish (&self->samples);
  bn_array_writer_finish (&self->runs);
  /* A tuple of the two arrays; where the first ends stands last. */
  samples_end = packet->len;
  bn_array_writer_align (&self->samples);
  g_byte_array_append (packet, self->runs.bytes->data, self->runs.bytes->len);
  bn_put_offset (packet, samples_end, bn_offset_size (packet->len, 1));
  if (!send_packet (self, packet->data, packet->len))
    {
      g_autoptr (GBytes) bytes = g_bytes_new (packet->data, packet->len);

      /* Without a callback GDBus asks for no reply. */
      g_dbus_connection_call (self->connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST,
                              "EmitSamples",
                              g_variant_new_from_bytes (G_VARIANT_TYPE (PACKET_TYPE), bytes, TRUE),
                              NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
    }
  bn_array_writer_reset (&self->samples);
  bn_array_writer_reset (&self->runs);
}
