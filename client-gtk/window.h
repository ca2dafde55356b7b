/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The window: a sidebar of pages, the page, and above all of it whether the hub is there. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_WINDOW (bn_window_get_type ())
G_DECLARE_FINAL_TYPE (BnWindow, bn_window, BN, WINDOW, AdwApplicationWindow)

BnWindow *bn_window_new (AdwApplication *application, BnSession *session);

/* @id: "overview", "activity", "devices", "modules", "workers", or the name of a module. FALSE if
 * there is no such page. */
gboolean bn_window_show_page (BnWindow *self, const char *id);
/* And what on it: a card, a module, a worker; NULL for the page itself. FALSE if it is not there.
 */
gboolean bn_window_go (BnWindow *self, const char *page, const char *target);

G_END_DECLS
