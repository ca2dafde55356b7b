/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One generation of a module: a process and its link. */
#pragma once

#include "core/link-peer.h"
#include "core/confinement.h"
#include "core/module-welcome.h"

G_BEGIN_DECLS

typedef enum
{
  BN_PROCESS_STARTING, /* until Ready */
  BN_PROCESS_READY,
  BN_PROCESS_DRAINING, /* it finishes its calls, then it is stopped */
  BN_PROCESS_STOPPING, /* it was told to go */
  BN_PROCESS_GONE,
} BnProcessState;

#define BN_TYPE_MODULE_PROCESS (bn_module_process_get_type ())
G_DECLARE_FINAL_TYPE (BnModuleProcess, bn_module_process, BN, MODULE_PROCESS, BnLinkPeer)

/* A peer of the event bus. Signals:
 *
 * "hello" (): the module introduced itself.
 * "ready" (): it serves.
 * "host-call" (BnLink *, GDBusMessage *): it calls ModuleHost1, but for Hello and Ready.
 * "call-given-up" (gboolean): a call ended without its answer, and the module was told; TRUE: it
 * ran out of its deadline, FALSE: its caller has gone. "leaving" (): it finishes its
 * calls, and nothing new is for it. "gone" (GError *): the process is over, emitted once. The error
 * is NULL if it was told to go. "drained" (): its link takes messages
 * again.
 */

/* Starts the program of @manifest, confined. */
BnModuleProcess *bn_module_process_new (BnManifest *manifest, const BnModulePlaces *places,
                                        BnTaskGroups *groups, const BnModuleWelcome *welcome,
                                        GError **error);

/* The same, but a debugger of the author's starts the program, with @module_fd as its end of the
 * link. It is not ours to signal nor to confine, and stands still as long as a person thinks:
 * nothing of it is ever overdue. It is gone when its link is closed. */
BnModuleProcess *bn_module_process_new_debugged (BnManifest *manifest,
                                                 const BnModuleWelcome *welcome, int *module_fd,
                                                 GError **error);
gboolean bn_module_process_is_debugged (BnModuleProcess *self);

BnManifest *bn_module_process_get_manifest (BnModuleProcess *self);
/* NULL if it is debugged. */
BnConfinement *bn_module_process_get_confinement (BnModuleProcess *self);
BnProcessState bn_module_process_get_state (BnModuleProcess *self);
GPid bn_module_process_get_pid (BnModuleProcess *self); /* 0 if it is debugged */
guint bn_module_process_get_generation (BnModuleProcess *self);
/* Seconds since it was started. */
double bn_module_process_get_uptime (BnModuleProcess *self);
/* Calls the module: @message is a method call, its path and interface are the module's own or those
 * of ModulePeer1. A call that is overdue makes the hub ping the module, and an unanswered ping ends
 * it. An error reply is the result, not an error. The module is told if the call is cancelled or
 * runs out of @timeout_ms. Errors: timeout, unavailable (the module ended), busy,
 * G_IO_ERROR_CANCELLED. */
void bn_module_process_call_async (BnModuleProcess *self, GDBusMessage *message, guint timeout_ms,
                                   GCancellable *cancellable, GAsyncReadyCallback callback,
                                   gpointer user_data);
GDBusMessage *bn_module_process_call_finish (BnModuleProcess *self, GAsyncResult *result,
                                             GError **error);
/* The answer of the module @name to Handle: an a{sv}, full; NULL with what is wrong with it. */
GVariant *bn_module_process_read_handled (const char *name, GDBusMessage *reply, GError **error);
/* Calls without expecting a reply; FALSE if the link takes no more. */
gboolean bn_module_process_send (BnModuleProcess *self, GDBusMessage *message);

/* A call of ModulePeer1. @arguments is a tuple, floating, or NULL. */
GDBusMessage *bn_module_process_new_peer_call (BnModuleProcess *self, const char *member,
                                               GVariant *arguments);

/* Tells the workers' intervals (a{su}, floating). */
void bn_module_process_set_demand (BnModuleProcess *self, GVariant *intervals);

/* The module must say something within @within_ms milliseconds from now; 0 if it need not. Past
 * that and a grace it is pinged. */
void bn_module_process_expect (BnModuleProcess *self, guint within_ms);

/* Lets the running calls end (at most 2 s), then stops it. */
void bn_module_process_drain (BnModuleProcess *self);

/* Stop, after 2 s SIGTERM, after 2 s more SIGKILL. */
void bn_module_process_stop (BnModuleProcess *self);

/* It hangs or misbehaves: SIGABRT, after 2 s SIGKILL; @reason is what "gone" tells. */
void bn_module_process_abort (BnModuleProcess *self, const GError *reason);

/* SIGKILL. */
void bn_module_process_kill (BnModuleProcess *self);

/* Resident memory in bytes, CPU time in microseconds, and open descriptors, read from /proc at most
 * each 10 s; 0 if unknown. */
void bn_module_process_get_usage (BnModuleProcess *self, guint64 *memory_bytes, guint64 *cpu_usec);
guint bn_module_process_get_descriptors (BnModuleProcess *self);
/* Whether what it takes was not looked at for 10 s; it counts as looked at from now on. */
gboolean bn_module_process_must_look (BnModuleProcess *self);

/* When it says Ready, compare what it serves with its interface; if that is not all there, it is
 * ended. For a version that was not seen before. */
void bn_module_process_check_interface (BnModuleProcess *self);

G_END_DECLS
