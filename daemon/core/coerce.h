/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Loose values become the types that are wanted: what comes by name from JSON, a command line or a
 * page becomes the arguments of a typed method. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Converts @value to @type. The rules: an exact type wins; integers are range-checked; a double
 * becomes an integer only if it is integral and at most 2^53; a decimal string becomes a number;
 * booleans never come from or become numbers, the strings "true" and "false" become booleans; o and
 * g are validated; arrays, dictionaries and tuples are converted element by element; a string
 * becomes the bytes of an ay as base64, and any other container as JSON text; an h is not accepted,
 * also not inside a variant; nor is what is deeper than BN_VALUE_DEPTH_MAX. Full reference; the
 * error is BN_ERROR_BAD_PAYLOAD and names @name. */
GVariant *bn_coerce (GVariant *value, const GVariantType *type, const char *name, GError **error);

/* The arguments of a method as a tuple, from @payload (a{sv}) by their names. Full reference. */
GVariant *bn_coerce_arguments (GDBusMethodInfo *info, GVariant *payload, GError **error);

/* What a method returned as an a{sv} by name. Descriptors, and values that have one in them, are
 * left out. BN_ERROR_INTERNAL if @tuple is not what @info declares, or deeper than
 * BN_VALUE_DEPTH_MAX: who sends that to a bus is disconnected. Full reference. */
GVariant *bn_coerce_results (GDBusMethodInfo *info, GVariant *tuple, GError **error);

/* TRUE for a descriptor, and for what has one in it. @value is not deeper than
 * BN_VALUE_DEPTH_MAX. */
gboolean bn_value_has_handle (GVariant *value);

G_END_DECLS
