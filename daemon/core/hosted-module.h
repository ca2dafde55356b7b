/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One module under supervision: starts, restarts and replaces its process. */
#pragma once

#include "core/module-history.h"
#include "core/module-process.h"
#include "core/module-versions.h"

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

typedef enum
{
  BN_RELOAD_NONE = 0,
  BN_RELOAD_FORCE = 1 << 0,   /* also if jobs run that cannot be handed over: they end */
  BN_RELOAD_PLANNED = 1 << 1, /* nothing changed: the module passed a soft limit */
} BnReloadFlags;

/* How a reload ended. */
typedef enum
{
  BN_RELOADED,
  BN_RELOAD_REFUSED,     /* the old one serves on */
  BN_RELOAD_ROLLED_BACK, /* the new one failed in its probation, the one before it is started */
  BN_RELOADED_PLANNED,
} BnReloadResult;

const char *bn_reload_result_to_string (BnReloadResult result);

/* What happened since the module was found. */
typedef struct
{
  guint64 events;          /* published */
  guint64 samples;         /* published */
  guint64 reloads;         /* generations that took over from a running one */
  guint64 planned_reloads; /* among them those for a soft limit */
  guint64 roll_backs;
  guint64 refused_versions;
  guint64 limits_passed; /* looks at which a soft limit was newly passed */
  guint64 bad_replies;   /* answers that do not fit the interface */
  guint64 rejected;      /* emissions, reports and calls that were refused */
  guint64 late;          /* messages of a generation that had been replaced */
  guint64 call_timeouts;
  guint64 calls_cancelled;
  guint64 calls_refused; /* too many waited until it is ready */
} BnModuleCounters;

/* What a module needs of its surroundings; the same for all, owned by the hub. */
typedef struct
{
  BnModuleVersions *versions; /* the kept copies */
  const char *epoch;
  const char *program_path;
  const char *library_path;
  const char *state_root; /* the folder of the modules' own folders */
  BnTempFolders *temp_folders;
  const char *sysroot; /* (nullable) */
  BnTaskGroups *task_groups;
  /* The intervals of the workers of @manifest: a{su}, floating. */
  GVariant *(*get_demand) (BnManifest *manifest, gpointer user_data);
  /* The titles of the jobs of @process that cannot be handed over to another generation; NULL or
   * empty: there are none. */
  char **(*list_jobs) (BnModuleProcess *process, gpointer user_data);
  gpointer user_data;
} BnModuleSurroundings;

#define BN_TYPE_HOSTED_MODULE (bn_hosted_module_get_type ())
G_DECLARE_FINAL_TYPE (BnHostedModule, bn_hosted_module, BN, HOSTED_MODULE, GObject)

/* Signals:
 *
 * "state-changed" (): state, reason, pid, generation or restarts.
 * "changed" (): something else of what is told about it.
 * "manifest-changed" (): a reload brought another manifest.
 * "process-started" (BnModuleProcess *): connect to its signals now.
 * "reloaded" (BnReloadResult as guint, reason, guint64 swap_usec, hash): @hash is that of the new
 * version, or of the one that is bad; swap_usec: for how long calls were held.
 * "reload-wanted" (): it passed a soft limit.
 * "settled" (): what stood in the way of a reload is over.
 */

/* @kept: @manifest is that of a kept copy, not of the module's folder. */
BnHostedModule *bn_hosted_module_new (BnManifest *manifest, const char *hash, gboolean kept,
                                      const BnModuleSurroundings *surroundings);

const char *bn_hosted_module_get_name (BnHostedModule *self);
BnManifest *bn_hosted_module_get_manifest (BnHostedModule *self);
BnModuleState bn_hosted_module_get_state (BnHostedModule *self);
const char *bn_hosted_module_get_hash (BnHostedModule *self);
/* Why it is in its state; empty if it is ready, or never failed. */
const char *bn_hosted_module_get_reason (BnHostedModule *self);
gint64 bn_hosted_module_get_since_usec (BnHostedModule *self);      /* since 1970 */
gint64 bn_hosted_module_get_next_start_usec (BnHostedModule *self); /* since 1970; 0: none */
/* What a person should know: why the version in its folder is refused, which soft limit it passed,
 * or why it failed last. A failure is forgotten after a healthy minute. */
const char *bn_hosted_module_get_last_error (BnHostedModule *self);
/* It runs from a kept copy: what stands in its folder is refused. */
gboolean bn_hosted_module_is_kept (BnHostedModule *self);
guint bn_hosted_module_get_failures (BnHostedModule *self); /* in the last 60 s */
BnModuleHistory *bn_hosted_module_get_history (BnHostedModule *self);
BnModuleCounters *bn_hosted_module_get_counters (BnHostedModule *self);
guint bn_hosted_module_get_generation (BnHostedModule *self);
guint bn_hosted_module_get_restarts (BnHostedModule *self);
BnModuleProcess *bn_hosted_module_get_process (BnHostedModule *self); /* (nullable) */
guint bn_hosted_module_get_held (BnHostedModule *self); /* calls that wait until it is ready */

/* Starts it; completes when it is ready. Errors: unavailable, with the reason of the first failure
 * (it goes on trying). */
void bn_hosted_module_start_async (BnHostedModule *self, GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean bn_hosted_module_start_finish (BnHostedModule *self, GAsyncResult *result, GError **error);

/* Lets it finish and stops it; completes when the process is gone. */
void bn_hosted_module_stop_async (BnHostedModule *self, gboolean disable,
                                  GAsyncReadyCallback callback, gpointer user_data);
gboolean bn_hosted_module_stop_finish (BnHostedModule *self, GAsyncResult *result, GError **error);

/* TRUE while a generation starts or another takes over: a reload must wait for "settled". */
gboolean bn_hosted_module_is_changing (BnHostedModule *self);
/* Likewise, until its jobs end that cannot be handed over: their titles; empty if there are none.
 */
char **bn_hosted_module_list_jobs (BnHostedModule *self);

/* Replaces its process by one of @manifest, or if that is NULL by one of what runs; the new one is
 * ready before the old one goes. On an error the old one stays. Errors: conflict (it is being
 * changed, or it has jobs), unavailable. */
void bn_hosted_module_reload_async (BnHostedModule *self, BnManifest *manifest, const char *hash,
                                    BnReloadFlags flags, GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean bn_hosted_module_reload_finish (BnHostedModule *self, GAsyncResult *result,
                                         GError **error);

/* What its processes print from now on goes to @output (taken); -1: where the hub prints. */
void bn_hosted_module_set_output (BnHostedModule *self, int output);

/* Lets a debugger start the next process, of this version; the result is that process' end of the
 * link. Until it is ready the current one serves. It is never overdue, and the module is not
 * reloaded, until it is gone: then the program is started again as ever. Errors: conflict (the
 * module is being changed, disabled or debugged). */
int bn_hosted_module_debug (BnHostedModule *self, BnManifest *manifest, const char *hash,
                            GError **error);
gboolean bn_hosted_module_is_debugged (BnHostedModule *self);
/* Lets go of the process that is debugged, if there is one. */
void bn_hosted_module_end_debug (BnHostedModule *self);

/* Forgets the failures; a module that waits or is in quarantine starts now. */
void bn_hosted_module_reset_failures (BnHostedModule *self);
/* @reason: why it is disabled; NULL: a person said so. */
void bn_hosted_module_set_disabled (BnHostedModule *self, gboolean disabled, const char *reason);
/* It failed too often before the hub was started. */
void bn_hosted_module_set_quarantined (BnHostedModule *self, const char *reason);

/* The version that runs, or will, is on probation: @previous is the hash of the one before it. */
void bn_hosted_module_begin_probation (BnHostedModule *self, const char *previous);
/* There is nothing to go back to. */
void bn_hosted_module_end_probation (BnHostedModule *self);

/* What stands in its folder is refused; @hash is NULL if it could not be read. The same reason is
 * told once. */
void bn_hosted_module_refuse_version (BnHostedModule *self, const char *reason, const char *hash);
/* What runs is what stands in its folder. */
void bn_hosted_module_accept_version (BnHostedModule *self);

/* What @process said was refused: counted, and told once for each generation. */
void bn_hosted_module_note_rejected (BnHostedModule *self, BnModuleProcess *process,
                                     const GError *error);

/* @process said something. At most each 10 s what it takes of the machine is looked at. */
void bn_hosted_module_note_alive (BnHostedModule *self, BnModuleProcess *process);

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

/* Gives what ModulePeer1.Handle takes, @arguments (floating), to whichever process answers calls.
 * The reply is an a{sv}, full. Errors as above, and internal. */
void bn_hosted_module_handle_async (BnHostedModule *self, GVariant *arguments, guint timeout_ms,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data);
GVariant *bn_hosted_module_handle_finish (BnHostedModule *self, GAsyncResult *result,
                                          GError **error);

/* Whether a call is answered now, or is held until it may be. If not, the other one says why, to
 * follow "The module X does not answer now: ". */
gboolean bn_hosted_module_takes_calls (BnHostedModule *self, guint timeout_ms);
char *bn_hosted_module_explain_state (BnHostedModule *self);

/* TRUE if what @process says counts: it is the current one, or the one that takes over. */
gboolean bn_hosted_module_is_live (BnHostedModule *self, BnModuleProcess *process);

/* Tells the processes the intervals of the workers. */
void bn_hosted_module_update_demand (BnHostedModule *self);

G_END_DECLS
