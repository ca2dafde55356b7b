/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of a module's process share: module-process.c (its life) and module-calls.c. */
#pragma once

#include "core/liveness.h"
#include "core/module-process.h"

G_BEGIN_DECLS

struct _BnModuleProcess
{
  BnLinkPeer parent_instance;

  BnManifest *manifest;       /* (owned) */
  BnLink *link;               /* not owned: the parent's */
  char *path;                 /* (owned): of its objects */
  GVariant *welcome;          /* (owned): the answer to Hello */
  BnConfinement *confinement; /* (owned) (nullable): NULL if it is debugged */
  BnProcessState state;
  gboolean debugged; /* somebody else started it, and it is never overdue */
  gboolean said_hello;
  gboolean said_ready;
  gboolean must_check; /* whether it serves its interface, when it says Ready */
  guint generation;
  GPid pid;
  guint watch_id;
  guint timer_id; /* of the current state: Ready, draining, the steps of stopping */
  int next_signal;
  GError *reason; /* (owned) (nullable): why it is being ended */

  BnLiveness *liveness; /* (owned) */

  gint64 started_usec; /* monotonic */
  gint64 usage_usec;   /* when what follows was read */
  gint64 looked_usec;  /* when it was last to be looked at */
  guint64 memory_bytes;
  guint64 cpu_usec;
  guint descriptors;
};

/* module-process.c: it introduced itself; it serves from now on. */
void bn_module_process_said_hello (BnModuleProcess *self);
void bn_module_process_become_ready (BnModuleProcess *self);

/* module-hello.c: how a module introduces itself. */
void bn_module_process_handle_hello (BnModuleProcess *self, GDBusMessage *call);
void bn_module_process_handle_ready (BnModuleProcess *self, GDBusMessage *call);

/* module-calls.c: the peer at the event bus. */
void bn_module_process_handle_async (BnPeer *peer, const char *handler, GVariant *arguments,
                                     guint timeout_ms, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
GVariant *bn_module_process_handle_finish (BnPeer *peer, GAsyncResult *result, GError **error);

G_END_DECLS
