/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How the server answers: headers, JSON, problems (RFC 9457). */
#include <string.h>

#include "http/http-private.h"
#include "introspection/codec/json.h"
#include "introspection/error.h"

static const struct
{
  BnError code;
  guint status;
  const char *title;
} problems[] = {
  { BN_ERROR_BAD_MESSAGE, 400, "Bad message" },
  { BN_ERROR_BAD_PAYLOAD, 422, "Bad arguments" },
  { BN_ERROR_UNKNOWN_TYPE, 404, "Unknown method" },
  { BN_ERROR_NO_TARGET, 404, "No such module" },
  { BN_ERROR_NOT_FOUND, 404, "Not found" },
  { BN_ERROR_CONFLICT, 409, "Conflict" },
  { BN_ERROR_BUSY, 503, "Busy" },
  { BN_ERROR_UNAUTHENTICATED, 401, "Not authenticated" },
  { BN_ERROR_FORBIDDEN, 403, "Forbidden" },
  { BN_ERROR_RATE_LIMITED, 429, "Too many tries" },
  { BN_ERROR_TOO_LARGE, 413, "Too large" },
  { BN_ERROR_TIMEOUT, 504, "Timeout" },
  { BN_ERROR_UNAVAILABLE, 503, "Not available" },
  { BN_ERROR_UNSUPPORTED, 501, "Not supported" },
  { BN_ERROR_INTERNAL, 500, "Internal error" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (problems) == BN_N_ERRORS);

static const struct
{
  const char *name;
  const char *value;
} headers_of_all[] = {
  { "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'" },
  { "X-Content-Type-Options", "nosniff" },
  { "Referrer-Policy", "no-referrer" },
  { "Cross-Origin-Opener-Policy", "same-origin" },
  { "Cross-Origin-Resource-Policy", "same-origin" },
  { "Permissions-Policy", "camera=(), geolocation=(), microphone=(), usb=()" },
};

void
bn_reply_defer (BnHttpServer *server, SoupServerMessage *message)
{
  if (!server->stopped)
    soup_server_message_pause (message);
}

void
bn_reply_resume (BnHttpServer *server, SoupServerMessage *message)
{
  if (!server->stopped)
    soup_server_message_unpause (message);
}

void
bn_reply_close (SoupServerMessage *message)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");
}

void
bn_reply_headers (SoupServerMessage *message)
{
  SoupMessageHeaders *out = soup_server_message_get_response_headers (message);

  for (guint i = 0; i < G_N_ELEMENTS (headers_of_all); i++)
    soup_message_headers_replace (out, headers_of_all[i].name, headers_of_all[i].value);
  /* libsoup does as it is asked, but does not say so. */
  if (soup_message_headers_header_contains (soup_server_message_get_request_headers (message),
                                            "Connection", "close"))
    bn_reply_close (message);
}

void
bn_reply_text (SoupServerMessage *message, guint status, const char *type, char *text, gsize length)
{
  SoupMessageHeaders *out = soup_server_message_get_response_headers (message);

  bn_reply_headers (message);
  soup_message_headers_replace (out, "Cache-Control", "no-store");
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_TAKE, text, length);
}

void
bn_reply_json (SoupServerMessage *message, guint status, GVariant *value)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);
  gsize length;
  char *json = bn_json_encode (owned, &length);

  bn_reply_text (message, status, "application/json", json, length);
}

void
bn_reply_document (SoupServerMessage *message, const char *content_type, char *text)
{
  gsize length = strlen (text);
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *)text, length);
  g_autofree char *tag = g_strdup_printf ("\"%.32s\"", digest);
  SoupMessageHeaders *out = soup_server_message_get_response_headers (message);
  const char *known = soup_message_headers_get_list (
      soup_server_message_get_request_headers (message), "If-None-Match");

  if (known != NULL && strstr (known, tag) != NULL)
    {
      g_free (text);
      bn_reply_headers (message);
      soup_server_message_set_status (message, 304, NULL);
    }
  else
    bn_reply_text (message, 200, content_type, text, length);
  soup_message_headers_replace (out, "Cache-Control", "no-cache");
  soup_message_headers_replace (out, "Vary", "Accept");
  soup_message_headers_replace (out, "ETag", tag);
}

static BnError
error_of_code (const char *code)
{
  for (guint i = 0; i < BN_N_ERRORS; i++)
    if (g_str_equal (bn_error_code (i), code))
      return i;
  return BN_ERROR_INTERNAL;
}

static const char *
title_of (BnError code)
{
  for (guint i = 0; i < G_N_ELEMENTS (problems); i++)
    if (problems[i].code == code)
      return problems[i].title;
  return NULL;
}

void
bn_reply_problem (SoupServerMessage *message, guint status, const char *code, const char *detail)
{
  g_autofree char *type = g_strconcat ("urn:binnacle:problem:", code, NULL);
  g_autoptr (GVariant) value = NULL;
  SoupMessageHeaders *out = soup_server_message_get_response_headers (message);
  GVariantDict problem;
  gsize length;
  char *json;

  g_variant_dict_init (&problem, NULL);
  g_variant_dict_insert (&problem, "type", "s", type);
  g_variant_dict_insert (&problem, "title", "s", title_of (error_of_code (code)));
  g_variant_dict_insert (&problem, "status", "u", status);
  g_variant_dict_insert (&problem, "detail", "s", detail);
  g_variant_dict_insert (&problem, "code", "s", code);
  value = g_variant_ref_sink (g_variant_dict_end (&problem));
  json = bn_json_encode (value, &length);
  bn_reply_text (message, status, "application/problem+json", json, length);
  if (status == 401)
    soup_message_headers_replace (out, "WWW-Authenticate", "Bearer");
  if (status == 503 || status == 429)
    soup_message_headers_replace (out, "Retry-After", "1");
}

static guint
status_of (BnError code)
{
  for (guint i = 0; i < G_N_ELEMENTS (problems); i++)
    if (problems[i].code == code)
      return problems[i].status;
  return 500;
}

guint
bn_reply_status_of (const GError *error)
{
  return status_of (bn_error_from_gerror (error));
}

void
bn_reply_code (SoupServerMessage *message, const char *code, const char *detail)
{
  bn_reply_problem (message, status_of (error_of_code (code)), code, detail);
}

void
bn_reply_error (SoupServerMessage *message, const GError *error)
{
  g_autoptr (GError) plain = g_error_copy (error);

  g_dbus_error_strip_remote_error (plain);
  bn_reply_problem (message, bn_reply_status_of (error),
                    bn_error_code (bn_error_from_gerror (error)), plain->message);
}

gboolean
bn_reply_check_method (SoupServerMessage *message, const char *allow)
{
  const char *method = soup_server_message_get_method (message);
  g_auto (GStrv) allowed = g_strsplit (allow, ", ", -1);
  g_autofree char *detail = NULL;

  if (g_strv_contains ((const char *const *)allowed, method))
    return TRUE;
  detail = g_strdup_printf ("Use %s for this address", allow);
  bn_reply_problem (message, 405, "unsupported", detail);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow", allow);
  return FALSE;
}
