/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The streams of the module for tests. */
#include "tests/modules/echo/echo-streams.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static gboolean
handle_fd (EchoEcho1 *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *descriptors,
           const char *text)
{
  g_autoptr (GUnixFDList) reply = NULL;
  g_autoptr (GError) error = NULL;
  int ends[2];

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, &error))
    {
      g_dbus_method_invocation_return_gerror (invocation, error);
      return TRUE;
    }
  if (write (ends[1], text, MIN (strlen (text), 4096)) < 0)
    g_printerr ("cannot write into a pipe\n");
  close (ends[1]);
  reply = g_unix_fd_list_new_from_array (ends, 1);
  echo_echo1_complete_fd (skeleton, invocation, reply, g_variant_new_handle (0));
  return TRUE;
}

/* A stream that is written. */
typedef struct
{
  BnModule *module; /* borrowed */
  int descriptor;   /* owned */
  GBytes *text;     /* owned */
  guint64 left;     /* bytes to be written */
  guint64 written;
} Stream;

static gboolean
write_stream (int descriptor, GIOCondition condition, gpointer user_data)
{
  Stream *stream = user_data;
  gsize size;
  const char *text = g_bytes_get_data (stream->text, &size);
  gsize from = stream->written % size;
  gssize n = write (descriptor, text + from, MIN (size - from, stream->left));

  if (n > 0)
    {
      stream->written += (guint64)n;
      stream->left -= (guint64)n;
    }
  if (stream->left > 0 && (n > 0 || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  bn_module_emit (stream->module, "closed",
                  g_variant_new_parsed ("{'written': <%t>}", stream->written));
  close (stream->descriptor);
  g_bytes_unref (stream->text);
  g_free (stream);
  return G_SOURCE_REMOVE;
}

static gboolean
handle_stream (EchoEcho1 *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *descriptors,
               GVariant *text, guint64 bytes, BnModule *module)
{
  g_autoptr (GUnixFDList) reply = NULL;
  g_autoptr (GError) error = NULL;
  Stream *stream;
  int ends[2];

  if (g_variant_n_children (text) == 0)
    g_set_error_literal (&error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "the text is empty");
  if (error != NULL || !g_unix_open_pipe (ends, FD_CLOEXEC, &error)
      || !g_unix_set_fd_nonblocking (ends[1], TRUE, &error))
    {
      g_dbus_method_invocation_return_gerror (invocation, error);
      return TRUE;
    }
  stream = g_new0 (Stream, 1);
  stream->module = module;
  stream->descriptor = ends[1];
  stream->text = g_variant_get_data_as_bytes (text);
  stream->left = bytes != 0 ? bytes : G_MAXUINT64;
  g_unix_fd_add (ends[1], G_IO_OUT, write_stream, stream);
  reply = g_unix_fd_list_new_from_array (ends, 1);
  echo_echo1_complete_stream (skeleton, invocation, reply, g_variant_new_handle (0));
  return TRUE;
}

/* A socket of which what is written comes back, until the other side has ended. */
static gboolean
answer_socket (int descriptor, GIOCondition condition, gpointer user_data)
{
  char buffer[4096];
  gssize n = read (descriptor, buffer, sizeof buffer);

  for (gssize at = 0; at < n;)
    {
      gssize written = write (descriptor, buffer + at, (gsize)(n - at));

      if (written <= 0)
        break;
      at += written;
    }
  if (n > 0)
    return G_SOURCE_CONTINUE;
  close (descriptor);
  return G_SOURCE_REMOVE;
}

static gboolean
handle_converse (EchoEcho1 *skeleton, GDBusMethodInvocation *invocation, GUnixFDList *descriptors,
                 gpointer user_data)
{
  g_autoptr (GUnixFDList) reply = NULL;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_dbus_method_invocation_return_error (invocation, BN_ERROR, BN_ERROR_INTERNAL, "No socket");
      return TRUE;
    }
  g_unix_fd_add (ends[1], G_IO_IN, answer_socket, NULL);
  reply = g_unix_fd_list_new_from_array (ends, 1);
  echo_echo1_complete_converse (skeleton, invocation, reply, g_variant_new_handle (0));
  return TRUE;
}

void
echo_streams_serve (BnModule *module, EchoEcho1 *skeleton)
{
  g_signal_connect (skeleton, "handle-fd", G_CALLBACK (handle_fd), module);
  g_signal_connect (skeleton, "handle-converse", G_CALLBACK (handle_converse), NULL);
  g_signal_connect (skeleton, "handle-stream", G_CALLBACK (handle_stream), module);
}
