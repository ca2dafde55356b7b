/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a module asks for, in plain words, before it may run: approved, or not. */
#pragma once

#include "model/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Reads what @item asks for now and shows it; what was shown is what is approved. @widget: where it
 * was asked from; its window has the action "win.toast" (s). */
void bn_rights_dialog_review (GtkWidget *widget, BnSession *session, BnModuleItem *item);

/* One right as a sentence: "use the network". @right: a row of "rights" of module.describe. */
char *bn_rights_dialog_sentence (GVariant *right);

G_END_DECLS
