/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The outgoing queue: counts its bytes and writes many messages with one call. */
#pragma once

#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

typedef struct
{
  GQueue chunks; /* of Chunk */
  gsize queued_bytes;
  guint with_descriptors; /* messages in the queue that carry descriptors */
} BnLinkWriter;

void bn_link_writer_init (BnLinkWriter *self);
void bn_link_writer_clear (BnLinkWriter *self);

/* Takes @bytes, one message. @descriptors may be NULL. */
void bn_link_writer_push (BnLinkWriter *self, guint8 *bytes, gsize size, GUnixFDList *descriptors);

/* Writes what @socket takes now and adds the number of bytes to *@written. FALSE when the peer can
 * no longer be written to. */
gboolean bn_link_writer_flush (BnLinkWriter *self, int socket, guint64 *written);

G_END_DECLS
