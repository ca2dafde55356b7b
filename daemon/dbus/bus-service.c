/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub on a bus.
 *
 * The hub does not live by its bus: modules and the web are on links. When the bus goes, the hub
 * stays and tries to come back, after 250 ms, then twice as long up to 1.5 s: it is to have its
 * name 2 s after the bus is back.
 *
 * The name is asked for here and not by g_bus_own_name(), which waits for the bus when it gives the
 * name back, and complains when it never had it. */
#include "dbus/bus-service.h"

#include "dbus/access1.h"
#include "dbus/event-bus1.h"
#include "dbus/job1.h"
#include "dbus/module-route.h"
#include "dbus/module1.h"
#include "dbus/modules1.h"
#include "dbus/worker1.h"
#include "dbus/workers1.h"
#include "introspection/names.h"

#define RETRY_MIN_MS 250
#define RETRY_MAX_MS 1500

/* Of RequestName; GIO has no names for them. */
#define NAME_FLAG_DO_NOT_QUEUE 4u
#define NAME_REPLY_PRIMARY_OWNER 1u

struct _BnBusService
{
  GObject parent_instance;

  BnHub *hub; /* (owned) */
  GBusType bus_type;
  BnGate *gate;                      /* (owned) */
  GDBusConnection *connection;       /* (owned) (nullable) */
  GDBusObjectManagerServer *manager; /* (owned) (nullable) */
  GPtrArray *root;                   /* (owned): the skeletons of the hub's object */
  GCancellable *cancellable;         /* (owned) */
  guint retry_id;
  guint retry_ms;
  gboolean had_name;
};

enum
{
  SIGNAL_NAME_ACQUIRED,
  SIGNAL_NAME_TAKEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BnBusService, bn_bus_service, G_TYPE_OBJECT)

static void
add_interface (GDBusObjectSkeleton *object, gpointer skeleton)
{
  g_dbus_object_skeleton_add_interface (object, skeleton);
  g_object_unref (skeleton);
}

/* The object manager exports what is below its path; the interfaces beside it are exported here. */
static void
add_root (BnBusService *self, gpointer skeleton)
{
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (self->root, skeleton);
  if (!g_dbus_interface_skeleton_export (skeleton, self->connection, BN_HUB_PATH, &error))
    g_critical ("The hub's object cannot be exported: %s", error->message);
}

static void
export_root (BnBusService *self)
{
  add_root (self, bn_event_bus1_service_new (self->hub, self->gate, self->connection));
  add_root (self,
            bn_modules1_service_new (bn_hub_get_modules (self->hub), self->gate, self->connection));
  add_root (self, bn_workers1_service_new (bn_hub_get_workers (self->hub), self->gate));
  add_root (self, bn_access1_service_new (bn_hub_get_access (self->hub),
                                          bn_hub_get_requests (self->hub), self->gate));
}

/* The skeletons may be kept alive by calls that run: they stop publishing now. */
static void
unexport_root (BnBusService *self)
{
  for (guint i = 0; i < self->root->len; i++)
    {
      g_dbus_interface_skeleton_unexport (g_ptr_array_index (self->root, i));
      g_object_run_dispose (g_ptr_array_index (self->root, i));
    }
  g_ptr_array_set_size (self->root, 0);
}

/* Modules */

static char *
make_module_path (BnHostedModule *module)
{
  return g_strconcat (BN_MODULES_PATH "/", bn_hosted_module_get_name (module), NULL);
}

static void
add_route (BnBusService *self, GDBusObjectSkeleton *object, BnHostedModule *module)
{
  if (bn_manifest_get_interface (bn_hosted_module_get_manifest (module)) != NULL)
    add_interface (object, bn_module_route_new (module, self->gate));
}

/* A reload may have brought another interface. */
static void
manifest_changed_cb (BnHostedModule *module, gpointer user_data)
{
  BnBusService *self = user_data;
  g_autofree char *path = make_module_path (module);
  g_autoptr (GDBusObject) object =
      g_dbus_object_manager_get_object (G_DBUS_OBJECT_MANAGER (self->manager), path);
  g_autolist (GDBusInterface) interfaces = NULL;

  if (object == NULL)
    return;
  interfaces = g_dbus_object_get_interfaces (object);
  for (GList *at = interfaces; at != NULL; at = at->next)
    {
      if (!BN_IS_MODULE_ROUTE (at->data))
        continue;
      if (bn_module_route_is_current (at->data))
        return;
      g_dbus_object_skeleton_remove_interface (G_DBUS_OBJECT_SKELETON (object), at->data);
    }
  add_route (self, G_DBUS_OBJECT_SKELETON (object), module);
}

static void
module_added_cb (BnModules *modules, BnHostedModule *module, gpointer user_data)
{
  BnBusService *self = user_data;
  g_autofree char *path = make_module_path (module);
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  add_interface (object, bn_module1_service_new (module, bn_hub_get_facts (self->hub), self->gate));
  add_route (self, object, module);
  g_dbus_object_manager_server_export (self->manager, object);
  g_signal_connect (module, "manifest-changed", G_CALLBACK (manifest_changed_cb), self);
}

static void
module_removed_cb (BnModules *modules, BnHostedModule *module, gpointer user_data)
{
  BnBusService *self = user_data;
  g_autofree char *path = make_module_path (module);

  g_signal_handlers_disconnect_by_data (module, self);
  g_dbus_object_manager_server_unexport (self->manager, path);
}

/* Workers */

static char *
make_worker_path (BnWorker *worker)
{
  return g_strconcat (BN_WORKERS_PATH "/", bn_worker_get_module (worker), "/",
                      bn_worker_get_local (worker), NULL);
}

static void
worker_added_cb (BnWorkers *workers, BnWorker *worker, gpointer user_data)
{
  BnBusService *self = user_data;
  g_autofree char *path = make_worker_path (worker);
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  add_interface (object, bn_worker1_service_new (worker, self->gate));
  g_dbus_object_manager_server_export (self->manager, object);
}

static void
worker_removed_cb (BnWorkers *workers, BnWorker *worker, gpointer user_data)
{
  BnBusService *self = user_data;
  g_autofree char *path = make_worker_path (worker);

  g_dbus_object_manager_server_unexport (self->manager, path);
}

/* Jobs */

static void
job_added_cb (BnJobs *jobs, BnJob *job, gpointer user_data)
{
  BnBusService *self = user_data;
  g_autofree char *path = bn_job_make_path (job);
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  add_interface (object, bn_job1_service_new (jobs, job, self->gate));
  g_dbus_object_manager_server_export (self->manager, object);
}

static void
job_removed_cb (BnJobs *jobs, BnJob *job, gpointer user_data)
{
  BnBusService *self = user_data;
  g_autofree char *path = bn_job_make_path (job);

  g_dbus_object_manager_server_unexport (self->manager, path);
}

static void
export_jobs (BnBusService *self)
{
  BnJobs *jobs = bn_hub_get_jobs (self->hub);
  g_autoptr (GPtrArray) all = bn_jobs_list (jobs);

  for (guint i = 0; i < all->len; i++)
    job_added_cb (jobs, g_ptr_array_index (all, i), self);
  g_signal_connect (jobs, "added", G_CALLBACK (job_added_cb), self);
  g_signal_connect (jobs, "removed", G_CALLBACK (job_removed_cb), self);
}

static void
export_all (BnBusService *self)
{
  BnModules *modules = bn_hub_get_modules (self->hub);
  BnWorkers *workers = bn_hub_get_workers (self->hub);
  g_autoptr (GPtrArray) all_modules = bn_modules_list (modules);
  g_autoptr (GPtrArray) all_workers = bn_workers_list (workers);

  self->manager = g_dbus_object_manager_server_new (BN_HUB_PATH);
  for (guint i = 0; i < all_modules->len; i++)
    module_added_cb (modules, g_ptr_array_index (all_modules, i), self);
  for (guint i = 0; i < all_workers->len; i++)
    worker_added_cb (workers, g_ptr_array_index (all_workers, i), self);
  g_signal_connect (modules, "added", G_CALLBACK (module_added_cb), self);
  g_signal_connect (modules, "removed", G_CALLBACK (module_removed_cb), self);
  g_signal_connect (workers, "added", G_CALLBACK (worker_added_cb), self);
  g_signal_connect (workers, "removed", G_CALLBACK (worker_removed_cb), self);
  export_jobs (self);
  g_dbus_object_manager_server_set_connection (self->manager, self->connection);
  export_root (self);
}

static void
unexport_all (BnBusService *self)
{
  g_autoptr (GPtrArray) modules = bn_modules_list (bn_hub_get_modules (self->hub));

  g_signal_handlers_disconnect_by_data (bn_hub_get_modules (self->hub), self);
  g_signal_handlers_disconnect_by_data (bn_hub_get_workers (self->hub), self);
  g_signal_handlers_disconnect_by_data (bn_hub_get_jobs (self->hub), self);
  for (guint i = 0; i < modules->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (modules, i), self);
  unexport_root (self);
  if (self->manager != NULL)
    g_dbus_object_manager_server_set_connection (self->manager, NULL);
  g_clear_object (&self->manager);
}

/* The connection */

static void connect_to_bus (BnBusService *self);

static gboolean
retry_cb (gpointer user_data)
{
  BnBusService *self = user_data;

  self->retry_id = 0;
  connect_to_bus (self);
  return G_SOURCE_REMOVE;
}

static void
retry_later (BnBusService *self)
{
  if (self->retry_id == 0)
    self->retry_id = g_timeout_add (self->retry_ms, retry_cb, self);
  self->retry_ms = MIN (self->retry_ms * 2, RETRY_MAX_MS);
}

static void
call_bus (BnBusService *self, const char *method, GVariant *arguments, GAsyncReadyCallback callback,
          gpointer user_data)
{
  g_dbus_connection_call (self->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                          "org.freedesktop.DBus", method, arguments, G_VARIANT_TYPE ("(u)"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, callback, user_data);
}

/* What was sent before is with the bus now. */
static void
released_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) reply =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, NULL);

  g_dbus_connection_close (G_DBUS_CONNECTION (object), NULL, NULL, NULL);
}

static void
leave_bus (BnBusService *self)
{
  unexport_all (self);
  bn_gate_set_connection (self->gate, NULL);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  if (self->connection != NULL && !g_dbus_connection_is_closed (self->connection))
    call_bus (self, "ReleaseName", g_variant_new ("(s)", BN_BUS_NAME), released_cb, NULL);
  g_clear_object (&self->connection);
}

static void
closed_cb (GDBusConnection *connection, gboolean remote, GError *error, gpointer user_data)
{
  BnBusService *self = user_data;

  bn_event_bus_get_counters (bn_hub_get_event_bus (self->hub))->bus_losses++;
  g_message ("The bus is gone%s%s; modules and web go on", error != NULL ? ": " : "",
             error != NULL ? error->message : "");
  leave_bus (self);
  retry_later (self);
}

static void
name_requested_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnBusService) self = user_data;
  GDBusConnection *connection = G_DBUS_CONNECTION (object);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (connection, result, &error);
  guint32 code = 0;

  if (connection != self->connection || g_dbus_connection_is_closed (connection))
    return; /* closed_cb goes on */
  if (reply == NULL)
    {
      g_message ("The bus does not give us the name %s, trying on: %s", BN_BUS_NAME,
                 error->message);
      leave_bus (self);
      retry_later (self);
      return;
    }
  g_variant_get (reply, "(u)", &code);
  if (code != NAME_REPLY_PRIMARY_OWNER)
    {
      g_signal_emit (self, signals[SIGNAL_NAME_TAKEN], 0);
      return;
    }
  self->had_name = TRUE;
  self->retry_ms = RETRY_MIN_MS;
  g_signal_emit (self, signals[SIGNAL_NAME_ACQUIRED], 0);
}

static void
connected_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BnBusService) self = user_data;
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (connection == NULL)
    {
      if (!self->had_name && self->retry_ms == RETRY_MIN_MS)
        g_message ("The bus cannot be reached, trying on: %s", error->message);
      retry_later (self);
      return;
    }
  self->connection = connection;
  g_dbus_connection_set_exit_on_close (connection, FALSE);
  g_signal_connect (connection, "closed", G_CALLBACK (closed_cb), self);
  bn_gate_set_connection (self->gate, connection);
  export_all (self);
  call_bus (self, "RequestName", g_variant_new ("(su)", BN_BUS_NAME, NAME_FLAG_DO_NOT_QUEUE),
            name_requested_cb, g_object_ref (self));
}

static void
connect_to_bus (BnBusService *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *address =
      g_dbus_address_get_for_bus_sync (self->bus_type, self->cancellable, &error);

  if (address == NULL)
    {
      g_message ("There is no address of the bus, trying on: %s", error->message);
      retry_later (self);
      return;
    }
  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
                                         | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, self->cancellable, connected_cb, g_object_ref (self));
}

void
bn_bus_service_start (BnBusService *self)
{
  connect_to_bus (self);
}

void
bn_bus_service_stop (BnBusService *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  leave_bus (self);
}

static void
bn_bus_service_dispose (GObject *object)
{
  BnBusService *self = BN_BUS_SERVICE (object);

  if (self->hub != NULL)
    bn_bus_service_stop (self);
  g_clear_object (&self->gate);
  g_clear_object (&self->hub);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (bn_bus_service_parent_class)->dispose (object);
}

static void
bn_bus_service_finalize (GObject *object)
{
  g_ptr_array_unref (BN_BUS_SERVICE (object)->root);
  G_OBJECT_CLASS (bn_bus_service_parent_class)->finalize (object);
}

static void
bn_bus_service_class_init (BnBusServiceClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bn_bus_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = bn_bus_service_finalize;

  signals[SIGNAL_NAME_ACQUIRED] =
      g_signal_new ("name-acquired", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_NAME_TAKEN] =
      g_signal_new ("name-taken", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bn_bus_service_init (BnBusService *self)
{
  self->retry_ms = RETRY_MIN_MS;
  self->cancellable = g_cancellable_new ();
  self->root = g_ptr_array_new_with_free_func (g_object_unref);
}

BnBusService *
bn_bus_service_new (BnHub *hub, GBusType bus_type)
{
  BnBusService *self = g_object_new (BN_TYPE_BUS_SERVICE, NULL);
  g_autoptr (BnAuthority) authority = bn_authority_new (bus_type == G_BUS_TYPE_SYSTEM);

  self->hub = g_object_ref (hub);
  self->bus_type = bus_type;
  self->gate = bn_gate_new (authority);
  return self;
}
