/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How often something may be done: a burst, then a rate. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tokens that fill with time. Zero it. */
typedef struct
{
  gint64 last_usec;
  double tokens;
} BnBucket;

/* Takes one; FALSE if there is none. */
gboolean bn_bucket_take (BnBucket *self, gint64 now_usec, guint per_second, guint burst);

G_END_DECLS
