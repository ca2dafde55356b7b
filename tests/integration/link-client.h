/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A client of the hub on its private socket, with a session, that keeps what it hears: it needs no
 * bus. */
#pragma once

#include "hub-fixture.h"

G_BEGIN_DECLS

typedef struct
{
  HubFixture *hub;
  GDBusConnection *connection; /* (owned) */
  char *session;               /* (owned) */
  guint listening;
  guint events;
  guint64 sequence; /* of the last event */
  gboolean in_order;
  guint samples;
  guint gaps;
  gint64 sample_usec;      /* when the last sample came, monotonic */
  gint64 sample_wait_usec; /* the longest time between two samples */
} LinkClient;

LinkClient *link_client_new (HubFixture *hub);
void link_client_free (LinkClient *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LinkClient, link_client_free)

/* Subscribe that succeeds; @interval_ms of 0 is the workers' own. */
void link_client_subscribe (LinkClient *self, const char *pattern, guint interval_ms);
/* Request that succeeds, without waiting for the loop; @payload in text form. */
GVariant *link_client_request (LinkClient *self, const char *type, const char *payload);
/* One number of event.statistics. */
guint64 link_client_statistic (LinkClient *self, const char *name);
/* Runs the loop until @counter, of this client, is @wanted. */
void link_client_wait (LinkClient *self, const guint *counter, guint wanted);

G_END_DECLS
