/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The rows of a table: a list model of BnRow. A row keeps its object, and with it its place, its
 * selection and its focus, for as long as its key is listed. */
#pragma once

#include "model/row.h"

G_BEGIN_DECLS

#define BN_ROW_LIST_MAX 10000

#define BN_TYPE_ROW_LIST (bn_row_list_get_type ())
G_DECLARE_FINAL_TYPE (BnRowList, bn_row_list, BN, ROW_LIST, GObject)

/* @key_field: what tells rows apart. @listed: rows come from bn_row_list_set_rows, and what is
 * measured is joined to them; otherwise each measured key is a row. */
BnRowList *bn_row_list_new (const char *key_field, gboolean listed);

/* @rows: aa{sv} */
void bn_row_list_set_rows (BnRowList *self, GVariant *rows);
/* @values may be NULL: it is gone. */
void bn_row_list_set_measured (BnRowList *self, const char *key, GVariant *values);

/* Borrowed; NULL if there is none. */
BnRow *bn_row_list_find (BnRowList *self, const char *key);

/* How many rows were not taken because there were too many. */
guint64 bn_row_list_get_n_refused (BnRowList *self);

G_END_DECLS
