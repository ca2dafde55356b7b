/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Text that comes through a descriptor of the hub. */
#include "model/text-stream.h"

#include <gio/gunixinputstream.h>
#include <string.h>

#define PIECE_BYTES 4096
#define CHARACTER_BYTES_MAX 4 /* of UTF-8 */

struct _BnTextStream
{
  GObject parent_instance;
  GInputStream *stream;      /* owned, nullable */
  GCancellable *cancellable; /* owned */
  guint n_kept;              /* bytes of a character that is not complete */
  char buffer[CHARACTER_BYTES_MAX + PIECE_BYTES];
};

enum
{
  TEXT,
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnTextStream, bn_text_stream, G_TYPE_OBJECT)

/* How many bytes at the end of @text are the begin of a character. */
static guint
count_open_end (const char *text, gsize length)
{
  for (guint n = 1; n < CHARACTER_BYTES_MAX && n <= length; n++)
    {
      guchar byte = (guchar)text[length - n];

      if ((byte & 0xc0) == 0x80)
        continue; /* goes on with what is before it */
      if (byte >= 0xf0)
        return n < 4 ? n : 0;
      if (byte >= 0xe0)
        return n < 3 ? n : 0;
      return byte >= 0xc0 && n < 2 ? n : 0;
    }
  return 0;
}

static void
give (BnTextStream *self, gsize length, gboolean last)
{
  guint n_open = last ? 0 : count_open_end (self->buffer, length);
  g_autofree char *text = g_utf8_make_valid (self->buffer, (gssize)(length - n_open));

  if (*text != '\0')
    g_signal_emit (self, signals[TEXT], 0, text);
  memmove (self->buffer, self->buffer + length - n_open, n_open);
  self->n_kept = n_open;
}

static void read_piece (BnTextStream *self);

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnTextStream) self = user_data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (n > 0)
    {
      give (self, self->n_kept + (gsize)n, FALSE);
      read_piece (self);
      return;
    }
  give (self, self->n_kept, TRUE);
  g_signal_emit (self, signals[ENDED], 0, error != NULL ? error->message : NULL);
}

static void
read_piece (BnTextStream *self)
{
  g_input_stream_read_async (self->stream, self->buffer + self->n_kept, PIECE_BYTES,
                             G_PRIORITY_DEFAULT, self->cancellable, read_cb, g_object_ref (self));
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnTextStream) self = user_data;
  g_autoptr (GError) error = NULL;
  int fd = bn_hub_open_stream_finish (BN_HUB (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (fd < 0)
    {
      g_signal_emit (self, signals[ENDED], 0, error->message);
      return;
    }
  self->stream = g_unix_input_stream_new (fd, TRUE);
  read_piece (self);
}

static void
bn_text_stream_dispose (GObject *object)
{
  BnTextStream *self = BN_TEXT_STREAM (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->stream);
  G_OBJECT_CLASS (bn_text_stream_parent_class)->dispose (object);
}

static void
bn_text_stream_finalize (GObject *object)
{
  g_clear_object (&BN_TEXT_STREAM (object)->cancellable);
  G_OBJECT_CLASS (bn_text_stream_parent_class)->finalize (object);
}

static void
bn_text_stream_class_init (BnTextStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = bn_text_stream_dispose;
  object_class->finalize = bn_text_stream_finalize;
  signals[TEXT] = g_signal_new ("text", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_STRING);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 1, G_TYPE_STRING);
}

static void
bn_text_stream_init (BnTextStream *self)
{
  self->cancellable = g_cancellable_new ();
}

BnTextStream *
bn_text_stream_new (BnHub *hub, const char *type, GVariant *payload)
{
  BnTextStream *self = g_object_new (BN_TYPE_TEXT_STREAM, NULL);

  bn_hub_open_stream_async (hub, type, payload, self->cancellable, opened_cb, g_object_ref (self));
  return self;
}
