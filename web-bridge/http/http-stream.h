/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The stream of a connection: what was read too early can be put back. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define BN_TYPE_HTTP_STREAM (bn_http_stream_get_type ())
G_DECLARE_FINAL_TYPE (BnHttpStream, bn_http_stream, BN, HTTP_STREAM, GSocketConnection)

BnHttpStream *bn_http_stream_new (GSocket *socket);

/* @bytes are read again, before what the socket has. What was put back before must be read. */
void bn_http_stream_put_back (BnHttpStream *self, GBytes *bytes);

G_END_DECLS
