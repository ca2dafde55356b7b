/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* After a wrong token an address has to wait, each time twice as long. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BnLoginDelay BnLoginDelay;

BnLoginDelay *bn_login_delay_new (void);
void bn_login_delay_free (BnLoginDelay *self);

/* How long @address has to wait from now on, in microseconds; 0: it may try. */
gint64 bn_login_delay_get (BnLoginDelay *self, const char *address, gint64 now_usec);

void bn_login_delay_note_failure (BnLoginDelay *self, const char *address, gint64 now_usec);
void bn_login_delay_note_success (BnLoginDelay *self, const char *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnLoginDelay, bn_login_delay_free)

G_END_DECLS
