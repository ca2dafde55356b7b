/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The bridge's HTTP server: what is asked where. */
#include <string.h>

#include "http/http-private.h"
#include "introspection/error.h"

/* libsoup answers a refused request only when its body has come: so long it may take. */
#define REFUSED_MS 500

G_DEFINE_FINAL_TYPE (BnHttpServer, bn_http_server, G_TYPE_OBJECT)

/* The room's clock. */
static gint64
clock_now (gpointer data)
{
  return g_get_monotonic_time ();
}

static gint64
clock_real_time (gpointer data)
{
  return g_get_real_time ();
}

static void
clock_wake_at (gpointer data, gint64 at_usec)
{
  g_source_set_ready_time (((BnHttpServer *)data)->wake, at_usec);
}

static gboolean
on_wake (gpointer user_data)
{
  BnHttpServer *self = user_data;

  g_source_set_ready_time (self->wake, -1);
  bn_room_tick (self->room);
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_wake (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs wake_funcs = { .dispatch = dispatch_wake };

/* Routes */

static void
handle_healthz (BnHttpServer *self, SoupServerMessage *message)
{
  GVariantDict dict;

  if (!bn_reply_check_method (message, "GET, HEAD"))
    return;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "status", "s", "ok");
  bn_reply_json (message, 200, g_variant_dict_end (&dict));
}

static void
handle_readyz (BnHttpServer *self, SoupServerMessage *message)
{
  gboolean hub = bn_backend_get_epoch (self->backend) != NULL;
  static const char *const missing[] = { "hub", NULL };
  GVariantDict dict;

  if (!bn_reply_check_method (message, "GET, HEAD"))
    return;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "status", "s", hub ? "ok" : "unavailable");
  if (!hub)
    g_variant_dict_insert_value (&dict, "missing", g_variant_new_strv (missing, -1));
  bn_reply_json (message, hub ? 200 : 503, g_variant_dict_end (&dict));
}

static gboolean
is_read (SoupServerMessage *message)
{
  return g_str_equal (soup_server_message_get_method (message), "GET");
}

static void
handle_api (BnHttpServer *self, SoupServerMessage *message, const char *path, GHashTable *query)
{
  if (!bn_request_guard_is_same_site (message, bn_connection_get_allowed (self, message)))
    {
      bn_counters_add (self->counters, BN_COUNT_BAD_ORIGIN);
      bn_reply_problem (message, 403, "forbidden", "Pages of other sites may not ask");
    }
  else if (g_str_equal (path, "events") && is_read (message))
    bn_event_stream_open (self, message, query);
  else if (!bn_auth_handle (self, message, path) && !bn_event_routes_handle (self, message, path)
           && !bn_document_handle (self, message, path))
    bn_api_handle (self, message, path, query);
}

static void
handle_page (BnHttpServer *self, SoupServerMessage *message, const char *path)
{
  if (!bn_reply_check_method (message, "GET, HEAD"))
    return;
  bn_reply_headers (message);
  if (self->page == NULL || !bn_page_serve (self->page, message, path))
    bn_reply_problem (message, 404, "not_found",
                      self->page != NULL ? "There is no such file"
                                         : "The page is not installed; name it with --page-dir");
}

static void
on_request (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query,
            gpointer user_data)
{
  BnHttpServer *self = user_data;

  if (soup_server_message_get_status (message) != 0)
    return;
  if (g_str_equal (path, "/ws"))
    bn_upgrade_handle (self, message);
  else if (g_str_equal (path, "/healthz"))
    handle_healthz (self, message);
  else if (g_str_equal (path, "/readyz"))
    handle_readyz (self, message);
  else if (g_str_equal (path, "/socket.io/"))
    bn_engine_handle (self, message, query);
  else if (g_str_equal (path, "/metrics"))
    bn_metrics_handle (self, message);
  else if (g_str_has_prefix (path, "/api/"))
    handle_api (self, message, path + strlen ("/api/"), query);
  else
    handle_page (self, message, path);
}

/* Guards */

static void
on_got_headers (SoupServerMessage *message, gpointer user_data)
{
  BnHttpServer *self = user_data;
  BnConnection *connection = bn_connection_of (message);
  BnVerdict verdict =
      bn_request_guard_judge (message, bn_connection_get_allowed (self, message), self->limits);

  if (connection != NULL)
    bn_connection_set_deadline (connection, BN_DEADLINE_BODY);
  if (verdict.status == 0)
    return;
  bn_counters_add (self->counters, verdict.count);
  if (connection != NULL)
    bn_connection_set_deadline (connection, BN_DEADLINE_CLOSE);
  /* What else this peer sends is not read, or read and thrown away; and it is not asked again. */
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  bn_reply_problem (message, verdict.status, verdict.code, verdict.detail);
  bn_reply_close (message);
  if (verdict.status == 405)
    soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow",
                                  "GET, HEAD, POST");
}

static void
on_got_body (SoupServerMessage *message, gpointer user_data)
{
  BnConnection *connection = bn_connection_of (message);

  if (connection != NULL)
    bn_connection_set_deadline (connection, BN_DEADLINE_REPLY);
}

static void
on_request_started (SoupServer *soup, SoupServerMessage *message, gpointer user_data)
{
  g_signal_connect (message, "got-headers", G_CALLBACK (on_got_headers), user_data);
  g_signal_connect (message, "got-body", G_CALLBACK (on_got_body), user_data);
  g_signal_connect (message, "wrote-body", G_CALLBACK (bn_connection_keep), NULL);
}

static void
on_accepted (BnHttpServer *self, GSocket *socket)
{
  bn_connection_accept (self, socket);
}

gboolean
bn_http_server_listen (BnHttpServer *self, guint16 port, GError **error)
{
  self->port = bn_listener_add (self->listener, "127.0.0.1", port, error);
  if (self->port == 0)
    return FALSE;
  /* A machine without IPv6 has no ::1. */
  bn_listener_add (self->listener, "::1", self->port, NULL);
  self->allowed = bn_allow_list_new (self->port);
  return TRUE;
}

guint16
bn_http_server_open_lan (BnHttpServer *self, guint16 port, GTlsCertificate *certificate,
                         const char *const *names, GError **error)
{
  bn_http_server_close_lan (self);
  self->lan = bn_lan_new (self, port, certificate, names, error);
  return self->lan != NULL ? bn_lan_get_port (self->lan) : 0;
}

void
bn_http_server_close_lan (BnHttpServer *self)
{
  g_clear_pointer (&self->lan, bn_lan_free);
}

guint16
bn_http_server_get_port (BnHttpServer *self)
{
  return self->port;
}

gboolean
bn_http_server_allow_host (BnHttpServer *self, const char *host, GError **error)
{
  return bn_allow_list_add (self->allowed, host, error);
}

BnRoom *
bn_http_server_get_room (BnHttpServer *self)
{
  return self->room;
}

guint
bn_http_server_get_connections (BnHttpServer *self)
{
  return bn_admission_get_count (self->admission);
}

GVariant *
bn_http_server_get_gauges (BnHttpServer *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  const struct
  {
    const char *name;
    guint64 value;
  } now[] = {
    { "connections", bn_http_server_get_connections (self) },
    { "clients", bn_room_get_clients (self->room) },
    { "clients_unauthenticated", bn_room_get_unauthenticated (self->room) },
    { "leases", bn_room_get_leases (self->room) },
    { "queued_bytes", bn_room_get_queued (self->room) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (now); i++)
    g_variant_builder_add (&builder, "{sv}", now[i].name, g_variant_new_uint64 (now[i].value));
  return g_variant_builder_end (&builder);
}

GVariant *
bn_http_server_get_counters (BnHttpServer *self)
{
  const BnCounters *counters = bn_room_get_counters (self->room);
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  for (BnCount count = 0; count < BN_N_COUNTS; count++)
    g_variant_builder_add (&builder, "{sv}", bn_count_name (count),
                           g_variant_new_uint64 (counters->values[count]));
  return g_variant_builder_end (&builder);
}

GVariant *
bn_http_server_get_statistics (BnHttpServer *self)
{
  g_autoptr (GVariant) gauges = g_variant_ref_sink (bn_http_server_get_gauges (self));
  g_autoptr (GVariant) counters = g_variant_ref_sink (bn_http_server_get_counters (self));
  GVariantDict all;
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_dict_init (&all, gauges);
  g_variant_iter_init (&iter, counters);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    g_variant_dict_insert_value (&all, name, value);
  return g_variant_dict_end (&all);
}

void
bn_http_server_stop (BnHttpServer *self, guint code, const char *reason)
{
  g_autoptr (GList) connections = NULL;

  if (self->stopped)
    return;
  self->stopped = TRUE;
  bn_listener_stop (self->listener);
  g_clear_pointer (&self->lan, bn_lan_free);
  g_clear_pointer (&self->scrapes, bn_scrapes_free);
  g_clear_pointer (&self->engines, bn_engines_free);
  bn_room_close_all (self->room, code, reason);
  bn_pump_flush (self->pump);
  g_clear_pointer (&self->pump, bn_pump_free);
  connections = g_hash_table_get_keys (self->connections);
  for (GList *at = connections; at != NULL; at = at->next)
    bn_connection_shut (at->data);
  soup_server_disconnect (self->soup);
}

static void
bn_http_server_dispose (GObject *object)
{
  BnHttpServer *self = BN_HTTP_SERVER (object);

  if (self->room != NULL)
    bn_http_server_stop (self, BN_CLOSE_GOING_AWAY, "The server stops");
  if (self->wake != NULL)
    g_source_destroy (self->wake);
  g_clear_pointer (&self->wake, g_source_unref);
  if (self->soup != NULL)
    g_signal_handlers_disconnect_by_data (self->soup, self);
  g_clear_object (&self->soup);
  g_clear_object (&self->listener);
  g_clear_object (&self->room);
  G_OBJECT_CLASS (bn_http_server_parent_class)->dispose (object);
}

static void
bn_http_server_finalize (GObject *object)
{
  BnHttpServer *self = BN_HTTP_SERVER (object);

  g_clear_pointer (&self->page, bn_page_free);
  g_clear_pointer (&self->allowed, bn_allow_list_free);
  bn_allow_list_free (self->allowed_lan);
  bn_login_delay_free (self->login_delay);
  bn_deadlines_free (self->deadlines);
  g_clear_pointer (&self->admission, bn_admission_free);
  g_hash_table_unref (self->connections);
  g_free (self->version);
  G_OBJECT_CLASS (bn_http_server_parent_class)->finalize (object);
}

static void
bn_http_server_class_init (BnHttpServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_http_server_dispose;
  object_class->finalize = bn_http_server_finalize;
}

static void
bn_http_server_init (BnHttpServer *self)
{
  self->connections = g_hash_table_new (NULL, NULL);
  self->login_delay = bn_login_delay_new ();
  self->allowed_lan = bn_allow_list_new_tls ();
  self->clock = (BnClock){ clock_now, clock_real_time, clock_wake_at, self };
  self->wake = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_static_name (self->wake, "room");
  g_source_set_callback (self->wake, on_wake, self, NULL);
  g_source_attach (self->wake, g_main_context_get_thread_default ());
}

static void
make_deadlines (BnHttpServer *self)
{
  guint lengths_ms[BN_N_DEADLINES] = {
    [BN_DEADLINE_HEAD] = self->limits->head_ms,
    [BN_DEADLINE_BODY] = self->limits->body_ms,
    [BN_DEADLINE_REPLY] = self->limits->idle_ms,
    [BN_DEADLINE_IDLE] = self->limits->idle_ms,
    [BN_DEADLINE_CLOSE] = REFUSED_MS,
  };

  self->deadlines = bn_deadlines_new (lengths_ms, bn_connection_on_deadline, self);
}

BnHttpServer *
bn_http_server_new (BnBackend *backend, const BnLimits *limits, BnCounters *counters,
                    const char *page_dir, const char *version, GError **error)
{
  g_autoptr (BnHttpServer) self = g_object_new (BN_TYPE_HTTP_SERVER, NULL);

  self->backend = backend;
  self->limits = limits;
  self->counters = counters;
  make_deadlines (self);
  self->admission = bn_admission_new (limits, counters, bn_admission_raise_descriptors ());
  self->version = g_strdup (version);
  self->scrapes = bn_scrapes_new (self);
  self->room = bn_room_new (backend, limits, counters, &self->clock, version);
  self->engines = bn_engines_new (self->room);
  self->listener = bn_listener_new (counters);
  g_signal_connect_swapped (self->listener, "accepted", G_CALLBACK (on_accepted), self);
  self->pump = bn_pump_new (self->room, error);
  if (self->pump == NULL)
    return NULL;
  if (page_dir != NULL)
    {
      self->page = bn_page_new (page_dir, error);
      if (self->page == NULL)
        return NULL;
    }
  self->soup = soup_server_new ("server-header", NULL, NULL);
  soup_server_remove_websocket_extension (self->soup, SOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  soup_server_add_handler (self->soup, NULL, on_request, self, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (on_request_started), self);
  return g_steal_pointer (&self);
}
