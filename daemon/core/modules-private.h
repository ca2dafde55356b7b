/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* What the files of the modules share. */
#pragma once

#include "core/module-memory.h"
#include "core/module-path.h"
#include "core/modules.h"

G_BEGIN_DECLS

struct _BnModules
{
  GObject parent_instance;

  BnEventBus *bus;     /* (owned) */
  BnWorkers *workers;  /* (owned) */
  GHashTable *modules; /* (owned): name -> BnHostedModule */
  GHashTable *refused; /* (owned): name -> why */
  GHashTable *waiting; /* (owned): name -> what it waits with until it is approved */
  GHashTable *leases;  /* (owned): name -> what its author runs */
  GHashTable *pending; /* (owned): name -> Pending, reloads that wait */
  guint settle_id;
  gboolean rescan; /* when that is done */
  BnModuleSurroundings surroundings;
  char *module_path;           /* (owned) */
  char *approval_path;         /* (owned) (nullable) */
  char *program_path;          /* (owned) */
  char *library_path;          /* (owned) */
  char *state_root;            /* (owned) */
  BnTempFolders *temp_folders; /* (owned) */
  char *sysroot;               /* (owned) (nullable) */
  BnTaskGroups *task_groups;   /* (owned) */
  BnModuleMemory *memory;      /* (owned): what lasts over restarts */
  BnModuleVersions *versions;  /* (owned) */
  BnModuleJobsFunc list_jobs;  /* (nullable) */
  gpointer jobs_data;
  BnModuleWatch *watch; /* (owned) (nullable) */
  gboolean system;
  gboolean stopping;
};

/* Makes an object of the module in @folder; does not start it. Owned by @self. */
BnHostedModule *bn_modules_add (BnModules *self, const char *folder, GError **error);

/* modules-versions.c */

/* Reads what stands in @folder; on an error says why in `refused`. Error: also conflict, if it is
 * being changed. */
BnManifest *bn_modules_read_folder (BnModules *self, const char *folder, char **hash,
                                    GError **error);
/* Likewise, where the module @name is found now. */
BnManifest *bn_modules_read (BnModules *self, const char *name, char **hash, GError **error);
/* A version that is kept, is not bad, not that of the hash @but, and may run in the place of what
 * stands in @folder; NULL if there is none. */
BnManifest *bn_modules_find_kept (BnModules *self, const char *folder, const char *but,
                                  char **hash);
/* What is to run of the module in @folder: what stands there, or if that is refused, known to be
 * bad or not approved, a version that ran before; then @refusal says why. */
BnManifest *bn_modules_choose_version (BnModules *self, const char *folder, char **hash,
                                       char **refusal, GError **error);

/* The last hub may have ended while a new version was on probation. */
void bn_modules_resume_probation (BnModules *self, BnHostedModule *module);
/* What was remembered of @module, and whether a person has approved it, is so again. */
void bn_modules_recall (BnModules *self, BnHostedModule *module);

/* modules-approval.c */

/* Whether a person has approved what @manifest asks for; if not, notes it. Error: forbidden. */
gboolean bn_modules_check_approval (BnModules *self, BnManifest *manifest, const char *hash,
                                    GError **error);
/* Whether the kept version @manifest may run in the place of what stands in @folder: it may be one
 * that an author ran, which nobody approved. */
gboolean bn_modules_is_kept_approved (BnModules *self, BnManifest *manifest, const char *folder);
/* Notes that a person has approved the rights of @digest. Error: conflict (they are others). */
gboolean bn_modules_approve (BnModules *self, const char *name, const char *digest, GError **error);
void bn_modules_waiting_free (gpointer data);

/* modules-reload.c */

/* Reads the folder where the module is found now and replaces its process; BN_RELOAD_PLANNED: what
 * runs, from wherever it is. @task (nullable) is completed. Waits while the module is being
 * changed; of those that wait together there is one. */
void bn_modules_reload (BnModules *self, BnHostedModule *module, BnReloadFlags flags, GTask *task);

/* Publishes what became of a reload. */
void bn_modules_tell_reloaded (BnModules *self, BnHostedModule *module, BnReloadResult result,
                               const char *reason, guint64 swap_usec);

/* What stands in @folder (nullable: nothing does) may have changed. */
void bn_modules_look_at (BnModules *self, BnHostedModule *module, const char *folder);

/* Soon does what waited for @name. */
void bn_modules_settle (BnModules *self, const char *name);

/* The hub ends: what waited is in vain. */
void bn_modules_drop_pending (BnModules *self);

/* Soon looks at all folders. */
void bn_modules_rescan_soon (BnModules *self);

/* For the table `pending`. */
void bn_pending_reload_free (gpointer pending);

/* modules.c */

/* A hub that stops starts nothing any more. Error: unavailable. */
gboolean bn_modules_check_stopping (BnModules *self, GError **error);
/* Stops and forgets @module; completes when it is gone. */
void bn_modules_remove_async (BnModules *self, BnHostedModule *module, GAsyncReadyCallback callback,
                              gpointer user_data);

/* modules-leases.c */

/* The folders of all modules, those that authors run included: name -> folder. */
GHashTable *bn_modules_scan (BnModules *self);
GHashTable *bn_modules_new_leases (void);
gboolean bn_modules_is_leased (BnModules *self, const char *name);
/* Lets a module print where its author looks, and run although it was disabled. */
void bn_modules_apply_lease (BnModules *self, BnHostedModule *module);

G_END_DECLS
