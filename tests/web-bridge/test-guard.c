/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What strangers may try: each known fault of the libraries below, and each limit, with its count.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bridge-fixture.h"
#include "client-frame.h"

#define assert_contains(text, part) g_assert_nonnull (strstr (text, part))

/* The bridge is as good as before: a new client gets an answer. */
static void
assert_alive (Bridge *bridge)
{
  g_autoptr (WebClient) client = web_client_new (bridge->port);

  g_assert_cmpuint (web_client_request (client, "GET", "/healthz", NULL, NULL), ==, 200);
}

static char *
make_page (gsize bytes)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("page-XXXXXX", &error);
  g_autofree char *file = NULL;
  g_autofree char *content = g_strnfill (bytes, 'x');

  g_assert_no_error (error);
  file = g_build_filename (folder, "index.html", NULL);
  g_assert_true (g_file_set_contents (file, content, bytes, NULL));
  return folder;
}

static void
remove_page (char *folder)
{
  g_autofree char *file = g_build_filename (folder, "index.html", NULL);

  g_unlink (file);
  g_rmdir (folder);
  g_free (folder);
}

/* 1: a thousand overlapping ranges of a large file are one plain answer. */
static void
test_range (void)
{
  char *page = make_page (4 * 1024 * 1024);
  g_autoptr (Bridge) bridge = bridge_new (NULL, page);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autoptr (GString) headers = g_string_new ("Range: bytes=0-");
  guint64 before = resident_kib ();

  for (guint i = 0; i < 999; i++)
    g_string_append (headers, ",0-");
  g_string_append (headers, "\r\nIf-Range: \"x\"\r\n");
  g_assert_cmpuint (web_client_request (client, "GET", "/", headers->str, NULL), ==, 200);
  g_assert_cmpuint (strlen (web_client_get_body (client)), ==, 4 * 1024 * 1024);
  assert_grew_less (before, 32 * 1024);
  remove_page (page);
}

/* 2: a message has a limit, not only its frames. */
static void
test_fragments (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *payload = g_strnfill (100 * 1024, 'x');

  web_client_join (client, "observer");
  for (guint i = 0; i < 4000 && !web_client_is_closed (client); i++)
    {
      g_autoptr (GByteArray) frame = g_byte_array_new ();

      client_frame_append (frame, i == 0 ? 1 : 0, payload, 100 * 1024);
      web_client_send_bytes (client, frame->data, frame->len);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (web_client_wait_close (client), ==, 1009);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_WS_TOO_BIG], ==, 1);
}

/* 3: compression is not offered, and a compressed frame is none. */
static void
test_deflate (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  g_autofree char *headers =
      g_strdup_printf ("Origin: http://127.0.0.1:%u\r\nAuthorization: Bearer observer\r\n"
                       "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
                       bridge->port);

  g_assert_cmpuint (web_client_upgrade (client, headers), ==, 101);
  g_assert_null (strstr (web_client_get_head (client), "Extensions"));
  client_frame_append (frame, CLIENT_FIN | 0x40 | 1, "\xf2\x48", 2);
  web_client_send_bytes (client, frame->data, frame->len);
  g_assert_cmpuint (web_client_wait_close (client), ==, 1002);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_WS_PROTOCOL_ERROR], ==, 1);
}

/* 4: no descriptor is left; afterwards everything is as before. */
static void
test_descriptors (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  struct rlimit old, tight;
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (WebClient) waiting = NULL;
  int spare = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  getrlimit (RLIMIT_NOFILE, &old);
  tight = old;
  tight.rlim_cur = 256;
  /* The bridge raised the limit when it began; somebody else's descriptors use it up. */
  setrlimit (RLIMIT_NOFILE, &tight);
  close (spare);
  waiting = web_client_new (bridge->port);
  for (int fd; (fd = open ("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;)
    g_array_append_val (fds, fd);
  /* It cannot be accepted. It is refused, not left hanging. */
  web_client_wait_until (bridge->counters.values[BN_COUNT_REFUSED_DESCRIPTORS] > 0);
  web_client_wait_until (web_client_is_closed (waiting));
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_REFUSED_DESCRIPTORS], <=, 3);
  for (guint i = 0; i < fds->len; i++)
    close (g_array_index (fds, int, i));
  setrlimit (RLIMIT_NOFILE, &old);
  assert_alive (bridge);
}

/* 5: a herd that comes at once. */
static void
test_herd (void)
{
  BnLimits limits = bn_default_limits;
  g_autoptr (Bridge) bridge = NULL;
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify)web_client_free);
  gint64 begin;

  limits.connections = limits.connections_per_address = 1000;
  bridge = bridge_new (&limits, NULL);
  begin = g_get_monotonic_time ();
  for (guint i = 0; i < 400; i++)
    g_ptr_array_add (clients, web_client_new (bridge->port));
  for (guint i = 0; i < clients->len; i++)
    g_assert_cmpuint (web_client_request (clients->pdata[i], "GET", "/healthz", NULL, NULL), ==,
                      200);
  /* With a backlog of ten the kernel makes them wait seconds. */
  g_assert_cmpint (g_get_monotonic_time () - begin, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_ACCEPTED], ==, 400);
}

/* 6: a head that never ends, a body that never comes, a connection that says nothing. */
static void
test_late (gconstpointer data)
{
  const char *sent = data;
  BnLimits limits = bn_default_limits;
  g_autoptr (Bridge) bridge = NULL;
  g_autoptr (WebClient) client = NULL;
  g_autofree char *text = NULL;
  gboolean body = strstr (sent, "Content-Length") != NULL;

  limits.head_ms = 100;
  limits.body_ms = 100;
  bridge = bridge_new (&limits, NULL);
  client = web_client_new (bridge->port);
  text = g_strdup_printf ("%s%u%s", sent[0] != '\0' ? "GET / HTTP/1.1\r\nHost: 127.0.0.1:" : "",
                          bridge->port, sent);
  if (sent[0] != '\0')
    web_client_send (client, text);
  web_client_wait_until (web_client_is_closed (client));
  g_assert_cmpuint (bridge->counters.values[body ? BN_COUNT_LATE_BODY : BN_COUNT_LATE_HEAD], ==, 1);
  web_client_wait_until (bn_http_server_get_connections (bridge->server) == 0);
}

/* 6: a body of 600 MB is refused on its head, and not kept. */
static void
test_large_body (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *chunk = g_strnfill (1024 * 1024, 'x');
  guint64 before = resident_kib ();

  web_client_send (client, "POST /api/demo/echo HTTP/1.1\r\nContent-Length: 629145600\r\nHost: ");
  {
    g_autofree char *host = g_strdup_printf ("127.0.0.1:%u\r\n\r\n", bridge->port);

    web_client_send (client, host);
  }
  for (guint i = 0; i < 64 && !web_client_is_closed (client); i++)
    {
      web_client_send_bytes (client, chunk, 1024 * 1024);
      g_main_context_iteration (NULL, FALSE);
    }
  assert_grew_less (before, 16 * 1024);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_BODY_TOO_LARGE], ==, 1);
  assert_alive (bridge);
}

/* 7: a reader that stops costs little, is told what it lost, and is closed; others go on. */
static void
test_slow_reader (void)
{
  BnLimits limits = bn_default_limits;
  g_autoptr (Bridge) bridge = NULL;
  g_autoptr (WebClient) slow = NULL;
  g_autoptr (WebClient) good = NULL;
  g_autofree char *text = g_strnfill (4000, 'x');
  g_autofree char *payload = g_strdup_printf ("{'text': <'%s'>}", text);
  guint64 before, heard = 0;
  guint sent = 0;

  limits.queue_soft_ms = 300;
  bridge = bridge_new (&limits, NULL);
  slow = web_client_new (bridge->port);
  good = web_client_new (bridge->port);
  web_client_join (slow, "observer");
  web_client_join (good, "observer");
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *reply = NULL;
      WebClient *client = i == 0 ? slow : good;

      web_client_say (client, "{\"type\":\"websocket.subscribe\",\"id\":1,"
                              "\"payload\":{\"patterns\":[\"demo.*\"]}}");
      reply = web_client_hear_with (client, "\"id\":1");
    }
  web_client_set_reading (slow, FALSE);
  before = resident_kib ();
  while (bn_room_get_clients (bridge->room) == 2
         && bridge->counters.values[BN_COUNT_SLOW_CONSUMERS] == 0)
    {
      for (guint i = 0; i < 20; i++, sent++)
        test_hub_emit_event (bridge->hub, "demo.text", payload);
      test_hub_emit_sample (bridge->hub, "demo.cpu", "a", "{'usage': <1.0>}");
      while (heard < sent)
        {
          g_autofree char *message = web_client_hear_with (good, "demo.text");

          heard++;
        }
      g_assert_cmpuint (sent, <, 100000);
    }
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_SLOW_CONSUMERS], ==, 1);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_DROPPED], >, 0);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_GAPS], ==, 1);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_COALESCED], >, 0);
  g_assert_cmpuint (heard, ==, sent);
  assert_grew_less (before, 24 * 1024);
  web_client_wait_until (bn_room_get_clients (bridge->room) == 1);
  g_assert_false (web_client_is_closed (good));
}

/* The slow reader reads again: what it lost is announced where it was lost, exactly. */
static void
test_gap (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) slow = web_client_new (bridge->port);
  g_autofree char *text = g_strnfill (4000, 'x');
  g_autofree char *payload = g_strdup_printf ("{'text': <'%s'>}", text);
  g_autofree char *reply = NULL;
  guint64 last = 0, lost = 0, heard = 0, total = 0;

  web_client_join (slow, "observer");
  web_client_say (slow, "{\"type\":\"websocket.subscribe\",\"id\":1,"
                        "\"payload\":{\"patterns\":[\"demo.*\"]}}");
  reply = web_client_hear_with (slow, "\"id\":1");
  web_client_set_reading (slow, FALSE);
  while (bridge->counters.values[BN_COUNT_DROPPED] < 100)
    {
      total = test_hub_emit_event (bridge->hub, "demo.text", payload);
      g_main_context_iteration (NULL, FALSE);
    }
  web_client_set_reading (slow, TRUE);
  while (last < total)
    {
      g_autofree char *message = web_client_hear (slow);
      const char *at = strstr (message, "\"seq\":");
      guint64 from, to;

      if (strstr (message, "system.gap") != NULL)
        {
          from = g_ascii_strtoull (strstr (message, "\"from\":") + 7, NULL, 10);
          to = g_ascii_strtoull (strstr (message, "\"to\":") + 5, NULL, 10);
          g_assert_cmpuint (from, ==, last + 1);
          lost += to - from + 1;
          last = to;
        }
      else if (at != NULL && strstr (message, "demo.text") != NULL)
        {
          guint64 sequence = g_ascii_strtoull (at + 6, NULL, 10);

          g_assert_cmpuint (sequence, ==, last + 1);
          last = sequence;
          heard++;
        }
    }
  g_assert_cmpuint (heard + lost, ==, total);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_DROPPED], ==, lost);
}

/* 8: a head that two readers could understand in two ways. %u is the port. */
typedef struct
{
  const char *name;
  guint status; /* 0: closed without an answer is as good */
  const char *request;
} Head;

static const Head heads[] = {
  { "two-hosts", 400, "GET / HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\nHost: evil\r\n\r\n" },
  { "two-same-hosts", 400,
    "GET / HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\nHost: 127.0.0.1:%1$u\r\n\r\n" },
  { "two-origins", 400,
    "GET / HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\nOrigin: http://evil\r\n"
    "Origin: http://127.0.0.1:%1$u\r\n\r\n" },
  { "two-lengths", 0,
    "POST / HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n" },
  { "length-and-chunked", 411,
    "POST / HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\nContent-Length: 5\r\n"
    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n"
    "Host: 127.0.0.1:%1$u\r\n\r\n" },
  { "chunked", 411,
    "POST / HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
  { "length-not-a-number", 400,
    "POST / HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\nContent-Length: +5\r\n\r\n12345" },
  { "absolute-other-host", 403,
    "GET http://evil:%1$u/healthz HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\n\r\n" },
  { "no-host", 400, "GET / HTTP/1.1\r\n\r\n" },
  { "other-host", 403, "GET / HTTP/1.1\r\nHost: evil:%1$u\r\n\r\n" },
  { "host-without-port", 403, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" },
  { "other-port", 403, "GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n" },
  { "method", 405, "TRACE / HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\n\r\n" },
  { "options-star", 405, "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:%1$u\r\n\r\n" },
  { "h2-preface", 0, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
  { "garbage", 0, "\x16\x03\x01\x02\x02\x01\r\n\r\n" },
};

static void
test_head (gconstpointer data)
{
  const Head *head = data;
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *port = g_strdup_printf ("%u", bridge->port);
  g_auto (GStrv) parts = g_strsplit (head->request, "%1$u", -1);
  g_autofree char *request = g_strjoinv (port, parts);
  guint status;

  web_client_send (client, request);
  status = web_client_read_answer (client);
  if (head->status != 0)
    g_assert_cmpuint (status, ==, head->status);
  else
    g_assert_cmpuint (status, !=, 200);
  /* Nothing behind it is served. */
  web_client_wait_until (web_client_is_closed (client));
  g_assert_null (strstr (web_client_get_head (client) != NULL ? web_client_get_head (client) : "",
                         "HTTP/1.1 200"));
  assert_alive (bridge);
}

static void
test_head_too_large (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *value = g_strnfill (20000, 'x');
  g_autofree char *headers = g_strdup_printf ("X: %s\r\n", value);

  g_assert_cmpuint (web_client_request (client, "GET", "/", headers, NULL), ==, 431);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_HEAD_TOO_LARGE], ==, 1);
}

/* 9: the guard stands before every path, a WebSocket's too. */
static void
test_every_path (void)
{
  static const char *const paths[] = { "/",
                                       "/ws",
                                       "/healthz",
                                       "/readyz",
                                       "/api/system/status_request",
                                       "/api/auth/session",
                                       "/api/auth/login",
                                       "/nothing",
                                       "//",
                                       "/ws/",
                                       "/assets/x.js" };
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (WebClient) client = web_client_new (bridge->port);
      g_autofree char *request = g_strdup_printf (
          "GET %s HTTP/1.1\r\nHost: evil\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
          paths[i]);

      web_client_send (client, request);
      g_assert_cmpuint (web_client_read_answer (client), ==, 403);
    }
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_BAD_HOST], ==, G_N_ELEMENTS (paths));
}

/* 10: JSON that is too deep never reaches the library that it would crash. */
static void
test_deep_json (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autofree char *open_brackets = g_strnfill (60000, '[');
  g_autofree char *error = NULL;

  web_client_join (client, "observer");
  web_client_say (client, open_brackets);
  error = web_client_hear (client);
  assert_contains (error, "system.error");
  assert_alive (bridge);
}

static void
test_ping_flood (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autoptr (GByteArray) frames = g_byte_array_new ();

  web_client_join (client, "observer");
  for (guint i = 0; i < 20; i++)
    client_frame_append (frames, CLIENT_FIN | 9, "x", 1);
  web_client_send_bytes (client, frames->data, frames->len);
  g_assert_cmpuint (web_client_wait_close (client), ==, 1008);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_WS_PING_FLOOD], ==, 1);
}

/* A frame in the packet of the handshake is not lost. */
static void
test_early_frame (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (WebClient) client = web_client_new (bridge->port);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  static const char message[] = "{\"type\":\"system.ping\",\"id\":\"early\"}";
  g_autofree char *head = g_strdup_printf (
      "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nOrigin: http://127.0.0.1:%u\r\n"
      "Authorization: Bearer observer\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      bridge->port, bridge->port);

  g_byte_array_append (bytes, (const guint8 *)head, strlen (head));
  client_frame_append (bytes, CLIENT_FIN | 1, message, strlen (message));
  client_frame_append (bytes, CLIENT_FIN | 8, "\x03\xe8", 2);
  web_client_send_bytes (client, bytes->data, bytes->len);
  g_assert_cmpuint (web_client_read_answer (client), ==, 101);
  web_client_wait_until (web_client_is_closed (client));
  web_client_wait_until (bn_http_server_get_connections (bridge->server) == 0);
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_WEBSOCKETS], ==, 1);
}

static void
test_connections_per_address (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify)web_client_free);
  g_autoptr (WebClient) refused = NULL;

  for (guint i = 0; i < 32; i++)
    g_ptr_array_add (clients, web_client_new (bridge->port));
  web_client_wait_until (bn_http_server_get_connections (bridge->server) == 32);
  refused = web_client_new (bridge->port);
  web_client_wait_until (web_client_is_closed (refused));
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_REFUSED_ADDRESS], ==, 1);
  g_ptr_array_set_size (clients, 16);
  web_client_wait_until (bn_http_server_get_connections (bridge->server) == 16);
  assert_alive (bridge);
}

static void
test_unauthenticated (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func ((GDestroyNotify)web_client_free);
  g_autofree char *origin = g_strdup_printf ("Origin: http://127.0.0.1:%u\r\n", bridge->port);
  g_autoptr (WebClient) paired = web_client_new (bridge->port);

  for (guint i = 0; i < 17; i++)
    {
      WebClient *client = web_client_new (bridge->port);

      g_ptr_array_add (clients, client);
      g_assert_cmpuint (web_client_upgrade (client, origin), ==, i < 16 ? 101 : 503);
    }
  g_assert_cmpuint (bridge->counters.values[BN_COUNT_REFUSED_UNAUTHENTICATED], ==, 1);
  /* Who has a token still comes in. */
  web_client_join (paired, "observer");
}

/* Whatever a connection became, its descriptor and its place come back. */
static void
test_descriptors_are_given_back (void)
{
  g_autoptr (Bridge) bridge = bridge_new (NULL, NULL);
  guint before;

  assert_alive (bridge);
  web_client_wait_until (bn_http_server_get_connections (bridge->server) == 0);
  before = open_descriptors ();
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (WebClient) client = web_client_new (bridge->port);

      if (i % 2 == 0)
        web_client_join (client, "observer");
      else
        g_assert_cmpuint (web_client_request (client, "GET", "/healthz", NULL, NULL), ==, 200);
    }
  web_client_wait_until (bn_http_server_get_connections (bridge->server) == 0);
  g_assert_cmpuint (open_descriptors (), ==, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/guard/range", test_range);
  g_test_add_func ("/guard/fragments", test_fragments);
  g_test_add_func ("/guard/deflate", test_deflate);
  g_test_add_func ("/guard/descriptors", test_descriptors);
  g_test_add_func ("/guard/herd", test_herd);
  g_test_add_data_func ("/guard/late/silent", "", test_late);
  g_test_add_data_func ("/guard/late/head", "\r\nX: y\r\n", test_late);
  g_test_add_data_func ("/guard/late/body", "\r\nContent-Length: 5\r\n\r\n12", test_late);
  g_test_add_func ("/guard/large-body", test_large_body);
  g_test_add_func ("/guard/slow-reader", test_slow_reader);
  g_test_add_func ("/guard/gap", test_gap);
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autofree char *path = g_strconcat ("/guard/head/", heads[i].name, NULL);

      g_test_add_data_func (path, &heads[i], test_head);
    }
  g_test_add_func ("/guard/head-too-large", test_head_too_large);
  g_test_add_func ("/guard/every-path", test_every_path);
  g_test_add_func ("/guard/deep-json", test_deep_json);
  g_test_add_func ("/guard/ping-flood", test_ping_flood);
  g_test_add_func ("/guard/early-frame", test_early_frame);
  g_test_add_func ("/guard/connections-per-address", test_connections_per_address);
  g_test_add_func ("/guard/unauthenticated", test_unauthenticated);
  g_test_add_func ("/guard/descriptors-are-given-back", test_descriptors_are_given_back);
  return g_test_run ();
}
