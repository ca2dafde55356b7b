/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A TCP connection, from accept until it closes or becomes a WebSocket.
 *
 * libsoup owns the stream. What it does not know is when to lose patience: each connection has one
 * deadline at a time, and when that passes, the socket is shut down, which libsoup sees as the
 * peer's end. */
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "http/http-private.h"

#define KEY "bn-connection"

static void
connection_free (BnConnection *self)
{
  bn_deadlines_set (self->server->deadlines, &self->deadline, BN_DEADLINE_NONE, NULL);
  g_hash_table_remove (self->server->connections, self);
  if (!self->taken)
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

void
bn_connection_shut (BnConnection *self)
{
  g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->stream)), TRUE,
                     TRUE, NULL);
}

void
bn_connection_on_deadline (gpointer owner, BnDeadlineClass class, gpointer user_data)
{
  BnConnection *self = owner;

  bn_counters_add (self->server->counters, class == BN_DEADLINE_HEAD   ? BN_COUNT_LATE_HEAD
                                           : class == BN_DEADLINE_IDLE ? BN_COUNT_IDLE
                                                                       : BN_COUNT_LATE_BODY);
  bn_connection_shut (self);
}

void
bn_connection_accept (BnHttpServer *server, GSocket *socket)
{
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  g_autoptr (GSocketConnection) stream = NULL;
  g_autofree char *address = NULL;
  BnConnection *self;

  if (remote == NULL || local == NULL)
    return;
  address =
      g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));
  if (!bn_admission_enter (server->admission, address))
    return;
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);

  stream = g_socket_connection_factory_create_connection (socket);
  self = g_new0 (BnConnection, 1);
  self->server = g_object_ref (server);
  self->stream = G_IO_STREAM (stream);
  self->address = g_steal_pointer (&address);
  g_hash_table_add (server->connections, self);
  g_object_weak_ref (G_OBJECT (stream), on_stream_gone, self);
  g_object_set_data (G_OBJECT (remote), KEY, self);
  bn_connection_set_deadline (self, BN_DEADLINE_HEAD);
  soup_server_accept_iostream (server->soup, G_IO_STREAM (stream), local, remote, NULL);
}
