/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A table on a terminal: aligned by what is seen, fitted to its width. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BnTable BnTable;

BnTable *bn_table_new (void);
void bn_table_free (BnTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnTable, bn_table_free)

/* @heading may be NULL for a table without headings; it must be so for all columns or none. */
void bn_table_add_column (BnTable *self, const char *heading, gboolean align_right);

/* Begins a row; then bn_table_add_cell for each column. Missing cells are empty. */
void bn_table_begin_row (BnTable *self);

/* @text is one escaped line. @style is "" or an escape sequence that is switched off after the
 * cell. */
void bn_table_add_cell (BnTable *self, const char *text, const char *style);

guint bn_table_get_n_rows (BnTable *self);

/* @width: columns of the terminal, 0 if it is none: nothing is cut off then. @heading_style as for
 * a cell. Columns in which no row has a value are left out. A single row that is too wide has a
 * line for each cell. Every line ends with a line feed. */
char *bn_table_to_string (BnTable *self, guint width, const char *heading_style);

G_END_DECLS
