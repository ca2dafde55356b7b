/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What a person types into a form, as the value of a D-Bus argument. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A floating value for an argument of the D-Bus type @signature. Lists of strings are separated by
 * commas or line breaks; types that have no form go to the hub as JSON text, which it reads. Fails
 * with BN_ERROR_BAD_PAYLOAD, which says what is expected. */
GVariant *bn_argument_parse (const char *signature, const char *text, GError **error);

G_END_DECLS
