/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How often something may be done. */
#include "protocol/bucket.h"

gboolean
bn_bucket_take (BnBucket *self, gint64 now_usec, guint per_second, guint burst)
{
  if (self->last_usec == 0)
    self->tokens = burst;
  else
    self->tokens += (now_usec - self->last_usec) * (double)per_second / G_USEC_PER_SEC;
  self->tokens = MIN (self->tokens, burst);
  self->last_usec = now_usec;
  if (self->tokens < 1)
    return FALSE;
  self->tokens -= 1;
  return TRUE;
}
