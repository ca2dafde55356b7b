/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* The hub: all parts of the core, put together. */
#pragma once

#include "core/access.h"
#include "core/hub-requests.h"
#include "core/requests.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean system; /* the system bus; else the session's */
  const char *version;
  const char *runtime_folder; /* the socket, the token, the lock: gone when the hub goes */
  const char *state_folder;   /* what lasts */
  const char *module_path;    /* colon-separated folders of module folders */
  const char *approval_path;  /* (nullable): those of them whose modules a person must approve */
  const char *program_path;   /* colon-separated folders of programs */
  const char *library_path;   /* colon-separated folders of what modules load, besides /usr */
  const char *sysroot;        /* (nullable): where modules look for /proc and /sys */
} BnHubOptions;

#define BN_TYPE_HUB (bn_hub_get_type ())
G_DECLARE_FINAL_TYPE (BnHub, bn_hub, BN, HUB, GObject)

/* Errors: conflict (a hub runs already with this runtime folder), and those of files. */
BnHub *bn_hub_new (const BnHubOptions *options, GError **error);

/* Opens the private socket and starts the modules. */
gboolean bn_hub_start (BnHub *self, GError **error);

/* Completes when every child is gone. */
void bn_hub_stop_async (BnHub *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean bn_hub_stop_finish (BnHub *self, GAsyncResult *result, GError **error);

/* Its parts; owned by it. */
BnEventBus *bn_hub_get_event_bus (BnHub *self);
BnModules *bn_hub_get_modules (BnHub *self);
BnWorkers *bn_hub_get_workers (BnHub *self);
BnRequests *bn_hub_get_requests (BnHub *self);
BnJobs *bn_hub_get_jobs (BnHub *self);
BnAccess *bn_hub_get_access (BnHub *self);
const BnHubFacts *bn_hub_get_facts (BnHub *self);

G_END_DECLS
