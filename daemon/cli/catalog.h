/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What modules say about themselves (module.describe), asked once: units and headings of values. */
#pragma once

#include "cli/cli.h"
#include "cli/output.h"

G_BEGIN_DECLS

typedef struct _BnCatalog BnCatalog;

/* @cli must outlive it. */
BnCatalog *bn_catalog_new (BnCli *cli);
void bn_catalog_free (BnCatalog *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnCatalog, bn_catalog_free)

/* The description of a module in this locale, borrowed; NULL if it cannot be had. */
GVariant *bn_catalog_describe (BnCatalog *self, const char *module);

/* The fields of the event @type ("docker.stats"): array of BnColumn, empty if it is not known. The
 * texts live as long as the program. Full reference. */
GArray *bn_catalog_event_columns (BnCatalog *self, const char *type);

/* Why nothing will ever be seen of the sample @type: its module is there and has none of that name.
 * NULL if there may be, as when the module is not loaded yet. Owned. */
char *bn_catalog_explain_no_sample (BnCatalog *self, const char *type);

/* The columns of a card that shows what the method @type answers, empty if there is none. */
GArray *bn_catalog_method_columns (BnCatalog *self, const char *type);

/* The field that tells instances of a sample apart, NULL if there is one only; interned. */
const char *bn_catalog_event_key (BnCatalog *self, const char *type);

/* The row of the list @key ("events", "methods") whose @name_key is @name; NULL if there is none.
 */
GVariant *bn_catalog_find (GVariant *description, const char *key, const char *name_key,
                           const char *name);

/* "docker" of "docker.stats". */
char *bn_catalog_module_of (const char *type);

G_END_DECLS
