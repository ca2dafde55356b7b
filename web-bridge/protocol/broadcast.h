/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* An event of the hub on its way to browsers: made JSON and framed once, whatever their number. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Counted references, one thread. */
typedef struct _BnBroadcast BnBroadcast;

typedef enum
{
  BN_BROADCAST_EVENT,  /* never merged, numbered */
  BN_BROADCAST_SAMPLE, /* a newer one replaces an older one of the same type and key */
} BnBroadcastClass;

typedef enum
{
  BN_BROADCAST_LIVE,
  BN_BROADCAST_RETAINED, /* a sample that was measured before the subscription */
  BN_BROADCAST_REPLAYED, /* an event that the client missed */
} BnBroadcastOrigin;

/* @payload and @values are payload and meta, a{sv}, as they stand in EventBus1.Event and Samples. A
 * sample whose meta says that it is retained is so, whatever @origin. */
BnBroadcast *bn_broadcast_new (BnBroadcastClass class, const char *type, GVariant *payload,
                               GVariant *values, BnBroadcastOrigin origin);
BnBroadcast *bn_broadcast_ref (BnBroadcast *self);
void bn_broadcast_unref (BnBroadcast *self);

BnBroadcastClass bn_broadcast_get_class (const BnBroadcast *self);
const char *bn_broadcast_get_type (const BnBroadcast *self);
guint64 bn_broadcast_get_sequence (const BnBroadcast *self);
/* Type and key in one string: samples with the same identity replace one another. */
const char *bn_broadcast_get_identity (const BnBroadcast *self);
/* Bytes of a frame, about. */
gsize bn_broadcast_get_size (const BnBroadcast *self);

/* The text frame for a client that has the subscriptions @names: a GRefString with their names as
 * JSON strings, split by commas; NULL for those without a name. The same names (the pointers are
 * compared, so make it with g_ref_string_new_intern()) give the same frame. */
GBytes *bn_broadcast_get_frame (BnBroadcast *self, char *names);

/* The same for one client alone. @skipped: samples that this one replaced. */
GBytes *bn_broadcast_make_frame (BnBroadcast *self, const char *names, guint64 skipped);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnBroadcast, bn_broadcast_unref)

G_END_DECLS
