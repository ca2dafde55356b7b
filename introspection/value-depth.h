/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How deep values may be nested.
 *
 * A message of D-Bus has at most 64 containers inside one another, variants included; who sends
 * more is disconnected from the bus. What others give us goes on inside our own messages, which
 * wrap it (a reply by name in three containers, a sample in four), so it is checked where it
 * enters. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* For a payload, an argument or a result, itself included: leaves 16 for what wraps it. */
#define BN_VALUE_DEPTH_MAX 48

/* FALSE if @value has more than @max containers (array, dictionary entry, tuple, variant) inside
 * one another, or has a type that D-Bus does not: its signature is too long or too deep. Looks only
 * into what can hold variants; never goes deeper than @max. */
gboolean bn_value_depth_check (GVariant *value, guint max);

G_END_DECLS
