/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A browser for tests, at the level of bytes. */
#include "web-client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client-frame.h"

struct _WebClient
{
  int fd;
  guint16 port;
  guint source;
  GByteArray *in;
  GQueue heard; /* char * */
  char *head;
  char *body;
  guint close_code;
  gboolean closed;
  gboolean is_websocket;
};

gboolean
web_client_wake (gpointer unused)
{
  return G_SOURCE_CONTINUE;
}

/* Takes whole frames of the server out of @in: they are never masked, never fragmented. */
static void
take_frames (WebClient *self)
{
  for (;;)
    {
      const guint8 *data = self->in->data;
      gsize header = 2, length;

      if (self->in->len < 2)
        return;
      g_assert_cmphex (data[1] & 0x80, ==, 0);
      g_assert_cmphex (data[0] & 0x80, ==, 0x80);
      length = data[1];
      if (length == 126)
        header = 4;
      else if (length == 127)
        header = 10;
      if (self->in->len < header)
        return;
      if (header > 2)
        {
          length = 0;
          for (gsize i = 2; i < header; i++)
            length = length << 8 | data[i];
        }
      if (self->in->len < header + length)
        return;
      if ((data[0] & 0x0f) == 1)
        g_queue_push_tail (&self->heard, g_strndup ((const char *)data + header, length));
      else if ((data[0] & 0x0f) == 8)
        self->close_code = length >= 2 ? (guint)(data[header] << 8 | data[header + 1]) : 1005;
      g_byte_array_remove_range (self->in, 0, header + length);
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  WebClient *self = user_data;
  static guint8 buffer[65536];
  ssize_t n = recv (fd, buffer, sizeof buffer, MSG_DONTWAIT);

  if (n < 0 && errno == EAGAIN)
    return G_SOURCE_CONTINUE;
  if (n <= 0)
    {
      self->closed = TRUE;
      self->source = 0;
      return G_SOURCE_REMOVE;
    }
  g_byte_array_append (self->in, buffer, n);
  if (self->is_websocket)
    take_frames (self);
  return G_SOURCE_CONTINUE;
}

static void
dial (WebClient *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (self->port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };

  self->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (self->fd, (struct sockaddr *)&address, sizeof address), ==, 0);
  fcntl (self->fd, F_SETFL, O_NONBLOCK);
  web_client_set_reading (self, TRUE);
}

WebClient *
web_client_new (guint16 port)
{
  WebClient *self = g_new0 (WebClient, 1);

  self->port = port;
  self->close_code = 1006;
  self->in = g_byte_array_new ();
  g_queue_init (&self->heard);
  dial (self);
  return self;
}

static gboolean
is_over (WebClient *self)
{
  return self->closed || strstr (self->head, "Connection: close") != NULL;
}

static void
dial_again (WebClient *self)
{
  web_client_set_reading (self, FALSE);
  close (self->fd);
  g_byte_array_set_size (self->in, 0);
  self->closed = FALSE;
  dial (self);
}

void
web_client_free (WebClient *self)
{
  web_client_set_reading (self, FALSE);
  close (self->fd);
  g_byte_array_unref (self->in);
  g_queue_clear_full (&self->heard, g_free);
  g_free (self->head);
  g_free (self->body);
  g_free (self);
}

void
web_client_set_reading (WebClient *self, gboolean reading)
{
  if (reading && self->source == 0)
    self->source = g_unix_fd_add (self->fd, G_IO_IN | G_IO_HUP, on_readable, self);
  else if (!reading)
    g_clear_handle_id (&self->source, g_source_remove);
}

void
web_client_limit_receive_buffer (WebClient *self, int bytes)
{
  g_assert_cmpint (setsockopt (self->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes), ==, 0);
}

void
web_client_send_bytes (WebClient *self, const void *data, gsize length)
{
  const guint8 *at = data;

  while (length > 0 && !self->closed)
    {
      ssize_t n = send (self->fd, at, length, MSG_NOSIGNAL | MSG_DONTWAIT);

      if (n < 0 && errno != EAGAIN)
        return;
      if (n < 0)
        {
          g_main_context_iteration (NULL, FALSE);
          continue;
        }
      at += n;
      length -= n;
    }
}

void
web_client_send (WebClient *self, const char *text)
{
  web_client_send_bytes (self, text, strlen (text));
}

static char *
find_head_end (WebClient *self)
{
  if (self->in->len == 0)
    return NULL;
  return g_strstr_len ((char *)self->in->data, self->in->len, "\r\n\r\n");
}

guint
web_client_read_answer (WebClient *self)
{
  char *end = NULL, *length_at;
  gsize length = 0, head_length;
  guint status;

  g_clear_pointer (&self->head, g_free);
  g_clear_pointer (&self->body, g_free);
  web_client_wait_until (self->closed || (end = find_head_end (self)) != NULL);
  end = find_head_end (self);
  if (end == NULL)
    return 0;
  head_length = end + 4 - (char *)self->in->data;
  self->head = g_strndup ((char *)self->in->data, head_length);
  status = g_ascii_strtoull (self->head + strlen ("HTTP/1.1 "), NULL, 10);
  length_at = strstr (self->head, "Content-Length: ");
  if (length_at != NULL && status != 304)
    length = g_ascii_strtoull (length_at + strlen ("Content-Length: "), NULL, 10);
  web_client_wait_until (self->closed || self->in->len >= head_length + length);
  length = MIN (length, self->in->len - head_length);
  self->body = g_strndup ((char *)self->in->data + head_length, length);
  g_byte_array_remove_range (self->in, 0, head_length + length);
  return status;
}

guint
web_client_request (WebClient *self, const char *method, const char *path, const char *headers,
                    const char *body)
{
  g_autofree char *text = NULL;
  g_autofree char *length =
      body != NULL ? g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT "\r\n", strlen (body))
                   : g_strdup ("");

  if (self->head != NULL && is_over (self))
    dial_again (self);
  text = g_strdup_printf ("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n%s%s\r\n%s", method, path,
                          self->port, headers != NULL ? headers : "", length,
                          body != NULL ? body : "");
  web_client_send (self, text);
  return web_client_read_answer (self);
}

const char *
web_client_get_head (WebClient *self)
{
  return self->head;
}

const char *
web_client_get_body (WebClient *self)
{
  return self->body;
}

guint
web_client_upgrade (WebClient *self, const char *headers)
{
  g_autofree char *all =
      g_strconcat ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
                   headers, NULL);
  guint status = web_client_request (self, "GET", "/ws", all, NULL);

  self->is_websocket = status == 101;
  if (self->is_websocket)
    take_frames (self);
  return status;
}

void
web_client_join (WebClient *self, const char *token)
{
  g_autofree char *headers = g_strdup_printf ("Origin: http://127.0.0.1:%u\r\n"
                                              "Authorization: Bearer %s\r\n",
                                              self->port, token);
  g_autofree char *hello = NULL;

  g_assert_cmpuint (web_client_upgrade (self, headers), ==, 101);
  hello = web_client_hear (self);
  g_assert_true (g_str_has_prefix (hello, "{\"type\":\"system.hello\""));
}

void
web_client_say (WebClient *self, const char *json)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();

  client_frame_append (frame, CLIENT_FIN | 1, json, strlen (json));
  web_client_send_bytes (self, frame->data, frame->len);
}

char *
web_client_hear (WebClient *self)
{
  web_client_wait_until (self->heard.length > 0);
  return g_queue_pop_head (&self->heard);
}

char *
web_client_hear_with (WebClient *self, const char *text)
{
  for (;;)
    {
      g_autofree char *message = web_client_hear (self);

      if (strstr (message, text) != NULL)
        return g_steal_pointer (&message);
    }
}

guint
web_client_get_heard (WebClient *self)
{
  return self->heard.length;
}

guint
web_client_wait_close (WebClient *self)
{
  web_client_wait_until (self->closed);
  return self->close_code;
}

gboolean
web_client_is_closed (WebClient *self)
{
  return self->closed;
}
