/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* /metrics: what was measured last, for Prometheus.
 *
 * Workers that measure run while somebody looks. Who scrapes looks every now and then, so they go
 * on, seldom, until no scrape came for a while. */
#include "describe/metrics.h"
#include "http/descriptions.h"
#include "introspection/names.h"

#define INTERVAL_MS 5000
#define PATIENCE_SECONDS 150 /* Prometheus asks every minute if nothing else is said */

struct _BnScrapes
{
  BnHttpServer *server; /* (unowned) */
  BnLease *lease;       /* (nullable) */
  guint timeout;
};

typedef struct
{
  BnHttpServer *server;       /* (owned) */
  SoupServerMessage *message; /* (owned) */
  BnSession *session;         /* (owned, nullable) */
  GPtrArray *descriptions;    /* (owned, nullable) */
} Scrape;

static void
scrape_free (Scrape *scrape)
{
  g_object_unref (scrape->server);
  g_object_unref (scrape->message);
  g_clear_pointer (&scrape->session, bn_session_unref);
  g_clear_pointer (&scrape->descriptions, g_ptr_array_unref);
  g_free (scrape);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scrape, scrape_free)

static void
leave (BnScrapes *self)
{
  if (self->lease != NULL)
    bn_leases_leave (bn_room_get_lease_table (self->server->room), self->lease);
  self->lease = NULL;
  g_clear_handle_id (&self->timeout, g_source_remove);
}

static gboolean
on_patience_ended (gpointer user_data)
{
  BnScrapes *self = user_data;

  self->timeout = 0;
  leave (self);
  return G_SOURCE_REMOVE;
}

BnScrapes *
bn_scrapes_new (BnHttpServer *server)
{
  BnScrapes *self = g_new0 (BnScrapes, 1);

  self->server = server;
  return self;
}

void
bn_scrapes_free (BnScrapes *self)
{
  leave (self);
  g_free (self);
}

static void
on_retained (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Scrape) scrape = user_data;
  BnHttpServer *server = scrape->server;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);
  g_autoptr (GVariant) samples = NULL;
  g_autoptr (GVariant) gauges = NULL;
  g_autoptr (GVariant) counters = NULL;
  BnMetricsFormat format;
  guint left_out;
  char *text;

  bn_reply_resume (server, scrape->message);
  if (reply == NULL)
    {
      bn_reply_error (scrape->message, error);
      return;
    }
  format = bn_metrics_negotiate (soup_message_headers_get_list (
      soup_server_message_get_request_headers (scrape->message), "Accept"));
  g_variant_get (reply, "(@a(sa{sv}a{sv}))", &samples);
  gauges = g_variant_ref_sink (bn_http_server_get_gauges (server));
  counters = g_variant_ref_sink (bn_http_server_get_counters (server));
  text = bn_metrics_format (
      &(BnMetrics){ scrape->descriptions, samples, gauges, counters, g_get_real_time () }, format,
      &left_out);
  server->counters->values[BN_COUNT_SERIES_LEFT_OUT] += left_out;
  bn_counters_add (server->counters, BN_COUNT_SCRAPES);
  bn_reply_document (scrape->message, bn_metrics_content_type (format), text);
}

static void
on_joined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char *const all[] = { "*", NULL };
  g_autoptr (Scrape) scrape = user_data;
  BnHttpServer *server = scrape->server;
  BnScrapes *scrapes = server->scrapes;
  g_autoptr (GError) error = NULL;
  BnLease *lease = bn_leases_join_finish (BN_LEASES (source), result, &error);
  BnSession *session = scrape->session;

  if (lease != NULL && server->stopped)
    bn_leases_leave (BN_LEASES (source), lease);
  else if (lease != NULL)
    {
      leave (scrapes);
      scrapes->lease = lease;
      scrapes->timeout = g_timeout_add_seconds (PATIENCE_SECONDS, on_patience_ended, scrapes);
    }
  if (lease == NULL || server->stopped)
    {
      bn_reply_resume (server, scrape->message);
      if (lease == NULL)
        bn_reply_error (scrape->message, error);
      return;
    }
  bn_backend_call_async (server->backend, BN_IFACE_EVENT_BUS, "GetRetained",
                         g_variant_new ("(^as@a{sv})", all, bn_session_make_options (session)),
                         on_retained, g_steal_pointer (&scrape));
}

static void
on_gathered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char *const all[] = { "*", NULL };
  g_autoptr (Scrape) scrape = user_data;
  BnHttpServer *server = scrape->server;
  g_autoptr (GError) error = NULL;
  BnSession *session;

  scrape->descriptions = bn_descriptions_gather_finish (server, result, &scrape->session, &error);
  if (scrape->descriptions == NULL || server->stopped)
    {
      bn_reply_resume (server, scrape->message);
      if (scrape->descriptions == NULL)
        bn_reply_error (scrape->message, error);
      return;
    }
  session = scrape->session;
  bn_leases_join_async (bn_room_get_lease_table (server->room), session, all, INTERVAL_MS,
                        on_joined, g_steal_pointer (&scrape));
}

void
bn_metrics_handle (BnHttpServer *server, SoupServerMessage *message)
{
  Scrape *scrape;

  if (!bn_reply_check_method (message, "GET, HEAD"))
    return;
  scrape = g_new0 (Scrape, 1);
  scrape->server = g_object_ref (server);
  scrape->message = g_object_ref (message);
  bn_descriptions_gather_async (server, message, on_gathered, scrape);
}
