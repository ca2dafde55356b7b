/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads bytes and file descriptors from a socket. */
#include "link/link-receive.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "introspection/error.h"

/* Takes every descriptor that the kernel has put into our table, whatever else is wrong: those
 * beyond @max are closed here and now. */
static gboolean
take_descriptors (struct msghdr *message, guint max, BnLinkDescriptors *descriptors)
{
  guint taken = 0;
  gboolean fits = (message->msg_flags & MSG_CTRUNC) == 0;

  for (struct cmsghdr *c = CMSG_FIRSTHDR (message); c != NULL; c = CMSG_NXTHDR (message, c))
    {
      gsize n = (c->cmsg_len - CMSG_LEN (0)) / sizeof (int);

      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
        continue;
      for (gsize i = 0; i < n; i++)
        {
          int fd;

          memcpy (&fd, CMSG_DATA (c) + i * sizeof fd, sizeof fd);
          if (taken++ < max && descriptors->n < G_N_ELEMENTS (descriptors->fds))
            descriptors->fds[descriptors->n++] = fd;
          else
            {
              close (fd);
              fits = FALSE;
            }
        }
    }
  return fits;
}

BnLinkReceived
bn_link_receive (int socket, guint8 *room, gsize *size, guint max_descriptors,
                 BnLinkDescriptors *descriptors, GError **error)
{
  union
  {
    struct cmsghdr align;
    char bytes[CMSG_SPACE (BN_LINK_MAX_DESCRIPTORS * sizeof (int))];
  } control;
  struct iovec vector = { room, *size };
  struct msghdr message = {
    .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  ssize_t n;

  *size = 0;
  do
    n = recvmsg (socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    {
      int reason = errno;

      if (reason == EAGAIN || reason == EWOULDBLOCK)
        return BN_LINK_RECEIVED_NOTHING;
      if (reason == ECONNRESET) /* it left without reading all that we sent */
        return BN_LINK_RECEIVED_END;
      g_set_error (error, BN_ERROR, BN_ERROR_UNAVAILABLE, "reading from the peer failed: %s",
                   g_strerror (reason));
      return BN_LINK_RECEIVED_BAD;
    }
  if (!take_descriptors (&message, max_descriptors, descriptors))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_TOO_LARGE,
                   "the peer sent more file descriptors than the %u that one message may carry, "
                   "or than this process can open",
                   max_descriptors);
      return BN_LINK_RECEIVED_BAD;
    }
  if (n == 0)
    return BN_LINK_RECEIVED_END;
  *size = n;
  return BN_LINK_RECEIVED;
}

GUnixFDList *
bn_link_descriptors_take (BnLinkDescriptors *self, guint n)
{
  GUnixFDList *list;

  if (n > self->n)
    return NULL;
  list = g_unix_fd_list_new_from_array (self->fds, n);
  self->n -= n;
  memmove (self->fds, self->fds + n, self->n * sizeof self->fds[0]);
  return list;
}

void
bn_link_descriptors_close (BnLinkDescriptors *self)
{
  for (guint i = 0; i < self->n; i++)
    close (self->fds[i]);
  self->n = 0;
}
