/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A packet of Socket.IO (protocol revision 5, "Packet encoding"):
 * TYPE[ATTACHMENTS-][NAMESPACE,][ID][JSON]. */
#pragma once

#include "socketio/slices.h"

G_BEGIN_DECLS

typedef enum
{
  BN_SIO_CONNECT,
  BN_SIO_DISCONNECT,
  BN_SIO_EVENT,
  BN_SIO_ACK,
  BN_SIO_CONNECT_ERROR,
  BN_SIO_BINARY_EVENT,
  BN_SIO_BINARY_ACK,
} BnSioType;

#define BN_SIO_ATTACHMENTS_MAX 16

/* Borrowed from the text. */
typedef struct
{
  BnSioType type;
  guint attachments;      /* how many binary messages follow */
  BnSlice namespace_name; /* "/" if none is named */
  BnSlice id;             /* digits; empty: no answer is wanted */
  BnSlice data;           /* JSON; empty: none */
} BnSioPacket;

/* FALSE if it is not written like that. */
gboolean bn_sio_packet_parse (const char *text, gsize length, BnSioPacket *packet);

/* @id (nullable), @data: what is behind the namespace. As a message of Engine.IO, with its '4'. */
char *bn_sio_packet_format (BnSioType type, const char *namespace_name, BnSlice id,
                            const char *data);

/* {"_placeholder":true,"num":N} in @data as the N-th attachment (GBytes) in base64, which is how
 * JSON has bytes. NULL if one names an attachment that is not there. */
char *bn_sio_packet_fill (BnSlice data, GPtrArray *attachments);

G_END_DECLS
