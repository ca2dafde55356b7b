/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One row of a table: what a method listed, and what a sample of the same key measured since. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BN_TYPE_ROW (bn_row_get_type ())
G_DECLARE_FINAL_TYPE (BnRow, bn_row, BN, ROW, GObject)

/* Signal "changed": some value is another one. */

BnRow *bn_row_new (const char *key);
const char *bn_row_get_key (BnRow *self);

/* a{sv}; NULL for none. */
void bn_row_set_listed (BnRow *self, GVariant *values);
void bn_row_set_measured (BnRow *self, GVariant *values);
gboolean bn_row_is_listed (BnRow *self);

/* A new reference, the measured value before the listed one; NULL if neither has it. */
GVariant *bn_row_lookup (BnRow *self, const char *name);

/* All values as one a{sv}: a new reference. */
GVariant *bn_row_get_values (BnRow *self);

G_END_DECLS
