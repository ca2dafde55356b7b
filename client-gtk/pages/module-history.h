/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What happened to a module since the hub started, newest first, in a window of its own. */
#pragma once

#include "model/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* @parent may be NULL. */
GtkWindow *bn_module_history_present (BnSession *session, BnModuleItem *item, GtkWindow *parent);

G_END_DECLS
