/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A module that is not running, in words: what is the matter, and what a person can do. */
#pragma once

#include "model/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What is the matter; NULL while it runs. */
char *bn_module_state_describe (BnModuleItem *item);
/* What a person can do, as the label of a button; NULL if there is nothing, or it heals alone. */
const char *bn_module_state_get_remedy (BnModuleItem *item);
/* Does it; what the hub refuses is told in a toast. */
void bn_module_state_heal (GtkWidget *widget, BnSession *session, BnModuleItem *item);
/* It failed too often, or waits to be started again. */
gboolean bn_module_state_is_bad (BnModuleItem *item);

G_END_DECLS
