/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The requests that the hub answers itself; introspection/README.md has the table. */
#pragma once

#include "core/jobs.h"
#include "core/requests.h"

G_BEGIN_DECLS

typedef struct
{
  BnEventBus *bus;
  BnModules *modules;
  BnWorkers *workers;
  BnJobs *jobs;
  BnRequests *requests;
  BnManifest *manifest; /* the hub's own */
  const char *version;
  const char *bus_name; /* "session" or "system" */
  gint64 started_usec;  /* monotonic */
} BnHubFacts;

/* @facts stays as long as @requests. */
void bn_hub_requests_add (BnRequests *requests, const BnHubFacts *facts);

/* What module.describe answers for @module, or for the hub if it is NULL; a{sv}, floating. */
GVariant *bn_hub_describe (const BnHubFacts *facts, BnHostedModule *module, const char *locale);

G_END_DECLS
