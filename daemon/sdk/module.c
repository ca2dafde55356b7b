/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The base class of a module: its life from Hello to Stop. */
#include "sdk/module-private.h"

#include <errno.h>
#include <stdlib.h>

#include "introspection/names.h"
#include "sdk/call-private.h"
#include "sdk/hub-connection.h"
#include "sdk/peer.h"

#define EXIT_NOT_STARTED_BY_HUB 2

/**
 * BnModule:
 *
 * A module: a process that the hub starts and watches.
 *
 * Derive a class, override what is needed, and let `main` return the value of
 * [method@Binnacle.Module.run]. The module's methods are served in one of two ways:
 *
 * - [method@Binnacle.Module.export_skeleton] with a skeleton that `gdbus-codegen` made; or
 * - [vfunc@Binnacle.Module.call] for every method of the interface that the manifest names.
 *
 * It tells with [method@Binnacle.Module.emit] and measures in workers, see
 * [method@Binnacle.Module.add_worker].
 *
 * Everything happens in the thread that runs [method@Binnacle.Module.run], in the main context that
 * was the thread's default when the module was made; no function of this library may be called from
 * another thread. What blocks is given to a thread of its own, with a [class@Gio.Task]: a module
 * that does not answer the hub for 2 s counts as hanging, and is replaced.
 */
typedef struct
{
  GDBusConnection *connection; /* owned; NULL outside bn_module_run() */
  GMainLoop *loop;             /* owned */
  GVariant *welcome;           /* owned; what Hello answered */
  BnPeer *peer;                /* owned */
  BnOutbox *outbox;            /* owned */
  BnWorkers *workers;          /* owned */
  BnRunningCalls *running;     /* owned */
  BnJobSet *jobs;              /* owned */
  GPtrArray *skeletons;        /* GDBusInterfaceSkeleton, owned */
  GArray *registrations;       /* guint, of bn_module_export_xml() */
  char *path;                  /* owned */
  char *name;                  /* owned */
  char *state_folder;          /* owned, nullable */
  char *sysroot;               /* owned, nullable */
  char *state_refusal;         /* owned, nullable */
  gboolean said_ready;
} BnModulePrivate;

G_DEFINE_TYPE_WITH_PRIVATE (BnModule, bn_module, G_TYPE_OBJECT)

#define PRIVATE(self) ((BnModulePrivate *)bn_module_get_instance_private (self))

static void
method_call (GDBusConnection *connection, const char *sender, const char *path,
             const char *interface, const char *member, GVariant *parameters,
             GDBusMethodInvocation *invocation, gpointer user_data)
{
  g_autoptr (BnModule) self = g_object_ref (user_data);
  GCancellable *cancellable = bn_running_calls_add (PRIVATE (self)->running, invocation);
  g_autoptr (BnCall) call = bn_call_new (invocation, cancellable, PRIVATE (self)->jobs, NULL);

  BN_MODULE_GET_CLASS (self)->call (self, call);
}

static const GDBusInterfaceVTable vtable = {
  .method_call = method_call,
};

static void
say_ready (BnModule *self)
{
  BnModulePrivate *priv = PRIVATE (self);
  g_autoptr (GVariant) intervals = NULL;

  if (priv->said_ready)
    return;
  priv->said_ready = TRUE;
  g_dbus_connection_call (priv->connection, NULL, BN_HUB_PATH, BN_IFACE_MODULE_HOST, "Ready", NULL,
                          NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
  intervals = g_variant_lookup_value (priv->welcome, "workers", G_VARIANT_TYPE ("a{su}"));
  if (intervals != NULL && g_variant_n_children (intervals) > 0)
    {
      bn_outbox_open_stream (priv->outbox);
      bn_workers_set_demand (priv->workers, intervals);
    }
  bn_workers_resume (priv->workers);
}

static gboolean
read_welcome (BnModule *self, GError **error)
{
  BnModulePrivate *priv = PRIVATE (self);

  if (!g_variant_lookup (priv->welcome, "name", "s", &priv->name)
      || !g_variant_lookup (priv->welcome, "path", "o", &priv->path))
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_MESSAGE,
                   "the hub's answer to Hello has no name or no path");
      return FALSE;
    }
  g_variant_lookup (priv->welcome, "state", "s", &priv->state_folder);
  if (g_variant_lookup (priv->welcome, "sysroot", "s", &priv->sysroot) && *priv->sysroot == '\0')
    g_clear_pointer (&priv->sysroot, g_free);
  return TRUE;
}

/* Serves the interface that the hub knows by the call function, unless the module has exported
 * something itself. */
static gboolean
export_declared (BnModule *self, GError **error)
{
  BnModulePrivate *priv = PRIVATE (self);
  const char *xml;

  if (priv->skeletons->len > 0 || priv->registrations->len > 0)
    return TRUE;
  if (!g_variant_lookup (priv->welcome, "xml", "&s", &xml))
    return TRUE;
  return bn_module_export_xml (self, xml, error);
}

static void
connection_closed (GDBusConnection *connection, gboolean remote_peer_vanished, GError *error,
                   gpointer user_data)
{
  bn_module_quit (user_data);
}

static gboolean
start (BnModule *self, GError **error)
{
  BnModulePrivate *priv = PRIVATE (self);
  gboolean restore = FALSE;

  g_signal_connect_object (priv->connection, "closed", G_CALLBACK (connection_closed), self, 0);
  priv->peer = bn_peer_new (priv->connection, self, error);
  if (priv->peer == NULL)
    return FALSE;
  priv->welcome = bn_hub_connection_hello (priv->connection, error);
  if (priv->welcome == NULL || !read_welcome (self, error))
    return FALSE;
  priv->outbox = bn_outbox_new (priv->connection);
  priv->workers = bn_workers_new (self, priv->outbox);
  if (!BN_MODULE_GET_CLASS (self)->activate (self, error) || !export_declared (self, error))
    return FALSE;
  g_variant_lookup (priv->welcome, "restore", "b", &restore);
  if (!restore)
    say_ready (self);
  return TRUE;
}

static void
close_connection (BnModule *self)
{
  BnModulePrivate *priv = PRIVATE (self);

  for (guint i = 0; i < priv->skeletons->len; i++)
    g_dbus_interface_skeleton_unexport (priv->skeletons->pdata[i]);
  g_ptr_array_set_size (priv->skeletons, 0);
  for (guint i = 0; i < priv->registrations->len; i++)
    g_dbus_connection_unregister_object (priv->connection,
                                         g_array_index (priv->registrations, guint, i));
  g_array_set_size (priv->registrations, 0);
  g_clear_pointer (&priv->workers, bn_workers_free);
  g_clear_pointer (&priv->outbox, bn_outbox_free);
  g_clear_pointer (&priv->peer, bn_peer_free);
  if (priv->connection != NULL)
    {
      g_signal_handlers_disconnect_by_data (priv->connection, self);
      g_dbus_connection_close_sync (priv->connection, NULL, NULL);
    }
  g_clear_object (&priv->connection);
}

/**
 * BnModuleClass::activate:
 * @self: the module
 * @error: return location for an error
 *
 * Sets the module up. The hub has said what the module is called and where its files are; nothing
 * is served yet. Here skeletons are exported and workers added.
 *
 * Returns: true on success; otherwise the process exits, and the hub shows the error
 */
static gboolean
default_activate (BnModule *self, GError **error)
{
  return TRUE;
}

/**
 * BnModuleClass::call:
 * @self: the module
 * @call: the call
 *
 * Answers a call of one of the module's methods, now or later: keep a reference of @call for that.
 */
static void
default_call (BnModule *self, BnCall *call)
{
  bn_call_reply_error (call, BN_ERROR_UNSUPPORTED, "the module does not implement this method");
}

/**
 * BnModuleClass::handle_event:
 * @self: the module
 * @type: the full type of the event or request
 * @payload: its fields, an `a{sv}`
 * @meta: `source` (s), `time` (x), and `request` (b), true if an answer is wanted
 * @call: where the answer goes
 *
 * Handles an event that the manifest accepts, an ordered event, or a request. The answer is an
 * `a{sv}`: of a request the reply; of an ordered event `stop` (b), if the event is to end here. If
 * @call is dropped, an event counts as handled and a request as failed.
 */
static void
default_handle_event (BnModule *self, const char *type, GVariant *payload, GVariant *meta,
                      BnCall *call)
{
  gboolean is_request = FALSE;

  g_variant_lookup (meta, "request", "b", &is_request);
  if (is_request)
    bn_call_reply_error (call, BN_ERROR_UNSUPPORTED, "the module answers no requests of this type");
}

/**
 * BnModuleClass::event:
 * @self: the module
 * @type: the full type of the event
 * @payload: its fields, an `a{sv}`
 * @meta: as in the signals of `org.binnacle.EventBus1`
 *
 * Sees an event or a sample that the module subscribed to.
 */
static void
default_event (BnModule *self, const char *type, GVariant *payload, GVariant *meta)
{
}

/**
 * BnModuleClass::gap:
 * @self: the module
 * @first: the sequence number of the first event that was lost
 * @last: that of the last one
 *
 * Hears that events of a subscription did not reach the module, because it read them too slowly.
 * What it derived from them has to be asked for again.
 */
static void
default_gap (BnModule *self, guint64 first, guint64 last)
{
}

/**
 * BnModuleClass::save_state:
 * @self: the module
 * @descriptors: (transfer none): descriptors that are to be handed over are appended here
 *
 * Returns what the next generation of the module needs to go on, an `a{sv}` of at most 256 KiB. The
 * module's workers stand still; it is to change nothing more until it is thawed or stopped.
 *
 * Returns: (transfer full) (nullable): the state; floating is fine
 */
static GVariant *
default_save_state (BnModule *self, GUnixFDList *descriptors)
{
  return NULL;
}

/**
 * BnModuleClass::restore_state:
 * @self: the module
 * @state: (transfer none): what the last generation saved, an `a{sv}`
 * @descriptors: (transfer none): its descriptors, in their order
 *
 * Takes over what the last generation saved. Called after the module was activated and before it is
 * called by others. What is not understood is to be ignored, or refused with
 * [method@Binnacle.Module.refuse_state]. It may be empty: then the module starts clean.
 */
static void
default_restore_state (BnModule *self, GVariant *state, GUnixFDList *descriptors)
{
}

/**
 * BnModuleClass::thaw:
 * @self: the module
 *
 * Goes on as before: the replacement failed. The workers run again.
 */
/**
 * BnModuleClass::stop:
 * @self: the module
 *
 * Cleans up. The process exits when the function has returned.
 */
static void
default_nothing (BnModule *self)
{
}

static void
bn_module_dispose (GObject *object)
{
  BnModule *self = BN_MODULE (object);

  close_connection (self);

  G_OBJECT_CLASS (bn_module_parent_class)->dispose (object);
}

static void
bn_module_finalize (GObject *object)
{
  BnModulePrivate *priv = PRIVATE (BN_MODULE (object));

  g_clear_pointer (&priv->loop, g_main_loop_unref);
  g_clear_pointer (&priv->running, bn_running_calls_unref);
  g_clear_pointer (&priv->jobs, bn_job_set_unref);
  g_clear_pointer (&priv->welcome, g_variant_unref);
  g_clear_pointer (&priv->skeletons, g_ptr_array_unref);
  g_clear_pointer (&priv->registrations, g_array_unref);
  g_clear_pointer (&priv->path, g_free);
  g_clear_pointer (&priv->name, g_free);
  g_clear_pointer (&priv->state_folder, g_free);
  g_clear_pointer (&priv->sysroot, g_free);
  g_clear_pointer (&priv->state_refusal, g_free);

  G_OBJECT_CLASS (bn_module_parent_class)->finalize (object);
}

static void
bn_module_class_init (BnModuleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bn_module_dispose;
  object_class->finalize = bn_module_finalize;

  klass->activate = default_activate;
  klass->call = default_call;
  klass->handle_event = default_handle_event;
  klass->event = default_event;
  klass->gap = default_gap;
  klass->save_state = default_save_state;
  klass->restore_state = default_restore_state;
  klass->thaw = default_nothing;
  klass->stop = default_nothing;
}

static void
bn_module_init (BnModule *self)
{
  BnModulePrivate *priv = PRIVATE (self);

  priv->loop = g_main_loop_new (g_main_context_get_thread_default (), FALSE);
  priv->running = bn_running_calls_new ();
  priv->jobs = bn_job_set_new ();
  priv->skeletons = g_ptr_array_new_with_free_func (g_object_unref);
  priv->registrations = g_array_new (FALSE, FALSE, sizeof (guint));
}

GDBusConnection *
bn_module_get_connection (BnModule *self)
{
  return PRIVATE (self)->connection;
}

BnOutbox *
bn_module_get_outbox (BnModule *self)
{
  return PRIVATE (self)->outbox;
}

BnWorkers *
bn_module_get_workers (BnModule *self)
{
  return PRIVATE (self)->workers;
}

BnRunningCalls *
bn_module_get_running_calls (BnModule *self)
{
  return PRIVATE (self)->running;
}

BnJobSet *
bn_module_get_jobs (BnModule *self)
{
  return PRIVATE (self)->jobs;
}

char **
bn_module_get_state_refusal (BnModule *self)
{
  return &PRIVATE (self)->state_refusal;
}

void
bn_module_set_restored (BnModule *self)
{
  say_ready (self);
}

void
bn_module_quit (BnModule *self)
{
  g_main_loop_quit (PRIVATE (self)->loop);
}

/**
 * bn_module_run:
 * @self: the module
 *
 * Connects to the hub that started the process, serves until it says Stop or is gone, and returns
 * what `main` should return: 0; 1 if the module could not start; 2 if the process was not started
 * by the hub. The reason is written to the standard error. Can be called once.
 *
 * Returns: the exit status of the process
 */
int
bn_module_run (BnModule *self)
{
  BnModulePrivate *priv;
  g_autoptr (BnModule) alive = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (BN_IS_MODULE (self), EXIT_FAILURE);
  priv = PRIVATE (self);
  g_return_val_if_fail (priv->welcome == NULL, EXIT_FAILURE);

  alive = g_object_ref (self);
  priv->connection = bn_hub_connection_open (&error);
  if (priv->connection == NULL)
    {
      g_printerr ("%s: %s\n", program_invocation_short_name, error->message);
      return EXIT_NOT_STARTED_BY_HUB;
    }
  if (!start (self, &error))
    {
      gboolean hub_is_gone = g_dbus_connection_is_closed (priv->connection);

      close_connection (self);
      if (hub_is_gone)
        return EXIT_SUCCESS;
      g_printerr ("%s: %s\n", priv->name != NULL ? priv->name : program_invocation_short_name,
                  error->message);
      return EXIT_FAILURE;
    }
  if (!g_dbus_connection_is_closed (priv->connection))
    g_main_loop_run (priv->loop);
  /* Closing drops what is not written yet: the answer to Stop, and the last events. */
  bn_outbox_flush (priv->outbox);
  g_dbus_connection_flush_sync (priv->connection, NULL, NULL);
  close_connection (self);
  return EXIT_SUCCESS;
}

/**
 * bn_module_get_name:
 * @self: the module
 *
 * Gets the module's name, which the hub gives. It is known from activation on.
 *
 * Returns: (nullable): the name
 */
const char *
bn_module_get_name (BnModule *self)
{
  g_return_val_if_fail (BN_IS_MODULE (self), NULL);

  return PRIVATE (self)->name;
}

/**
 * bn_module_get_state_folder:
 * @self: the module
 *
 * Gets the module's own folder for lasting files. The hub has made it.
 *
 * Returns: (nullable): an absolute path
 */
const char *
bn_module_get_state_folder (BnModule *self)
{
  g_return_val_if_fail (BN_IS_MODULE (self), NULL);

  return PRIVATE (self)->state_folder;
}

/**
 * bn_module_get_sysroot:
 * @self: the module
 *
 * Gets the folder that stands in for `/` when the module looks for `/proc` and `/sys`.
 *
 * Returns: (nullable): a path to be put in front; %NULL for the machine itself
 */
const char *
bn_module_get_sysroot (BnModule *self)
{
  g_return_val_if_fail (BN_IS_MODULE (self), NULL);

  return PRIVATE (self)->sysroot;
}

/**
 * bn_module_get_welcome:
 * @self: the module
 *
 * Gets all that the hub told at the beginning: the answer to `Hello` of
 * `org.binnacle.ModuleHost1`, an `a{sv}`.
 *
 * Returns: (nullable) (transfer none): the answer
 */
GVariant *
bn_module_get_welcome (BnModule *self)
{
  g_return_val_if_fail (BN_IS_MODULE (self), NULL);

  return PRIVATE (self)->welcome;
}

/**
 * bn_module_export_skeleton:
 * @self: the module
 * @skeleton: a skeleton of the module's interface, made by `gdbus-codegen`
 * @error: return location for an error
 *
 * Serves the module's methods with a generated skeleton. To be called from
 * [vfunc@Binnacle.Module.activate].
 *
 * Returns: true on success
 */
gboolean
bn_module_export_skeleton (BnModule *self, GDBusInterfaceSkeleton *skeleton, GError **error)
{
  BnModulePrivate *priv;

  g_return_val_if_fail (BN_IS_MODULE (self), FALSE);
  g_return_val_if_fail (G_IS_DBUS_INTERFACE_SKELETON (skeleton), FALSE);
  priv = PRIVATE (self);
  g_return_val_if_fail (priv->path != NULL && priv->connection != NULL, FALSE);

  if (!g_dbus_interface_skeleton_export (skeleton, priv->connection, priv->path, error))
    return FALSE;
  g_ptr_array_add (priv->skeletons, g_object_ref (skeleton));
  return TRUE;
}

/**
 * bn_module_export_xml:
 * @self: the module
 * @xml: a D-Bus introspection document with one interface
 * @error: return location for an error
 *
 * Serves the methods of an interface with [vfunc@Binnacle.Module.call]. A module whose manifest
 * names its interface need not call it: what the manifest names is served so, unless the module has
 * exported something when it is activated.
 *
 * Returns: true on success
 */
gboolean
bn_module_export_xml (BnModule *self, const char *xml, GError **error)
{
  BnModulePrivate *priv;
  g_autoptr (GDBusNodeInfo) node = NULL;
  guint id;

  g_return_val_if_fail (BN_IS_MODULE (self), FALSE);
  g_return_val_if_fail (xml != NULL, FALSE);
  priv = PRIVATE (self);
  g_return_val_if_fail (priv->path != NULL && priv->connection != NULL, FALSE);

  node = g_dbus_node_info_new_for_xml (xml, error);
  if (node == NULL)
    return FALSE;
  if (node->interfaces == NULL || node->interfaces[0] == NULL || node->interfaces[1] != NULL)
    {
      g_set_error (error, BN_ERROR, BN_ERROR_BAD_PAYLOAD,
                   "the module's XML must describe one interface");
      return FALSE;
    }
  id = g_dbus_connection_register_object (priv->connection, priv->path, node->interfaces[0],
                                          &vtable, self, NULL, error);
  if (id == 0)
    return FALSE;
  g_array_append_val (priv->registrations, id);
  return TRUE;
}
