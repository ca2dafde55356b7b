/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A peer says anything at all to a link.
 *
 * The first byte of the input says how; the others are what the peer writes:
 *   bit 0      the handshake has been done already
 *   bits 1, 2  written at once, or 1, 7, or 16 bytes at a time
 *   bits 3, 4  so many descriptors go with the first part (of standard error)
 * The link must end with "closed", and what it delivered must be good enough to be passed on. */
#include <gio/gio.h>
#include <gio/gunixfdlist.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "link/link.h"

static const char hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n";

static void
turn_until_idle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
pass_on (GDBusMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) copy = g_dbus_message_copy (message, &error);
  g_autofree guchar *bytes = NULL;
  gsize size;

  g_assert_no_error (error);
  bytes = g_dbus_message_to_blob (copy, &size, G_DBUS_CAPABILITY_FLAGS_UNIX_FD_PASSING, &error);
  g_assert_no_error (error);
}

static void
on_message (BnLink *link, GDBusMessage *message, gpointer unused)
{
  g_autoptr (GError) error = NULL;

  pass_on (message);
  if (g_dbus_message_get_serial (message) % 2 == 0)
    {
      bn_link_reply (link, message, g_dbus_message_get_body (message),
                     g_dbus_message_get_unix_fd_list (message));
      return;
    }
  g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, "no");
  bn_link_reply_error (link, message, error);
}

static void
on_closed (BnLink *link, GError *reason, guint *n_closed)
{
  g_assert (reason != NULL);
  *n_closed += 1;
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer n_answered)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusMessage) reply = bn_link_call_finish (BN_LINK (source), result, &error);

  g_assert ((reply == NULL) == (error != NULL));
  if (reply != NULL)
    pass_on (reply);
  *(guint *)n_answered += 1;
}

/* Returns how much the socket took, at most @size. */
static gsize
write_part (int fd, const guint8 *bytes, gsize size, guint n_descriptors)
{
  union
  {
    struct cmsghdr header;
    char bytes[CMSG_SPACE (3 * sizeof (int))];
  } control = { 0 };
  struct iovec vector = { (guint8 *)bytes, size };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
  int descriptor = STDERR_FILENO;
  gssize n;

  if (n_descriptors > 0)
    {
      message.msg_control = &control;
      message.msg_controllen = CMSG_SPACE (n_descriptors * sizeof (int));
      control.header.cmsg_level = SOL_SOCKET;
      control.header.cmsg_type = SCM_RIGHTS;
      control.header.cmsg_len = CMSG_LEN (n_descriptors * sizeof (int));
      for (guint i = 0; i < n_descriptors; i++)
        memcpy (CMSG_DATA (&control.header) + i * sizeof descriptor, &descriptor,
                sizeof descriptor);
    }
  n = sendmsg (fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  return n > 0 ? n : 0;
}

static void
write_all (int fd, const guint8 *bytes, gsize size, gsize step, guint n_descriptors)
{
  while (size > 0)
    {
      gsize n = write_part (fd, bytes, MIN (step, size), n_descriptors);

      if (n == 0)
        return; /* the link has closed, or is paused */
      n_descriptors = 0;
      bytes += n;
      size -= n;
      turn_until_idle ();
    }
}

static BnLink *
start_link (int fd, guint *n_closed)
{
  BnLinkLimits limits = bn_link_default_limits;
  BnLink *link;

  limits.message_bytes = 65536;
  limits.queue_bytes = 65536;
  limits.pending_served = 8;
  limits.handshake_ms = 3600000;
  link = bn_link_new (fd, &limits);
  g_signal_connect (link, "message", G_CALLBACK (on_message), NULL);
  g_signal_connect (link, "closed", G_CALLBACK (on_closed), n_closed);
  return link;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const gsize steps[] = { G_MAXSIZE, 1, 7, 16 };
  g_autoptr (BnLink) link = NULL;
  g_autoptr (GDBusMessage) call =
      g_dbus_message_new_method_call (NULL, "/", "org.binnacle.Test1", "Never");
  guint n_closed = 0;
  guint n_answered = 0;
  int fds[2];

  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  if (size == 0)
    return 0;
  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    g_error ("no socketpair");
  link = start_link (fds[0], &n_closed);
  bn_link_call_async (link, call, 3600000, NULL, on_answered, &n_answered);
  if (data[0] & 1)
    write_all (fds[1], (const guint8 *)hello, sizeof hello - 1, G_MAXSIZE, 0);
  write_all (fds[1], data + 1, size - 1, steps[data[0] >> 1 & 3], data[0] >> 3 & 3);
  close (fds[1]);
  turn_until_idle ();
  g_assert (n_closed == 1 && n_answered == 1);
  g_assert (bn_link_is_closed (link) && bn_link_get_served (link) == 0);
  return 0;
}
