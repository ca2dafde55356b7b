/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One module under supervision: starts, restarts and replaces its process. */
#pragma once

#include "core/module-process.h"

G_BEGIN_DECLS

typedef enum
{
  BN_MODULE_STOPPED,
  BN_MODULE_STARTING,
  BN_MODULE_READY,
  BN_MODULE_DRAINING,
  BN_MODULE_BACKOFF,
  BN_MODULE_QUARANTINED,
  BN_MODULE_DISABLED,
} BnModuleState;

const char *bn_module_state_to_string (BnModuleState state);

/* What a module needs of its surroundings; the same for all, owned by the hub. */
typedef struct
{
  const char *epoch;
  const char *program_path;
  const char *state_root; /* the folder of the modules' own folders */
  const char *sysroot;    /* (nullable) */
  /* The intervals of the workers of @manifest: a{su}, floating. */
  GVariant *(*get_demand) (BnManifest *manifest, gpointer user_data);
  gpointer user_data;
} BnModuleSurroundings;

#define BN_TYPE_HOSTED_MODULE (bn_hosted_module_get_type ())
G_DECLARE_FINAL_TYPE (BnHostedModule, bn_hosted_module, BN, HOSTED_MODULE, GObject)

/* Signals:
 *
 * "state-changed" (): state, pid, generation, restarts or last error.
 * "manifest-changed" (): a reload brought another manifest.
 * "process-started" (BnModuleProcess *): connect to its signals now.
 */

BnHostedModule *bn_hosted_module_new (BnManifest *manifest, const char *hash,
                                      const BnModuleSurroundings *surroundings);

const char *bn_hosted_module_get_name (BnHostedModule *self);
BnManifest *bn_hosted_module_get_manifest (BnHostedModule *self);
BnModuleState bn_hosted_module_get_state (BnHostedModule *self);
const char *bn_hosted_module_get_hash (BnHostedModule *self);
const char *bn_hosted_module_get_last_error (BnHostedModule *self);
guint bn_hosted_module_get_generation (BnHostedModule *self);
guint bn_hosted_module_get_restarts (BnHostedModule *self);
BnModuleProcess *bn_hosted_module_get_process (BnHostedModule *self); /* (nullable) */

/* Starts it; completes when it is ready. Errors: unavailable, with the reason of the first failure
 * (it goes on trying). */
void bn_hosted_module_start_async (BnHostedModule *self, GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean bn_hosted_module_start_finish (BnHostedModule *self, GAsyncResult *result, GError **error);

/* Lets it finish and stops it; completes when the process is gone. */
void bn_hosted_module_stop_async (BnHostedModule *self, gboolean disable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean bn_hosted_module_stop_finish (BnHostedModule *self, GAsyncResult *result, GError **error);

/* Replaces its process by one of @manifest; the new one is ready before the old one goes. On an
 * error the old one stays. Errors: conflict (a reload is under way), unavailable. */
void bn_hosted_module_reload_async (BnHostedModule *self, BnManifest *manifest, const char *hash,
                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean bn_hosted_module_reload_finish (BnHostedModule *self, GAsyncResult *result,
                                         GError **error);

/* Forgets the failures; a module that waits or is in quarantine starts now. */
void bn_hosted_module_reset_failures (BnHostedModule *self);
void bn_hosted_module_set_disabled (BnHostedModule *self, gboolean disabled);

/* Keeps what was told to the user, such as why a changed manifest was refused. */
void bn_hosted_module_set_last_error (BnHostedModule *self, const char *message);

/* Kills the process at once, when the hub goes. */
void bn_hosted_module_kill (BnHostedModule *self);

/* Calls a method of the module: @message has its path and interface. Waits while the module
 * starts or is being replaced, at most until @timeout_ms. When @cancellable is cancelled the module
 * is told, if it had the call. Errors: unavailable (it does not run), timeout, busy,
 * G_IO_ERROR_CANCELLED. */
void bn_hosted_module_call_async (BnHostedModule *self, GDBusMessage *message, guint timeout_ms,
                                  GCancellable *cancellable, GAsyncReadyCallback callback,
                                  gpointer user_data);
GDBusMessage *bn_hosted_module_call_finish (BnHostedModule *self, GAsyncResult *result,
                                            GError **error);

/* TRUE if what @process says counts: it is the current one, or the one that takes over. */
gboolean bn_hosted_module_is_live (BnHostedModule *self, BnModuleProcess *process);

/* Tells the processes the intervals of the workers. */
void bn_hosted_module_update_demand (BnHostedModule *self);

G_END_DECLS
