/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* Reads bytes and file descriptors from a socket, and owns the descriptors until a message claims
 * them. */
#pragma once

#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

/* Most descriptors that one message can carry. */
#define BN_LINK_MAX_DESCRIPTORS 16

/* The kernel ends a read after bytes that carry descriptors, so besides those of a message that is
 * still incomplete at most one more message's are held. */
typedef struct
{
  int fds[2 * BN_LINK_MAX_DESCRIPTORS];
  guint n;
} BnLinkDescriptors;

typedef enum
{
  BN_LINK_RECEIVED,
  BN_LINK_RECEIVED_NOTHING, /* try again when the socket is readable */
  BN_LINK_RECEIVED_END,     /* the peer has closed its side */
  BN_LINK_RECEIVED_BAD,     /* an error is set */
} BnLinkReceived;

/* One read of at most *@size bytes, which becomes the number read. */
BnLinkReceived bn_link_receive (int socket, guint8 *room, gsize *size, guint max_descriptors,
                                BnLinkDescriptors *descriptors, GError **error);

/* The first @n descriptors, in a list that owns them; NULL if there are not so many. */
GUnixFDList *bn_link_descriptors_take (BnLinkDescriptors *self, guint n);

void bn_link_descriptors_close (BnLinkDescriptors *self);

G_END_DECLS
