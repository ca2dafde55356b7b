/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a person can go to by name: pages, cards, modules, workers, metrics. */
#pragma once

#include "model/catalog.h"

G_BEGIN_DECLS

typedef enum
{
  BN_SEARCH_PAGE,
  BN_SEARCH_CARD,
  BN_SEARCH_MODULE,
  BN_SEARCH_WORKER,
  BN_SEARCH_METRIC,
} BnSearchKind;

typedef struct
{
  BnSearchKind kind;
  char *title;
  char *detail; /* where it is, or what it is called in scripts; "" if there is nothing to say */
  char *page;   /* the id of the page to go to */
  char *target; /* what on it: a card, a module, a worker; nullable */
  char *folded; /* title and detail, to compare with */
} BnSearchEntry;

/* An array of BnSearchEntry that owns them. */
GPtrArray *bn_search_index_new (void);
void bn_search_index_add_page (GPtrArray *self, const char *id, const char *title);
/* Everything that the modules declare. */
void bn_search_index_add_catalog (GPtrArray *self, BnCatalog *catalog);

/* The entries that have all words of @text, best first, @most at most; borrowed. Without words the
 * pages. */
GPtrArray *bn_search_index_find (GPtrArray *self, const char *text, guint most);

G_END_DECLS
