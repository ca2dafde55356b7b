/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's end of ModuleHost1.OpenSampleStream.
 *
 * The socket is all the buffer that there is: a module that writes faster than the hub reads waits
 * in the kernel, and a turn of the loop reads so much that others have theirs. A packet is taken
 * apart as GVariant lets anybody take apart bytes from anywhere; the payloads in it are lent as
 * bytes, for core/packed-dict.h to check. Of a packet that is damaged nothing is read past the
 * damage: a packet of offsets only would be tens of thousands of samples. */
#include "core/sample-stream.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "introspection/error.h"
#include "introspection/names.h"

#define PACKET_TYPE G_VARIANT_TYPE ("(a(sa{sv}a{sv})a(sa{sv}))")
#define TURN_BYTES (64 * 1024)
#define TURN_PACKETS 64

struct _BnSampleStream
{
  BnSampleStreamFuncs funcs;
  gpointer user_data;
  int fd;          /* owned */
  GSource *source; /* (owned) (nullable): none once the module has closed its end */
};

/* Of all streams, since one is read at a time. */
static guint64 buffer[BN_SAMPLE_PACKET_BYTES_MAX / sizeof (guint64)];

/* @dict: the dictionary in @element that nobody else checks. */
static gboolean
is_damaged (GVariant *element, GVariant *dict)
{
  return g_variant_get_size (element) == 0 || !g_variant_is_normal_form (dict);
}

static gboolean
give_samples (BnSampleStream *self, GVariant *samples)
{
  for (gsize i = 0; i < g_variant_n_children (samples); i++)
    {
      g_autoptr (GVariant) sample = g_variant_get_child_value (samples, i);
      g_autoptr (GVariant) name = g_variant_get_child_value (sample, 0);
      g_autoptr (GVariant) payload = g_variant_get_child_value (sample, 1);
      g_autoptr (GVariant) options = g_variant_get_child_value (sample, 2);
      gboolean gone = FALSE;

      if (is_damaged (sample, options))
        return FALSE;
      if (g_variant_get_size (options) > 0)
        g_variant_lookup (options, "gone", "b", &gone);
      self->funcs.sample (self->user_data, g_variant_get_string (name, NULL),
                          g_variant_get_data (payload), g_variant_get_size (payload), gone);
    }
  return TRUE;
}

static gboolean
give_runs (BnSampleStream *self, GVariant *runs)
{
  for (gsize i = 0; i < g_variant_n_children (runs); i++)
    {
      g_autoptr (GVariant) run = g_variant_get_child_value (runs, i);
      g_autoptr (GVariant) name = g_variant_get_child_value (run, 0);
      g_autoptr (GVariant) report = g_variant_get_child_value (run, 1);

      if (is_damaged (run, report))
        return FALSE;
      self->funcs.run (self->user_data, g_variant_get_string (name, NULL), report);
    }
  return TRUE;
}

static void
take_packet (BnSampleStream *self, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (buffer, size);
  g_autoptr (GVariant) packet =
      g_variant_ref_sink (g_variant_new_from_bytes (PACKET_TYPE, bytes, FALSE));
  g_autoptr (GVariant) samples = g_variant_get_child_value (packet, 0);
  g_autoptr (GVariant) runs = g_variant_get_child_value (packet, 1);
  g_autoptr (GError) error = NULL;

  if (!give_samples (self, samples) || !give_runs (self, runs))
    error = g_error_new (BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                         "A packet of its sample stream is not in GVariant's normal form");
  self->funcs.packet_end (self->user_data, error);
}

static void
refuse_size (BnSampleStream *self, gssize size)
{
  g_autoptr (GError) error = g_error_new (BN_ERROR, BN_ERROR_TOO_LARGE,
                                          "A packet of its sample stream has %" G_GSSIZE_FORMAT
                                          " bytes, at most %d are allowed",
                                          size, BN_SAMPLE_PACKET_BYTES_MAX);

  self->funcs.packet_end (self->user_data, error);
}

static gboolean
readable_cb (int fd, GIOCondition condition, gpointer user_data)
{
  BnSampleStream *self = user_data;
  gsize read_bytes = 0;

  for (guint i = 0; i < TURN_PACKETS && read_bytes < TURN_BYTES; i++)
    {
      gssize size = recv (fd, buffer, sizeof buffer, MSG_TRUNC | MSG_DONTWAIT);

      if (size < 0 && errno == EINTR)
        continue;
      if (size < 0 && errno == EAGAIN)
        return G_SOURCE_CONTINUE;
      if (size <= 0)
        {
          /* The module closed its end, or is gone: then its link says so. An empty packet looks
           * the same; who sent it must not wait in the next one. */
          shutdown (fd, SHUT_RDWR);
          g_clear_pointer (&self->source, g_source_unref);
          return G_SOURCE_REMOVE;
        }
      read_bytes += (gsize)size;
      if (size > (gssize)sizeof buffer)
        refuse_size (self, size);
      else
        take_packet (self, (gsize)size);
    }
  return G_SOURCE_CONTINUE;
}

BnSampleStream *
bn_sample_stream_new (const BnSampleStreamFuncs *funcs, gpointer user_data, int *peer,
                      GError **error)
{
  BnSampleStream *self;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE, "There is no socket for the stream: %s",
                   g_strerror (errno));
      return NULL;
    }
  self = g_new0 (BnSampleStream, 1);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->fd = ends[0];
  self->source = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_static_name (self->source, "binnacle sample stream");
  g_source_set_callback (self->source, G_SOURCE_FUNC (readable_cb), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  *peer = ends[1];
  return self;
}

void
bn_sample_stream_free (BnSampleStream *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  close (self->fd);
  g_free (self);
}
