/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Other machines: their connections come over TLS, on a port of their own. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _BnHttpServer BnHttpServer;
typedef struct _BnLan BnLan;

/* Listens on @port of every address, and answers to @names (host names and IP addresses) there. */
BnLan *bn_lan_new (BnHttpServer *server, guint16 port, GTlsCertificate *certificate,
                   const char *const *names, GError **error);
/* Its connections end. */
void bn_lan_free (BnLan *self);

guint16 bn_lan_get_port (BnLan *self);

G_END_DECLS
