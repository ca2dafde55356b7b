/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's side of a module's wire contract, for tests: starts a program and serves it. */
#pragma once

#include <gio/gunixfdlist.h>

#include "core/manifest.h"
#include "core/sample-stream.h"
#include "introspection/contract-generated.h"

G_BEGIN_DECLS

typedef struct
{
  BnManifest *manifest;        /* owned */
  GDBusConnection *connection; /* owned */
  GSubprocess *process;        /* owned */
  BnModuleHost1 *host;         /* owned */
  GVariant *welcome;           /* owned; what Hello is answered with */
  guint n_hello;
  guint n_ready;
  GPtrArray *events;       /* GVariant (sa{sv}), of Emit */
  GPtrArray *samples;      /* GVariant (sa{sv}a{sv}) */
  GPtrArray *runs;         /* GVariant (sa{sv}) */
  guint n_sample_messages; /* of EmitSamples */
  gboolean has_stream;     /* OpenSampleStream gives one; to be set before the module is ready */
  BnSampleStream *stream;  /* owned, nullable */
  guint n_packets;         /* of the stream */
  GPtrArray *requests;     /* GVariant (sa{sv}a{sv}), each answered with {"asked": type} */
  GPtrArray *subscribed;   /* GVariant (asa{sv}), numbered from 1 */
  gboolean closed;
  GVariant *restore;                /* owned, nullable: the state for Restore */
  GUnixFDList *restore_descriptors; /* owned, nullable; to be set before the main loop runs */
} ModuleHub;

/* Reads the manifest in @folder, starts its program and answers Hello. Everything that is emitted
 * is checked against the manifest. @restore, an a{sv}: the state for Restore. @started_with, an
 * a{su}: the workers' intervals in Hello's answer; all 0 if NULL. */
ModuleHub *module_hub_new (const char *folder, GVariant *restore, GVariant *started_with);
void module_hub_free (ModuleHub *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ModuleHub, module_hub_free)

/* Runs the main loop until the condition holds; a test that waits 20 s fails. */
#define module_hub_wait_for(self, condition)                                                       \
  do                                                                                               \
    {                                                                                              \
      guint deadline_id = module_hub_arm (#condition);                                             \
      while (!(condition))                                                                         \
        g_main_context_iteration (NULL, TRUE);                                                     \
      g_source_remove (deadline_id);                                                               \
    }                                                                                              \
  while (0)
guint module_hub_arm (const char *condition);

/* Calls a method of the module and runs the main loop meanwhile. The error is stripped of its D-Bus
 * prefix. */
GVariant *module_hub_call (ModuleHub *self, const char *interface, const char *member,
                           GVariant *parameters, GError **error);
GVariant *module_hub_call_with_descriptors (ModuleHub *self, const char *interface,
                                            const char *member, GVariant *parameters,
                                            GUnixFDList *descriptors,
                                            GUnixFDList **reply_descriptors, GError **error);

/* Waits for the end of the process; its exit status, or minus the signal. */
int module_hub_wait_exit (ModuleHub *self);

/* Says Stop and expects the exit status 0. */
void module_hub_stop (ModuleHub *self);

G_END_DECLS
