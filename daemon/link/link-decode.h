/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Makes a message of bytes that nobody has looked at before: pure. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The message in @data, one whole frame. It is safe to hand to any GDBus call: names are valid,
 * what its type needs is there, and each handle in the body is below the number of descriptors in
 * the header. Otherwise NULL and BN_ERROR_BAD_MESSAGE. */
GDBusMessage *bn_link_decode (const guint8 *data, gsize size, GError **error);

G_END_DECLS
