/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A thing that can be controlled, as a row: its name, its state, and, opened, its facts and its
 * actions. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_ENTITY_ROW (bn_entity_row_get_type ())
G_DECLARE_FINAL_TYPE (BnEntityRow, bn_entity_row, BN, ENTITY_ROW, AdwExpanderRow)

/* Signal "action", with its id as detail (char *id): its button was pressed; "delete" for the key
 * Del. */

GtkWidget *bn_entity_row_new (const char *title);
void bn_entity_row_set_state (BnEntityRow *self, const char *state);
/* @value may be NULL: it is not known. Facts appear in the order of their first call. */
void bn_entity_row_set_fact (BnEntityRow *self, const char *name, const char *value);
void bn_entity_row_set_fact_visible (BnEntityRow *self, const char *name, gboolean visible);
/* @destructive: red. */
void bn_entity_row_add_action (BnEntityRow *self, const char *id, const char *label,
                               gboolean destructive);
void bn_entity_row_set_action_visible (BnEntityRow *self, const char *id, gboolean visible);
/* Whether it has this action and shows it. */
gboolean bn_entity_row_has_action (BnEntityRow *self, const char *id);
/* Opens it and gives it the focus. */
void bn_entity_row_reveal (BnEntityRow *self);

G_END_DECLS
