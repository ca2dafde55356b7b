/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One module as the client knows it: what module.list says, and its description. */
#pragma once

#include "model/description.h"

G_BEGIN_DECLS

#define BN_TYPE_MODULE_ITEM (bn_module_item_get_type ())
G_DECLARE_FINAL_TYPE (BnModuleItem, bn_module_item, BN, MODULE_ITEM, GObject)

/* Signal "changed": some value is another one.
 * Signal "described": there is a description that says something else. */

BnModuleItem *bn_module_item_new (const char *name);

/* A row of module.list, a{sv}. */
void bn_module_item_set_listed (BnModuleItem *self, GVariant *values);
/* TRUE if it says something else than the one before. */
gboolean bn_module_item_set_description (BnModuleItem *self, BnDescription *description);

const char *bn_module_item_get_name (BnModuleItem *self);
const char *bn_module_item_get_title (BnModuleItem *self);
const char *bn_module_item_get_summary (BnModuleItem *self); /* "" until it is described */
const char *bn_module_item_get_version (BnModuleItem *self);
const char *bn_module_item_get_state (BnModuleItem *self);
const char *bn_module_item_get_group (BnModuleItem *self);
const char *bn_module_item_get_icon (BnModuleItem *self);
const char *bn_module_item_get_last_error (BnModuleItem *self); /* "" if there is none */
const char *bn_module_item_get_reason (BnModuleItem *self);     /* of its state; "" if none */
gint64 bn_module_item_get_since (BnModuleItem *self); /* of its state, since 1970; 0: unknown */
gint64 bn_module_item_get_next_start (BnModuleItem *self); /* since 1970; 0: none is planned */
guint bn_module_item_get_failures (BnModuleItem *self);    /* in the last minute */
guint bn_module_item_get_descriptors (BnModuleItem *self); /* 0: unknown */
/* It runs from a kept copy, because what stands in its folder is refused. */
gboolean bn_module_item_is_previous (BnModuleItem *self);
/* It waits for a person to approve what it, or a new version of it, asks for. */
gboolean bn_module_item_waits_for_approval (BnModuleItem *self);
guint bn_module_item_get_pid (BnModuleItem *self);
guint bn_module_item_get_generation (BnModuleItem *self);
guint bn_module_item_get_restarts (BnModuleItem *self);
guint64 bn_module_item_get_memory (BnModuleItem *self);
gboolean bn_module_item_is_ready (BnModuleItem *self);
/* NULL until it is described */
BnDescription *bn_module_item_get_description (BnModuleItem *self);

G_END_DECLS
