/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of the module host share. */
#pragma once

#include "core/link-dispatch.h"
#include "core/link-requests.h"
#include "core/module-host.h"
#include "core/sample-stream.h"

G_BEGIN_DECLS

struct _BnModuleHost
{
  GObject parent_instance;

  BnEventBus *bus;        /* (owned) */
  BnModules *modules;     /* (owned) */
  BnWorkers *workers;     /* (owned) */
  BnRequests *requests;   /* (owned) */
  BnJobs *jobs;           /* (owned) */
  BnUserSystemd *systemd; /* (owned) (nullable) */
  gint64 logged_usec;
};

/* One process that is served; freed when it is gone. */
typedef struct
{
  BnModuleHost *host;       /* not owned */
  BnHostedModule *module;   /* (owned) */
  BnModuleProcess *process; /* (owned) */
  BnSampleStream *samples;  /* (owned) (nullable) */
  BnLinkRequests *asked;    /* (owned) */
  GHashTable *launches;     /* (owned): those that are not answered yet */
} BnHostClient;

/* Counts and, once in a while, logs @error, and answers @call (nullable) with it. */
void bn_host_client_refuse (BnHostClient *self, GDBusMessage *call, const GError *error);

/* module-host-jobs.c: the methods for jobs; @user_data is the BnHostClient. */
extern const BnLinkMethod bn_host_job_methods[];

/* Tells processes to cancel, and hands jobs over when modules are reloaded. */
void bn_module_host_watch_jobs (BnModuleHost *self);
void bn_host_client_watch_jobs (BnHostClient *self);
/* The process is gone. */
void bn_host_client_end_jobs (BnHostClient *self, const GError *reason);

G_END_DECLS
