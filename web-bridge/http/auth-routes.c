/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* /api/auth: a secret or a token becomes a cookie, and back. */
#include <string.h>

#include "http/http-private.h"
#include "introspection/codec/json.h"
#include "introspection/error.h"

typedef struct
{
  BnHttpServer *server;       /* (owned) */
  SoupServerMessage *message; /* (owned) */
  char *address;
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

static void
reply_identity (SoupServerMessage *message, BnSession *session)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "level", "s", bn_access_level_to_string (session->level));
  if (session->device != NULL)
    g_variant_dict_insert (&dict, "device", "s", session->device);
  bn_reply_json (message, 200, g_variant_dict_end (&dict));
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
      reply_identity (login->message, session);
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

/* The body's "secret" or "token". */
static char *
read_secret (SoupServerMessage *message, GError **error)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  g_autoptr (GVariant) object =
      bn_json_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL, error);
  char *secret = NULL;

  if (object == NULL)
    return NULL;
  if (!g_variant_is_of_type (object, G_VARIANT_TYPE_VARDICT)
      || (!g_variant_lookup (object, "secret", "s", &secret)
          && !g_variant_lookup (object, "token", "s", &secret)))
    g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                 "Send {\"secret\": ...} from the page's address or {\"token\": ...}");
  return secret;
}

static void
log_in (BnHttpServer *server, SoupServerMessage *message)
{
  BnConnection *connection = bn_connection_of (message);
  const char *address = connection != NULL ? connection->address : "";
  g_autoptr (GError) error = NULL;
  g_autofree char *secret = NULL;
  gint64 wait = bn_login_delay_get (server->login_delay, address, g_get_monotonic_time ());
  Login *login;

  if (wait > 0)
    {
      bn_counters_add (server->counters, BN_COUNT_LOGIN_DELAYED);
      g_set_error (&error, BN_ERROR, BN_ERROR_RATE_LIMITED, "Too many wrong tries; wait %.1f s",
                   (double)wait / G_USEC_PER_SEC);
    }
  else
    secret = read_secret (message, &error);
  if (secret == NULL)
    {
      bn_reply_error (message, error);
      return;
    }
  login = g_new0 (Login, 1);
  login->server = g_object_ref (server);
  login->message = g_object_ref (message);
  login->address = g_strdup (address);
  bn_reply_defer (server, message);
  bn_sessions_open_async (bn_room_get_sessions (server->room), secret, address,
                          soup_message_headers_get_one (
                              soup_server_message_get_request_headers (message), "User-Agent"),
                          on_login, login);
}

static void
on_session (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SoupServerMessage) message = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BnSession) session = bn_identity_find_finish (BN_HTTP_SERVER (source), result, &error);

  if (session != NULL)
    reply_identity (message, session);
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
        log_in (server, message);
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
