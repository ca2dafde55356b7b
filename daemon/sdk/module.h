/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The base class of a module. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "sdk/call.h"
#include "sdk/job.h"
#include "sdk/run.h"

G_BEGIN_DECLS

#define BN_TYPE_MODULE (bn_module_get_type ())
G_DECLARE_DERIVABLE_TYPE (BnModule, bn_module, BN, MODULE, GObject)

/**
 * BnModuleClass:
 * @activate: sets the module up; the hub has said what it is called and where its files are
 * @call: answers a call of one of the module's methods
 * @handle_event: handles an accepted event, an ordered event or a request
 * @event: sees an event or a sample that the module subscribed to
 * @gap: hears that events were lost
 * @save_state: returns what the next generation needs to go on
 * @restore_state: takes over what the last generation saved
 * @thaw: goes on, for the replacement failed
 * @stop: cleans up before the module exits
 *
 * The class of [class@Binnacle.Module]. Every function has a default, and all are called in the
 * main context of the thread that runs [method@Binnacle.Module.run].
 */
struct _BnModuleClass
{
  GObjectClass parent_class;

  /*< public >*/
  gboolean (*activate) (BnModule *self, GError **error);
  void (*call) (BnModule *self, BnCall *call);
  void (*handle_event) (BnModule *self, const char *type, GVariant *payload, GVariant *meta,
                        BnCall *call);
  void (*event) (BnModule *self, const char *type, GVariant *payload, GVariant *meta);
  void (*gap) (BnModule *self, guint64 first, guint64 last);
  GVariant *(*save_state) (BnModule *self, GUnixFDList *descriptors);
  void (*restore_state) (BnModule *self, GVariant *state, GUnixFDList *descriptors);
  void (*thaw) (BnModule *self);
  void (*stop) (BnModule *self);

  /*< private >*/
  gpointer padding[8];
};

/**
 * BnWorkerFunc:
 * @module: the module
 * @user_data: what was given when the worker was added
 * @error: return location for an error
 *
 * One run of a worker, done when the function returns. It must not block.
 *
 * Returns: true if the run succeeded
 */
typedef gboolean (*BnWorkerFunc) (BnModule *module, gpointer user_data, GError **error);

/**
 * BnWorkerStartFunc:
 * @module: the module
 * @run: the run
 * @user_data: what was given when the worker was added
 *
 * Starts a run that may end later: keep a reference of @run and call [method@Binnacle.Run.finish].
 */
typedef void (*BnWorkerStartFunc) (BnModule *module, BnRun *run, gpointer user_data);

int bn_module_run (BnModule *self);

const char *bn_module_get_name (BnModule *self);
const char *bn_module_get_state_folder (BnModule *self);
const char *bn_module_get_sysroot (BnModule *self);
GVariant *bn_module_get_welcome (BnModule *self);

gboolean bn_module_export_skeleton (BnModule *self, GDBusInterfaceSkeleton *skeleton,
                                    GError **error);
gboolean bn_module_export_xml (BnModule *self, const char *xml, GError **error);
GCancellable *bn_module_get_call_cancellable (BnModule *self, GDBusMethodInvocation *invocation);

void bn_module_emit (BnModule *self, const char *name, GVariant *payload);
void bn_module_emit_sample (BnModule *self, const char *name, GVariant *payload);
void bn_module_emit_gone (BnModule *self, const char *name, GVariant *payload);

void bn_module_add_worker (BnModule *self, const char *name, BnWorkerFunc func, gpointer user_data,
                           GDestroyNotify destroy);
void bn_module_add_async_worker (BnModule *self, const char *name, BnWorkerStartFunc func,
                                 gpointer user_data, GDestroyNotify destroy);
guint bn_module_get_worker_interval (BnModule *self, const char *name);

void bn_module_request_async (BnModule *self, const char *type, GVariant *payload, guint timeout_ms,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data);
GVariant *bn_module_request_finish (BnModule *self, GAsyncResult *result, GError **error);

BnJob *bn_module_create_job (BnModule *self, const char *method, const char *title,
                             BnJobFlags flags);
BnJob *bn_module_start_job (BnModule *self, GDBusMethodInvocation *invocation, const char *title,
                            BnJobFlags flags);
BnJob *bn_module_adopt_job (BnModule *self, guint id);

void bn_module_subscribe_async (BnModule *self, const char *const *patterns, GVariant *options,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data);
guint bn_module_subscribe_finish (BnModule *self, GAsyncResult *result, GError **error);
void bn_module_unsubscribe (BnModule *self, guint id);

void bn_module_refuse_state (BnModule *self, const char *reason);

void bn_module_launch_async (BnModule *self, const char *const *argv, GVariant *options,
                             GUnixFDList *descriptors, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
char *bn_module_launch_finish (BnModule *self, GAsyncResult *result, GError **error);

G_END_DECLS
