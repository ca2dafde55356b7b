/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Listens on a private socket.
 *
 * Nothing here waits for a peer: a connection is a link from the moment it is accepted, and the
 * link's own deadline ends a handshake that does not come. When the process has no descriptor left,
 * a spare one is given up for a moment to accept the connection and close it, because otherwise it
 * would stay in the queue and wake the loop up for ever. */
#include "link/link-server.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "introspection/error.h"
#include "link/link-private.h"

/* Accepted in one turn of the loop, then others get their turn. */
#define TURN_ACCEPTS 16
/* How long to wait when there is not even a spare descriptor. */
#define RETRY_MS 100

struct _BnLinkServer
{
  GObject parent;

  char *path; /* owned */
  uid_t uid;
  guint max_peers;
  BnLinkLimits limits;
  int fd;    /* -1 when stopped */
  int spare; /* a descriptor to give up */
  guint source_id;
  dev_t device; /* of the socket's name, to remove no one else's */
  ino_t inode;
  GHashTable *shaking_hands; /* of BnLink, owned */
  guint *n_peers;            /* reference-counted box, shared with the links */
  guint64 refused;
};

enum
{
  SIGNAL_LINK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnLinkServer, bn_link_server, G_TYPE_OBJECT)

static void start_accepting (BnLinkServer *self);

static void
forget (BnLinkServer *self, BnLink *link)
{
  g_signal_handlers_disconnect_by_data (link, self);
  g_hash_table_remove (self->shaking_hands, link);
}

static void
on_ready (BnLink *link, BnLinkServer *self)
{
  g_object_ref (link);
  forget (self, link);
  g_signal_emit (self, signals[SIGNAL_LINK], 0, link);
  g_object_unref (link);
}

static void
on_closed (BnLink *link, GError *error, BnLinkServer *self)
{
  forget (self, link);
}

static void
on_peer_gone (gpointer n_peers)
{
  *(guint *)n_peers -= 1;
  g_rc_box_release (n_peers);
}

static gboolean
is_welcome (BnLinkServer *self, int fd)
{
  struct ucred peer;
  socklen_t size = sizeof peer;

  return *self->n_peers < self->max_peers
         && getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == self->uid;
}

static void
take (BnLinkServer *self, int fd)
{
  BnLink *link;

  if (!is_welcome (self, fd))
    {
      close (fd);
      self->refused++;
      return;
    }
  link = bn_link_new (fd, &self->limits);
  *self->n_peers += 1;
  bn_link_set_closed_notify (link, on_peer_gone, g_rc_box_acquire (self->n_peers));
  g_signal_connect (link, "ready", G_CALLBACK (on_ready), self);
  g_signal_connect (link, "closed", G_CALLBACK (on_closed), self);
  g_hash_table_add (self->shaking_hands, link);
}

static int
open_spare (void)
{
  return open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* FALSE if the connection could not even be refused. */
static gboolean
refuse_one (BnLinkServer *self)
{
  int fd;

  if (self->spare == -1)
    return FALSE;
  close (self->spare);
  fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC);
  if (fd != -1)
    {
      close (fd);
      self->refused++;
    }
  self->spare = open_spare ();
  return TRUE;
}

static gboolean
on_retry (gpointer user_data)
{
  BnLinkServer *self = user_data;

  if (self->spare == -1)
    self->spare = open_spare ();
  start_accepting (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_connection (int socket, GIOCondition condition, gpointer user_data)
{
  g_autoptr (BnLinkServer) self = g_object_ref (user_data);

  for (guint i = 0; i < TURN_ACCEPTS; i++)
    {
      int fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC);

      if (fd != -1)
        {
          take (self, fd);
          continue;
        }
      if (errno == EINTR || errno == ECONNABORTED)
        continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK)
        break;
      if (!refuse_one (self))
        {
          self->source_id = g_timeout_add (RETRY_MS, on_retry, self);
          return G_SOURCE_REMOVE;
        }
    }
  return G_SOURCE_CONTINUE;
}

static void
start_accepting (BnLinkServer *self)
{
  self->source_id = g_unix_fd_add (self->fd, G_IO_IN, on_connection, self);
}

/* A socket that nobody listens on is what a killed hub leaves behind. */
static gboolean
remove_stale (const struct sockaddr_un *address, GError **error)
{
  struct stat status;
  int fd;
  gboolean alive;

  if (lstat (address->sun_path, &status) != 0)
    return TRUE;
  if (!S_ISSOCK (status.st_mode))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT, "%s exists and is not a socket; remove it",
                   address->sun_path);
      return FALSE;
    }
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  alive = connect (fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN;
  close (fd);
  if (alive)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                   "another program listens on %s; is a hub already running?", address->sun_path);
      return FALSE;
    }
  return unlink (address->sun_path) == 0 || errno == ENOENT;
}

static gboolean
listen_on (BnLinkServer *self, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  struct stat status;

  if (g_strlcpy (address.sun_path, self->path, sizeof address.sun_path) >= sizeof address.sun_path)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_UNSUPPORTED,
                   "the path of a socket has at most %zu bytes: %s", sizeof address.sun_path - 1,
                   self->path);
      return FALSE;
    }
  if (!remove_stale (&address, error))
    return FALSE;
  self->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  /* The mode of the socket becomes that of its name when it is bound, so there is no moment when
   * it is open to others. */
  if (self->fd == -1 || fchmod (self->fd, 0600) != 0
      || bind (self->fd, (struct sockaddr *)&address, sizeof address) != 0
      || listen (self->fd, SOMAXCONN) != 0 || stat (self->path, &status) != 0)
    {
      int reason = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (reason), "cannot listen on %s: %s",
                   self->path, g_strerror (reason));
      return FALSE;
    }
  self->device = status.st_dev;
  self->inode = status.st_ino;
  return TRUE;
}

static void
bn_link_server_dispose (GObject *object)
{
  bn_link_server_stop (BN_LINK_SERVER (object));
  G_OBJECT_CLASS (bn_link_server_parent_class)->dispose (object);
}

static void
bn_link_server_finalize (GObject *object)
{
  BnLinkServer *self = BN_LINK_SERVER (object);

  g_free (self->path);
  g_hash_table_unref (self->shaking_hands);
  g_rc_box_release (self->n_peers);
  G_OBJECT_CLASS (bn_link_server_parent_class)->finalize (object);
}

static void
bn_link_server_class_init (BnLinkServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_link_server_dispose;
  object_class->finalize = bn_link_server_finalize;

  signals[SIGNAL_LINK] = g_signal_new ("link", BN_TYPE_LINK_SERVER, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, BN_TYPE_LINK);
}

static void
bn_link_server_init (BnLinkServer *self)
{
  self->fd = -1;
  self->spare = -1;
  self->shaking_hands = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->n_peers = g_rc_box_new0 (guint);
}

BnLinkServer *
bn_link_server_new (const char *path, uid_t uid, guint max_peers, const BnLinkLimits *limits,
                    GError **error)
{
  g_autoptr (BnLinkServer) self = g_object_new (BN_TYPE_LINK_SERVER, NULL);

  g_return_val_if_fail (path != NULL && limits != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self->path = g_strdup (path);
  self->uid = uid;
  self->max_peers = max_peers;
  self->limits = *limits;
  if (!listen_on (self, error))
    return NULL;
  self->spare = open_spare ();
  start_accepting (self);
  return g_steal_pointer (&self);
}

void
bn_link_server_stop (BnLinkServer *self)
{
  struct stat status;
  GHashTableIter iter;
  gpointer link;

  g_return_if_fail (BN_IS_LINK_SERVER (self));

  g_clear_handle_id (&self->source_id, g_source_remove);
  if (self->inode != 0 && stat (self->path, &status) == 0 && status.st_dev == self->device
      && status.st_ino == self->inode)
    unlink (self->path);
  self->inode = 0;
  if (self->fd != -1)
    close (self->fd);
  if (self->spare != -1)
    close (self->spare);
  self->fd = -1;
  self->spare = -1;
  g_hash_table_iter_init (&iter, self->shaking_hands);
  while (g_hash_table_iter_next (&iter, &link, NULL))
    {
      g_signal_handlers_disconnect_by_data (link, self);
      bn_link_close (link);
    }
  g_hash_table_remove_all (self->shaking_hands);
}

guint64
bn_link_server_get_refused (BnLinkServer *self)
{
  g_return_val_if_fail (BN_IS_LINK_SERVER (self), 0);

  return self->refused;
}
