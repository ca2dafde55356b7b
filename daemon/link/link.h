/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub's end of a private D-Bus peer-to-peer connection, bounded in both directions. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* All sizes in bytes, all times in milliseconds. Each limit that is hit is counted in
 * BnLinkStatistics. */
typedef struct
{
  guint message_bytes;  /* largest message in either direction; checked on the header */
  guint queue_bytes;    /* outgoing bytes not yet taken by the kernel, replies included */
  guint pending_calls;  /* our calls that wait for an answer */
  guint pending_served; /* the peer's calls that wait for ours: past it reading pauses */
  guint descriptors;    /* descriptors in one message */
  guint turn_messages;  /* messages read in one turn of the loop, then others get their turn */
  guint turn_bytes;     /* bytes read in one turn of the loop */
  guint handshake_ms;   /* from the connection to the end of the SASL exchange */
} BnLinkLimits;

/* 1 MiB, 4 MiB, 1024, 64, 16, 64, 256 KiB, 3000 */
extern const BnLinkLimits bn_link_default_limits;

typedef struct
{
  guint64 messages_in;
  guint64 messages_out;
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 refused_queue;   /* sends refused because the queue was full */
  guint64 refused_size;    /* sends refused because the message was too large */
  guint64 refused_pending; /* calls refused because too many wait */
  guint64 late_replies;    /* replies to calls that had timed out or were cancelled */
  guint64 pauses;          /* how often reading paused because too many of its calls wait */
} BnLinkStatistics;

#define BN_TYPE_LINK (bn_link_get_type ())
G_DECLARE_FINAL_TYPE (BnLink, bn_link, BN, LINK, GObject)

/* Signals:
 *
 * "ready" (): the SASL exchange is over.
 * "message" (GDBusMessage *): a method call or a signal from the peer, checked to be well-formed.
 *   Every method call that expects a reply must be answered with bn_link_reply() or one of its
 *   sisters, else it counts as pending for ever.
 * "drained" (): the queue fell below a quarter of queue_bytes after a send was refused.
 * "closed" (GError *): emitted once; nothing follows. The error says why: BN_ERROR_UNAVAILABLE (the
 *   peer closed), _BAD_MESSAGE (garbage), _TOO_LARGE, _TIMEOUT (handshake), _FORBIDDEN (SASL),
 *   _BUSY (the peer does not read our answers), _UNSUPPORTED (descriptors wait for a peer that
 *   takes none).
 *
 * Signals and callbacks come from the main loop only, never from inside a function of this file.
 * They may close the link or drop the last reference to it. */

/* Takes @fd, a connected stream socket of the family AF_UNIX. The link is the SASL server. Reading
 * begins in the thread-default main context; no thread is used. */
BnLink *bn_link_new (int fd, const BnLinkLimits *limits);

/* Closes at once; calls that wait fail with BN_ERROR_UNAVAILABLE, in the next turn of the loop.
 * "closed" is not emitted. */
void bn_link_close (BnLink *self);

gboolean bn_link_is_closed (BnLink *self);

/* The peer is gone: emits "message" for what it said before, which the socket still holds. */
void bn_link_read_rest (BnLink *self);

/* Credentials that the kernel keeps for the socket (SO_PEERCRED): of the process that made it. */
gboolean bn_link_get_peer (BnLink *self, pid_t *pid, uid_t *uid);

/* Queues @message (its serial is set) and writes what the socket takes; before the handshake is
 * over it waits in the queue. A message that is refused changes nothing: BN_ERROR_BUSY (queue
 * full), _TOO_LARGE, _UNAVAILABLE (closed), _UNSUPPORTED (it carries descriptors, and the peer
 * takes none), _BAD_PAYLOAD (it cannot be written out). An empty queue takes any message up to
 * message_bytes. Replies are never refused for a full queue: beyond twice queue_bytes the link
 * closes. */
gboolean bn_link_send (BnLink *self, GDBusMessage *message, GError **error);

/* Sends @message, a method call, and waits for its reply at most @timeout_ms. An error reply is
 * returned as the reply message, not as an error. Errors: as bn_link_send(), and BN_ERROR_TIMEOUT,
 * _UNAVAILABLE (closed), _BUSY (pending_calls), G_IO_ERROR_CANCELLED. The call keeps the link
 * alive. */
void bn_link_call_async (BnLink *self, GDBusMessage *message, guint timeout_ms,
                         GCancellable *cancellable, GAsyncReadyCallback callback,
                         gpointer user_data);
GDBusMessage *bn_link_call_finish (BnLink *self, GAsyncResult *result, GError **error);

/* Answer @call, a message that "message" gave. Nothing is sent if the call expects no reply, has
 * had one, or after the link has closed. An answer that is too large is replaced by that error.
 * @body is a tuple or NULL; @descriptors may be NULL. */
void bn_link_reply (BnLink *self, GDBusMessage *call, GVariant *body, GUnixFDList *descriptors);
void bn_link_reply_error (BnLink *self, GDBusMessage *call, const GError *error);
/* @reply belongs to another connection: body, descriptors and error name are copied. */
void bn_link_reply_copy (BnLink *self, GDBusMessage *call, GDBusMessage *reply);

/* Bytes queued, method calls of the peer not yet answered, and ours that the peer did not answer
 * yet. */
gsize bn_link_get_queued (BnLink *self);
guint bn_link_get_served (BnLink *self);
guint bn_link_get_pending (BnLink *self);

void bn_link_get_statistics (BnLink *self, BnLinkStatistics *statistics);

G_END_DECLS
