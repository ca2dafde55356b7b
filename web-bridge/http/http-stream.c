/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The stream of a connection: what was read too early can be put back. */
#include "http/http-stream.h"

#include <string.h>

/* Reads what was put back, then its base. */
#define BN_TYPE_HTTP_INPUT (bn_http_input_get_type ())
G_DECLARE_FINAL_TYPE (BnHttpInput, bn_http_input, BN, HTTP_INPUT, GFilterInputStream)

struct _BnHttpInput
{
  GFilterInputStream parent_instance;
  GBytes *early; /* (owned, nullable) */
  gsize offset;  /* in @early */
};

struct _BnHttpStream
{
  GSocketConnection parent_instance;
  BnHttpInput *input; /* (owned, nullable) */
};

static GInputStream *
base_of (gpointer self)
{
  return g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self));
}

static gssize
read_early (BnHttpInput *self, void *buffer, gsize count)
{
  gsize length;
  const char *data = g_bytes_get_data (self->early, &length);
  gsize n = MIN (count, length - self->offset);

  memcpy (buffer, data + self->offset, n);
  self->offset += n;
  if (self->offset == length)
    g_clear_pointer (&self->early, g_bytes_unref);
  return n;
}

static gssize
input_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable,
            GError **error)
{
  BnHttpInput *self = BN_HTTP_INPUT (stream);

  if (self->early != NULL)
    return read_early (self, buffer, count);
  return g_input_stream_read (base_of (stream), buffer, count, cancellable, error);
}

static gssize
input_read_nonblocking (GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  BnHttpInput *self = BN_HTTP_INPUT (stream);

  if (self->early != NULL)
    return read_early (self, buffer, count);
  return g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (base_of (stream)),
                                                   buffer, count, NULL, error);
}

static gboolean
input_is_readable (GPollableInputStream *stream)
{
  return BN_HTTP_INPUT (stream)->early != NULL
         || g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (base_of (stream)));
}

static GSource *
input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  g_autoptr (GSource) base = NULL;

  if (BN_HTTP_INPUT (stream)->early != NULL)
    base = g_timeout_source_new (0);
  else
    base = g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (base_of (stream)),
                                                  cancellable);
  return g_pollable_source_new_full (stream, base, NULL);
}

static void
input_pollable_init (GPollableInputStreamInterface *iface)
{
  iface->read_nonblocking = input_read_nonblocking;
  iface->is_readable = input_is_readable;
  iface->create_source = input_create_source;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BnHttpInput, bn_http_input, G_TYPE_FILTER_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      input_pollable_init))

static void
bn_http_input_finalize (GObject *object)
{
  g_clear_pointer (&BN_HTTP_INPUT (object)->early, g_bytes_unref);
  G_OBJECT_CLASS (bn_http_input_parent_class)->finalize (object);
}

static void
bn_http_input_class_init (BnHttpInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bn_http_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = input_read;
}

static void
bn_http_input_init (BnHttpInput *self)
{
}

G_DEFINE_FINAL_TYPE (BnHttpStream, bn_http_stream, G_TYPE_SOCKET_CONNECTION)

static GInputStream *
bn_http_stream_get_input_stream (GIOStream *stream)
{
  BnHttpStream *self = BN_HTTP_STREAM (stream);

  if (self->input == NULL)
    {
      GInputStream *base =
          G_IO_STREAM_CLASS (bn_http_stream_parent_class)->get_input_stream (stream);

      self->input = g_object_new (BN_TYPE_HTTP_INPUT, "base-stream", base, NULL);
    }
  return G_INPUT_STREAM (self->input);
}

static void
bn_http_stream_dispose (GObject *object)
{
  BnHttpStream *self = BN_HTTP_STREAM (object);

  /* Closing, which the parent does here, asks for the input once more. */
  G_OBJECT_CLASS (bn_http_stream_parent_class)->dispose (object);
  g_clear_object (&self->input);
}

static void
bn_http_stream_class_init (BnHttpStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bn_http_stream_dispose;
  G_IO_STREAM_CLASS (klass)->get_input_stream = bn_http_stream_get_input_stream;
}

static void
bn_http_stream_init (BnHttpStream *self)
{
}

BnHttpStream *
bn_http_stream_new (GSocket *socket)
{
  return g_object_new (BN_TYPE_HTTP_STREAM, "socket", socket, NULL);
}

void
bn_http_stream_put_back (BnHttpStream *self, GBytes *bytes)
{
  BnHttpInput *input = BN_HTTP_INPUT (g_io_stream_get_input_stream (G_IO_STREAM (self)));

  g_assert (input->early == NULL);

  if (g_bytes_get_size (bytes) == 0)
    return;
  input->early = g_bytes_ref (bytes);
  input->offset = 0;
}
