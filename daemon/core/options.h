/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The options of a call: an a{sv} whose known keys have fixed types. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  const char *type; /* a GVariant type string */
} BnOption;

/* bad_payload if an option of @known (ends with a NULL name) has another type. Keys that are not
 * known are left alone: a newer client may speak to an older hub. */
gboolean bn_options_check (GVariant *options, const BnOption *known, GError **error);

G_END_DECLS
