/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of a hosted module share. */
#pragma once

#include "core/hosted-module.h"

G_BEGIN_DECLS

/* A replacement on its way. */
typedef struct
{
  GTask *task;              /* (owned) */
  BnManifest *manifest;     /* (owned) */
  char *hash;               /* (owned) */
  BnModuleProcess *process; /* (owned): the new generation */
  gboolean frozen;          /* the old one was told to freeze: calls are held */
} BnReplacement;

struct _BnHostedModule
{
  GObject parent_instance;

  const BnModuleSurroundings *surroundings; /* not owned */
  BnManifest *manifest;                     /* (owned) */
  char *hash;                               /* (owned) */
  BnModuleState state;
  char *last_error; /* (owned) */
  guint generation;
  guint restarts;

  BnModuleProcess *process;   /* (owned) (nullable): where calls go */
  GPtrArray *leaving;         /* (owned): BnModuleProcess, old generations that finish */
  BnReplacement *replacement; /* (owned) (nullable) */
  gboolean disabled;          /* by a person: it is to end as such */
  GQueue held;                /* (element-type GTask): calls that wait for Ready */

  GQueue waiting;  /* (element-type GTask): starts that wait for Ready */
  GQueue ending;   /* (element-type GTask): stops that wait for the end */
  gboolean wanted; /* it should run */

  GArray *failures; /* (owned): gint64, monotonic times of the last failures */
  guint backoff_step;
  guint backoff_id;
  guint healthy_id;
};

/* hosted-module.c */
BnModuleProcess *bn_hosted_module_spawn (BnHostedModule *self, BnManifest *manifest,
                                         gboolean restore, GError **error);
void bn_hosted_module_adopt (BnHostedModule *self, BnModuleProcess *process);
void bn_hosted_module_set_state (BnHostedModule *self, BnModuleState state);

/* hosted-module-calls.c: gives the calls that were held to the current process, if they need not
 * wait any more. */
void bn_hosted_module_release_held (BnHostedModule *self);

/* module-replacement.c */
void bn_hosted_module_replacement_gone (BnHostedModule *self, const GError *error);
void bn_hosted_module_fail_replacement (BnHostedModule *self, const GError *error);

G_END_DECLS
