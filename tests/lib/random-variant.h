/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Random values for tests of properties. The same seed gives the same values. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A definite type that D-Bus knows, without descriptors, at most @depth containers deep. */
GVariantType *bn_random_type (GRand *rand, guint depth);

/* A value of the type: numbers at the edges of their ranges as often as inside, doubles finite,
 * strings with characters of every length and controls, unique keys in dictionaries. What a variant
 * holds is at most @depth containers deep. Floating. */
GVariant *bn_random_value (GRand *rand, const GVariantType *type, guint depth);

G_END_DECLS
