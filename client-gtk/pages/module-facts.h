/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the row of a module shows, and what can be done with it. */
#pragma once

#include "model/module-item.h"
#include "pages/entity-row.h"

G_BEGIN_DECLS

/* Once: its buttons; the ids are requests ("module." and the id), and "review" and "history". */
void bn_module_facts_add_actions (BnEntityRow *row);
void bn_module_facts_update (BnEntityRow *row, BnModuleItem *item);

/* What changes with the time: when it starts next, for how long it is as it is. TRUE if it must be
 * looked at again in a second. */
gboolean bn_module_facts_update_times (BnEntityRow *row, BnModuleItem *item);

G_END_DECLS
