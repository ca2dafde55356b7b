/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The server's side of the SASL exchange that opens a D-Bus connection: pure, bytes in, bytes out.
 */
#pragma once

#include <glib.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* No client needs more than 200 bytes; one that goes on past this is sent away. */
#define BN_LINK_SASL_MAX_BYTES 4096
#define BN_LINK_SASL_MAX_REJECTED 8

typedef enum
{
  BN_LINK_SASL_WAITING,
  BN_LINK_SASL_DONE,
  BN_LINK_SASL_FAILED,
} BnLinkSaslStatus;

typedef enum
{
  BN_LINK_SASL_WAIT_NUL,
  BN_LINK_SASL_WAIT_AUTH,
  BN_LINK_SASL_WAIT_DATA,
  BN_LINK_SASL_WAIT_BEGIN,
} BnLinkSaslStep;

typedef struct
{
  uid_t uid; /* of the peer, from the kernel */
  char guid[33];
  BnLinkSaslStep step;
  gsize bytes; /* taken so far */
  guint rejected;
  gboolean descriptors; /* the peer asked to pass file descriptors */
  const char *failure;  /* static; why the status is BN_LINK_SASL_FAILED */
} BnLinkSasl;

/* @guid: 32 hexadecimal digits, sent to the peer. */
void bn_link_sasl_init (BnLinkSasl *self, uid_t uid, const char *guid);

/* Reads the lines that are complete in @data, appends the answers to @reply and returns how many
 * bytes were used. What follows "BEGIN" is not touched. To be called again with the rest when more
 * has come, until the status is no longer BN_LINK_SASL_WAITING. */
gsize bn_link_sasl_feed (BnLinkSasl *self, const guint8 *data, gsize size, GString *reply,
                         BnLinkSaslStatus *status);

G_END_DECLS
