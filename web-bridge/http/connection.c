/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A TCP connection, from accept until it closes or becomes a WebSocket.
 *
 * libsoup owns the stream while a request is read and answered. What it does not know is when to
 * lose patience: each connection has one deadline at a time, and when that passes, the socket is
 * shut down, which libsoup sees as the peer's end.
 *
 * Between two requests the connection is ours: libsoup 3.2 keeps none alive that it did not accept
 * itself, and would never let go of one that its peer ends then. It is taken back when the answer
 * is written, and handed over again when the next request comes; until then it is one watched
 * descriptor, with a deadline, and it goes when its place is needed. */
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "http/http-private.h"

#define KEY "bn-connection"
/* What may have come behind a request; more is a client that does not wait for our answer. */
#define EARLY_BYTES 16384

GSocket *
bn_connection_get_socket (BnConnection *self)
{
  return g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->stream));
}

static void
stop_watching (BnConnection *self)
{
  if (self->watch != NULL)
    g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
}

static void
connection_free (BnConnection *self)
{
  stop_watching (self);
  bn_deadlines_set (self->server->deadlines, &self->deadline, BN_DEADLINE_NONE, NULL);
  g_hash_table_remove (self->server->connections, self);
  g_object_set_data (G_OBJECT (self->remote), KEY, NULL);
  g_object_unref (self->remote);
  g_object_unref (self->local);
  if (!self->taken && !self->secure)
    bn_admission_leave (self->server->admission, self->address);
  g_free (self->address);
  g_object_unref (self->server);
  g_free (self);
}

static void
on_stream_gone (gpointer data, GObject *stream)
{
  connection_free (data);
}

BnConnection *
bn_connection_of (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);

  return remote != NULL ? g_object_get_data (G_OBJECT (remote), KEY) : NULL;
}

void
bn_connection_set_deadline (BnConnection *self, BnDeadlineClass class)
{
  bn_deadlines_set (self->server->deadlines, &self->deadline, class, self);
}

GBytes *
bn_connection_read_early (GIOStream *stream)
{
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  g_autoptr (GByteArray) early = g_byte_array_new ();
  guint8 chunk[2048];
  gssize n;

  while (early->len < EARLY_BYTES
         && (n = g_pollable_input_stream_read_nonblocking (input, chunk, sizeof chunk, NULL, NULL))
                > 0)
    g_byte_array_append (early, chunk, n);
  return g_byte_array_free_to_bytes (g_steal_pointer (&early));
}

/* libsoup gets the connection, for one request. */
static void
hand_over (BnConnection *self)
{
  g_autoptr (BnHttpStream) stream = g_steal_pointer (&self->resting);

  stop_watching (self);
  bn_connection_set_deadline (self, BN_DEADLINE_HEAD);
  soup_server_accept_iostream (self->server->soup, G_IO_STREAM (stream), self->local, self->remote,
                               NULL);
}

/* Ends one that libsoup does not hold. */
static void
end_rest (BnConnection *self)
{
  stop_watching (self);
  g_object_unref (g_steal_pointer (&self->resting));
}

/* A request that has come must not be lost: it may be one that acts. */
static gboolean
has_input (BnConnection *self)
{
  char byte;

  return recv (g_socket_get_fd (bn_connection_get_socket (self)), &byte, 1, MSG_PEEK | MSG_DONTWAIT)
         > 0;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  BnConnection *self = user_data;

  if (has_input (self))
    hand_over (self);
  else
    end_rest (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_early (gpointer user_data)
{
  hand_over (user_data);
  return G_SOURCE_REMOVE;
}

/* The client wants to ask on, and we want it too. */
static gboolean
is_kept (SoupServerMessage *message)
{
  SoupMessageHeaders *in = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *out = soup_server_message_get_response_headers (message);

  return soup_server_message_get_http_version (message) == SOUP_HTTP_1_1
         && !soup_message_headers_header_contains (in, "Connection", "close")
         && !soup_message_headers_header_contains (out, "Connection", "close");
}

void
bn_connection_keep (SoupServerMessage *message)
{
  BnConnection *self = bn_connection_of (message);
  g_autoptr (GIOStream) taken = NULL;
  g_autoptr (GBytes) early = NULL;

  if (self == NULL || self->server->stopped || !is_kept (message))
    return;
  self->resting = g_object_ref (self->stream);
  taken = soup_server_message_steal_connection (message);
  early = bn_connection_read_early (taken);
  if (g_bytes_get_size (early) > 0)
    {
      /* It need not be waited for, but libsoup must be done with this request. Not idle: it does
       * not give way to another one. */
      bn_connection_set_deadline (self, BN_DEADLINE_HEAD);
      bn_http_stream_put_back (self->stream, early);
      self->watch = g_idle_source_new ();
      g_source_set_priority (self->watch, G_PRIORITY_DEFAULT);
      g_source_set_callback (self->watch, on_early, self, NULL);
    }
  else
    {
      bn_connection_set_deadline (self, BN_DEADLINE_IDLE);
      self->watch =
          g_unix_fd_source_new (g_socket_get_fd (bn_connection_get_socket (self)), G_IO_IN);
      g_source_set_callback (self->watch, G_SOURCE_FUNC (on_readable), self, NULL);
    }
  g_source_attach (self->watch, g_main_context_get_thread_default ());
}

void
bn_connection_shut (BnConnection *self)
{
  if (self->resting != NULL)
    end_rest (self);
  else
    g_socket_shutdown (bn_connection_get_socket (self), TRUE, TRUE, NULL);
}

void
bn_connection_on_deadline (gpointer owner, BnDeadlineClass class, gpointer user_data)
{
  BnConnection *self = owner;

  if (class == BN_DEADLINE_IDLE && has_input (self))
    return;
  bn_counters_add (self->server->counters, class == BN_DEADLINE_HEAD   ? BN_COUNT_LATE_HEAD
                                           : class == BN_DEADLINE_IDLE ? BN_COUNT_IDLE
                                                                       : BN_COUNT_LATE_BODY);
  bn_connection_shut (self);
}

/* May it go for another one, from @data if that is not NULL? */
static gboolean
can_go (gpointer owner, gpointer data)
{
  BnConnection *self = owner;
  const char *address = data;

  return (address == NULL || g_str_equal (self->address, address)) && !has_input (self);
}

/* If there is no place for one more, the connection that has waited longest for its next request
 * gives its own. */
static void
make_place (BnHttpServer *server, const char *address)
{
  gboolean full_for_it = bn_admission_is_full (server->admission, address);
  BnConnection *idle;

  if (!full_for_it && !bn_admission_is_full (server->admission, NULL))
    return;
  idle = bn_deadlines_find (server->deadlines, BN_DEADLINE_IDLE, can_go,
                            full_for_it ? (gpointer)address : NULL);
  if (idle == NULL)
    return;
  bn_counters_add (server->counters, BN_COUNT_IDLE);
  end_rest (idle);
}

gboolean
bn_connection_admit (BnHttpServer *server, const char *address)
{
  make_place (server, address);
  return bn_admission_enter (server->admission, address);
}

BnAllowList *
bn_connection_get_allowed (BnHttpServer *server, SoupServerMessage *message)
{
  BnConnection *self = bn_connection_of (message);

  return self != NULL && self->secure ? server->allowed_lan : server->allowed;
}

/* It has its place. */
static void
begin (BnHttpServer *server, GSocket *socket, GSocketAddress *local, GSocketAddress *remote,
       char *address, gboolean secure)
{
  BnConnection *self = g_new0 (BnConnection, 1);

  self->server = g_object_ref (server);
  self->stream = self->resting = bn_http_stream_new (socket);
  self->local = g_object_ref (local);
  self->remote = g_object_ref (remote);
  self->address = address;
  self->secure = secure;
  g_hash_table_add (server->connections, self);
  g_object_weak_ref (G_OBJECT (self->stream), on_stream_gone, self);
  g_object_set_data (G_OBJECT (self->remote), KEY, self);
  hand_over (self);
}

static char *
dup_address (GSocketAddress *remote)
{
  return g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));
}

void
bn_connection_accept (BnHttpServer *server, GSocket *socket)
{
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  g_autofree char *address = NULL;

  if (remote == NULL || local == NULL)
    return;
  address = dup_address (remote);
  if (!bn_connection_admit (server, address))
    return;
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  begin (server, socket, local, remote, g_steal_pointer (&address), FALSE);
}

void
bn_connection_accept_plain (BnHttpServer *server, GSocket *plain, GSocketAddress *local,
                            GSocketAddress *remote)
{
  begin (server, plain, local, remote, dup_address (remote), TRUE);
}
