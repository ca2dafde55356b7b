/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The page of the hub's modules: what they are, how they are, and what can be done with them. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_MODULES_PAGE (bn_modules_page_get_type ())
G_DECLARE_FINAL_TYPE (BnModulesPage, bn_modules_page, BN, MODULES_PAGE, AdwBin)

GtkWidget *bn_modules_page_new (BnSession *session);

/* Leads a person to a module; FALSE if it is not there. */
gboolean bn_modules_page_reveal (BnModulesPage *self, const char *module);

G_END_DECLS
