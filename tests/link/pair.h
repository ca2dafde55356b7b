/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A link and the GDBusConnection of a peer, at both ends of a socketpair, in one main loop. */
#pragma once

#include <gio/gio.h>
#include <gio/gunixfdlist.h>

#include "link/link.h"

#define PAIR_PATH "/org/binnacle/Test"
#define PAIR_INTERFACE "org.binnacle.Test1"

typedef struct
{
  BnLink *link;
  GDBusConnection *peer; /* NULL in pair_new_raw() */
  int raw;               /* the peer's end in pair_new_raw(), else -1 */
  GPtrArray *messages;   /* what "message" gave */
  guint n_ready;
  guint n_drained;
  guint n_closed;
  GError *reason;   /* of the last "closed" */
  gboolean answers; /* calls are answered with their own body and descriptors */
  guint registration;
} Pair;

/* The peer serves PAIR_INTERFACE: Echo (s) -> (s); Swap (h) -> (h), the same descriptor; Fail ();
 * Never () without an answer; Large (u bytes) -> (ay). */
Pair *pair_new (const BnLinkLimits *limits);

/* The peer is a bare socket, and the handshake is not done. */
Pair *pair_new_raw (const BnLinkLimits *limits);

/* The peer is a bare socket after the handshake, with descriptors agreed. */
Pair *pair_new_open (const BnLinkLimits *limits);

void pair_free (Pair *pair);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pair, pair_free)

/* Runs the main loop until @condition; a test that waits for ten seconds has failed. */
#define pair_await(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 pair_end_usec = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;                      \
    while (!(condition))                                                                           \
      {                                                                                            \
        pair_turn ();                                                                              \
        if (g_get_monotonic_time () > pair_end_usec)                                               \
          g_error ("%s:%d: waited too long for %s", __FILE__, __LINE__, #condition);               \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* One turn of the main loop, which waits for something to do, at most 100 ms. */
void pair_turn (void);

/* A call of PAIR_INTERFACE. */
GDBusMessage *pair_call_new (const char *method, GVariant *body);

/* Calls the peer and waits; a failure of the link is in @error. */
GDBusMessage *pair_call (Pair *pair, GDBusMessage *call, guint timeout_ms, GError **error);

/* Asserts that Echo works. */
void pair_assert_works (Pair *pair);

/* Writes all of it to the bare socket, which must have room. */
void pair_write (Pair *pair, gconstpointer bytes, gsize size);

/* @message as it stands on the wire, with @serial. */
guint8 *pair_encode (GDBusMessage *message, guint32 serial, gsize *size);

/* Open descriptors, threads and resident bytes of this process. */
guint pair_count_descriptors (void);
guint pair_count_threads (void);
gsize pair_get_resident_bytes (void);

/* Asserts that since @before resident memory has grown by at most @bytes. */
void pair_assert_memory (gsize before, gsize bytes);
