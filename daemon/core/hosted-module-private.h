/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of a hosted module share. */
#pragma once

#include "core/hosted-module.h"
#include "core/reload-pacer.h"

G_BEGIN_DECLS

/* A replacement on its way. */
typedef struct
{
  GTask *task;              /* (owned) */
  BnManifest *manifest;     /* (owned) */
  char *hash;               /* (owned) */
  BnModuleProcess *process; /* (owned): the new generation */
  gboolean kept;            /* from a kept copy */
  BnReloadFlags flags;
  gint64 frozen_usec; /* when the old one was told to freeze: calls are held; 0: not yet */
  gboolean clean;     /* from no state */
  GString *notes;     /* (owned): what is to be told of it although it succeeded */
} BnReplacement;

struct _BnHostedModule
{
  GObject parent_instance;

  const BnModuleSurroundings *surroundings; /* not owned */
  BnManifest *manifest;                     /* (owned) */
  char *hash;                               /* (owned) */
  gboolean kept;                            /* the manifest is that of a kept copy */
  gboolean folder_differs;                  /* what stands in the folder is another version */
  char *checked; /* (owned) (nullable): the hash of the version whose interface was looked at */

  BnModuleState state;
  char *reason; /* (owned) */
  gint64 since_usec;
  gint64 next_start_usec;   /* since 1970; 0: none */
  BnModuleHistory *history; /* (owned) */
  char *failure;            /* (owned): why it failed last */
  char *refusal;            /* (owned): why the version in its folder is refused */
  char *excess;             /* (owned): which soft limit it passed */
  guint generation;
  guint restarts;
  guint faulty_generation; /* the last one of which a fault was told */

  BnModuleProcess *process;   /* (owned) (nullable): where calls go */
  GPtrArray *leaving;         /* (owned): BnModuleProcess, old generations that finish */
  BnReplacement *replacement; /* (owned) (nullable) */
  gboolean disabled;          /* by a person: it is to end as such */
  GQueue held;                /* (element-type GTask): calls that wait for Ready */
  gsize held_bytes;           /* of their arguments */
  BnModuleCounters counters;

  GQueue waiting;  /* (element-type GTask): starts that wait for Ready */
  GQueue ending;   /* (element-type GTask): stops that wait for the end */
  gboolean wanted; /* it should run */

  int output; /* (owned): where its processes print; -1: where the hub does */

  GArray *failures; /* (owned): gint64, monotonic times of the last failures */
  guint backoff_step;
  guint backoff_id;
  guint healthy_id;

  char *previous; /* (owned) (nullable): the hash of the version to go back to; probation */
  guint probation_id;
  guint probation_failures;

  BnReloadPacer limit_pacer;
};

/* hosted-module.c */
/* @module_fd (nullable): it is for a debugger, which gets the other end of the link. */
BnModuleProcess *bn_hosted_module_spawn (BnHostedModule *self, BnManifest *manifest,
                                         const char *hash, gboolean restore, int *module_fd,
                                         GError **error);
void bn_hosted_module_adopt (BnHostedModule *self, BnModuleProcess *process);
void bn_hosted_module_set_state (BnHostedModule *self, BnModuleState state, const char *reason);
void bn_hosted_module_set_version (BnHostedModule *self, BnManifest *manifest, const char *hash,
                                   gboolean kept);
void bn_hosted_module_start_process (BnHostedModule *self);
/* Those who wait for Ready are told that it failed. */
void bn_hosted_module_fail_starts (BnHostedModule *self, const GError *error);
/* Keeps what @process did wrong, once for each generation: it does it again and again. TRUE if it
 * is new. */
gboolean bn_hosted_module_note_fault (BnHostedModule *self, BnModuleProcess *process,
                                      const GError *error);
void bn_hosted_module_note (BnHostedModule *self, BnHistoryWhat what, const char *reason);
void bn_hosted_module_tell_reloaded (BnHostedModule *self, BnReloadResult result,
                                     const char *reason, guint64 swap_usec, const char *hash);
void bn_hosted_module_tell_changed (BnHostedModule *self);
void bn_hosted_module_tell_settled (BnHostedModule *self);
/* Sets one of the texts of @self. */
void bn_hosted_module_set_text (char **text, const char *value);

/* hosted-module-calls.c: gives the calls that were held to the current process, if they need not
 * wait any more. */
void bn_hosted_module_release_held (BnHostedModule *self);

/* module-replacement.c */
/* @process, which was just made, takes over when it is ready. @task (nullable) is completed. */
void bn_hosted_module_replace (BnHostedModule *self, BnManifest *manifest, const char *hash,
                               BnModuleProcess *process, BnReloadFlags flags, GTask *task);
void bn_hosted_module_replacement_gone (BnHostedModule *self, const GError *error);
/* @blame: it is the fault of the new version. */
void bn_hosted_module_fail_replacement (BnHostedModule *self, const GError *error, gboolean blame);

/* module-failures.c */
void bn_hosted_module_note_failure (BnHostedModule *self, const GError *reason);
void bn_hosted_module_forget_failures (BnHostedModule *self);
/* It runs: after a minute its failures are forgotten. One that never failed wakes nobody. */
void bn_hosted_module_expect_health (BnHostedModule *self);

/* module-probation.c */
void bn_hosted_module_pause_probation (BnHostedModule *self);
/* The version failed. TRUE if the one before it is started instead. */
gboolean bn_hosted_module_roll_back (BnHostedModule *self, const GError *reason);
/* Takes the kept copy of the version that runs if its folder has another one. */
void bn_hosted_module_take_kept (BnHostedModule *self);
/* Tells the store of the copies which of them are wanted. */
void bn_hosted_module_update_versions (BnHostedModule *self);

G_END_DECLS
