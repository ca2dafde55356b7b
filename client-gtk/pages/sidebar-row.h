/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A row of the sidebar: the name of a page and, where it is that of a module, a live value, or a
 * warning while the module does not run. */
#pragma once

#include "model/session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define BN_TYPE_SIDEBAR_ROW (bn_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (BnSidebarRow, bn_sidebar_row, BN, SIDEBAR_ROW, GtkListBoxRow)

GtkWidget *bn_sidebar_row_new (const char *id, const char *group, const char *title,
                               const char *icon);
const char *bn_sidebar_row_get_id (BnSidebarRow *self);
const char *bn_sidebar_row_get_group (BnSidebarRow *self);
const char *bn_sidebar_row_get_title (BnSidebarRow *self);
void bn_sidebar_row_set_title (BnSidebarRow *self, const char *title);

/* The page is that of a module and goes with it. Once. */
void bn_sidebar_row_set_module (BnSidebarRow *self, BnSession *session, BnModuleItem *module);
/* The text of the live value, "" if there is none. */
const char *bn_sidebar_row_get_value (BnSidebarRow *self);
gboolean bn_sidebar_row_is_module (BnSidebarRow *self);

G_END_DECLS
