/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One TLS connection, and what it carries as a plain socket.
 *
 * The rest of the bridge reads and writes descriptors: HTTP as libsoup does, WebSockets in bulk. So
 * TLS ends here, and what it carries goes through a pair of sockets, one buffer each way: whoever
 * does not read stops the other side, as on a plain connection. It costs a copy, and two
 * descriptors more. */
#include "tls/tls-relay.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_BYTES 16384 /* a record of TLS */

typedef struct
{
  BnTlsRelay *relay; /* not owned: it waits for us */
  GInputStream *from;
  GOutputStream *to;
  gboolean busy;
  guint8 buffer[BUFFER_BYTES];
} Direction;

struct _BnTlsRelay
{
  GIOStream *tls;      /* (owned): a GTlsServerConnection */
  GIOStream *inner;    /* (owned) (nullable): our end of the pair */
  GCancellable *ended; /* (owned): of the handshake, and of what is read and written */
  GCancellable *late;  /* (owned): of the goodbye */
  GSource *deadline;   /* (owned) (nullable): of the handshake, or of the goodbye */
  Direction in;        /* from the peer */
  Direction out;       /* to it */
  gboolean open;       /* the handshake is made, and nothing went wrong since */
  gboolean closing;
  BnCounters *counters;
  BnTlsReady ready;
  BnTlsGone gone;
  gpointer user_data;
};

static void
stop_deadline (BnTlsRelay *self)
{
  if (self->deadline != NULL)
    g_source_destroy (self->deadline);
  g_clear_pointer (&self->deadline, g_source_unref);
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BnTlsRelay *self = user_data;

  g_io_stream_close_finish (G_IO_STREAM (source), result, NULL);
  stop_deadline (self);
  g_object_unref (self->tls);
  g_clear_object (&self->inner);
  g_object_unref (self->ended);
  g_object_unref (self->late);
  self->gone (self->user_data);
  g_free (self);
}

static gboolean
late_close_cb (gpointer user_data)
{
  BnTlsRelay *self = user_data;

  g_clear_pointer (&self->deadline, g_source_unref);
  g_cancellable_cancel (self->late);
  return G_SOURCE_REMOVE;
}

static void
set_deadline (BnTlsRelay *self, guint ms, GSourceFunc func)
{
  stop_deadline (self);
  self->deadline = g_timeout_source_new (ms);
  g_source_set_callback (self->deadline, func, self, NULL);
  g_source_attach (self->deadline, g_main_context_get_thread_default ());
}

#define CLOSE_MS 2000 /* for the peer to take our close_notify */

/* When nothing is under way any more: says goodbye (close_notify, RFC 8446, 6.1). */
static void
close_if_done (BnTlsRelay *self)
{
  if (self->closing || self->in.busy || self->out.busy)
    return;
  self->closing = TRUE;
  if (self->inner != NULL)
    g_io_stream_close (self->inner, NULL, NULL);
  if (self->open)
    set_deadline (self, CLOSE_MS, late_close_cb);
  else
    g_cancellable_cancel (self->late);
  g_io_stream_close_async (self->tls, G_PRIORITY_DEFAULT, self->late, closed_cb, self);
}

static void read_on (Direction *direction);

/* A peer that has no more to say still gets its answer; when we have no more to say, it is over. */
static void
finish_direction (Direction *direction, gboolean broken)
{
  BnTlsRelay *self = direction->relay;

  direction->busy = FALSE;
  if (direction == &self->in && broken)
    self->open = FALSE;
  if (direction == &self->in && !broken)
    g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->inner)), FALSE,
                       TRUE, NULL);
  else
    g_cancellable_cancel (self->ended);
  close_if_done (self);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Direction *direction = user_data;

  if (direction == &direction->relay->out && g_cancellable_is_cancelled (direction->relay->ended))
    direction->relay->open = FALSE; /* half a record may be on its way */

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    read_on (direction);
  else
    finish_direction (direction, TRUE);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Direction *direction = user_data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n > 0)
    g_output_stream_write_all_async (direction->to, direction->buffer, n, G_PRIORITY_DEFAULT,
                                     direction->relay->ended, written_cb, direction);
  else
    finish_direction (direction,
                      n < 0 && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
}

static void
read_on (Direction *direction)
{
  g_input_stream_read_async (direction->from, direction->buffer, BUFFER_BYTES, G_PRIORITY_DEFAULT,
                             direction->relay->ended, read_cb, direction);
}

static void
begin_direction (BnTlsRelay *self, Direction *direction, GIOStream *from, GIOStream *to)
{
  direction->relay = self;
  direction->from = g_io_stream_get_input_stream (from);
  direction->to = g_io_stream_get_output_stream (to);
  direction->busy = TRUE;
  read_on (direction);
}

static GSocket *
take_socket (int fd)
{
  GSocket *socket = g_socket_new_from_fd (fd, NULL);

  if (socket == NULL)
    close (fd);
  else
    g_socket_set_blocking (socket, FALSE);
  return socket;
}

/* The other end of the pair; NULL if there are no descriptors left. */
static GSocket *
make_pair (BnTlsRelay *self)
{
  int fds[2];
  g_autoptr (GSocket) ours = NULL;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    {
      bn_counters_add (self->counters, BN_COUNT_REFUSED_DESCRIPTORS);
      return NULL;
    }
  ours = take_socket (fds[0]);
  if (ours != NULL)
    self->inner = G_IO_STREAM (g_socket_connection_factory_create_connection (ours));
  return take_socket (fds[1]);
}

static void
handshaken_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BnTlsRelay *self = user_data;
  g_autoptr (GSocket) plain = NULL;

  stop_deadline (self);
  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, NULL))
    {
      if (!g_cancellable_is_cancelled (self->ended))
        bn_counters_add (self->counters, BN_COUNT_TLS_FAILED);
      g_cancellable_cancel (self->ended);
    }
  else if (!g_cancellable_is_cancelled (self->ended))
    plain = make_pair (self);
  if (plain == NULL || self->inner == NULL)
    {
      close_if_done (self);
      return;
    }
  self->open = TRUE;
  bn_counters_add (self->counters, BN_COUNT_TLS_CONNECTIONS);
  begin_direction (self, &self->in, self->tls, self->inner);
  begin_direction (self, &self->out, self->inner, self->tls);
  self->ready (plain, self->user_data);
}

static gboolean
late_cb (gpointer user_data)
{
  BnTlsRelay *self = user_data;

  g_clear_pointer (&self->deadline, g_source_unref);
  bn_counters_add (self->counters, BN_COUNT_LATE_TLS);
  g_cancellable_cancel (self->ended);
  return G_SOURCE_REMOVE;
}

BnTlsRelay *
bn_tls_relay_new (GSocket *socket, GTlsCertificate *certificate, const BnLimits *limits,
                  BnCounters *counters, BnTlsReady ready, BnTlsGone gone, gpointer user_data)
{
  g_autoptr (GSocketConnection) base = g_socket_connection_factory_create_connection (socket);
  BnTlsRelay *self = g_new0 (BnTlsRelay, 1);

  self->counters = counters;
  self->ready = ready;
  self->gone = gone;
  self->user_data = user_data;
  self->ended = g_cancellable_new ();
  self->late = g_cancellable_new ();
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  self->tls = g_tls_server_connection_new (G_IO_STREAM (base), certificate, NULL);
  /* A peer that goes without close_notify ends what it sent, as on a plain connection. */
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (self->tls), FALSE);
  set_deadline (self, limits->tls_ms, late_cb);
  g_tls_connection_handshake_async (G_TLS_CONNECTION (self->tls), G_PRIORITY_DEFAULT, self->ended,
                                    handshaken_cb, self);
  return self;
}

void
bn_tls_relay_end (BnTlsRelay *self)
{
  g_cancellable_cancel (self->ended);
}
