/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* All WebSockets in one source of the main loop.
 *
 * With a source for each connection every turn of the loop, whatever it was for, costs time in
 * proportion to their number: 5 ms at 5,000 of them. Here the loop sees one descriptor.
 *
 * Nothing is written when it is given: frames are gathered until the loop comes round to this
 * source, and then each client gets all of its turn with one write. A socket that is closed
 * meanwhile is only marked, and freed at the end of the turn, so that nobody holds a pointer to it.
 */
#include "http/pump-private.h"

#include <errno.h>
#include <gio/gio.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_PER_TURN 256
#define BUFFER_BYTES 65536
#define CLOSE_MS 2000

static gboolean
has_work (BnPump *self)
{
  return self->dirty->len > 0 || self->dead->len > 0;
}

static gboolean
prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  return has_work ((BnPump *)source);
}

static gboolean
check (GSource *source)
{
  BnPump *self = (BnPump *)source;

  return has_work (self) || g_source_query_unix_fd (source, self->tag) != 0;
}

static void
reap (BnPump *self)
{
  while (self->dead->len > 0)
    {
      BnSocket *socket = g_ptr_array_steal_index_fast (self->dead, self->dead->len - 1);

      if (socket->dirty)
        g_ptr_array_remove_fast (self->dirty, socket);
      g_ptr_array_remove_index_fast (self->sockets, socket->place);
      if (socket->place < self->sockets->len)
        ((BnSocket *)self->sockets->pdata[socket->place])->place = socket->place;
      bn_socket_free (socket);
    }
}

void
bn_pump_flush (BnPump *self)
{
  for (guint i = 0; i < self->dirty->len; i++)
    {
      BnSocket *socket = self->dirty->pdata[i];

      bn_socket_flush (socket);
      socket->dirty = FALSE;
    }
  g_ptr_array_set_size (self->dirty, 0);
  bn_turn_clear (self->turn);
  reap (self);
}

static void
handle_events (BnPump *self)
{
  struct epoll_event events[EVENTS_PER_TURN];
  int n = epoll_wait (self->epoll_fd, events, EVENTS_PER_TURN, 0);

  for (int i = 0; i < n; i++)
    {
      BnSocket *socket = events[i].data.ptr;

      if (!socket->dead && (events[i].events & EPOLLOUT) != 0)
        bn_socket_continue (socket);
      if (!socket->dead && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        bn_socket_read (socket);
    }
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  BnPump *self = (BnPump *)source;

  handle_events (self);
  bn_pump_flush (self);
  return G_SOURCE_CONTINUE;
}

static void
finalize (GSource *source)
{
  BnPump *self = (BnPump *)source;

  bn_turn_free (self->turn);
  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->dirty);
  g_ptr_array_unref (self->dead);
  g_free (self->buffer);
  close (self->epoll_fd);
}

static GSourceFuncs funcs = {
  .prepare = prepare, .check = check, .dispatch = dispatch, .finalize = finalize
};

void
bn_pump_watch (BnPump *self, BnSocket *socket, gboolean also_writing)
{
  struct epoll_event event = { .events = EPOLLIN | (also_writing ? EPOLLOUT : 0),
                               .data.ptr = socket };

  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, socket->fd, &event) != 0)
    bn_socket_die (socket);
}

static void
on_deadline (gpointer owner, BnDeadlineClass class, gpointer user_data)
{
  bn_socket_die (owner);
}

BnPump *
bn_pump_new (BnRoom *room, GError **error)
{
  static const guint lengths_ms[BN_N_DEADLINES] = { [BN_DEADLINE_CLOSE] = CLOSE_MS };
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  BnPump *self;

  if (epoll_fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "No epoll: %s",
                   g_strerror (errno));
      return NULL;
    }
  self = (BnPump *)g_source_new (&funcs, sizeof (BnPump));
  g_source_set_static_name (&self->source, "websockets");
  /* Otherwise GLib takes the descriptor out of its poll for each dispatch and puts it back, and
   * wakes itself up for both: four system calls more each turn. */
  g_source_set_can_recurse (&self->source, TRUE);
  self->room = room;
  self->epoll_fd = epoll_fd;
  self->turn = bn_turn_new ();
  self->sockets = g_ptr_array_new ();
  self->dirty = g_ptr_array_new ();
  self->dead = g_ptr_array_new ();
  self->buffer = g_malloc (BUFFER_BYTES);
  self->deadlines = bn_deadlines_new (lengths_ms, on_deadline, self);
  self->tag = g_source_add_unix_fd (&self->source, epoll_fd, G_IO_IN);
  g_source_attach (&self->source, g_main_context_get_thread_default ());
  return self;
}

void
bn_pump_free (BnPump *self)
{
  for (guint i = 0; i < self->sockets->len; i++)
    bn_socket_die (self->sockets->pdata[i]);
  reap (self);
  bn_deadlines_free (self->deadlines);
  g_source_destroy (&self->source);
  g_source_unref (&self->source);
}

guint
bn_pump_get_sockets (BnPump *self)
{
  return self->sockets->len;
}

BnSocket *
bn_pump_add (BnPump *self, int fd, GDestroyNotify gone, gpointer gone_data)
{
  BnSocket *socket = g_new0 (BnSocket, 1);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = socket };

  socket->pump = self;
  socket->fd = fd;
  socket->gone = gone;
  socket->gone_data = gone_data;
  socket->place = self->sockets->len;
  g_ptr_array_add (self->sockets, socket);
  bn_frame_parser_init (&socket->parser, &bn_room_get_limits (self->room)->frames);
  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    bn_socket_die (socket);
  return socket;
}
