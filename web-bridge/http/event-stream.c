/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* /api/events as server-sent events (WHATWG HTML, 9.2): what a WebSocket would get, for curl and
 * EventSource.
 *
 * It is a client like those on WebSockets, with the same queue for one that reads slowly; its
 * frames become lines that go through a socket to the body of the answer. */
#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frames/frame.h"
#include "http/http-private.h"
#include "introspection/codec/json.h"
#include "introspection/error.h"
#include "protocol/client.h"

#define ANSWER_ID "\"events\"" /* of the subscription, as JSON */
#define RETRY_MS 2000

typedef struct
{
  BnHttpServer *server;       /* (owned) */
  SoupServerMessage *message; /* (owned, nullable): until it is answered */
  BnSession *session;         /* (owned) */
  BnClient *client;           /* (nullable) */
  char *epoch;                /* (nullable) */
  int fd;                     /* our end; -1 before the answer, and when it is over */
  GByteArray *rest;           /* what the socket has not taken */
  GSource *watch;             /* (owned, nullable): of fd */
  gboolean ended;
} EventStream;

static void
stop_watch (EventStream *self)
{
  if (self->watch != NULL)
    g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
}

static void
event_stream_free (EventStream *self)
{
  stop_watch (self);
  if (self->client != NULL)
    bn_client_free (self->client);
  if (self->fd >= 0)
    close (self->fd);
  g_byte_array_unref (self->rest);
  g_clear_object (&self->message);
  bn_session_unref (self->session);
  g_object_unref (self->server);
  g_free (self->epoch);
  g_free (self);
}

static gboolean
free_cb (gpointer user_data)
{
  event_stream_free (user_data);
  return G_SOURCE_REMOVE;
}

/* Not at once: it may be the client that says so. */
static void
end (EventStream *self)
{
  g_autoptr (GSource) idle = NULL;

  if (self->ended)
    return;
  self->ended = TRUE;
  stop_watch (self);
  if (self->fd >= 0)
    close (g_steal_fd (&self->fd));
  idle = g_idle_source_new ();
  g_source_set_callback (idle, free_cb, self, NULL);
  g_source_attach (idle, g_main_context_get_thread_default ());
}

static gboolean on_socket (int fd, GIOCondition condition, gpointer user_data);

static void
watch (EventStream *self, GIOCondition condition)
{
  stop_watch (self);
  self->watch = g_unix_fd_source_new (self->fd, condition);
  g_source_set_callback (self->watch, G_SOURCE_FUNC (on_socket), self, NULL);
  g_source_attach (self->watch, g_main_context_get_thread_default ());
}

/* TRUE if all is gone. */
static gboolean
write_rest (EventStream *self)
{
  while (self->rest->len > 0)
    {
      ssize_t n = send (self->fd, self->rest->data, self->rest->len, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n > 0)
        g_byte_array_remove_range (self->rest, 0, n);
      else if (errno != EINTR)
        return FALSE;
    }
  return TRUE;
}

/* The reader has gone, or takes more. */
static gboolean
on_socket (int fd, GIOCondition condition, gpointer user_data)
{
  EventStream *self = user_data;

  if (condition & (G_IO_HUP | G_IO_ERR | G_IO_IN))
    {
      end (self);
      return G_SOURCE_REMOVE;
    }
  bn_client_note_progress (self->client);
  if (!write_rest (self))
    return G_SOURCE_CONTINUE;
  watch (self, G_IO_IN);
  bn_client_unblock (self->client);
  return G_SOURCE_REMOVE;
}

static void
push (EventStream *self, const char *text, gsize length)
{
  gboolean waited = self->rest->len > 0;

  g_byte_array_append (self->rest, (const guint8 *)text, length);
  if (self->fd < 0 || waited || write_rest (self))
    return;
  watch (self, G_IO_OUT | G_IO_IN);
  bn_client_set_blocked (self->client);
}

/* "id:" so that Last-Event-ID goes on behind it, for what has a number; JSON has no line ends. */
static void
push_message (EventStream *self, const char *json, gsize length, GVariant *message)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 sequence;

  if (self->epoch != NULL && g_variant_lookup (message, "seq", "x", &sequence))
    g_string_append_printf (text, "id: %s:%" G_GINT64_FORMAT "\n", self->epoch, sequence);
  g_string_append (text, "data: ");
  g_string_append_len (text, json, length);
  g_string_append (text, "\n\n");
  push (self, text->str, text->len);
}

/* The subscription stands: the answer begins. */
static void
begin (EventStream *self)
{
  g_autoptr (SoupServerMessage) message = g_steal_pointer (&self->message);
  g_autofree char *retry = g_strdup_printf ("retry: %d\n\n", RETRY_MS);
  int fds[2];

  bn_reply_resume (self->server, message);
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
    {
      bn_counters_add (self->server->counters, BN_COUNT_REFUSED_DESCRIPTORS);
      bn_reply_problem (message, 503, "busy", "No descriptors are left; try again");
      end (self);
      return;
    }
  self->fd = fds[0];
  watch (self, G_IO_IN);
  push (self, retry, strlen (retry));
  bn_reply_stream (self->server, message, self->session, fds[1], "text/event-stream");
}

static void
refuse (EventStream *self, GVariant *payload)
{
  g_autoptr (SoupServerMessage) message = g_steal_pointer (&self->message);
  const char *code = "internal";
  const char *detail = "";

  g_variant_lookup (payload, "code", "&s", &code);
  g_variant_lookup (payload, "message", "&s", &detail);
  bn_reply_resume (self->server, message);
  bn_reply_code (message, code, detail);
  end (self);
}

static void
on_own (EventStream *self, const char *type, GVariant *message)
{
  g_autoptr (GVariant) payload =
      g_variant_lookup_value (message, "payload", G_VARIANT_TYPE_VARDICT);

  if (g_str_equal (type, "system.hello"))
    {
      g_free (self->epoch);
      self->epoch = NULL;
      g_variant_lookup (payload, "epoch", "s", &self->epoch);
    }
  else if (g_str_equal (type, "system.heartbeat"))
    push (self, ": heartbeat\n\n", strlen (": heartbeat\n\n"));
  else if (self->message != NULL && g_str_equal (type, "websocket.subscribe.result"))
    begin (self);
  else if (self->message != NULL && g_str_equal (type, "system.error"))
    refuse (self, payload);
}

static gboolean
is_own (const char *type, GVariant *message)
{
  g_autoptr (GVariant) names = g_variant_lookup_value (message, "sub", NULL);

  return names == NULL && !g_str_equal (type, "system.gap");
}

static void
send_frame (gpointer socket, GBytes *frame)
{
  EventStream *self = socket;
  gsize length;
  const char *json = bn_frame_get_text (frame, &length);
  g_autoptr (GVariant) message = NULL;
  const char *type;

  if (self->ended)
    return;
  message = bn_json_decode (json, length, NULL, NULL);
  if (message == NULL || !g_variant_lookup (message, "type", "&s", &type))
    return;
  if (is_own (type, message))
    on_own (self, type, message);
  else
    push_message (self, json, length, message);
}

static void
close_stream (gpointer socket, guint code, const char *reason)
{
  EventStream *self = socket;

  if (self->message != NULL)
    {
      g_autoptr (SoupServerMessage) message = g_steal_pointer (&self->message);

      bn_reply_resume (self->server, message);
      bn_reply_problem (message, 401, "unauthenticated", reason);
    }
  end (self);
}

static const BnOutlet outlet = { send_frame, close_stream };

/* "patterns=a.*&patterns=b.*" is not kept apart by libsoup; several stand with commas between. */
static GVariant *
make_subscription (GHashTable *query, const char *last_id, GError **error)
{
  const char *patterns = query != NULL ? g_hash_table_lookup (query, "patterns") : NULL;
  const char *rate = query != NULL ? g_hash_table_lookup (query, "rate") : NULL;
  const char *since = query != NULL ? g_hash_table_lookup (query, "since") : NULL;
  const char *from = last_id != NULL ? last_id : since;
  g_auto (GStrv) list = g_strsplit (patterns != NULL ? patterns : "*", ",", -1);
  GVariantDict payload;

  g_variant_dict_init (&payload, NULL);
  g_variant_dict_insert (&payload, "sub", "s", "events");
  g_variant_dict_insert_value (&payload, "patterns",
                               g_variant_new_strv ((const char *const *)list, -1));
  if (rate != NULL)
    {
      char *end_of_number;
      double number = g_ascii_strtod (rate, &end_of_number);

      if (*rate == '\0' || *end_of_number != '\0')
        {
          g_variant_dict_clear (&payload);
          g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "“rate” must be a number");
          return NULL;
        }
      g_variant_dict_insert (&payload, "rate", "d", number);
    }
  if (from != NULL)
    {
      const char *colon = strrchr (from, ':');
      g_autofree char *epoch = colon != NULL ? g_strndup (from, colon - from) : NULL;
      guint64 sequence;

      if (colon == NULL || !g_utf8_validate (from, -1, NULL)
          || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXINT64, &sequence, NULL))
        {
          g_variant_dict_clear (&payload);
          g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                       "Last-Event-ID and “since” are EPOCH:SEQ, as an earlier “id:” was");
          return NULL;
        }
      g_variant_dict_insert_value (
          &payload, "since",
          g_variant_new_parsed ("{'epoch': <%s>, 'seq': <%x>}", epoch, (gint64)sequence));
    }
  return g_variant_dict_end (&payload);
}

typedef struct
{
  SoupServerMessage *message; /* (owned) */
  GVariant *subscription;     /* (owned) */
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->message);
  g_variant_unref (opening->subscription);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static void
open_stream (BnHttpServer *server, SoupServerMessage *message, BnSession *session,
             GVariant *subscription)
{
  BnConnection *connection = bn_connection_of (message);
  EventStream *self = g_new0 (EventStream, 1);
  g_autofree char *payload = bn_json_encode (subscription, NULL);
  g_autofree char *text = g_strdup_printf (
      "{\"type\":\"websocket.subscribe\",\"id\":" ANSWER_ID ",\"payload\":%s}", payload);

  self->server = g_object_ref (server);
  self->message = g_object_ref (message);
  self->session = bn_session_ref (session);
  self->fd = -1;
  self->rest = g_byte_array_new ();
  bn_reply_defer (server, message);
  self->client = bn_client_new (
      server->room, &outlet, self, session, connection != NULL ? connection->address : "",
      soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                    "User-Agent"));
  bn_client_set_transport (self->client, "sse");
  bn_client_receive (self->client, text, strlen (text));
}

static void
on_identity (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  BnHttpServer *server = BN_HTTP_SERVER (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (BnSession) session = bn_identity_find_finish (server, result, &error);

  if (session == NULL)
    bn_reply_error (opening->message, error);
  else
    open_stream (server, opening->message, session, opening->subscription);
}

void
bn_event_stream_open (BnHttpServer *server, SoupServerMessage *message, GHashTable *query)
{
  g_autoptr (GError) error = NULL;
  GVariant *subscription =
      make_subscription (query,
                         soup_message_headers_get_one (
                             soup_server_message_get_request_headers (message), "Last-Event-ID"),
                         &error);
  Opening *opening;

  if (subscription == NULL)
    {
      bn_reply_error (message, error);
      return;
    }
  opening = g_new0 (Opening, 1);
  opening->message = g_object_ref (message);
  opening->subscription = g_variant_ref_sink (subscription);
  bn_identity_find_async (server, message, on_identity, opening);
}
