/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* One TLS connection, and what it carries as a plain socket. */
#pragma once

#include <gio/gio.h>

#include "protocol/bridge-limits.h"

G_BEGIN_DECLS

/* The handshake is made: what comes from the peer can be read from @plain, and what is written
 * there goes to it. */
typedef void (*BnTlsReady) (GSocket *plain, gpointer user_data);
/* It is over; nothing is called after it. */
typedef void (*BnTlsGone) (gpointer user_data);

typedef struct _BnTlsRelay BnTlsRelay;

/* @socket is kept. The handshake must be made within @limits' time. TLS 1.2 at least, which is what
 * GnuTLS allows by itself. */
BnTlsRelay *bn_tls_relay_new (GSocket *socket, GTlsCertificate *certificate, const BnLimits *limits,
                              BnCounters *counters, BnTlsReady ready, BnTlsGone gone,
                              gpointer user_data);

/* Ends it now; @gone is called before this returns, or soon after. */
void bn_tls_relay_end (BnTlsRelay *self);

G_END_DECLS
