/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* /api/auth: a code, a secret or a token becomes a cookie, and back. */
#include <string.h>

#include "http/http-private.h"
#include "introspection/codec/json.h"
#include "introspection/error.h"

typedef struct
{
  BnHttpServer *server;       /* (owned) */
  SoupServerMessage *message; /* (owned) */
  char *address;
  gboolean pairing;
} Login;

static void
login_free (Login *login)
{
  g_object_unref (login->server);
  g_object_unref (login->message);
  g_free (login->address);
  g_free (login);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Login, login_free)

/* @with_token: for those who keep it themselves, since they have no cookies. */
static void
reply_identity (SoupServerMessage *message, BnSession *session, gboolean with_token)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  bn_session_describe (session, &dict);
  if (with_token)
    g_variant_dict_insert (&dict, "token", "s", session->token);
  bn_reply_json (message, 200, g_variant_dict_end (&dict));
}

/* A page says where it is from; a script does not. */
static gboolean
has_origin (SoupServerMessage *message)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Origin")
         != NULL;
}

static void
on_login (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Login) login = user_data;
  BnHttpServer *server = login->server;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnSession) session = bn_sessions_open_finish (BN_SESSIONS (source), result, &error);

  bn_reply_resume (server, login->message);
  if (session != NULL)
    {
      bn_login_delay_note_success (server->login_delay, login->address);
      reply_identity (login->message, session, login->pairing && !has_origin (login->message));
      if (!login->pairing || has_origin (login->message))
        bn_identity_set_cookie (server, login->message, session->token);
      return;
    }
  if (bn_error_is (error, BN_ERROR_UNAUTHENTICATED))
    {
      bn_counters_add (server->counters, BN_COUNT_LOGIN_FAILED);
      bn_login_delay_note_failure (server->login_delay, login->address, g_get_monotonic_time ());
    }
  bn_reply_error (login->message, error);
}

/* The body: an object with strings. */
static GVariant *
read_body (SoupServerMessage *message, GError **error)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  g_autoptr (GVariant) object =
      bn_json_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL, error);

  if (object == NULL || g_variant_is_of_type (object, G_VARIANT_TYPE_VARDICT))
    return g_steal_pointer (&object);
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD, "The body must be a JSON object");
  return NULL;
}

/* What opens the session: a code or a secret of an invitation, or a token. */
static const char *
find_secret (GVariant *object, gboolean pairing, GError **error)
{
  const char *secret = NULL;

  if (g_variant_lookup (object, "secret", "&s", &secret)
      || g_variant_lookup (object, pairing ? "code" : "token", "&s", &secret))
    return secret;
  g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
               pairing ? "Send {\"code\": ...} as “binnacle pair” shows it, or {\"secret\": ...} "
                         "from the page's address"
                       : "Send {\"secret\": ...} from the page's address or {\"token\": ...}");
  return NULL;
}

/* What the device shall be called: what the body says, or what the browser calls itself. */
static const char *
find_name (SoupServerMessage *message, GVariant *object)
{
  const char *name;

  if (g_variant_lookup (object, "name", "&s", &name) && *name != '\0')
    return name;
  return soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                       "User-Agent");
}

static gboolean
check_delay (BnHttpServer *server, const char *address, GError **error)
{
  gint64 wait = bn_login_delay_get (server->login_delay, address, g_get_monotonic_time ());

  if (wait <= 0)
    return TRUE;
  bn_counters_add (server->counters, BN_COUNT_LOGIN_DELAYED);
  g_set_error (error, BN_ERROR, BN_ERROR_RATE_LIMITED, "Too many wrong tries; wait %.1f s",
               (double)wait / G_USEC_PER_SEC);
  return FALSE;
}

static void
log_in (BnHttpServer *server, SoupServerMessage *message, gboolean pairing)
{
  BnConnection *connection = bn_connection_of (message);
  const char *address = connection != NULL ? connection->address : "";
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) object = NULL;
  const char *secret = NULL;
  Login *login;

  if (check_delay (server, address, &error) && (object = read_body (message, &error)) != NULL)
    secret = find_secret (object, pairing, &error);
  if (secret == NULL)
    {
      bn_reply_error (message, error);
      return;
    }
  login = g_new0 (Login, 1);
  login->server = g_object_ref (server);
  login->message = g_object_ref (message);
  login->address = g_strdup (address);
  login->pairing = pairing;
  bn_reply_defer (server, message);
  bn_sessions_open_async (bn_room_get_sessions (server->room), secret, address,
                          find_name (message, object), on_login, login);
}

static void
on_session (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SoupServerMessage) message = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnSession) session = bn_identity_find_finish (BN_HTTP_SERVER (source), result, &error);

  if (session != NULL)
    reply_identity (message, session, FALSE);
  else
    bn_reply_error (message, error);
}

static void
on_logout (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BnHttpServer *server = BN_HTTP_SERVER (source);
  g_autoptr (SoupServerMessage) message = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnSession) session = bn_identity_find_finish (server, result, &error);

  if (session != NULL)
    {
      bn_sessions_end (bn_room_get_sessions (server->room), session, TRUE);
      bn_reply_json (message, 200, g_variant_new ("a{sv}", NULL));
    }
  else
    bn_reply_error (message, error);
  bn_identity_set_cookie (server, message, NULL);
}

gboolean
bn_auth_handle (BnHttpServer *server, SoupServerMessage *message, const char *path)
{
  if (g_str_equal (path, "auth/login"))
    {
      if (bn_reply_check_method (message, "POST"))
        log_in (server, message, FALSE);
    }
  else if (g_str_equal (path, "auth/pair"))
    {
      if (bn_reply_check_method (message, "POST"))
        log_in (server, message, TRUE);
    }
  else if (g_str_equal (path, "auth/logout"))
    {
      if (bn_reply_check_method (message, "POST"))
        bn_identity_find_async (server, message, on_logout, g_object_ref (message));
    }
  else if (g_str_equal (path, "auth/session"))
    {
      if (bn_reply_check_method (message, "GET, HEAD"))
        bn_identity_find_async (server, message, on_session, g_object_ref (message));
    }
  else
    return FALSE;
  return TRUE;
}
