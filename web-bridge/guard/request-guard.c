/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What is refused on a request's head.
 *
 * libsoup's server is made for trusted peers: it takes the last of two Host headers, reads a body
 * of any length into memory before anybody can look, serves both a request and what is smuggled
 * behind it, and answers a thousand overlapping ranges with a thousand copies. Each rule here
 * closes one such door. It hangs on "got-headers", which comes for every request, a WebSocket's
 * too; handlers, early ones included, are not called for every path. */
#include "guard/request-guard.h"

#include <string.h>

/* Where two values could mean two things to two readers. */
static const char *const single[] = { "Host",           "Origin",        "Content-Length",
                                      "Content-Type",   "Authorization", "Cookie",
                                      "Sec-Fetch-Site", "Upgrade",       "Sec-WebSocket-Key" };

/* What our pages need; a list, so that nothing else reaches libsoup's own handling. */
static const char *const methods[] = { "GET", "HEAD", "POST" };

#define VERDICT(s, c, d, n) ((BnVerdict){ .status = (s), .code = (c), .detail = (d), .count = (n) })
#define PASS VERDICT (0, NULL, NULL, 0)

/* Their number and size. Returns the name of one that stands twice and must not. */
static const char *
measure (SoupMessageHeaders *headers, gsize *bytes)
{
  guint seen[G_N_ELEMENTS (single)] = { 0 };
  SoupMessageHeadersIter iter;
  const char *name, *value;

  *bytes = 0;
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      *bytes += strlen (name) + strlen (value) + 4;
      for (guint i = 0; i < G_N_ELEMENTS (single); i++)
        if (g_ascii_strcasecmp (name, single[i]) == 0 && ++seen[i] > 1)
          return single[i];
    }
  return NULL;
}

static gboolean
is_digits (const char *text)
{
  return *text != '\0' && text[strspn (text, "0123456789")] == '\0';
}

static BnVerdict
judge_body (SoupMessageHeaders *headers, const BnLimits *limits)
{
  const char *length = soup_message_headers_get_one (headers, "Content-Length");

  if (soup_message_headers_get_one (headers, "Transfer-Encoding") != NULL)
    return VERDICT (411, "bad_message", "Send the body with a Content-Length, not in chunks",
                    BN_COUNT_BAD_REQUEST);
  if (length == NULL)
    return PASS;
  if (!is_digits (length))
    return VERDICT (400, "bad_message", "Content-Length is not a number", BN_COUNT_BAD_REQUEST);
  if (strlen (length) > 18 || g_ascii_strtoull (length, NULL, 10) > limits->body_bytes)
    return VERDICT (413, "too_large", "The body is longer than a request may be",
                    BN_COUNT_BODY_TOO_LARGE);
  return PASS;
}

/* A target in absolute form names a host of its own, and that one counts for libsoup. */
static gboolean
target_agrees (SoupServerMessage *message, const char *host)
{
  GUri *uri = soup_server_message_get_uri (message);
  const char *name = uri != NULL ? g_uri_get_host (uri) : NULL;
  gboolean is_ipv6 = name != NULL && strchr (name, ':') != NULL;
  g_autofree char *bare =
      g_strconcat (is_ipv6 ? "[" : "", name != NULL ? name : "", is_ipv6 ? "]" : "", NULL);
  g_autofree char *full = g_strdup_printf ("%s:%d", bare, uri != NULL ? g_uri_get_port (uri) : 0);

  if (name == NULL)
    return FALSE;
  return g_ascii_strcasecmp (full, host) == 0 || g_ascii_strcasecmp (bare, host) == 0;
}

static BnVerdict
judge_target (SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);
  const char *path = uri != NULL ? g_uri_get_path (uri) : NULL;

  if (path == NULL || path[0] != '/')
    return VERDICT (400, "bad_message", "The target must begin with /", BN_COUNT_BAD_REQUEST);
  return PASS;
}

static BnVerdict
judge_sender (SoupServerMessage *message, BnAllowList *allowed)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *host = soup_message_headers_get_one (headers, "Host");
  const char *origin = soup_message_headers_get_one (headers, "Origin");

  if (host == NULL)
    return VERDICT (400, "bad_message", "The request has no Host", BN_COUNT_BAD_REQUEST);
  if (!bn_allow_list_has_host (allowed, host) || !target_agrees (message, host))
    return VERDICT (403, "forbidden",
                    "This server does not answer to that name; allow it with --allow-host",
                    BN_COUNT_BAD_HOST);
  if (origin != NULL && !bn_allow_list_has_origin (allowed, origin))
    return VERDICT (403, "forbidden", "Pages of that origin may not ask this server",
                    BN_COUNT_BAD_ORIGIN);
  return PASS;
}

static BnVerdict
judge_method (SoupServerMessage *message)
{
  const char *method = soup_server_message_get_method (message);

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (g_strcmp0 (method, methods[i]) == 0)
      return PASS;
  return VERDICT (405, "unsupported", "Use GET, HEAD or POST", BN_COUNT_BAD_REQUEST);
}

BnVerdict
bn_request_guard_judge (SoupServerMessage *message, BnAllowList *allowed, const BnLimits *limits)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *doubled;
  BnVerdict verdict;
  gsize bytes;

  soup_message_headers_remove (headers, "Range");
  soup_message_headers_remove (headers, "If-Range");

  if (soup_server_message_get_http_version (message) > SOUP_HTTP_1_1)
    return VERDICT (505, "unsupported", "Speak HTTP/1.1", BN_COUNT_BAD_REQUEST);
  doubled = measure (headers, &bytes);
  if (doubled != NULL)
    return VERDICT (400, "bad_message", "A header stands twice that may stand only once",
                    BN_COUNT_BAD_REQUEST);
  if (bytes > limits->head_bytes)
    return VERDICT (431, "too_large", "The head of the request is too long",
                    BN_COUNT_HEAD_TOO_LARGE);
  verdict = judge_method (message);
  if (verdict.status == 0)
    verdict = judge_target (message);
  if (verdict.status == 0)
    verdict = judge_body (headers, limits);
  if (verdict.status == 0)
    verdict = judge_sender (message, allowed);
  return verdict;
}

gboolean
bn_request_guard_is_same_site (SoupServerMessage *message, BnAllowList *allowed)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *origin = soup_message_headers_get_one (headers, "Origin");
  const char *site = soup_message_headers_get_one (headers, "Sec-Fetch-Site");

  if (origin != NULL)
    return bn_allow_list_has_origin (allowed, origin);
  return site == NULL || g_str_equal (site, "same-origin") || g_str_equal (site, "none");
}
