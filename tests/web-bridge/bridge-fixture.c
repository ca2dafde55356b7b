/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A bridge and a hub for tests. */
#include "bridge-fixture.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "web-bridge/hub-backend.h"

void
bridge_start_hub (Bridge *self, const char *epoch)
{
  self->hub = test_hub_new (self->socket, epoch);
  web_client_wait_until (bn_backend_get_epoch (self->backend) != NULL);
}

void
bridge_lose_hub (Bridge *self)
{
  g_clear_pointer (&self->hub, test_hub_free);
  web_client_wait_until (bn_backend_get_epoch (self->backend) == NULL);
}

Bridge *
bridge_new (const BnLimits *limits, const char *page)
{
  Bridge *self = g_new0 (Bridge, 1);
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("bridge-XXXXXX", &error);
  g_assert_no_error (error);
  self->socket = g_build_filename (self->folder, "hub", NULL);
  self->limits = limits != NULL ? *limits : bn_default_limits;
  self->hub_client = bn_hub_client_new (self->socket);
  self->backend = BN_BACKEND (bn_hub_backend_new (self->hub_client));
  self->server =
      bn_http_server_new (self->backend, &self->limits, &self->counters, page, "test", &error);
  g_assert_no_error (error);
  g_assert_true (bn_http_server_listen (self->server, 0, &error));
  self->port = bn_http_server_get_port (self->server);
  self->room = bn_http_server_get_room (self->server);
  bn_hub_client_start (self->hub_client);
  bridge_start_hub (self, "epoch-1");
  return self;
}

void
bridge_free (Bridge *self)
{
  bn_http_server_stop (self->server, 1001, "The test is over");
  g_object_run_dispose (G_OBJECT (self->server));
  g_object_unref (self->server);
  bn_hub_client_stop (self->hub_client);
  g_object_unref (self->backend);
  g_object_unref (self->hub_client);
  g_clear_pointer (&self->hub, test_hub_free);
  g_unlink (self->socket);
  g_rmdir (self->folder);
  /* Whoever still waits for an answer hears that there is none, and counts it. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_free (self->socket);
  g_free (self->folder);
  g_free (self);
}

guint64
resident_kib (void)
{
  g_autofree char *status = NULL;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  return g_ascii_strtoull (strstr (status, "VmRSS:") + strlen ("VmRSS:"), NULL, 10);
}

void
assert_grew_less (guint64 before, guint64 kib)
{
  guint64 now = resident_kib ();

#ifdef __SANITIZE_ADDRESS__
  kib += 320 * 1024;
#endif
  if (now > before)
    g_assert_cmpuint (now - before, <, kib);
}

guint
open_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}
