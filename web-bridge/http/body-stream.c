/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A stream of bytes as the body of an answer.
 *
 * What a descriptor gives is sent in chunks, one at a time: the next is read when libsoup has
 * written the last. So a client that reads slowly makes the writer wait, and costs one chunk. While
 * there is nothing to be sent the connection has no deadline, but its end is watched: libsoup does
 * not look at the socket then. */
#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http-private.h"

#define CHUNK_BYTES (64 * 1024)

typedef struct
{
  BnHttpServer *server;       /* (owned) */
  SoupServerMessage *message; /* (owned) */
  BnSessions *sessions;       /* (owned) */
  BnSession *session;         /* (owned): it ends with that */
  int fd;                     /* owned */
  GSource *source;            /* (owned, nullable): of fd, while it may be read */
  GSource *peer;              /* (owned, nullable): of the socket, while nothing is sent */
  gboolean ended;
} BodyStream;

static void
stop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
set_deadline (BodyStream *self, BnDeadlineClass class)
{
  BnConnection *connection = bn_connection_of (self->message);

  if (connection != NULL)
    bn_connection_set_deadline (connection, class);
}

static GSource *
watch (int fd, GUnixFDSourceFunc func, BodyStream *self)
{
  GSource *source = g_unix_fd_source_new (fd, G_IO_IN);

  g_source_set_callback (source, G_SOURCE_FUNC (func), self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

/* No more bytes: what was sent is all. */
static void
end (BodyStream *self)
{
  if (self->ended)
    return;
  self->ended = TRUE;
  stop_source (&self->source);
  stop_source (&self->peer);
  set_deadline (self, BN_DEADLINE_REPLY);
  soup_message_body_complete (soup_server_message_get_response_body (self->message));
  bn_reply_resume (self->server, self->message);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  BodyStream *self = user_data;
  g_autofree guint8 *chunk = g_malloc (CHUNK_BYTES);
  gssize n = read (fd, chunk, CHUNK_BYTES);

  if (n < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    {
      end (self);
      return G_SOURCE_REMOVE;
    }
  stop_source (&self->source);
  stop_source (&self->peer);
  set_deadline (self, BN_DEADLINE_REPLY);
  soup_message_body_append_take (soup_server_message_get_response_body (self->message),
                                 g_steal_pointer (&chunk), (gsize)n);
  bn_reply_resume (self->server, self->message);
  return G_SOURCE_REMOVE;
}

/* The client said something, or left. */
static gboolean
on_peer (int fd, GIOCondition condition, gpointer user_data)
{
  BodyStream *self = user_data;
  BnConnection *connection = bn_connection_of (self->message);
  char byte;

  stop_source (&self->peer);
  if (recv (fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
    return G_SOURCE_REMOVE; /* its next request, which waits */
  if (connection != NULL)
    bn_connection_shut (connection);
  end (self);
  return G_SOURCE_REMOVE;
}

static void
wait_for_more (BodyStream *self)
{
  BnConnection *connection = bn_connection_of (self->message);

  if (self->ended || self->source != NULL)
    return;
  set_deadline (self, BN_DEADLINE_NONE);
  self->source = watch (self->fd, on_readable, self);
  if (connection != NULL && self->peer == NULL)
    self->peer = watch (g_socket_get_fd (bn_connection_get_socket (connection)), on_peer, self);
}

static void
on_wrote (SoupServerMessage *message, gpointer user_data)
{
  wait_for_more (user_data);
}

static void
on_session_ended (BnSessions *sessions, BnSession *session, gboolean lowered, gpointer user_data)
{
  BodyStream *self = user_data;

  if (session == self->session)
    end (self);
}

/* The answer is written, or the connection is gone. */
static void
on_finished (SoupServerMessage *message, gpointer user_data)
{
  BodyStream *self = user_data;

  stop_source (&self->source);
  stop_source (&self->peer);
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_signal_handlers_disconnect_by_data (self->sessions, self);
  self->session->uses--;
  close (self->fd);
  g_object_unref (self->message);
  g_object_unref (self->server);
  bn_session_unref (self->session);
  g_object_unref (self->sessions);
  g_free (self);
}

void
bn_reply_stream (BnHttpServer *server, SoupServerMessage *message, BnSession *session, int fd,
                 const char *content_type)
{
  SoupMessageHeaders *out = soup_server_message_get_response_headers (message);
  BodyStream *self;

  /* It ended after the hub had answered. */
  if (session->handle == NULL)
    {
      close (fd);
      bn_reply_problem (message, 401, "unauthenticated", "The session has ended; log in again");
      return;
    }
  self = g_new0 (BodyStream, 1);

  self->server = g_object_ref (server);
  self->message = g_object_ref (message);
  self->sessions = g_object_ref (bn_room_get_sessions (server->room));
  self->session = bn_session_ref (session);
  self->session->uses++; /* it is not given up for another one meanwhile */
  self->fd = fd;
  /* What poll() finds may be taken by somebody else who has it: the module that sent it. */
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  bn_reply_headers (message);
  soup_message_headers_replace (out, "Cache-Control", "no-store");
  soup_message_headers_set_content_type (out, content_type, NULL);
  soup_message_headers_set_encoding (out, SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  soup_server_message_set_status (message, 200, NULL);
  bn_counters_add (server->counters, BN_COUNT_STREAMS);
  g_signal_connect (message, "wrote-headers", G_CALLBACK (on_wrote), self);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote), self);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), self);
  g_signal_connect (self->sessions, "ended", G_CALLBACK (on_session_ended), self);
}
