/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The outgoing queue.
 *
 * Messages stand in chunks: a small message is copied to the end of the last chunk, so the memory
 * of the queue is what its byte count says even if it is full of tiny messages. A message with
 * descriptors has a chunk of its own, because they travel with its first byte. */
#include "link/link-writer.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/socket.h>

#include "link/link-receive.h"

#define CHUNK_BYTES 65536
#define MAX_VECTORS 32
#define TRIM_BYTES (1 << 20) /* so much is worth the walk that gives it back to the machine */

typedef struct
{
  GByteArray *bytes;
  gsize sent;
  GUnixFDList *descriptors; /* nullable; until the first byte has been sent */
} Chunk;

static void
chunk_free (Chunk *chunk)
{
  g_byte_array_unref (chunk->bytes);
  g_clear_object (&chunk->descriptors);
  g_free (chunk);
}

void
bn_link_writer_init (BnLinkWriter *self)
{
  *self = (BnLinkWriter){ .chunks = G_QUEUE_INIT };
}

void
bn_link_writer_clear (BnLinkWriter *self)
{
  gboolean was_long = self->queued_bytes >= TRIM_BYTES;

  g_queue_clear_full (&self->chunks, (GDestroyNotify)chunk_free);
  self->queued_bytes = 0;
  self->with_descriptors = 0;
  if (was_long)
    malloc_trim (0);
}

void
bn_link_writer_push (BnLinkWriter *self, guint8 *bytes, gsize size, GUnixFDList *descriptors)
{
  Chunk *last = g_queue_peek_tail (&self->chunks);
  Chunk *chunk;

  self->queued_bytes += size;
  if (descriptors == NULL && last != NULL && last->descriptors == NULL
      && last->bytes->len + size <= CHUNK_BYTES)
    {
      g_byte_array_append (last->bytes, bytes, size);
      g_free (bytes);
      return;
    }
  chunk = g_new0 (Chunk, 1);
  chunk->bytes = g_byte_array_new_take (bytes, size);
  if (descriptors != NULL)
    {
      chunk->descriptors = g_object_ref (descriptors);
      self->with_descriptors++;
    }
  g_queue_push_tail (&self->chunks, chunk);
}

/* The chunks that one call can write: those at the front up to the next with descriptors. */
static guint
gather (BnLinkWriter *self, struct iovec *vectors)
{
  guint n = 0;

  for (GList *l = self->chunks.head; l != NULL && n < MAX_VECTORS; l = l->next)
    {
      Chunk *chunk = l->data;

      if (chunk->descriptors != NULL && n > 0)
        break;
      vectors[n].iov_base = chunk->bytes->data + chunk->sent;
      vectors[n].iov_len = chunk->bytes->len - chunk->sent;
      n++;
      if (chunk->descriptors != NULL)
        break;
    }
  return n;
}

static void
attach (struct msghdr *message, struct cmsghdr *control, GUnixFDList *descriptors)
{
  int n;
  const int *fds = g_unix_fd_list_peek_fds (descriptors, &n);

  g_assert (n <= BN_LINK_MAX_DESCRIPTORS);
  if (n == 0)
    return;
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN (n * sizeof (int));
  memcpy (CMSG_DATA (control), fds, n * sizeof (int));
  message->msg_control = control;
  message->msg_controllen = CMSG_SPACE (n * sizeof (int));
}

static void
drop_sent (BnLinkWriter *self, gsize sent)
{
  Chunk *chunk;

  self->queued_bytes -= sent;
  while ((chunk = g_queue_peek_head (&self->chunks)) != NULL && sent > 0)
    {
      gsize part = MIN (sent, chunk->bytes->len - chunk->sent);

      if (chunk->descriptors != NULL)
        {
          g_clear_object (&chunk->descriptors);
          self->with_descriptors--;
        }
      chunk->sent += part;
      sent -= part;
      if (chunk->sent < chunk->bytes->len)
        break;
      chunk_free (g_queue_pop_head (&self->chunks));
    }
}

gboolean
bn_link_writer_flush (BnLinkWriter *self, int socket, guint64 *written)
{
  while (!g_queue_is_empty (&self->chunks))
    {
      union
      {
        struct cmsghdr align;
        char bytes[CMSG_SPACE (BN_LINK_MAX_DESCRIPTORS * sizeof (int))];
      } control = { 0 };
      struct iovec vectors[MAX_VECTORS];
      struct msghdr message = { .msg_iov = vectors };
      Chunk *first = g_queue_peek_head (&self->chunks);
      ssize_t n;

      message.msg_iovlen = gather (self, vectors);
      if (first->descriptors != NULL)
        attach (&message, &control.align, first->descriptors);
      n = sendmsg (socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK;
      *written += n;
      drop_sent (self, n);
    }
  return TRUE;
}
