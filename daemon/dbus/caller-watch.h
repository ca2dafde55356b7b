/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Finds out which callers leave the bus before they have their answers. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BnCallerWatch BnCallerWatch;

typedef struct
{
  /* The caller with this unique name has left. */
  void (*left) (const char *name, gpointer user_data);
  /* The unique names of those who wait for an answer, borrowed. */
  GPtrArray *(*list) (gpointer user_data);
} BnCallerWatchFuncs;

BnCallerWatch *bn_caller_watch_new (const BnCallerWatchFuncs *funcs, gpointer user_data);
void bn_caller_watch_free (BnCallerWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnCallerWatch, bn_caller_watch_free)

/* The bus; NULL when it is gone. */
void bn_caller_watch_set_connection (BnCallerWatch *self, GDBusConnection *connection);

/* A call came; it was answered. */
void bn_caller_watch_call_began (BnCallerWatch *self);
void bn_caller_watch_call_ended (BnCallerWatch *self);

G_END_DECLS
