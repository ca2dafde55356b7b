/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A browser for tests, at the level of bytes: it can also be one that does everything wrong. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WebClient WebClient;

/* How long a test waits for what must come. */
#define WEB_CLIENT_PATIENCE_MS 10000

WebClient *web_client_new (guint16 port);
void web_client_free (WebClient *self);

/* Sends bytes as they are; runs the main loop meanwhile. */
void web_client_send (WebClient *self, const char *text);
void web_client_send_bytes (WebClient *self, const void *data, gsize length);

/* A request with the usual Host and what is in @headers (lines that end with CRLF); returns the
 * status. The answer is in web_client_get_body() and web_client_get_head(). */
guint web_client_request (WebClient *self, const char *method, const char *path,
                          const char *headers, const char *body);
/* Reads one HTTP answer; 0 if the connection was closed instead. */
guint web_client_read_answer (WebClient *self);
const char *web_client_get_head (WebClient *self);
const char *web_client_get_body (WebClient *self);

/* Opens a WebSocket; returns the status of the answer (101). @headers as above. */
guint web_client_upgrade (WebClient *self, const char *headers);
/* The same with the page's Origin and a Bearer token, and reads the hello. */
void web_client_join (WebClient *self, const char *token);
void web_client_say (WebClient *self, const char *json);
/* The next text message (full); fails the test if none comes. */
char *web_client_hear (WebClient *self);
/* The next message that contains @text; others before it are dropped. */
char *web_client_hear_with (WebClient *self, const char *text);
/* Messages heard and not yet taken. */
guint web_client_get_heard (WebClient *self);
/* Waits for the end; the code of the close frame, 1006 without one. */
guint web_client_wait_close (WebClient *self);
gboolean web_client_is_closed (WebClient *self);
/* What the kernel takes while nobody reads. */
void web_client_limit_receive_buffer (WebClient *self, int bytes);
/* Reads no more, or again. */
void web_client_set_reading (WebClient *self, gboolean reading);

/* Runs the main loop until @condition or fails the test. */
#define web_client_wait_until(condition)                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 until_ = g_get_monotonic_time () + WEB_CLIENT_PATIENCE_MS * 1000;                       \
    guint wake_ = g_timeout_add (10, web_client_wake, NULL);                                       \
    while (!(condition) && g_get_monotonic_time () < until_)                                       \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (wake_);                                                                       \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

gboolean web_client_wake (gpointer unused);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WebClient, web_client_free)

G_END_DECLS
