/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the network interfaces carry. */
#pragma once

#include <gio/gio.h>

#include "modules/system_info/rate.h"
#include "modules/system_info/roster.h"

G_BEGIN_DECLS

typedef struct
{
  const char *interface;
  const char *kind;  /* "ethernet", "wireless", "bridge", "bond", "vlan", "tunnel", "virtual" ... */
  gboolean has_link; /* whether it is known */
  gboolean link;     /* something is at the other end */
  guint64 link_bytes; /* a second, each way; 0: not known */
  guint64 received_total_bytes;
  guint64 sent_total_bytes;
  gboolean has_rates;    /* not in the first reading */
  double received_bytes; /* a second, and so the others */
  double sent_bytes;
  double received_packets;
  double sent_packets;
  double errors; /* both ways */
  double drops;
} BnNetworkSample;

typedef void (*BnNetworkFunc) (const BnNetworkSample *sample, gpointer user_data);

typedef struct _BnNetworkReader BnNetworkReader;

BnNetworkReader *bn_network_reader_new (const char *sysroot);
void bn_network_reader_free (BnNetworkReader *self);

/* Without the loopback, the container ends of virtual cables, and interfaces without hardware that
 * have never carried anything. */
gboolean bn_network_reader_read (BnNetworkReader *self, gint64 now_usec, gint64 period_usec,
                                 BnNetworkFunc func, BnGoneFunc gone, gpointer user_data,
                                 GError **error);

typedef enum
{
  BN_NETWORK_RECEIVED,
  BN_NETWORK_RECEIVED_PACKETS,
  BN_NETWORK_RECEIVED_ERRORS,
  BN_NETWORK_RECEIVED_DROPS,
  BN_NETWORK_SENT,
  BN_NETWORK_SENT_PACKETS,
  BN_NETWORK_SENT_ERRORS,
  BN_NETWORK_SENT_DROPS,
  BN_NETWORK_COUNTERS,
} BnNetworkCounter;

/* A line of /proc/net/dev. */
gboolean bn_network_parse_line (const char *at, const char **name, gsize *name_length,
                                guint64 counters[BN_NETWORK_COUNTERS]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BnNetworkReader, bn_network_reader_free)

G_END_DECLS
