/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* A bridge and a hub for tests, in this process, on a port of its own. */
#pragma once

#include "http/http-server.h"
#include "hub/hub-client.h"
#include "test-hub.h"
#include "web-client.h"

G_BEGIN_DECLS

typedef struct
{
  char *folder;
  char *socket;
  TestHub *hub;
  BnHubClient *hub_client;
  BnBackend *backend;
  BnLimits limits;
  BnCounters counters;
  BnHttpServer *server;
  BnRoom *room;
  guint16 port;
} Bridge;

/* @limits may be NULL. @page: a folder, or NULL. Waits until the hub is connected. */
Bridge *bridge_new (const BnLimits *limits, const char *page);
void bridge_free (Bridge *self);

/* The hub dies; another with @epoch comes. */
void bridge_lose_hub (Bridge *self);
void bridge_start_hub (Bridge *self, const char *epoch);

/* Resident memory of this process, in KiB. */
guint64 resident_kib (void);
/* It is not @kib more than @before. (AddressSanitizer keeps freed memory for a while: with it the
 * bound is wider.) */
void assert_grew_less (guint64 before, guint64 kib);
guint open_descriptors (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bridge, bridge_free)

G_END_DECLS
