/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module's end of the link as bytes on a socket. */
#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "introspection/names.h"

#define HANDSHAKE_LINES 3 /* DATA, OK, AGREE_UNIX_FD */
#define HEADER_BYTES 16

static const char handshake[] = "\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n";

/* FALSE if the hub has gone. */
static gboolean
read_some (Wire *self, int flags)
{
  guint8 bytes[65536];
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (sizeof (int))];
  } control;
  struct iovec vector = { bytes, sizeof bytes };
  struct msghdr message = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  ssize_t n;

  do
    n = recvmsg (self->fd, &message, MSG_CMSG_CLOEXEC | flags);
  while (n < 0 && errno == EINTR);
  if (n <= 0)
    return FALSE;
  if (CMSG_FIRSTHDR (&message) != NULL)
    memcpy (&self->descriptor, CMSG_DATA (CMSG_FIRSTHDR (&message)), sizeof self->descriptor);
  g_byte_array_append (self->received, bytes, (guint)n);
  return TRUE;
}

void
wire_open (Wire *self)
{
  const char *number = g_getenv (BN_ENV_MODULE_FD);
  guint lines = 0;

  if (number == NULL)
    {
      g_printerr ("This module is started by the hub only.\n");
      exit (2);
    }
  *self = (Wire){ .fd = atoi (number), .received = g_byte_array_new (), .descriptor = -1 };
  fcntl (self->fd, F_SETFL, 0); /* it blocks */
  wire_write (self, handshake, sizeof handshake - 1);
  while (lines < HANDSHAKE_LINES)
    {
      lines = 0;
      if (!read_some (self, 0))
        exit (0);
      for (guint i = 0; i < self->received->len; i++)
        lines += self->received->data[i] == '\n';
    }
  g_byte_array_set_size (self->received, 0);
}

gboolean
wire_write (Wire *self, const void *bytes, gsize size)
{
  const guint8 *at = bytes;

  while (size > 0)
    {
      ssize_t n = send (self->fd, at, size, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      at += n;
      size -= (gsize)n;
    }
  return TRUE;
}

guint32
wire_send (Wire *self, GDBusMessage *message)
{
  g_autoptr (GDBusMessage) owned = message;
  g_autoptr (GError) error = NULL;
  g_autofree guchar *bytes = NULL;
  gsize size;

  g_dbus_message_set_serial (message, ++self->serial);
  bytes = g_dbus_message_to_blob (message, &size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &error);
  g_assert_no_error (error);
  return wire_write (self, bytes, size) ? self->serial : 0;
}

guint32
wire_call (Wire *self, const char *member, GVariant *arguments, gboolean wants_reply)
{
  GDBusMessage *message =
      g_dbus_message_new_method_call (NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, member);

  if (arguments != NULL)
    g_dbus_message_set_body (message, arguments);
  if (!wants_reply)
    g_dbus_message_set_flags (message, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
  return wire_send (self, message);
}

/* The size of the whole message that was received, 0: there is none. */
static gsize
get_whole (Wire *self)
{
  gssize size;

  if (self->received->len < HEADER_BYTES)
    return 0;
  size = g_dbus_message_bytes_needed (self->received->data, self->received->len, NULL);
  return size > 0 && (gsize)size <= self->received->len ? (gsize)size : 0;
}

GDBusMessage *
wire_receive (Wire *self)
{
  g_autoptr (GError) error = NULL;
  GDBusMessage *message;
  gsize size;

  while ((size = get_whole (self)) == 0)
    if (!read_some (self, 0))
      return NULL;
  message = g_dbus_message_new_from_blob (self->received->data, size,
                                          G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &error);
  g_assert_no_error (error);
  g_byte_array_remove_range (self->received, 0, (guint)size);
  return message;
}

void
wire_drop_received (Wire *self)
{
  gsize size;

  while (read_some (self, MSG_DONTWAIT))
    while ((size = get_whole (self)) > 0)
      g_byte_array_remove_range (self->received, 0, (guint)size);
}
