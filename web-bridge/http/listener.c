/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Accepts connections.
 *
 * The backlog is long enough for a page's reconnecting herd: with libsoup's ten, 2,000 clients took
 * 107 s. When descriptors run out, one that is kept spare lets us accept and close politely, and
 * the loop rests a moment instead of spinning. */
#include "http/listener.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <unistd.h>

#define BACKLOG 4096
#define ACCEPTS_PER_TURN 64
#define REST_MS 100

struct _BnListener
{
  GObject parent_instance;

  BnCounters *counters;
  GPtrArray *sockets; /* GSocket */
  GPtrArray *sources; /* GSource */
  guint rest_id;
  int spare_fd;
};

G_DEFINE_FINAL_TYPE (BnListener, bn_listener, G_TYPE_OBJECT)

enum
{
  SIGNAL_ACCEPTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void watch_all (BnListener *self);

static int
open_spare (void)
{
  return open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
unwatch_all (BnListener *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    g_source_destroy (self->sources->pdata[i]);
  g_ptr_array_set_size (self->sources, 0);
}

static gboolean
on_rested (gpointer user_data)
{
  BnListener *self = user_data;

  self->rest_id = 0;
  watch_all (self);
  return G_SOURCE_REMOVE;
}

/* No descriptor is left: the spare one takes a caller, so that it is refused and not left hanging.
 */
static void
refuse_and_rest (BnListener *self, GSocket *socket)
{
  g_autoptr (GSocket) refused = NULL;

  bn_counters_add (self->counters, BN_COUNT_REFUSED_DESCRIPTORS);
  if (self->spare_fd >= 0)
    {
      close (self->spare_fd);
      refused = g_socket_accept (socket, NULL, NULL);
      g_clear_object (&refused);
      self->spare_fd = open_spare ();
    }
  unwatch_all (self);
  if (self->rest_id == 0)
    self->rest_id = g_timeout_add (REST_MS, on_rested, self);
}

static GSocket *
find_socket (BnListener *self, int fd)
{
  for (guint i = 0; i < self->sockets->len; i++)
    if (g_socket_get_fd (self->sockets->pdata[i]) == fd)
      return self->sockets->pdata[i];
  g_assert_not_reached ();
}

static gboolean
on_incoming (int fd, GIOCondition condition, gpointer user_data)
{
  BnListener *self = user_data;
  GSocket *socket = find_socket (self, fd);

  for (guint i = 0; i < ACCEPTS_PER_TURN; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) accepted = g_socket_accept (socket, NULL, &error);

      if (accepted != NULL)
        g_signal_emit (self, signals[SIGNAL_ACCEPTED], 0, accepted);
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES)
               || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE))
        {
          refuse_and_rest (self, socket);
          return G_SOURCE_REMOVE;
        }
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        break;
    }
  return G_SOURCE_CONTINUE;
}

/* As few system calls as can be: the source of a GSocket sets its timeout with every dispatch, and
 * one that must not recurse is taken out of the main loop's poll meanwhile; both wake the loop. */
static void
watch_all (BnListener *self)
{
  for (guint i = 0; i < self->sockets->len; i++)
    {
      GSource *source = g_unix_fd_source_new (g_socket_get_fd (self->sockets->pdata[i]), G_IO_IN);

      g_source_set_can_recurse (source, TRUE);
      g_source_set_callback (source, G_SOURCE_FUNC (on_incoming), self, NULL);
      g_source_attach (source, g_main_context_get_thread_default ());
      g_ptr_array_add (self->sources, source);
    }
}

guint16
bn_listener_add (BnListener *self, const char *address, guint16 port, GError **error)
{
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GSocketAddress) got = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (wanted == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "“%s” is no IP address",
                   address);
      return 0;
    }
  socket = g_socket_new (g_socket_address_get_family (wanted), G_SOCKET_TYPE_STREAM,
                         G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return 0;
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);
  if (!g_socket_bind (socket, wanted, TRUE, error) || !g_socket_listen (socket, error))
    return 0;
  got = g_socket_get_local_address (socket, error);
  if (got == NULL)
    return 0;
  g_ptr_array_add (self->sockets, g_steal_pointer (&socket));
  unwatch_all (self);
  watch_all (self);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
}

void
bn_listener_stop (BnListener *self)
{
  g_clear_handle_id (&self->rest_id, g_source_remove);
  unwatch_all (self);
  g_ptr_array_set_size (self->sockets, 0);
}

static void
bn_listener_dispose (GObject *object)
{
  bn_listener_stop (BN_LISTENER (object));
  G_OBJECT_CLASS (bn_listener_parent_class)->dispose (object);
}

static void
bn_listener_finalize (GObject *object)
{
  BnListener *self = BN_LISTENER (object);

  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->sources);
  if (self->spare_fd >= 0)
    close (self->spare_fd);
  G_OBJECT_CLASS (bn_listener_parent_class)->finalize (object);
}

static void
bn_listener_class_init (BnListenerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_listener_dispose;
  object_class->finalize = bn_listener_finalize;

  signals[SIGNAL_ACCEPTED] = g_signal_new ("accepted", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_SOCKET);
}

static void
bn_listener_init (BnListener *self)
{
  self->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify)g_source_unref);
  self->spare_fd = open_spare ();
}

BnListener *
bn_listener_new (BnCounters *counters)
{
  BnListener *self = g_object_new (BN_TYPE_LISTENER, NULL);

  self->counters = counters;
  return self;
}
