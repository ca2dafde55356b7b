/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Requests: REST, login, the page, health. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#include "bridge-fixture.h"

#define assert_contains(text, part) g_assert_nonnull (strstr (text, part))
#define assert_lacks(text, part) g_assert_null (strstr (text, part))

#define BEARER "Authorization: Bearer controller\r\n"
#define JSON "Content-Type: application/json\r\n"

typedef struct
{
  const char *name;
  const char *method;
  const char *path;
  const char *headers;
  const char *body;
  guint status;
  const char *answer;
} Case;

static const Case cases[] = {
  { "status", "GET", "/api/system/status_request", BEARER, NULL, 200, "\"version\":\"1\"" },
  { "safe", "GET", "/api/demo/list", BEARER, NULL, 200, "{\"items\":[\"a\",\"b\"]}" },
  { "safe-by-post", "POST", "/api/demo/list", BEARER JSON, "{}", 200, "{\"items\"" },
  { "post", "POST", "/api/demo/echo", BEARER JSON, "{\"a\":1}", 200, "{\"a\":1}" },
  { "post-without-body", "POST", "/api/demo/echo", BEARER, "", 200, "{}" },
  { "unsafe-by-get", "GET", "/api/demo/echo", BEARER, NULL, 405, "\"code\":\"unsupported\"" },
  { "unknown-method", "GET", "/api/demo/nothing", BEARER, NULL, 404, "\"code\":\"unknown_type\"" },
  { "unknown-method-by-post", "POST", "/api/demo/nothing", BEARER, "", 404,
    "\"code\":\"unknown_type\"" },
  { "unknown-module", "GET", "/api/nobody/home", BEARER, NULL, 404, "\"code\":\"unknown_type\"" },
  { "not-found", "POST", "/api/demo/fail", BEARER, "", 404, "There is no “it”" },
  { "no-token", "GET", "/api/demo/list", "", NULL, 401, "\"code\":\"unauthenticated\"" },
  { "wrong-token", "GET", "/api/demo/list", "Authorization: Bearer nobody\r\n", NULL, 401,
    "\"code\":\"unauthenticated\"" },
  { "token-in-query", "GET", "/api/demo/list?token=controller", "", NULL, 401,
    "\"code\":\"unauthenticated\"" },
  { "bad-json", "POST", "/api/demo/echo", BEARER JSON, "{", 400, "\"code\":\"bad_message\"" },
  { "not-an-object", "POST", "/api/demo/echo", BEARER JSON, "[]", 422, "\"code\":\"bad_payload\"" },
  { "form", "POST", "/api/demo/echo", BEARER "Content-Type: text/plain\r\n", "{}", 400,
    "application/json" },
  { "bad-path", "GET", "/api/Demo/List", BEARER, NULL, 404, "\"code\":\"not_found\"" },
  { "dots", "GET", "/api/demo.list", BEARER, NULL, 404, "\"code\":\"not_found\"" },
  { "other-site", "GET", "/api/demo/list", BEARER "Sec-Fetch-Site: cross-site\r\n", NULL, 403,
    "\"code\":\"forbidden\"" },
  { "same-origin", "GET", "/api/demo/list", BEARER "Sec-Fetch-Site: same-origin\r\n", NULL, 200,
    "items" },
  { "healthz", "GET", "/healthz", "", NULL, 200, "{\"status\":\"ok\"}" },
  { "healthz-post", "POST", "/healthz", "", "", 405, "\"code\":\"unsupported\"" },
  { "readyz", "GET", "/readyz", "", NULL, 200, "{\"status\":\"ok\"}" },
  { "ws-without-upgrade", "GET", "/ws", BEARER, NULL, 426, "WebSocket" },
  { "no-page", "GET", "/", "", NULL, 404, "--page-dir" },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);

  g_assert_cmpuint (web_client_request (client, c->method, c->path, c->headers, c->body), ==,
                    c->status);
  assert_contains (web_client_get_body (client), c->answer);
  assert_contains (web_client_get_head (client), "Content-Security-Policy: default-src 'none'");
  assert_contains (web_client_get_head (client), "X-Content-Type-Options: nosniff");
  assert_contains (web_client_get_head (client), "Cache-Control: no-store");
  assert_lacks (web_client_get_head (client), "Access-Control");
  if (c->status >= 400)
    {
      g_autofree char *status = g_strdup_printf ("\"status\":%u", c->status);

      assert_contains (web_client_get_head (client), "Content-Type: application/problem+json");
      assert_contains (web_client_get_body (client), status);
      assert_contains (web_client_get_body (client), "\"type\":\"urn:binnacle:problem:");
    }
}

/* A module that keeps the descriptor of a stream, and reads from it, does not hold up the bridge.
 */
static void
test_stream (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *request = g_strdup_printf (
      "GET /api/demo/stream HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n" BEARER "\r\n", bridge->port);

  web_client_send (client, request);
  web_client_wait_until (test_hub_get_stream (bridge->hub) >= 0
                         && bridge->counters.values[BN_COUNT_STREAMS] == 1);
  g_assert_true (fcntl (test_hub_get_stream (bridge->hub), F_GETFL) & O_NONBLOCK);
}

/* A token and a module are asked of the hub once, not with every request. */
static void
test_memory (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);

  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (
        web_client_request (client, "GET", "/api/demo/list", i % 2 ? BEARER : "", NULL), ==,
        i % 2 ? 200 : 401);
  g_assert_cmpuint (test_hub_get_calls (bridge->hub, "Authenticate"), ==, 1);
  g_assert_cmpuint (test_hub_get_calls (bridge->hub, "module.describe"), ==, 1);
}

static void
test_login (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *cookie = g_strdup_printf ("Cookie: binnacle_%u=fresh\r\n", bridge->port);
  g_autofree char *set = g_strdup_printf ("Set-Cookie: binnacle_%u=fresh; Path=/; HttpOnly; "
                                          "SameSite=Strict; Max-Age=",
                                          bridge->port);
  static const char secret[] = "{\"secret\":\"secret\"}";

  g_assert_cmpuint (web_client_request (client, "POST", "/api/auth/login", JSON, secret), ==, 200);
  assert_contains (web_client_get_body (client), "\"level\":\"admin\"");
  assert_lacks (web_client_get_body (client), "token");
  assert_contains (web_client_get_head (client), set);
  g_assert_cmpuint (web_client_request (client, "GET", "/api/auth/session", cookie, NULL), ==, 200);
  assert_contains (web_client_get_body (client), "\"device\":\"fresh\"");
  /* It was good once. */
  g_assert_cmpuint (web_client_request (client, "POST", "/api/auth/login", JSON, secret), ==, 401);
  g_assert_cmpuint (web_client_request (client, "POST", "/api/auth/logout", cookie, ""), ==, 200);
  assert_contains (web_client_get_head (client), "Max-Age=0");
  web_client_wait_until (test_hub_get_calls (bridge->hub, "EndSession forget") == 1);
}

static void
test_logout_closes (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) socket = web_client_new (bridge->port);
  g_autoptr (WebClient) client = web_client_new (bridge->port);

  web_client_join (socket, "controller");
  g_assert_cmpuint (web_client_request (client, "POST", "/api/auth/logout", BEARER, ""), ==, 200);
  g_assert_cmpuint (web_client_wait_close (socket), ==, 4401);
}

/* Guessing gets slower, and does not reach the hub. */
static void
test_guessing (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  guint refused = 0, delayed = 0;

  for (guint i = 0; i < 30; i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"token\":\"guess%u\"}", i);
      guint status = web_client_request (client, "POST", "/api/auth/login", JSON, body);

      refused += status == 401;
      delayed += status == 429;
      if (status == 429)
        assert_contains (web_client_get_head (client), "Retry-After: ");
    }
  g_assert_cmpuint (refused + delayed, ==, 30);
  g_assert_cmpuint (refused, <=, 4);
  g_assert_cmpuint (test_hub_get_calls (bridge->hub, "Authenticate"), ==, refused);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_LOGIN_DELAYED], ==, delayed);
}

/* An old cookie that a browser sends with every request is asked once. */
static void
test_stale_cookie (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *cookie = g_strdup_printf ("Cookie: binnacle_%u=stale\r\n", bridge->port);

  for (guint i = 0; i < 2; i++)
    g_assert_cmpuint (web_client_request (client, "GET", "/api/auth/session", cookie, NULL), ==,
                      401);
  g_assert_cmpuint (test_hub_get_calls (bridge->hub, "Authenticate"), ==, 1);
}

static void
test_without_hub (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);

  bridge_lose_hub (bridge);
  g_assert_cmpuint (web_client_request (client, "GET", "/healthz", NULL, NULL), ==, 200);
  g_assert_cmpuint (web_client_request (client, "GET", "/readyz", NULL, NULL), ==, 503);
  assert_contains (web_client_get_body (client), "\"missing\":[\"hub\"]");
  g_assert_cmpuint (web_client_request (client, "GET", "/api/demo/list", BEARER, NULL), ==, 503);
  assert_contains (web_client_get_body (client), "\"code\":\"unavailable\"");
}

/* What a module can do is asked again when it has changed. */
static void
test_catalog (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) socket = web_client_new (bridge->port);
  g_autoptr (WebClient) client = web_client_new (bridge->port);

  web_client_join (socket, "controller");
  web_client_wait_until (test_hub_get_subscriptions (bridge->hub) == 1);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (web_client_request (client, "GET", "/api/demo/list", BEARER, NULL), ==, 200);
  g_assert_cmpuint (test_hub_get_calls (bridge->hub, "module.describe"), ==, 1);
  test_hub_emit_event (bridge->hub, "module.state_changed", "{'name': <'demo'>}");
  web_client_wait_until (bn_catalog_peek (bn_room_get_catalog (bridge->room), "demo.list") == NULL);
  g_assert_cmpuint (web_client_request (client, "GET", "/api/demo/list", BEARER, NULL), ==, 200);
  g_assert_cmpuint (test_hub_get_calls (bridge->hub, "module.describe"), ==, 2);
}

static void
write_file (const char *folder, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, content, -1, NULL));
}

static void
remove_files (const char *folder, const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_remove (path);
    }
  g_rmdir (folder);
}

static void
test_page (void)
{
  static const char *const names[] = {
    "index.html", "assets/app-1a2b.js", "assets/app-1a2b.js.gz", ".hidden", "assets", NULL
  };
  g_autofree char *folder = g_dir_make_tmp ("page-XXXXXX", NULL);
  g_autoptr (Bridge) bridge = NULL;
  g_autoptr (WebClient) client = NULL;
  g_autofree char *etag = NULL;
  g_autofree char *known = NULL;

  write_file (folder, names[0], "<!doctype html>");
  write_file (folder, names[1], "plain");
  write_file (folder, names[2], "packed");
  write_file (folder, names[3], "hidden");
  bridge = bridge_new (NULL, folder);
  client = web_client_new (bridge->port);

  g_assert_cmpuint (web_client_request (client, "GET", "/", NULL, NULL), ==, 200);
  assert_contains (web_client_get_head (client), "Content-Type: text/html; charset=utf-8");
  assert_contains (web_client_get_head (client), "Cache-Control: no-cache");
  assert_contains (web_client_get_head (client), "Content-Security-Policy: ");
  etag = g_strdup (strstr (web_client_get_head (client), "ETag: ") + strlen ("ETag: "));
  *strchr (etag, '\r') = '\0';
  known = g_strdup_printf ("If-None-Match: %s\r\n", etag);
  g_assert_cmpuint (web_client_request (client, "GET", "/", known, NULL), ==, 304);
  write_file (folder, names[0], "<!doctype html>new");
  g_assert_cmpuint (web_client_request (client, "GET", "/index.html", known, NULL), ==, 200);
  assert_contains (web_client_get_body (client), "new");

  g_assert_cmpuint (web_client_request (client, "GET", "/assets/app-1a2b.js", NULL, NULL), ==, 200);
  g_assert_cmpstr (web_client_get_body (client), ==, "plain");
  assert_contains (web_client_get_head (client), "immutable");
  assert_contains (web_client_get_head (client), "Vary: Accept-Encoding");
  g_assert_cmpuint (web_client_request (client, "GET", "/assets/app-1a2b.js",
                                        "Accept-Encoding: br, gzip\r\n", NULL),
                    ==, 200);
  g_assert_cmpstr (web_client_get_body (client), ==, "packed");
  assert_contains (web_client_get_head (client), "Content-Encoding: gzip");
  assert_contains (web_client_get_head (client), "Content-Type: text/javascript");
  g_assert_cmpuint (web_client_request (client, "GET", "/assets/app-1a2b.js",
                                        "Accept-Encoding: gzip;q=0\r\n", NULL),
                    ==, 200);
  g_assert_cmpstr (web_client_get_body (client), ==, "plain");

  g_assert_cmpuint (web_client_request (client, "GET", "/.hidden", NULL, NULL), ==, 404);
  g_assert_cmpuint (web_client_request (client, "GET", "/../../etc/passwd", NULL, NULL), ==, 404);
  g_assert_cmpuint (web_client_request (client, "GET", "/%2e%2e/%2e%2e/etc/passwd", NULL, NULL), ==,
                    404);
  g_assert_cmpuint (web_client_request (client, "GET", "/assets/", NULL, NULL), ==, 404);
  g_assert_cmpuint (web_client_request (client, "POST", "/", NULL, ""), ==, 405);
  remove_files (folder, names);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/rest/case/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/rest/memory", test_memory);
  g_test_add_func ("/rest/stream", test_stream);
  g_test_add_func ("/rest/login", test_login);
  g_test_add_func ("/rest/logout-closes", test_logout_closes);
  g_test_add_func ("/rest/guessing", test_guessing);
  g_test_add_func ("/rest/stale-cookie", test_stale_cookie);
  g_test_add_func ("/rest/without-hub", test_without_hub);
  g_test_add_func ("/rest/catalog", test_catalog);
  g_test_add_func ("/rest/page", test_page);
  return g_test_run ();
}
