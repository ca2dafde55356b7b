/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Running a method of a module: takes its arguments from a row, asks for those that are missing,
 * asks before it destroys, and says what came of it. */
#pragma once

#include "model/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @values: a{sv} that arguments are taken from by name, NULL for none. @parent is the widget it was
 * asked from; its window has the action "win.toast" (s). */
void bn_method_run (GtkWidget *parent, BnSession *session, BnModuleItem *module,
                    const BnMethodInfo *method, GVariant *values);

/* A request with a toast for its error, and with @success if that is not empty. */
void bn_request_run (GtkWidget *parent, BnSession *session, const char *type, GVariant *payload,
                     const char *success);

G_END_DECLS
