/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A window that finds what a person names, and tells where it is. */
#pragma once

#include "model/search-index.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_SEARCH_WINDOW (bn_search_window_get_type ())
G_DECLARE_FINAL_TYPE (BnSearchWindow, bn_search_window, BN, SEARCH_WINDOW, AdwWindow)

/* Signal "chosen" (char *page, char *target): go there; @target is NULL for the page itself. */

/* Takes @index, an array of bn_search_index_new(). */
BnSearchWindow *bn_search_window_new (GPtrArray *index, GtkWindow *parent);

G_END_DECLS
