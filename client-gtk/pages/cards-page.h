/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A page of cards: those of one module, or those that are pinned of all. Samples are subscribed to
 * while the page is looked at. */
#pragma once

#include "model/session.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_CARDS_PAGE (bn_cards_page_get_type ())
G_DECLARE_FINAL_TYPE (BnCardsPage, bn_cards_page, BN, CARDS_PAGE, AdwBin)

/* @module: NULL for the Overview. */
GtkWidget *bn_cards_page_new (BnSession *session, BnModuleItem *module);

/* Leads a person to a card; FALSE if it is not there, or hidden by its condition. */
gboolean bn_cards_page_reveal (BnCardsPage *self, const char *card);

G_END_DECLS
