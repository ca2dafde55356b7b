/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Who sends a request: a Bearer token, or the cookie that the login set. */
#include <string.h>

#include "http/http-private.h"
#include "introspection/error.h"

#define TOKEN_MAX_BYTES 256
#define COOKIE_AGE_SECONDS (30 * 24 * 60 * 60)

static gboolean
is_token (const char *text)
{
  gsize length = strlen (text);

  if (length == 0 || length > TOKEN_MAX_BYTES)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("-._~+/=", text[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
is_secure (SoupServerMessage *message)
{
  BnConnection *connection = bn_connection_of (message);

  return connection != NULL && connection->secure;
}

/* Ports are not part of a cookie's scope: two bridges of one machine would overwrite one another's,
 * hence the port in the name. Over TLS a browser takes the name only from the host itself, and only
 * as Secure (RFC 6265bis, 4.1.3.2). */
static char *
cookie_name (BnHttpServer *server, SoupServerMessage *message)
{
  return g_strdup_printf ("%sbinnacle_%u", is_secure (message) ? "__Host-" : "", server->port);
}

static char *
read_cookie (BnHttpServer *server, SoupServerMessage *message, const char *header)
{
  g_autofree char *name = cookie_name (server, message);
  g_auto (GStrv) parts = g_strsplit (header, ";", 32);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *equals = strchr (parts[i], '=');

      if (equals == NULL)
        continue;
      *equals = '\0';
      if (g_str_equal (g_strstrip (parts[i]), name) && is_token (g_strstrip (equals + 1)))
        return g_strdup (equals + 1);
    }
  return NULL;
}

char *
bn_identity_read_token (BnHttpServer *server, SoupServerMessage *message, gboolean *from_cookie)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *authorization = soup_message_headers_get_one (headers, "Authorization");
  const char *cookie = soup_message_headers_get_one (headers, "Cookie");

  *from_cookie = FALSE;
  if (authorization != NULL)
    {
      const char *token = authorization + strlen ("Bearer ");

      if (g_ascii_strncasecmp (authorization, "Bearer ", strlen ("Bearer ")) != 0
          || !is_token (token))
        return NULL;
      return g_strdup (token);
    }
  if (cookie == NULL)
    return NULL;
  *from_cookie = TRUE;
  return read_cookie (server, message, cookie);
}

void
bn_identity_set_cookie (BnHttpServer *server, SoupServerMessage *message, const char *token)
{
  g_autofree char *name = cookie_name (server, message);
  g_autofree char *cookie = g_strdup_printf (
      "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%d%s", name, token != NULL ? token : "",
      token != NULL ? COOKIE_AGE_SECONDS : 0, is_secure (message) ? "; Secure" : "");

  soup_message_headers_append (soup_server_message_get_response_headers (message), "Set-Cookie",
                               cookie);
}

typedef struct
{
  GTask *task; /* (owned) */
  char *address;
} Finding;

static void
finding_free (Finding *finding)
{
  g_object_unref (finding->task);
  g_free (finding->address);
  g_free (finding);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Finding, finding_free)

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Finding) finding = user_data;
  BnHttpServer *server = g_task_get_source_object (finding->task);
  g_autoptr (GError) error = NULL;
  BnSession *session = bn_sessions_open_finish (BN_SESSIONS (source), result, &error);

  if (session != NULL)
    bn_login_delay_note_success (server->login_delay, finding->address);
  else if (bn_error_is (error, BN_ERROR_UNAUTHENTICATED))
    {
      bn_counters_add (server->counters, BN_COUNT_LOGIN_FAILED);
      bn_login_delay_note_failure (server->login_delay, finding->address, g_get_monotonic_time ());
    }
  if (session != NULL)
    g_task_return_pointer (finding->task, session, (GDestroyNotify)bn_session_unref);
  else
    g_task_return_error (finding->task, g_steal_pointer (&error));
}

void
bn_identity_find_async (BnHttpServer *server, SoupServerMessage *message,
                        GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (server, NULL, callback, user_data);
  BnSessions *sessions = bn_room_get_sessions (server->room);
  BnConnection *connection = bn_connection_of (message);
  const char *address = connection != NULL ? connection->address : "";
  gboolean from_cookie;
  g_autofree char *token = bn_identity_read_token (server, message, &from_cookie);
  BnSession *session = token != NULL ? bn_sessions_find (sessions, token) : NULL;
  gint64 wait;
  Finding *finding;

  bn_reply_defer (server, message);
  g_task_set_task_data (task, g_object_ref (message), g_object_unref);
  if (session != NULL)
    {
      g_task_return_pointer (task, bn_session_ref (session), (GDestroyNotify)bn_session_unref);
      return;
    }
  if (token == NULL)
    {
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_UNAUTHENTICATED,
                               "Log in first, or send Authorization: Bearer with a token");
      return;
    }
  wait = bn_login_delay_get (server->login_delay, address, g_get_monotonic_time ());
  if (wait > 0)
    {
      bn_counters_add (server->counters, BN_COUNT_LOGIN_DELAYED);
      g_task_return_new_error (task, BN_ERROR, BN_ERROR_RATE_LIMITED,
                               "Too many wrong tokens; wait %.1f s", (double)wait / G_USEC_PER_SEC);
      return;
    }
  finding = g_new0 (Finding, 1);
  finding->task = g_steal_pointer (&task);
  finding->address = g_strdup (address);
  bn_sessions_open_async (sessions, token, address,
                          soup_message_headers_get_one (
                              soup_server_message_get_request_headers (message), "User-Agent"),
                          on_opened, finding);
}

BnSession *
bn_identity_find_finish (BnHttpServer *server, GAsyncResult *result, GError **error)
{
  bn_reply_resume (server, g_task_get_task_data (G_TASK (result)));
  return g_task_propagate_pointer (G_TASK (result), error);
}
