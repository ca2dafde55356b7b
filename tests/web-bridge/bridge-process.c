/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A real bridge beside a real hub. */
#include "bridge-process.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "introspection/names.h"
#include "web-client.h"

/* A port that was free a moment ago: the bridge's own 0 means its default. */
static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  return port;
}

static void
die_with_test (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static gboolean
is_ready (BridgeProcess *self)
{
  g_autoptr (WebClient) client = web_client_new (self->port);

  return web_client_request (client, "GET", "/readyz", NULL, NULL) == 200;
}

void
bridge_process_start (BridgeProcess *self, HubFixture *hub)
{
  g_autofree char *folder = g_build_filename (hub->runtime_folder, BN_RUNTIME_FOLDER, NULL);
  g_autofree char *socket = g_build_filename (folder, BN_RUNTIME_SOCKET, NULL);
  g_autofree char *token_file = g_build_filename (folder, "token", NULL);
  g_autofree char *socket_option = g_strconcat ("--socket=", socket, NULL);
  g_autofree char *port_option = NULL;
  const char *argv[] = { WEB_BRIDGE, "--session", socket_option, NULL, NULL };
  g_autoptr (GIOChannel) output = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;
  int fd;

  self->port = find_port ();
  port_option = g_strdup_printf ("--port=%u", self->port);
  argv[3] = port_option;
  g_spawn_async_with_pipes (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, die_with_test,
                            NULL, &self->pid, NULL, &fd, NULL, &error);
  g_assert_no_error (error);
  /* It prints its address when it listens. */
  output = g_io_channel_unix_new (fd);
  g_io_channel_set_close_on_unref (output, TRUE);
  g_assert_cmpint (g_io_channel_read_line (output, &line, NULL, NULL, &error), ==,
                   G_IO_STATUS_NORMAL);
  g_assert_true (g_str_has_prefix (line, "http://127.0.0.1:"));
  web_client_wait_until (is_ready (self));
  g_assert_true (g_file_get_contents (token_file, &self->token, NULL, &error));
  g_strstrip (self->token);
}

void
bridge_process_stop (BridgeProcess *self)
{
  int status;

  kill (self->pid, SIGTERM);
  g_assert_cmpint (waitpid (self->pid, &status, 0), ==, self->pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  g_spawn_close_pid (self->pid);
  g_clear_pointer (&self->token, g_free);
}
