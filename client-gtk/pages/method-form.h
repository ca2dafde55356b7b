/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The form of a method: a field for each argument, by its D-Bus type. */
#pragma once

#include "model/description.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define BN_TYPE_METHOD_FORM (bn_method_form_get_type ())
G_DECLARE_FINAL_TYPE (BnMethodForm, bn_method_form, BN, METHOD_FORM, AdwWindow)

/* Signal "submit" (GVariant a{sv}): the arguments are complete and well-formed. */

/* @known: a{sv}, arguments that need no field; may be NULL. */
GtkWindow *bn_method_form_new (GtkWindow *parent, const BnMethodInfo *method, GVariant *known);

G_END_DECLS
