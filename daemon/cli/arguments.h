/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Arguments of a request as they stand on a command line: KEY=VALUE or KEY:=JSON. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* KEY=VALUE is a string, which the hub coerces to the type of the method's argument: "5" becomes a
 * number where one is wanted, "true" a boolean, and JSON text a container. KEY:=JSON is typed by
 * JSON's own rules, for what no method declares. @words is NULL-terminated. Returns a floating
 * a{sv}; BN_ERROR_BAD_PAYLOAD names the word that is wrong and what would be right. */
GVariant *bn_arguments_parse (const char *const *words, GError **error);

G_END_DECLS
