/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Lets other machines in when the hub says so, and tells it where.
 *
 * When the hub is away nothing changes: it may be started anew at any time. When it is back and
 * does not want it any more, that is done at once. */
#include "web-bridge/bridge-exposure.h"

#include <string.h>

#include "introspection/names.h"
#include "tls/certificate.h"
#include "tls/local-addresses.h"

struct _BnBridgeExposure
{
  BnHubClient *client;
  BnHttpServer *server;
  guint16 usual_port;
  char *folder;
  GNetworkMonitor *network;   /* (owned) (nullable): while other machines may come */
  BnCertificate *certificate; /* (nullable): likewise */
  guint16 wanted_port;
  guint16 port; /* 0: it does not listen */
  char *error;  /* (nullable): why not */
};

/* The names under which it can be reached, besides its addresses. */
static GStrv
list_names (GStrv addresses)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autofree char *host = g_ascii_strdown (g_get_host_name (), -1);
  g_autofree char *local = g_strconcat (host, ".local", NULL);

  if (g_str_is_ascii (host))
    {
      g_strv_builder_add (names, host);
      if (strchr (host, '.') == NULL)
        g_strv_builder_add (names, local);
    }
  g_strv_builder_addv (names, (const char **)addresses);
  return g_strv_builder_end (names);
}

static GVariant *
list_uris (BnBridgeExposure *self)
{
  g_auto (GStrv) addresses = bn_local_addresses_list ();
  GVariantBuilder uris;

  g_variant_builder_init (&uris, G_VARIANT_TYPE_STRING_ARRAY);
  for (char **address = addresses; self->port != 0 && *address != NULL; address++)
    {
      g_autofree char *host = bn_local_address_with_port (*address, self->port);

      g_variant_builder_add_value (
          &uris, g_variant_new_take_string (g_strdup_printf ("https://%s/", host)));
    }
  return g_variant_builder_end (&uris);
}

static void
report (BnBridgeExposure *self)
{
  GVariantDict dict;
  g_autofree char *local =
      g_strdup_printf ("http://127.0.0.1:%u/", bn_http_server_get_port (self->server));
  const char *locals[] = { local, NULL };
  g_autoptr (GVariant) uris = g_variant_ref_sink (list_uris (self));
  const char *problem = self->error;

  if (self->port != 0 && g_variant_n_children (uris) == 0)
    problem = "This machine has no address that others could reach: connect it to a network";
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert_value (&dict, "local", g_variant_new_strv (locals, -1));
  g_variant_dict_insert_value (&dict, "lan", uris);
  if (self->port != 0)
    {
      g_variant_dict_insert (&dict, "fingerprint", "s", self->certificate->fingerprint);
      g_variant_dict_insert (&dict, "not_after", "x", self->certificate->not_after_usec);
    }
  if (problem != NULL)
    g_variant_dict_insert (&dict, "error", "s", problem);
  bn_hub_client_call_async (self->client, BN_IFACE_ACCESS, "ReportListening",
                            g_variant_new ("(@a{sv})", g_variant_dict_end (&dict)), NULL, NULL);
}

static void
on_network (BnBridgeExposure *self)
{
  report (self);
}

static void
close_lan (BnBridgeExposure *self)
{
  bn_http_server_close_lan (self->server);
  self->port = 0;
  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->certificate, bn_certificate_free);
  if (self->network != NULL)
    g_signal_handlers_disconnect_by_data (self->network, self);
  g_clear_object (&self->network);
}

static void
open_lan (BnBridgeExposure *self, guint16 port)
{
  g_auto (GStrv) addresses = bn_local_addresses_list ();
  g_auto (GStrv) names = list_names (addresses);
  g_autoptr (GError) error = NULL;

  self->certificate = bn_certificate_load (self->folder, (const char *const *)names, &error);
  if (self->certificate != NULL)
    self->port = bn_http_server_open_lan (self->server, port, self->certificate->tls,
                                          (const char *const *)names, &error);
  if (self->port == 0)
    {
      self->error = g_strdup_printf ("Port %u: %s", port, error->message);
      g_message ("Other machines cannot come: %s", self->error);
      return;
    }
  g_message ("Other machines may come, over TLS on port %u; fingerprint of the certificate: %s",
             self->port, self->certificate->fingerprint);
  self->network = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect_swapped (self->network, "network-changed", G_CALLBACK (on_network), self);
}

/* @port 0: the usual one. */
static void
apply (BnBridgeExposure *self, gboolean wanted, guint port)
{
  guint16 wanted_port = wanted ? (port != 0 ? port : self->usual_port) : 0;

  if (wanted_port != self->wanted_port || (wanted && self->port == 0))
    {
      close_lan (self);
      self->wanted_port = wanted_port;
      if (wanted)
        open_lan (self, wanted_port);
    }
  report (self);
}

static void
on_exposure_changed (BnBridgeExposure *self, gboolean wanted, guint port)
{
  apply (self, wanted, port);
}

/* Called with what is not there any more if the bridge ends first: then the call has failed. */
static void
on_watched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GUnixFDList *descriptors = NULL;
  g_autoptr (GVariant) reply =
      bn_hub_client_call_finish (BN_HUB_CLIENT (source), result, &descriptors, NULL);
  gboolean wanted;
  guint16 port;

  g_clear_object (&descriptors);
  if (reply == NULL)
    return;
  g_variant_get (reply, "(bq)", &wanted, &port);
  apply (user_data, wanted, port);
}

static void
on_connected (BnBridgeExposure *self)
{
  bn_hub_client_call_async (self->client, BN_IFACE_ACCESS, "WatchExposure", g_variant_new ("()"),
                            on_watched, self);
}

/* systemd gives a folder to its services. */
static char *
make_folder_name (gboolean system)
{
  const char *given = g_getenv ("STATE_DIRECTORY");

  if (given != NULL && *given != '\0')
    return g_strdup (given);
  return system ? g_strdup ("/var/lib/binnacle-web")
                : g_build_filename (g_get_user_state_dir (), "binnacle", "web", NULL);
}

BnBridgeExposure *
bn_bridge_exposure_new (BnHubClient *client, BnHttpServer *server, guint16 port, gboolean system)
{
  BnBridgeExposure *self = g_new0 (BnBridgeExposure, 1);

  self->client = client;
  self->server = server;
  self->usual_port = port;
  self->folder = make_folder_name (system);
  g_signal_connect_swapped (client, "connected", G_CALLBACK (on_connected), self);
  g_signal_connect_swapped (client, "exposure-changed", G_CALLBACK (on_exposure_changed), self);
  return self;
}

void
bn_bridge_exposure_free (BnBridgeExposure *self)
{
  g_signal_handlers_disconnect_by_data (self->client, self);
  close_lan (self);
  g_free (self->folder);
  g_free (self);
}
