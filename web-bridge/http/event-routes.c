/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* POST /api/events publishes an event, /api/events/TYPE/last is the last sample of a type,
 * /api/connections who is connected. */
#include <string.h>

#include "http/http-private.h"
#include "introspection/error.h"
#include "introspection/event-type.h"
#include "introspection/names.h"

typedef enum
{
  PUBLISH,
  LAST,
  CONNECTIONS,
} What;

typedef struct
{
  BnHttpServer *server;       /* (owned) */
  SoupServerMessage *message; /* (owned) */
  BnSession *session;         /* (owned, nullable) */
  What what;
  char *type;        /* (nullable) */
  GVariant *payload; /* (owned, nullable) */
} Route;

static void
route_free (Route *route)
{
  g_object_unref (route->server);
  g_object_unref (route->message);
  g_clear_pointer (&route->session, bn_session_unref);
  g_clear_pointer (&route->payload, g_variant_unref);
  g_free (route->type);
  g_free (route);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Route, route_free)

static void
on_emitted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Route) route = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);
  guint64 sequence;

  bn_reply_resume (route->server, route->message);
  if (reply == NULL)
    {
      bn_reply_error (route->message, error);
      return;
    }
  g_variant_get (reply, "(t)", &sequence);
  bn_reply_json (route->message, 200, g_variant_new_parsed ("{'sequence': <%t>}", sequence));
}

/* {"key of a sample, or "": its payload}; 404 if there is none. */
static void
on_retained (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Route) route = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = bn_backend_call_finish (BN_BACKEND (source), result, &error);
  g_autoptr (GVariant) samples = NULL;
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  bn_reply_resume (route->server, route->message);
  if (reply == NULL)
    {
      bn_reply_error (route->message, error);
      return;
    }
  g_variant_get (reply, "(@a(sa{sv}a{sv}))", &samples);
  if (g_variant_n_children (samples) == 0)
    {
      bn_reply_problem (route->message, 404, "not_found",
                        "Nothing of that type was measured yet; subscribe to it, or wait");
      return;
    }
  for (gsize i = 0; i < g_variant_n_children (samples); i++)
    {
      g_autoptr (GVariant) payload = NULL;
      g_autoptr (GVariant) meta = NULL;

      g_variant_get_child (samples, i, "(&s@a{sv}@a{sv})", NULL, &payload, &meta);
      g_variant_builder_add_value (
          &rows, g_variant_new_parsed ("{'payload': <%@a{sv}>, 'meta': <%@a{sv}>}", payload, meta));
    }
  bn_reply_json (route->message, 200,
                 g_variant_new_parsed ("{'type': <%s>, 'samples': <%@aa{sv}>}", route->type,
                                       g_variant_builder_end (&rows)));
}

static void
ask_hub (Route *route)
{
  const char *patterns[] = { route->type, NULL };
  BnBackend *backend = route->server->backend;
  GVariant *options = bn_session_make_options (route->session);

  bn_reply_defer (route->server, route->message);
  bn_counters_add (route->server->counters, BN_COUNT_REQUESTS);
  if (route->what == PUBLISH)
    bn_backend_call_async (backend, BN_IFACE_EVENT_BUS, "Emit",
                           g_variant_new ("(s@a{sv}@a{sv})", route->type, route->payload, options),
                           on_emitted, route);
  else
    bn_backend_call_async (backend, BN_IFACE_EVENT_BUS, "GetRetained",
                           g_variant_new ("(^as@a{sv})", patterns, options), on_retained, route);
}

static void
reply_connections (Route *route)
{
  if (bn_access_level_allows (route->session->level, BN_ACCESS_ADMIN))
    bn_reply_json (route->message, 200, bn_room_describe_clients (route->server->room));
  else
    bn_reply_problem (route->message, 403, "forbidden",
                      "The list of connections needs the access level admin");
}

/* {"type", "payload"?} */
static gboolean
read_event (Route *route, GError **error)
{
  g_autoptr (GVariant) body = bn_api_read_body (route->message, error);

  if (body == NULL)
    return FALSE;
  route->payload = g_variant_lookup_value (body, "payload", G_VARIANT_TYPE_VARDICT);
  if (route->payload == NULL)
    route->payload = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  if (g_variant_lookup (body, "type", "s", &route->type))
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
               "Send {\"type\": \"user.greeting\", \"payload\": {...}}");
  return FALSE;
}

static void
on_identity (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Route) route = user_data;
  g_autoptr (GError) error = NULL;

  route->session = bn_identity_find_finish (BN_HTTP_SERVER (source), result, &error);
  if (route->session == NULL)
    bn_reply_error (route->message, error);
  else if (route->what == CONNECTIONS)
    reply_connections (route);
  else if (route->what == PUBLISH && !read_event (route, &error))
    bn_reply_error (route->message, error);
  else
    ask_hub (g_steal_pointer (&route));
}

/* FALSE if @path is none of these. */
static gboolean
read_path (Route *route, const char *path)
{
  g_auto (GStrv) words = g_strsplit (path, "/", 4);

  if (g_str_equal (path, "events"))
    route->what = PUBLISH;
  else if (g_str_equal (path, "connections"))
    route->what = CONNECTIONS;
  else if (g_strv_length (words) == 3 && g_str_equal (words[0], "events")
           && g_str_equal (words[2], "last") && bn_event_type_is_valid (words[1]))
    {
      route->what = LAST;
      route->type = g_strdup (words[1]);
    }
  else
    return FALSE;
  return TRUE;
}

gboolean
bn_event_routes_handle (BnHttpServer *server, SoupServerMessage *message, const char *path)
{
  g_autoptr (Route) route = g_new0 (Route, 1);

  route->server = g_object_ref (server);
  route->message = g_object_ref (message);
  if (!read_path (route, path))
    return FALSE;
  if (!bn_reply_check_method (message, route->what == PUBLISH ? "GET, POST" : "GET, HEAD"))
    return TRUE;
  bn_identity_find_async (server, message, on_identity, g_steal_pointer (&route));
  return TRUE;
}
