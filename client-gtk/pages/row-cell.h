/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One cell of a table: follows the value of a field of its row. */
#pragma once

#include "model/row.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  BN_CELL_TEXT,
  BN_CELL_BADGE,
  BN_CELL_METER,
} BnCellKind;

#define BN_TYPE_ROW_CELL (bn_row_cell_get_type ())
G_DECLARE_FINAL_TYPE (BnRowCell, bn_row_cell, BN, ROW_CELL, AdwBin)

/* @unit may be NULL. @numeric: aligned to the right. */
GtkWidget *bn_row_cell_new (const char *field, BnCellKind kind, const char *unit, gboolean numeric);
void bn_row_cell_set_row (BnRowCell *self, BnRow *row);

/* "error", "warning", "success" or NULL: the style of a state by its name. */
const char *bn_row_cell_badge_style (const char *state);
/* The state in the person's language; to be freed. */
char *bn_row_cell_badge_words (const char *state);

G_END_DECLS
