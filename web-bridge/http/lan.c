/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Other machines: their connections come over TLS, on a port of their own. */
#include "http/lan.h"

#include "http/http-private.h"
#include "tls/local-addresses.h"
#include "tls/tls-relay.h"

struct _BnLan
{
  BnHttpServer *server; /* not owned: it owns us */
  BnListener *listener; /* (owned) */
  GTlsCertificate *certificate;
  GHashTable *visits; /* a set of Visit */
  guint16 port;
};

/* One connection, which has a place from the first byte on. */
typedef struct
{
  BnLan *lan;           /* (nullable): not owned; NULL when it is closed */
  BnHttpServer *server; /* (owned) */
  BnTlsRelay *relay;
  GSocketAddress *local;
  GSocketAddress *remote;
  char *address;
} Visit;

/* Its address as a name: who reached it knows it. No name of a stranger is one (DNS rebinding). */
static void
allow_address (BnLan *self, GSocketAddress *local)
{
  g_autofree char *address =
      g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (local)));
  g_autofree char *host = bn_local_address_with_port (address, self->port);

  bn_allow_list_add_tls (self->server->allowed_lan, host);
}

static void
ready_cb (GSocket *plain, gpointer user_data)
{
  Visit *visit = user_data;

  if (visit->lan != NULL && !visit->server->stopped)
    bn_connection_accept_plain (visit->server, plain, visit->local, visit->remote);
}

static void
gone_cb (gpointer user_data)
{
  Visit *visit = user_data;

  if (visit->lan != NULL)
    g_hash_table_remove (visit->lan->visits, visit);
  bn_admission_leave (visit->server->admission, visit->address);
  g_object_unref (visit->server);
  g_object_unref (visit->local);
  g_object_unref (visit->remote);
  g_free (visit->address);
  g_free (visit);
}

/* An IPv4 address as such, not as one of IPv6: it is what a person knows, and what limits count. */
static GSocketAddress *
unmap (GSocketAddress *address)
{
  GInetAddress *inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  g_autofree char *text = g_inet_address_to_string (inet);
  guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));

  if (g_ascii_strncasecmp (text, "::ffff:", strlen ("::ffff:")) != 0)
    return g_object_ref (address);
  return g_inet_socket_address_new_from_string (text + strlen ("::ffff:"), port);
}

static void
accepted_cb (BnLan *self, GSocket *socket)
{
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  Visit *visit;

  if (remote == NULL || local == NULL)
    return;
  visit = g_new0 (Visit, 1);
  visit->remote = unmap (remote);
  visit->local = unmap (local);
  visit->address = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (visit->remote)));
  if (!bn_connection_admit (self->server, visit->address))
    {
      g_object_unref (visit->local);
      g_object_unref (visit->remote);
      g_free (visit->address);
      g_free (visit);
      return;
    }
  visit->lan = self;
  visit->server = g_object_ref (self->server);
  allow_address (self, visit->local);
  g_hash_table_add (self->visits, visit);
  visit->relay = bn_tls_relay_new (socket, self->certificate, self->server->limits,
                                   self->server->counters, ready_cb, gone_cb, visit);
}

guint16
bn_lan_get_port (BnLan *self)
{
  return self->port;
}

void
bn_lan_free (BnLan *self)
{
  g_autoptr (GList) visits = g_hash_table_get_keys (self->visits);

  bn_listener_stop (self->listener);
  for (GList *at = visits; at != NULL; at = at->next)
    {
      Visit *visit = at->data;

      visit->lan = NULL;
      bn_tls_relay_end (visit->relay);
    }
  g_hash_table_unref (self->visits);
  g_signal_handlers_disconnect_by_data (self->listener, self);
  g_object_unref (self->listener);
  g_object_unref (self->certificate);
  g_free (self);
}

BnLan *
bn_lan_new (BnHttpServer *server, guint16 port, GTlsCertificate *certificate,
            const char *const *names, GError **error)
{
  BnLan *self = g_new0 (BnLan, 1);

  self->server = server;
  self->certificate = g_object_ref (certificate);
  self->visits = g_hash_table_new (NULL, NULL);
  self->listener = bn_listener_new (server->counters);
  g_signal_connect_swapped (self->listener, "accepted", G_CALLBACK (accepted_cb), self);
  /* "::" takes IPv4 too; a machine without IPv6 has only the other. */
  self->port = bn_listener_add (self->listener, "::", port, NULL);
  if (self->port == 0)
    self->port = bn_listener_add (self->listener, "0.0.0.0", port, error);
  if (self->port == 0)
    {
      bn_lan_free (self);
      return NULL;
    }
  for (; *names != NULL; names++)
    {
      g_autofree char *host = bn_local_address_with_port (*names, self->port);

      bn_allow_list_add_tls (server->allowed_lan, host);
    }
  return self;
}
