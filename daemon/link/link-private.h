/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The link's own state, shared by link.c (the object and its source), link-input.c, link-output.c
 * and link-reply.c. */
#pragma once

#include "link/link-calls.h"
#include "link/link-reader.h"
#include "link/link-receive.h"
#include "link/link-sasl.h"
#include "link/link-writer.h"
#include "link/link.h"

G_BEGIN_DECLS

struct _BnLink
{
  GObject parent;

  BnLinkLimits limits;
  BnLinkStatistics statistics;
  GSource *source; /* owned; NULL when all is over */
  gpointer tag;    /* of the socket in the source; NULL when closed */
  int fd;          /* -1 when closed */
  GIOCondition polled;
  pid_t peer_pid;
  uid_t peer_uid;

  gint64 handshake_deadline_usec;
  gboolean ready;
  gboolean hung_up;      /* the peer is gone: read what is left, whatever waits */
  gboolean write_failed; /* likewise */
  gboolean blocked;      /* the socket took less than there was */
  gboolean wants_drained;
  GError *close_reason; /* owned; "closed" is still to be emitted */
  GDestroyNotify closed_notify;
  gpointer closed_data;

  BnLinkSasl sasl;
  BnLinkReader reader;
  BnLinkDescriptors received;
  guint64 received_until; /* they belong to messages that begin before this offset */
  BnLinkWriter handshake_writer;
  BnLinkWriter writer; /* holds what is sent before the handshake ends */
  BnLinkCalls calls;
  GHashTable *served; /* serials of the peer's calls that wait for our answer */
  guint32 serial;
};

/* Closes the socket at once and takes @reason; calls fail and "closed" is emitted from the main
 * loop. */
void bn_link_fail (BnLink *self, GError *reason);

/* @notify is called once, when the socket of the link is closed, for whatever reason. */
void bn_link_set_closed_notify (BnLink *self, GDestroyNotify notify, gpointer user_data);

void bn_link_emit_ready (BnLink *self);
void bn_link_emit_message (BnLink *self, GDBusMessage *message);

/* link-input.c */

/* Reads and delivers one turn's worth; @readable: the socket has something. */
void bn_link_read_turn (BnLink *self, gboolean readable);
/* Reading waits until the peer's calls are answered. */
gboolean bn_link_is_paused (BnLink *self);
/* Something to deliver has already been read. */
gboolean bn_link_has_input (BnLink *self);
/* Whether @call still waits for our answer; it then no longer does. */
gboolean bn_link_take_served (BnLink *self, GDBusMessage *call);

/* link-output.c */

/* Writes what the socket takes. */
void bn_link_flush (BnLink *self);
gboolean bn_link_has_output (BnLink *self);
/* bn_link_send(); a reply is not refused because of a full queue. */
gboolean bn_link_enqueue (BnLink *self, GDBusMessage *message, gboolean is_reply, GError **error);

G_END_DECLS
