/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* How often a module may be reloaded because it passed a soft limit.
 *
 * A leak that takes hours to fill is healed by each reload. A module that simply needs more than
 * its limit is not: it is there again soon after. Each reload that held for less than twice the
 * wait doubles the wait, from ten minutes to a day, so that such a module is not reloaded for ever;
 * one that held makes the wait short again. */
#include "core/reload-pacer.h"

gboolean
bn_reload_pacer_pass (BnReloadPacer *self, gint64 now_usec)
{
  gint64 held_usec = now_usec - self->last_usec;

  if (self->last_usec == 0 || held_usec >= 2 * self->wait_usec)
    self->wait_usec = BN_RELOAD_PACER_MIN_USEC;
  else if (held_usec < self->wait_usec)
    return FALSE;
  else
    self->wait_usec = MIN (2 * self->wait_usec, BN_RELOAD_PACER_MAX_USEC);
  self->last_usec = now_usec;
  return TRUE;
}
