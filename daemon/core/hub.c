/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub: all parts of the core, put together. */
#include "core/hub.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "core/access-requests.h"
#include "core/connection-requests.h"
#include "core/hub-resources.h"
#include "core/hub-workers.h"
#include "core/job-requests.h"
#include "core/module-host.h"
#include "core/web-peer.h"
#include "introspection/error.h"
#include "introspection/names.h"
#include "link/link-server.h"

#define HUB_MANIFEST "/org/binnacle/Hub1/hub.module"
#define WEB_PEERS_MAX 16

struct _BnHub
{
  GObject parent_instance;

  BnEventBus *bus;      /* (owned) */
  BnWorkers *workers;   /* (owned) */
  BnModules *modules;   /* (owned) */
  BnRequests *requests; /* (owned) */
  BnJobs *jobs;         /* (owned) */
  BnModuleHost *host;   /* (owned) */
  BnAccess *access;     /* (owned) */
  BnExposure *exposure; /* (owned) */
  BnAccessFacts access_facts;
  BnHubWorkers *own_workers; /* (owned) */
  BnUserSystemd *systemd;    /* (owned) (nullable): of a session */
  BnManifest *manifest;      /* (owned) */
  BnLinkServer *server;      /* (owned) (nullable) */
  GPtrArray *web_peers;      /* (owned): BnWebPeer */
  BnHubFacts facts;
  char *version;        /* (owned) */
  char *runtime_folder; /* (owned) */
  char *lock_path;      /* (owned) */
  int lock_fd;
};

G_DEFINE_FINAL_TYPE (BnHub, bn_hub, G_TYPE_OBJECT)

/* A lock of the process, which ends with it: one that belongs to the open file, as flock(2) does,
 * is held on by a module that was forked and not yet executed when the hub was killed. */
static gboolean
take_lock (BnHub *self, GError **error)
{
  struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
  int fd = open (self->lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0 || fcntl (fd, F_SETLK, &whole) != 0)
    {
      int saved_errno = errno;

      if (fd >= 0)
        close (fd);
      if (saved_errno == EAGAIN || saved_errno == EACCES)
        g_set_error (error, BN_ERROR, BN_ERROR_CONFLICT,
                     "A hub runs already: it holds %s. End it first", self->lock_path);
      else
        g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL, "%s cannot be locked: %s", self->lock_path,
                     g_strerror (saved_errno));
      return FALSE;
    }
  self->lock_fd = fd;
  return TRUE;
}

static void
web_peer_closed_cb (BnWebPeer *peer, gpointer user_data)
{
  BnHub *self = user_data;

  g_ptr_array_remove (self->web_peers, peer);
}

/* The event bus and its peers hold one another until the peers are taken out. */
static void
drop_web_peers (BnHub *self)
{
  for (guint i = 0; i < self->web_peers->len; i++)
    {
      BnPeer *peer = g_ptr_array_index (self->web_peers, i);

      g_signal_handlers_disconnect_by_data (peer, self);
      bn_event_bus_remove_peer (self->bus, peer);
      bn_access_end_peer (self->access, peer);
    }
  g_ptr_array_set_size (self->web_peers, 0);
}

static void
link_cb (BnLinkServer *server, BnLink *link, gpointer user_data)
{
  BnHub *self = user_data;
  BnWebPeer *peer = bn_web_peer_new (g_object_ref (link), self->bus, self->requests, self->access,
                                     self->exposure);

  g_signal_connect (peer, "closed", G_CALLBACK (web_peer_closed_cb), self);
  g_ptr_array_add (self->web_peers, peer);
}

static BnManifest *
load_own_manifest (GError **error)
{
  g_autoptr (GBytes) text = g_resource_lookup_data (bn_hub_get_resource (), HUB_MANIFEST,
                                                    G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  if (text == NULL)
    return NULL;
  return bn_manifest_new_from_data (g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                                    "hub.module", NULL, BN_MANIFEST_HUB, error);
}

gboolean
bn_hub_start (BnHub *self, GError **error)
{
  g_autofree char *socket = g_build_filename (self->runtime_folder, BN_RUNTIME_SOCKET, NULL);

  self->server =
      bn_link_server_new (socket, getuid (), WEB_PEERS_MAX, &bn_link_default_limits, error);
  if (self->server == NULL)
    return FALSE;
  g_signal_connect (self->server, "link", G_CALLBACK (link_cb), self);
  bn_modules_start (self->modules);
  return TRUE;
}

static void
modules_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  bn_modules_stop_finish (BN_MODULES (object), result, NULL);
  g_task_return_boolean (task, TRUE);
}

void
bn_hub_stop_async (BnHub *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, bn_hub_stop_async);
  if (self->server != NULL)
    bn_link_server_stop (self->server);
  drop_web_peers (self);
  bn_modules_stop_async (self->modules, modules_stopped_cb, task);
}

gboolean
bn_hub_stop_finish (BnHub *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

BnEventBus *
bn_hub_get_event_bus (BnHub *self)
{
  return self->bus;
}

BnModules *
bn_hub_get_modules (BnHub *self)
{
  return self->modules;
}

BnWorkers *
bn_hub_get_workers (BnHub *self)
{
  return self->workers;
}

BnRequests *
bn_hub_get_requests (BnHub *self)
{
  return self->requests;
}

BnJobs *
bn_hub_get_jobs (BnHub *self)
{
  return self->jobs;
}

BnAccess *
bn_hub_get_access (BnHub *self)
{
  return self->access;
}

const BnHubFacts *
bn_hub_get_facts (BnHub *self)
{
  return &self->facts;
}

static void
bn_hub_dispose (GObject *object)
{
  BnHub *self = BN_HUB (object);

  if (self->server != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->server, self);
      bn_link_server_stop (self->server);
    }
  g_clear_object (&self->server);
  drop_web_peers (self);
  g_clear_object (&self->host);
  g_clear_object (&self->own_workers);
  g_clear_object (&self->requests);
  g_clear_object (&self->modules);
  g_clear_object (&self->jobs);
  g_clear_object (&self->workers);
  if (self->access != NULL)
    bn_access_close (self->access); /* a peer may hold it still */
  if (self->access != NULL)
    g_signal_handlers_disconnect_by_data (self->access, self);
  if (self->exposure != NULL)
    g_signal_handlers_disconnect_by_data (self->exposure, self);
  g_clear_object (&self->access);
  g_clear_object (&self->exposure);
  g_clear_object (&self->systemd);
  if (self->bus != NULL)
    bn_event_bus_remove_statistics (self->bus, self);
  g_clear_object (&self->bus);
  if (self->lock_fd >= 0)
    {
      g_unlink (self->lock_path);
      close (g_steal_fd (&self->lock_fd));
      if (g_rmdir (self->runtime_folder) != 0)
        g_message ("%s was not removed: %s", self->runtime_folder, g_strerror (errno));
    }
  G_OBJECT_CLASS (bn_hub_parent_class)->dispose (object);
}

static void
bn_hub_finalize (GObject *object)
{
  BnHub *self = BN_HUB (object);

  g_ptr_array_unref (self->web_peers);
  g_clear_pointer (&self->manifest, bn_manifest_unref);
  g_free (self->version);
  g_free (self->runtime_folder);
  g_free (self->lock_path);
  G_OBJECT_CLASS (bn_hub_parent_class)->finalize (object);
}

static void
bn_hub_class_init (BnHubClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_hub_dispose;
  object_class->finalize = bn_hub_finalize;
}

static void
bn_hub_init (BnHub *self)
{
  self->lock_fd = -1;
  self->web_peers = g_ptr_array_new_with_free_func (g_object_unref);
}

static gboolean
make_folder (const char *path, GError **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  g_set_error (error, BN_ERROR, BN_ERROR_INTERNAL, "The folder %s cannot be made: %s", path,
               g_strerror (errno));
  return FALSE;
}

static void
publish_private (BnHub *self, const char *type, GVariant *payload)
{
  g_autoptr (BnEvent) event =
      bn_event_new (type, BN_EVENT_CLASS_EVENT, BN_ACCESS_ADMIN, payload, "hub", NULL);

  bn_event_bus_publish (self->bus, event);
}

static void
access_event_cb (BnAccess *access, const char *type, GVariant *payload, gpointer user_data)
{
  publish_private (user_data, type, payload);
}

static void
exposure_changed_cb (BnExposure *exposure, gpointer user_data)
{
  publish_private (user_data, "access.exposure_changed", bn_exposure_describe (exposure));
}

/* What is counted beside the event bus. */
static void
add_statistics (GVariantBuilder *statistics, gpointer user_data)
{
  BnHub *self = user_data;

  if (self->server != NULL)
    bn_statistics_add (statistics, "connections_refused",
                       bn_link_server_get_refused (self->server));
  bn_statistics_add (statistics, "bridges", self->web_peers->len);
  bn_statistics_add (statistics, "sessions", bn_access_get_sessions (self->access));
  bn_statistics_add (statistics, "logins_refused", bn_access_get_refused (self->access));
  bn_statistics_add (statistics, "step_ups_limited", bn_access_get_step_ups_limited (self->access));
  bn_jobs_add_statistics (self->jobs, statistics);
}

static gboolean
make_parts (BnHub *self, const BnHubOptions *options, GError **error)
{
  g_autofree char *devices = g_build_filename (options->state_folder, "devices.conf", NULL);
  g_autofree char *exposure = g_build_filename (options->state_folder, "exposure.conf", NULL);
  g_autofree char *token = g_build_filename (options->runtime_folder, BN_RUNTIME_TOKEN, NULL);
  BnModulesOptions modules = {
    .system = options->system,
    .module_path = options->module_path,
    .approval_path = options->approval_path,
    .program_path = options->program_path,
    .library_path = options->library_path,
    .state_folder = options->state_folder,
    .sysroot = options->sysroot,
  };

  self->manifest = load_own_manifest (error);
  if (self->manifest == NULL)
    return FALSE;
  self->bus = bn_event_bus_new (&bn_replay_default_limits);
  self->workers = bn_workers_new (self->bus);
  modules.systemd = self->systemd = options->system ? NULL : bn_user_systemd_new ();
  self->modules = bn_modules_new (self->bus, self->workers, &modules, error);
  if (self->modules == NULL)
    return FALSE;
  self->access = bn_access_new (devices, token, &bn_access_default_times, error);
  if (self->access == NULL)
    return FALSE;
  self->exposure = bn_exposure_new (exposure, BN_EXPOSURE_TRIAL_SECONDS);
  g_signal_connect (self->access, "event", G_CALLBACK (access_event_cb), self);
  g_signal_connect (self->exposure, "changed", G_CALLBACK (exposure_changed_cb), self);
  self->requests = bn_requests_new (self->bus, self->modules);
  self->jobs = bn_jobs_new (self->bus, &bn_job_default_limits);
  self->host = bn_module_host_new (self->bus, self->modules, self->workers, self->requests,
                                   self->jobs, self->systemd);
  self->own_workers =
      bn_hub_workers_new (self->bus, self->workers, self->manifest,
                          bn_hub_metrics_new (self->bus, self->modules, self->workers,
                                              self->manifest, self->web_peers));
  bn_event_bus_add_statistics (self->bus, add_statistics, self);
  self->facts = (BnHubFacts){ self->bus,
                              self->modules,
                              self->workers,
                              self->jobs,
                              self->requests,
                              self->manifest,
                              self->version,
                              options->system ? "system" : "session",
                              g_get_monotonic_time () };
  bn_hub_requests_add (self->requests, &self->facts);
  bn_job_requests_add (self->requests, self->jobs);
  bn_connection_requests_add (self->requests, self->web_peers);
  self->access_facts = (BnAccessFacts){ self->access, self->exposure };
  bn_access_requests_add (self->requests, &self->access_facts);
  return TRUE;
}

BnHub *
bn_hub_new (const BnHubOptions *options, GError **error)
{
  g_autoptr (BnHub) self = g_object_new (BN_TYPE_HUB, NULL);
  /* Where the bridge of a session keeps its certificate: that is all it sees of the home. */
  g_autofree char *web = g_build_filename (options->state_folder, "web", NULL);

  bn_error_quark (); /* from now on errors of modules are read as ours */
  self->version = g_strdup (options->version);
  self->runtime_folder = g_strdup (options->runtime_folder);
  self->lock_path = g_build_filename (options->runtime_folder, BN_RUNTIME_LOCK, NULL);
  if (!make_folder (options->runtime_folder, error) || !make_folder (options->state_folder, error)
      || !take_lock (self, error) || (!options->system && !make_folder (web, error))
      || !make_parts (self, options, error))
    return NULL;
  return g_steal_pointer (&self);
}
