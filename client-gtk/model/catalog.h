/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The modules of the hub: a list model of BnModuleItem, by title. Follows the hub: reads all when
 * it appears, and a module again when its state changes. Modules stay in the list while the hub is
 * away. It also tells the sample store what there is to store. */
#pragma once

#include "model/hub.h"
#include "model/module-item.h"
#include "model/sample-store.h"

G_BEGIN_DECLS

#define BN_TYPE_CATALOG (bn_catalog_get_type ())
G_DECLARE_FINAL_TYPE (BnCatalog, bn_catalog, BN, CATALOG, GObject)

/* Property "loaded": the list was read at least once.
 * Signal "described": some module, or the hub, says something else of itself.
 * Signal "failed" (BnModuleItem *): the module failed, and the hub started it again. */

BnCatalog *bn_catalog_new (BnHub *hub, BnSampleStore *samples);

gboolean bn_catalog_get_loaded (BnCatalog *self);
/* Why the list could not be read, NULL if it could. */
const char *bn_catalog_get_error (BnCatalog *self);

/* Reads the list again: memory and CPU time are not signalled. */
void bn_catalog_refresh (BnCatalog *self);

/* Borrowed; NULL if there is none. "hub" is the hub itself. */
BnModuleItem *bn_catalog_find (BnCatalog *self, const char *name);
/* The hub itself, as a module that is always ready and not in the list; borrowed. */
BnModuleItem *bn_catalog_get_hub_item (BnCatalog *self);
/* The declaration of a full type, NULL if no module has it. */
const BnEventInfo *bn_catalog_find_event (BnCatalog *self, const char *type);

G_END_DECLS
