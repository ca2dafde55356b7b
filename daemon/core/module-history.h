/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What happened to a module: the last changes, for people. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BN_MODULE_HISTORY_MAX 64

/* What an entry tells. */
typedef enum
{
  BN_HISTORY_STATE,     /* the module is in another state */
  BN_HISTORY_RELOAD,    /* a new generation took over */
  BN_HISTORY_ROLL_BACK, /* a new version failed: the one before it runs again */
  BN_HISTORY_REFUSED,   /* a new version, or something that the module said, was refused */
  BN_HISTORY_LIMIT,     /* a soft limit was passed */
} BnHistoryWhat;

typedef struct _BnModuleHistory BnModuleHistory;

BnModuleHistory *bn_module_history_new (void);
void bn_module_history_free (BnModuleHistory *self);

/* @state: a static string; @reason: "" if there is none. Of more than BN_MODULE_HISTORY_MAX entries
 * the oldest go. */
void bn_module_history_add (BnModuleHistory *self, BnHistoryWhat what, const char *state,
                            guint generation, const char *reason);

/* Oldest first: an aa{sv}, floating, as module.history tells it. */
GVariant *bn_module_history_to_variant (BnModuleHistory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnModuleHistory, bn_module_history_free)

G_END_DECLS
