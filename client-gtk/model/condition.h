/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The conditions of cards (Where): "FIELD OP VALUE", joined by ";", OP one of = != < > <= >=
 * exists. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BnCondition BnCondition;

/* Fails with BN_ERROR_BAD_PAYLOAD, which quotes the part that is wrong. */
BnCondition *bn_condition_new (const char *text, GError **error);
void bn_condition_free (BnCondition *self);

/* TRUE if all parts hold for @values (a{sv}). A field that is absent fulfils no part. Numbers are
 * compared as numbers, everything else as text. */
gboolean bn_condition_holds (const BnCondition *self, GVariant *values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnCondition, bn_condition_free)

G_END_DECLS
